import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { parseJson } from '../../json/parse.js';
import { type Printable, printJson } from '../../json/print.js';
import { isJsonObject, type JsonValue } from '../../json/value.js';
import { parseUuid } from '../../uuid.js';
import { readBody, readBytes } from '../body.js';
import { decodeText, parseStrictJson, replaceNul } from '../exact.js';
import {
  type AnswerRuns,
  experimentRows,
  MAX_EXPERIMENTS,
  ROWS_ASKED,
} from '../experiment-rows.js';
import { parseFilter } from '../filter.js';
import { ingest, type RunDelivery } from '../ingest.js';
import { answer, feedbackAnswer, type LinkTo } from '../json-answers.js';
import { readForm } from '../multipart.js';
import { newId } from '../new-id.js';
import { notFound, Refusal } from '../refusal.js';
import { runAnswers } from '../run-answers.js';
import { readRun } from '../run-body.js';
import { readRunForm } from '../run-form.js';
import { listOf, optional, read, time, unsupportedMember, uuid } from '../schemas.js';
import { runCondition } from '../store/filter-condition.js';
import type { RunQuery, RunRow } from '../store/runs.js';
import type { Store } from '../store.js';
import { type Home, linksOf } from './context.js';
import { idOf } from './datasets.js';

const MAX_PAGE = 100;

const BATCH = z.object({
  post: optional(listOf(z.custom<JsonValue>())),
  patch: optional(listOf(z.custom<JsonValue>())),
});
const QUERY = z.object({
  session: optional(listOf(uuid)),
  id: optional(listOf(uuid)),
  reference_example: optional(listOf(uuid)),
  trace: optional(uuid),
  parent_run: optional(uuid),
  is_root: optional(z.boolean()),
  // As the SDKs once asked for the runs without a parent.
  execution_order: optional(z.int().min(1).max(1)),
  run_type: optional(z.string()),
  error: optional(z.boolean()),
  start_time: optional(time),
  end_time: optional(time),
  filter: optional(z.string()),
  order: optional(z.enum(['asc', 'desc'])),
  select: optional(listOf(z.string())),
  cursor: optional(z.string()),
  limit: optional(z.int().min(1)),
  query: unsupportedMember,
  trace_filter: unsupportedMember,
  tree_filter: unsupportedMember,
});
const ROWS = z.object({
  ...ROWS_ASKED,
  session_ids: listOf(uuid, MAX_EXPERIMENTS),
  limit: optional(z.int().min(1).max(MAX_PAGE)),
  offset: optional(z.int().min(0)),
  sort_params: unsupportedMember,
});

