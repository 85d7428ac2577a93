import { type Context, Hono } from 'hono';
import type { Printable } from '../../json/print.js';
import { isJsonObject, type JsonValue } from '../../json/value.js';
import { parseUuid } from '../../uuid.js';
import { answer, runAnswer } from '../answers.js';
import { readBytes, readJson } from '../body.js';
import { decodeText, parseStrictJson } from '../exact.js';
import { defined, Fields } from '../fields.js';
import { parseFilter } from '../filter.js';
import { groupBy } from '../group-by.js';
import { type Delivery, ingest } from '../ingest.js';
import { readForm } from '../multipart.js';
import { newId } from '../new-id.js';
import { notFound, Refusal, unsupported } from '../refusal.js';
import { readRun } from '../run-body.js';
import { readRunForm } from '../run-form.js';
import { runCondition } from '../store/run-filter.js';
import type { RunRow } from '../store/runs.js';
import { feedbackStats } from '../store/stats.js';
import type { Home } from './context.js';

const MAX_PAGE = 100;

/** Runs: taking them in, and reading them back. */
export function runRoutes(home: Home): Hono {
  const app = new Hono();
  const deliver = (delivery: Delivery, bytes: number, needsPlace: boolean) => {
    refuseOversized(home, delivery, bytes);
    ingest(home.store, delivery, {
      ...home.options,
      needsPlace,
      nowUs: home.nowUs(),
    });
  };

  app.post('/runs', async (context) => {
    const body = await readJson(context);
    const id = isJsonObject(body) && typeof body.id === 'string' ? body.id : newId();
    const run = readRun(body, { id: parseUuid(id) ?? id, isUpdate: false });
    deliver({ ...NOTHING, posts: [run] }, 0, false);
    return accepted(context);
  });

  app.post('/runs/batch', async (context) => {
    const bytes = await readBytes(context);
    const fields = new Fields(parseStrictJson(decodeText(bytes), ['body']));
    const posts = listOf(fields, 'post').map((run) => readRun(run, { isUpdate: false }));
    const patches = listOf(fields, 'patch').map((run) => readRun(run, { isUpdate: true }));
    fields.done();
    deliver({ ...NOTHING, posts, patches }, bytes.length, true);
    return accepted(context);
  });

  app.post('/runs/multipart', async (context) => {
    if (home.options.multipartRuns === false) throw new Refusal(404, 'Not Found');
    const bytes = await readBytes(context);
    const parts = readForm(bytes, context.req.header('content-type') ?? '');
    deliver(readRunForm(parts), bytes.length, true);
    return accepted(context);
  });

  app.post('/runs/query', async (context) =>
    answer(context, queryRuns(home, await readJson(context))),
  );

  // Rules start evaluators by themselves; there are none at home.
  app.get('/runs/rules', (context) => answer(context, []));

  app.get('/runs/:id', (context) => {
    const id = parseUuid(context.req.param('id'));
    const run = id === undefined ? undefined : home.store.runs.find(id);
    if (!run) throw notFound('Run', context.req.param('id'));
    return answer(context, readRuns(home, [run])[0] ?? null);
  });

  app.patch('/runs/:id', async (context) => {
    const id = parseUuid(context.req.param('id'));
    if (id === undefined) throw new Refusal(422, `${context.req.param('id')} is not a UUID`);
    const run = readRun(await readJson(context), { id, isUpdate: true });
    deliver({ ...NOTHING, patches: [run] }, 0, false);
    return accepted(context);
  });

  return app;
}

const NOTHING: Delivery = { posts: [], patches: [], feedback: [], attachments: [] };

function accepted(context: Context) {
  return answer(context, { message: 'Runs queued' }, 202);
}

/** A run that is too large for any batch may come alone. @throws {Refusal} 400 or 413 */
function refuseOversized({ maxOperations, maxBytes }: Home, delivery: Delivery, bytes: number) {
  const { posts, patches, feedback } = delivery;
  const operations = posts.length + patches.length + feedback.length;
  if (operations > maxOperations) {
    throw new Refusal(
      400,
      `batch of ${operations} operations is over the limit of ${maxOperations}`,
    );
  }
  const runs = new Set([...posts, ...patches].map(({ id }) => id));
  if (bytes > maxBytes && (runs.size > 1 || feedback.length > 0)) {
    throw new Refusal(413, `batch of ${bytes} bytes is over the limit of ${maxBytes}`);
  }
}

function listOf(fields: Fields, name: string): JsonValue[] {
  const list = fields.any(name, (value) =>
    Array.isArray(value) ? undefined : 'Input should be a valid list',
  );
  return Array.isArray(list) ? list : [];
}

/** Of a cursor: the start and the id of the last run of the page before. */
const CURSOR = /^(-?\d+)_([0-9a-f-]{36})$/;

function queryRuns(home: Home, body: JsonValue): Printable {
  const fields = new Fields(body);
  for (const name of ['query', 'trace_filter', 'tree_filter', 'execution_order']) {
    if (fields.object[name] !== undefined && fields.object[name] !== null) {
      throw unsupported(`${name} in a query of runs`);
    }
  }
  const limit = fields.integer('limit', { min: 1 }) ?? MAX_PAGE;
  if (limit > MAX_PAGE) {
    throw new Refusal(400, `Limit exceeds maximum allowed value of ${MAX_PAGE}`);
  }
  const filter = fields.text('filter');
  const cursor = fields.text('cursor');
  const [, startTime, lastId] = CURSOR.exec(cursor ?? '') ?? [];
  if (cursor && lastId === undefined) throw new Refusal(400, 'Invalid cursor');
  const order = fields.oneOf('order', ['asc', 'desc']);

  const query = defined({
    sessions: fields.uuids('session'),
    ids: fields.uuids('id'),
    exampleIds: fields.uuids('reference_example'),
    traceId: fields.uuid('trace'),
    parentId: fields.uuid('parent_run'),
    isRoot: fields.flag('is_root'),
    runType: fields.text('run_type'),
    hasError: fields.flag('error'),
    startedFrom: fields.time('start_time'),
    startedUntil: fields.time('end_time'),
    condition: filter ? runCondition(parseFilter(filter)) : undefined,
    after: lastId === undefined ? undefined : { startTime: Number(startTime), id: lastId },
  });
  const select = fields.texts('select');
  fields.done();

  const rows = home.store.runs.query({ ...query, limit: limit + 1, ascending: order === 'asc' });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    runs: readRuns(home, page, select ?? undefined),
    cursors: { next: last ? `${last.start_time}_${last.id}` : null, prev: null },
  };
}

/** Runs with the figures of their feedback, where these are wanted. */
function readRuns(home: Home, rows: readonly RunRow[], select?: readonly string[]): Printable[] {
  const isWanted = (name: string) => !select || name === 'id' || select.includes(name);
  const feedback = groupBy(
    isWanted('feedback_stats') ? home.store.feedback.ofRuns(rows.map(({ id }) => id)) : [],
    (row) => row.run_id,
  );
  return rows.map((row) => {
    const run = runAnswer(row, home.store.tenantId, feedbackStats(feedback.get(row.id) ?? []));
    return Object.fromEntries(Object.entries(run).filter(([name]) => isWanted(name)));
  });
}
