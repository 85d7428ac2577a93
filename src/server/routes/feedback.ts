import { setTimeout } from 'node:timers/promises';
import { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../body.js';
import {
  checkCategory,
  feedbackChange,
  feedbackRow,
  newFeedback,
  type SentFeedback,
} from '../feedback-body.js';
import { answer, feedbackAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { pageOf, param, readQuery } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import { unsupportedMember } from '../schemas.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const LIST = z.object({
  run: param.uuids,
  session: param.uuids,
  comparative_experiment_id: param.uuids,
  key: param.texts,
  source: param.texts,
  level: param.oneOf(['run', 'session']),
  has_score: param.flag,
  has_comment: param.flag,
  min_created_at: param.time,
  max_created_at: param.time,
  user: unsupportedMember,
  ...pageOf(),
});

/** Feedback: scores on runs, and on whole experiments. */
export function feedbackRoutes(home: Home): Hono {
  const app = new Hono();
  const { feedback, feedbackConfigs, sessions } = home.store;

  app.get('/feedback', (context) => {
    const asked = readQuery(context, LIST);
    const found = feedback.list({
      runs: asked.run,
      sessions: asked.session,
      comparisons: asked.comparative_experiment_id,
      keys: asked.key,
      sources: asked.source,
      level: asked.level,
      hasScore: asked.has_score,
      hasComment: asked.has_comment,
      createdFrom: asked.min_created_at,
      createdUntil: asked.max_created_at,
      limit: asked.limit,
      offset: asked.offset,
    });
    return answer(context, found.map(feedbackAnswer));
  });

  for (const path of ['/feedback', '/feedback/eager']) {
    app.post(path, async (context) => {
      const sent = await readBody(context, newFeedback);
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
    const content = await readBody(context, feedbackChange);
    const changes = { ...content, modified_at: home.nowUs() };
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