/** Runs: taking them in, and reading them back. */
export function runRoutes(home: Home): Hono {
  const app = new Hono();
  const deliver = (delivery: RunDelivery, bytes: number, needsPlace: boolean) => {
    refuseOversized(home, delivery, bytes);
    ingest(home.store, delivery, {
      ...home.options,
      needsPlace,
      nowUs: home.nowUs(),
    });
  };

  app.post('/runs', async (context) => {
    const { body, replaced } = await readRunJson(context);
    const id = isJsonObject(body) && typeof body.id === 'string' ? body.id : newId();
    const run = readRun(body, { id: parseUuid(id) ?? id, replaced, isUpdate: false });
    deliver({ ...NOTHING, posts: [run] }, 0, false);
    return accepted(context);
  });

  app.post('/runs/batch', async (context) => {
    const bytes = await readBytes(context);
    const text = decodeText(bytes);
    const batch = read(BATCH, parseStrictJson(text, ['body']));
    const asSent = replaceNul(text).replaced > 0 ? read(BATCH, parseJson(text)) : undefined;
    const runsOf = (name: 'post' | 'patch') =>
      (batch[name] ?? []).map((run, index) => {
        const original = asSent?.[name]?.[index] ?? null;
        const { replaced } = replaceNul(printJson(original));
        return readRun(run, { replaced, isUpdate: name === 'patch' });
      });
    const posts = runsOf('post');
    const patches = runsOf('patch');
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
    answer(context, queryRuns(home, await readBody(context, QUERY))),
  );

  app.get('/runs/:id', (context) => {
    const id = parseUuid(context.req.param('id'));
    const run = id === undefined ? undefined : home.store.runs.find(id);
    if (!run) throw notFound('Run', context.req.param('id'));
    return answer(context, runAnswers(home.store, [run])[0] ?? null);
  });

  app.post('/datasets/:id/runs', async (context) => {
    const linkTo = linksOf(home, context);
    const asked = await readBody(context, ROWS);
    return answer(context, readRows(home, idOf(context), asked, linkTo));
  });

  app.patch('/runs/:id', async (context) => {
    const id = parseUuid(context.req.param('id'));
    if (id === undefined) throw new Refusal(422, `${context.req.param('id')} is not a UUID`);
    const { body, replaced } = await readRunJson(context);
    const run = readRun(body, { id, replaced, isUpdate: true });
    deliver({ ...NOTHING, patches: [run] }, 0, false);
    return accepted(context);
  });

  return app;
}

async function readRunJson(context: Context): Promise<{ body: JsonValue; replaced: number }> {
  const { text, replaced } = replaceNul(decodeText(await readBytes(context)));
  return { body: parseStrictJson(text, ['body']), replaced };
}

const NOTHING: RunDelivery = { posts: [], patches: [], feedback: [], attachments: [] };

function accepted(context: Context) {
  return answer(context, { message: 'Runs queued' }, 202);
}

/** A run that is too large for any batch may come alone. @throws {Refusal} 400 or 413 */
function refuseOversized({ maxOperations, maxBytes }: Home, delivery: RunDelivery, bytes: number) {
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

/** A cursor names the start and the id of the last run of the page before. */
const CURSOR = /^(-?\d+)_([0-9a-f-]{36})$/;

/** A page of runs, and the cursor of the next one. @throws {Refusal} 400 */
export function runPage(
  store: Store,
  query: Omit<RunQuery, 'after'>,
  cursor: string | null | undefined,
): { rows: RunRow[]; next: string | null } {
  const [, startTime, id] = CURSOR.exec(cursor ?? '') ?? [];
  if (cursor && id === undefined) throw new Refusal(400, 'Invalid cursor');
  const after = id === undefined ? undefined : { startTime: Number(startTime), id };
  const { limit } = query;
  const rows = store.runs.query({ ...query, ...(after && { after }), limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { rows: page, next: last ? `${last.start_time}_${last.id}` : null };
}

function queryRuns({ store }: Home, asked: z.output<typeof QUERY>): Printable {
  const { limit = MAX_PAGE, select } = asked;
  if (limit > MAX_PAGE) {
    throw new Refusal(400, `Limit exceeds maximum allowed value of ${MAX_PAGE}`);
  }
  const query = {
    sessions: asked.session,
    ids: asked.id,
    exampleIds: asked.reference_example,
    traceId: asked.trace,
    parentId: asked.parent_run,
    isRoot: asked.is_root ?? (asked.execution_order === 1 ? true : undefined),
    runType: asked.run_type,
    hasError: asked.error,
    startedFrom: asked.start_time,
    startedUntil: asked.end_time,
    condition: asked.filter ? runCondition(parseFilter(asked.filter)) : undefined,
    ascending: asked.order === 'asc',
    limit,
  };
  const { rows, next } = runPage(store, query, asked.cursor);
  const isWanted = (name: string) => !select || name === 'id' || select.includes(name);
  const stats = isWanted('feedback_stats') ? undefined : () => [];
  return {
    runs: runAnswers(store, rows, stats).map((run) =>
      Object.fromEntries(Object.entries(run).filter(([name]) => isWanted(name))),
    ),
    cursors: { next, prev: null },
  };
}

/** The rows of experiments. */
function readRows(
  { store }: Home,
  datasetId: string,
  { session_ids, limit = 20, offset = 0, ...asked }: z.output<typeof ROWS>,
  linkTo: LinkTo,
): Printable[] {
  const answerRuns: AnswerRuns = (runs, stats, feedback) =>
    runAnswers(store, runs, stats).map((run, index) => ({
      ...run,
      feedbacks: feedback(runs[index]?.id ?? '').map(feedbackAnswer),
    }));
  const rows = {
    experimentIds: session_ids,
    exampleIds: asked.example_ids,
    condition: asked.filters,
    comparisonId: asked.comparative_experiment_id,
    limit,
    offset,
  };
  return experimentRows(store, datasetId, rows, answerRuns, linkTo);
}
