import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Printable, printJson } from '../../json/print.js';
import { readBody } from '../body.js';
import { answer, queueAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { pageOf, param, readQuery } from '../query.js';
import { notFound, Refusal } from '../refusal.js';
import { runAnswers } from '../run-answers.js';
import { json, label, listOf, optional, record, uuid } from '../schemas.js';
import { changed } from '../store/changed.js';
import type { QueueItem } from '../store/queues.js';
import { printIso } from '../time.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const MAX_NAME = 1000;
const MOST_RUNS = 1000;

const RUBRIC_ITEM = record.refine(({ feedback_key: key }) => typeof key === 'string', {
  error: 'a rubric item needs a feedback_key',
  params: { type: 'value_error' },
});
/** What LangSmith says about reviewers and reservations is left out: home has one reviewer. */
const ABOUT = {
  description: optional(z.string()),
  default_dataset: optional(uuid),
  rubric_instructions: optional(z.string()),
  rubric_items: optional(listOf(RUBRIC_ITEM).transform((items) => printJson(items))),
  metadata: optional(json),
};
const NEW = z.object({ id: optional(uuid), name: label(MAX_NAME), ...ABOUT });
const CHANGES = z.object({ name: optional(label(MAX_NAME)), ...ABOUT });
const LIST = z.object({
  ids: param.uuids,
  name: param.text,
  name_contains: param.text,
  dataset_id: param.uuid,
  ...pageOf(),
});
const STATES = ['needs_my_review', 'needs_others_review', 'completed'] as const;
const RUNS = z.object({ status: param.oneOf(STATES), ...pageOf() });
const BY_KEY = listOf(
  z.object({ run_id: uuid }).transform(({ run_id: id }) => id),
  MOST_RUNS,
);

/** Annotation queues: runs that wait for people to score them. */
export function queueRoutes(home: Home): Hono {
  const app = new Hono();
  const { queues, runs, sessions, tenantId } = home.store;

  app.get('/annotation-queues', (context) => {
    const asked = readQuery(context, LIST);
    const found = queues.list({
      ids: asked.ids,
      name: asked.name,
      nameContains: asked.name_contains,
      datasetId: asked.dataset_id,
      limit: asked.limit,
      offset: asked.offset,
    });
    return answer(
      context,
      found.map(({ id }) => show(id)),
    );
  });

  app.post('/annotation-queues', async (context) => {
    const { id = newId(), name, ...about } = await readBody(context, NEW);
    const now = home.nowUs();
    queues.create({
      id,
      name,
      description: about.description ?? null,
      default_dataset: about.default_dataset ?? null,
      rubric_instructions: about.rubric_instructions ?? null,
      rubric_items: about.rubric_items ?? null,
      metadata: about.metadata ?? null,
      created_at: now,
      updated_at: now,
    });
    return answer(context, show(id));
  });

  app.get('/annotation-queues/:id', (context) => answer(context, show(idOf(context))));

  app.patch('/annotation-queues/:id', async (context) => {
    const changes = await readBody(context, CHANGES);
    const queue = queues.get(idOf(context));
    queues.replace({ ...changed(queue, changes), updated_at: home.nowUs() });
    return answer(context, show(queue.id));
  });

  app.delete('/annotation-queues/:id', (context) => {
    queues.delete(idOf(context));
    return answer(context, { message: 'Annotation queue deleted' });
  });

  app.post('/annotation-queues/populate', async (context) => {
    const schema = z.object({ queue_id: uuid, session_ids: listOf(uuid) });
    const { queue_id: queueId, session_ids: ids } = await readBody(context, schema);
    queues.get(queueId);
    const roots = ids.flatMap((id) => rootsOf(home, sessions.get(id).id));
    add(queueId, roots);
    return answer(context, { message: `${roots.length} runs added` });
  });

  app.post('/annotation-queues/:id/runs', async (context) =>
    addRuns(context, await readBody(context, listOf(uuid, MOST_RUNS))),
  );
  app.post('/annotation-queues/:id/runs/by-key', async (context) =>
    addRuns(context, await readBody(context, BY_KEY)),
  );
  app.post('/platform/annotation-queues/:id/items', async (context) => {
    const { items } = await readBody(context, z.object({ items: BY_KEY }));
    return addRuns(context, items);
  });

  app.get('/annotation-queues/:id/size', (context) => {
    const { status } = readQuery(context, z.object({ status: param.oneOf(STATES) }));
    const { id } = queues.get(idOf(context));
    const { all, reviewed } = queues.size(id);
    const sizes = { completed: reviewed, needs_my_review: all - reviewed, needs_others_review: 0 };
    return answer(context, { size: status ? sizes[status] : all });
  });

  app.get('/annotation-queues/:id/runs', (context) => {
    const { status, limit, offset } = readQuery(context, RUNS);
    const { id } = queues.get(idOf(context));
    const isReviewed = status && status === 'completed';
    return answer(context, showItems(queues.items(id, { isReviewed, limit, offset })));
  });

  app.get('/annotation-queues/:id/run/:index', (context) => {
    const { id } = queues.get(idOf(context));
    const offset = Number(context.req.param('index'));
    const items = Number.isSafeInteger(offset) ? queues.items(id, { limit: 1, offset }) : [];
    const [shown] = showItems(items);
    if (!shown) throw new Refusal(404, 'Run not found in the queue');
    return answer(context, shown);
  });

  app.delete('/annotation-queues/:id/runs/:run', (context) => {
    queues.remove(idOf(context), context.req.param('run').toLowerCase());
    return answer(context, { message: 'Run removed from the queue' });
  });

  function addRuns(context: Context, ids: readonly string[]): Response {
    const { id } = queues.get(idOf(context));
    const known = runs.heads(ids);
    const missing = ids.find((runId) => !known.get(runId)?.session_id);
    if (missing !== undefined) throw notFound('Run', missing);
    add(id, ids);
    const items = ids.flatMap((runId) => queues.findItem(id, runId) ?? []);
    return answer(
      context,
      items.map((item) => ({ ...item, added_at: printIso(item.added_at) })),
    );
  }

  function add(queueId: string, runIds: readonly string[]): void {
    const items = runIds.map((runId) => ({ id: newId(), runId }));
    queues.add(queueId, items, home.nowUs());
  }

  function show(id: string): Printable {
    return queueAnswer(queues.get(id), { tenantId, size: queues.size(id) });
  }

  function showItems(items: readonly QueueItem[]): Printable[] {
    const rows = items.flatMap(({ run_id: runId }) => runs.find(runId) ?? []);
    const shown = new Map(runAnswers(home.store, rows).map((run) => [run.id, run]));
    return items.flatMap((item) => {
      const run = shown.get(item.run_id);
      return run ? [{ ...run, queue_run_id: item.id, added_at: printIso(item.added_at) }] : [];
    });
  }

  return app;
}

function rootsOf({ store }: Home, sessionId: string): string[] {
  const ids: string[] = [];
  for (let offset = 0; ; offset += MOST_RUNS) {
    const query = { sessions: [sessionId], isRoot: true, ascending: true };
    const found = store.runs.query({ ...query, offset, limit: MOST_RUNS });
    for (const { id } of found) ids.push(id);
    if (found.length < MOST_RUNS) return ids;
  }
}
