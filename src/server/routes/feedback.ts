import { setTimeout } from 'node:timers/promises';
import { Hono } from 'hono';
import { readJson } from '../body.js';
import {
  checkCategory,
  feedbackRow,
  readContent,
  readFeedback,
  type SentFeedback,
} from '../feedback-body.js';
import { Fields } from '../fields.js';
import { answer, feedbackAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { queryOf } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

/** Feedback: scores on runs, and on whole experiments. */
export function feedbackRoutes(home: Home): Hono {
  const app = new Hono();
  const { feedback, feedbackConfigs, sessions } = home.store;

  app.get('/feedback', (context) => {
    const query = queryOf(context);
    const found = {
      runs: query.uuids('run'),
      sessions: query.uuids('session'),
      comparisons: query.uuids('comparative_experiment_id'),
      keys: query.texts('key'),
      sources: query.texts('source'),
      level: query.oneOf('level', ['run', 'session']),
      hasScore: query.flag('has_score'),
      hasComment: query.flag('has_comment'),
      createdFrom: query.time('min_created_at'),
      createdUntil: query.time('max_created_at'),
    };
    const page = query.page();
    query.refuseUnsupported('user');
    query.done();
    return answer(context, feedback.list({ ...found, ...page }).map(feedbackAnswer));
  });

  for (const path of ['/feedback', '/feedback/eager']) {
    app.post(path, async (context) => {
      const sent = readFeedback(new Fields(await readJson(context)));
      const run = await awaitRun(home, sent, context.req.raw.signal);
      const row = home.store.transaction(() => {
        const sessionId = sent.session_id ?? run?.session_id;
        if (!sessionId) {
          throw invalid([
            { loc: ['body', 'run_id'], msg: 'run_id or session_id is required', type: 'missing' },
          ]);
        }
        if (!sessions.find(sessionId)) throw notFound('Session', sessionId);
        const { key, config } = sent;
        if (config !== null) {
          const modified = { is_lower_score_better: 0, modified_at: home.nowUs() };
          feedbackConfigs.create({ key, config, ...modified });
        }
        checkCategory(sent, feedbackConfigs.find(key)?.config);
        const created = feedbackRow(
          { ...sent, trace_id: sent.trace_id ?? run?.trace_id ?? null },
          { id: sent.id ?? newId(), now: home.nowUs(), session_id: sessionId },
        );
        feedback.create([created]);
        return created;
      });
      return answer(context, feedbackAnswer(row));
    });
  }

  app.get('/feedback/:id', (context) =>
    answer(context, feedbackAnswer(feedback.get(idOf(context)))),
  );

  app.patch('/feedback/:id', async (context) => {
    const fields = new Fields(await readJson(context));
    const source = fields.json('feedback_source');
    const changes = { ...readContent(fields), source, modified_at: home.nowUs() };
    fields.done();
    return answer(context, feedbackAnswer(feedback.update(idOf(context), changes)));
  });

  app.delete('/feedback/:id', (context) => {
    feedback.delete(idOf(context));
    return answer(context, { message: 'Feedback deleted' });
  });

  return app;
}

const LOOK_EVERY_MS = 50;

/**
 * Finds the run that feedback is about. The run may arrive later: feedback that names its session is stored at once
 * and completed then, other feedback waits.
 *
 * @throws {Refusal} 404 if the run does not arrive in time.
 */
async function awaitRun({ store, options }: Home, sent: SentFeedback, signal: AbortSignal) {
  if (sent.run_id === null) return undefined;
  const { strict = false, waitForRunMs = 10_000 } = options;
  const deadline = performance.now() + (strict ? 0 : waitForRunMs);
  for (;;) {
    const run = store.runs.heads([sent.run_id]).get(sent.run_id);
    if (run?.session_id || (sent.session_id !== null && !strict)) return run;
    if (performance.now() >= deadline || signal.aborted) {
      throw new Refusal(404, `Run ${sent.run_id} not found`);
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}
