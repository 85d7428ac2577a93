import { Hono } from 'hono';
import { answer, feedbackAnswer } from '../answers.js';
import { readJson } from '../body.js';
import { feedbackRow, readContent, readFeedback } from '../feedback-body.js';
import { Fields } from '../fields.js';
import { newId } from '../new-id.js';
import { Query } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

/** Feedback: scores on runs, and on whole experiments. */
export function feedbackRoutes(home: Home): Hono {
  const app = new Hono();
  const { feedback, runs, sessions } = home.store;

  app.get('/feedback', (context) => {
    const query = new Query(context.req.url);
    const found = {
      runs: query.uuids('run'),
      sessions: query.uuids('session'),
      keys: query.texts('key'),
      sources: query.texts('source'),
      level: query.oneOf('level', ['run', 'session']),
      hasScore: query.flag('has_score'),
      hasComment: query.flag('has_comment'),
      createdFrom: query.time('min_created_at'),
      createdUntil: query.time('max_created_at'),
    };
    const page = query.page();
    query.refuseUnsupported('user', 'comparative_experiment_id');
    query.done();
    return answer(context, feedback.list({ ...found, ...page }).map(feedbackAnswer));
  });

  for (const path of ['/feedback', '/feedback/eager']) {
    app.post(path, async (context) => {
      const sent = readFeedback(new Fields(await readJson(context)));
      const row = home.store.transaction(() => {
        const run = sent.run_id === null ? undefined : runs.find(sent.run_id);
        if (sent.run_id !== null && !run) throw new Refusal(404, `Run ${sent.run_id} not found`);
        const sessionId = sent.session_id ?? run?.session_id;
        if (sessionId === undefined) {
          throw invalid([
            { loc: ['body', 'run_id'], msg: 'run_id or session_id is required', type: 'missing' },
          ]);
        }
        if (!sessions.find(sessionId)) throw notFound('Session', sessionId);
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
    const content = readContent(fields);
    fields.done();
    const changes = { ...content, modified_at: home.nowUs() };
    return answer(context, feedbackAnswer(feedback.update(idOf(context), changes)));
  });

  app.delete('/feedback/:id', (context) => {
    feedback.delete(idOf(context));
    return answer(context, { message: 'Feedback deleted' });
  });

  return app;
}
