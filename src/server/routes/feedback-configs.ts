import { type Context, Hono } from 'hono';
import { readJson } from '../body.js';
import { MAX_KEY, readConfig } from '../feedback-body.js';
import { defined, Fields } from '../fields.js';
import { answer, feedbackConfigAnswer } from '../json-answers.js';
import { queryOf } from '../query.js';
import { notFound } from '../refusal.js';
import type { FeedbackConfigRow } from '../store/feedback-configs.js';
import type { Home } from './context.js';

/** What the scores under a key mean: their kind, range or categories, and which way is better. */
export function feedbackConfigRoutes(home: Home): Hono {
  const app = new Hono();
  const { feedbackConfigs, tenantId } = home.store;
  const show = (context: Context, row: FeedbackConfigRow) =>
    answer(context, feedbackConfigAnswer(row, tenantId));

  app.get('/feedback-configs', (context) => {
    const query = queryOf(context);
    const asked = defined({ keys: query.texts('key'), nameContains: query.text('name_contains') });
    const descending = query.flag('sort_by_desc') ?? true;
    const page = query.page();
    query.done();
    const rows = feedbackConfigs.list({ ...asked, descending, ...page });
    return answer(
      context,
      rows.map((row) => feedbackConfigAnswer(row, tenantId)),
    );
  });

  app.post('/feedback-configs', async (context) => {
    const fields = new Fields(await readJson(context));
    fields.require('feedback_key', 'feedback_config');
    const row = {
      key: fields.text('feedback_key', { min: 1, max: MAX_KEY }) ?? '',
      config: readConfig(fields) ?? '{}',
      is_lower_score_better: Number(fields.flag('is_lower_score_better') ?? false),
      modified_at: home.nowUs(),
    };
    fields.done();
    return show(
      context,
      home.store.transaction(() => feedbackConfigs.create(row)),
    );
  });

  app.patch('/feedback-configs', async (context) => {
    const fields = new Fields(await readJson(context));
    fields.require('feedback_key');
    const key = fields.text('feedback_key') ?? '';
    const config = readConfig(fields);
    const isLowerBetter = fields.flag('is_lower_score_better');
    fields.done();
    const row = home.store.transaction(() => {
      const there = feedbackConfigs.find(key);
      if (!there) throw notFound('Feedback config for key', key);
      return feedbackConfigs.write({
        key,
        config: config ?? there.config,
        is_lower_score_better: Number(isLowerBetter ?? there.is_lower_score_better),
        modified_at: home.nowUs(),
      });
    });
    return show(context, row);
  });

  app.delete('/feedback-configs', (context) => {
    feedbackConfigs.delete(queryOf(context).text('feedback_key') ?? '');
    return context.body(null, 204);
  });

  return app;
}
