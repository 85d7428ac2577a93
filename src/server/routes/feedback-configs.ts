import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../body.js';
import { config, key } from '../feedback-body.js';
import { answer, feedbackConfigAnswer } from '../json-answers.js';
import { pageOf, param, readQuery } from '../query.js';
import { notFound } from '../refusal.js';
import { optional } from '../schemas.js';
import type { FeedbackConfigRow } from '../store/feedback-configs.js';
import type { Home } from './context.js';

const NEW = z.object({
  feedback_key: key,
  feedback_config: config,
  is_lower_score_better: optional(z.boolean()),
});
const CHANGE = NEW.extend({ feedback_key: z.string(), feedback_config: optional(config) });
const ONE = z.object({ feedback_key: param.text });
const LIST = z.object({
  key: param.texts,
  name_contains: param.text,
  sort_by_desc: param.flag,
  ...pageOf(),
});

/** What the scores under a key mean: their kind, range or categories, and which way is better. */
export function feedbackConfigRoutes(home: Home): Hono {
  const app = new Hono();
  const { feedbackConfigs, tenantId } = home.store;
  const show = (context: Context, row: FeedbackConfigRow) =>
    answer(context, feedbackConfigAnswer(row, tenantId));

  app.get('/feedback-configs', (context) => {
    const asked = readQuery(context, LIST);
    const { key: keys, name_contains: nameContains, sort_by_desc: descending = true } = asked;
    const { limit, offset } = asked;
    const rows = feedbackConfigs.list({ keys, nameContains, descending, limit, offset });
    return answer(
      context,
      rows.map((row) => feedbackConfigAnswer(row, tenantId)),
    );
  });

  app.post('/feedback-configs', async (context) => {
    const sent = await readBody(context, NEW);
    const row = {
      key: sent.feedback_key,
      config: sent.feedback_config,
      is_lower_score_better: Number(sent.is_lower_score_better ?? false),
      modified_at: home.nowUs(),
    };
    return show(
      context,
      home.store.transaction(() => feedbackConfigs.create(row)),
    );
  });

  app.patch('/feedback-configs', async (context) => {
    const sent = await readBody(context, CHANGE);
    const { feedback_key: key } = sent;
    const row = home.store.transaction(() => {
      const there = feedbackConfigs.find(key);
      if (!there) throw notFound('Feedback config for key', key);
      return feedbackConfigs.write({
        key,
        config: sent.feedback_config ?? there.config,
        is_lower_score_better: Number(sent.is_lower_score_better ?? there.is_lower_score_better),
        modified_at: home.nowUs(),
      });
    });
    return show(context, row);
  });

  app.delete('/feedback-configs', (context) => {
    feedbackConfigs.delete(readQuery(context, ONE).feedback_key ?? '');
    return context.body(null, 204);
  });

  return app;
}
