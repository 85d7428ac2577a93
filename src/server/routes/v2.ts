import { type Context, Hono } from 'hono';
import type { Printable } from '../../json/print.js';
import { readJson } from '../body.js';
import { experimentRows, filtersIn, MAX_EXPERIMENTS } from '../experiment-rows.js';
import { defined, Fields } from '../fields.js';
import { parseFilter } from '../filter.js';
import { answer, type LinkTo } from '../json-answers.js';
import { Query } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import {
  RUN_FIELDS,
  type RunField,
  runAnswersV2,
  statsOf,
  unreadPayloads,
} from '../run-answers.js';
import { runCondition } from '../store/filter-condition.js';
import { type Home, linksOf } from './context.js';
import { idOf, listDatasets } from './datasets.js';
import { runPage } from './runs.js';
import { listSessions } from './sessions.js';

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const DAY_US = 86_400_000_000;
const RUN_TYPES = ['TOOL', 'CHAIN', 'LLM', 'RETRIEVER', 'EMBEDDING', 'PROMPT', 'PARSER'] as const;

/**
 * The second version of LangSmith's lists: pages go by cursors, and runs say only what they are asked.
 *
 * @see npm langsmith 0.12, resources/runs/runs.d.mts, datasets/datasets.d.mts, datasets/experiment-runs.d.mts,
 *   sessions.d.mts
 */
export function v2Routes(home: Home): Hono {
  const app = new Hono();

  app.post('/v2/runs/query', async (context) => {
    const fields = new Fields(await readJson(context));
    return answer(context, queryRuns(home, fields, linksOf(home, context)));
  });

  app.get('/v2/runs/:id', (context) => {
    const query = new Query(new URL(context.req.url).searchParams);
    const projectId = query.uuid('project_id');
    const fields = selected(query.texts('selects') ?? []);
    query.done();
    if (projectId === undefined) {
      throw invalid([{ loc: ['query', 'project_id'], msg: 'Field required', type: 'missing' }]);
    }
    const id = idOf(context);
    const run = home.store.runs.find(id);
    if (run?.session_id !== projectId) throw notFound('Run', id);
    const stats = statsOf(home.store, [run]);
    const asked = { fields, linkTo: linksOf(home, context) };
    return answer(context, runAnswersV2(home.store, [run], asked, stats)[0] ?? null);
  });

  app.post('/v2/datasets/:id/experiment-runs', async (context) => {
    const fields = new Fields(await readJson(context));
    return answer(context, readRows(home, idOf(context), fields, linksOf(home, context)));
  });

  app.get('/v2/datasets', (context) =>
    answer(
      context,
      cursorPage(context, (query) => listDatasets(home, query)),
    ),
  );

  app.get('/v2/sessions', (context) =>
    answer(
      context,
      cursorPage(context, (query) => listSessions(home, query).map(sessionAnswerV2)),
    ),
  );

  return app;
}

function queryRuns({ store, nowUs }: Home, fields: Fields, linkTo: LinkTo): Printable {
  fields.refuseUnsupported(
    'ai_search',
    'trace_filter',
    'tree_filter',
    'include_subtree_usage',
    'min_feedback_modified_at',
    'max_feedback_modified_at',
  );
  const projectIds = fields.uuids('project_ids');
  const datasetId = fields.uuid('reference_dataset_id');
  const filter = fields.text('filter');
  const query = defined({
    sessions: datasetId ? store.sessions.ofDataset(datasetId) : projectIds,
    ids: fields.uuids('ids'),
    exampleIds: fields.uuids('reference_examples'),
    traceId: fields.uuid('trace_id'),
    isRoot: fields.flag('is_root'),
    runType: fields.oneOf('run_type', RUN_TYPES)?.toLowerCase(),
    hasError: fields.flag('has_error'),
    // Where only a dataset is named, its experiments began when they began.
    startedFrom: fields.time('min_start_time') ?? (datasetId ? undefined : nowUs() - DAY_US),
    startedUntil: fields.time('max_start_time'),
    condition: filter ? runCondition(parseFilter(filter)) : undefined,
  });
  const selects = selected(fields.texts('selects') ?? []);
  const limit = fields.integer('page_size', { min: 1, max: MAX_PAGE }) ?? DEFAULT_PAGE;
  const cursor = fields.text('cursor');
  fields.done();
  if ((projectIds ?? []).length === 0 && !datasetId) {
    throw new Refusal(400, 'exactly one of project_ids and reference_dataset_id is required');
  }
  const without = unreadPayloads(selects);
  const { rows, next } = runPage(store, { ...query, without, limit }, cursor);
  const stats = selects.includes('FEEDBACK_STATS') ? statsOf(store, rows) : () => [];
  return {
    items: runAnswersV2(store, rows, { fields: selects, linkTo }, stats),
    next_cursor: next,
  };
}

function readRows({ store }: Home, datasetId: string, fields: Fields, linkTo: LinkTo): Printable {
  fields.require('experiment_ids');
  fields.refuseUnsupported('sort');
  const experimentIds = fields.uuids('experiment_ids', { max: MAX_EXPERIMENTS }) ?? [];
  const asked = defined({
    exampleIds: fields.uuids('example_ids', { max: 1000 }),
    condition: filtersIn(fields),
    comparisonId: fields.uuid('comparative_experiment_id'),
  });
  const limit = fields.integer('page_size', { min: 1, max: MAX_PAGE }) ?? DEFAULT_PAGE;
  const offset = offsetIn(fields.text('cursor'));
  const selects = selected(fields.texts('selects') ?? []);
  fields.done();
  const items = experimentRows(
    store,
    datasetId,
    { experimentIds, ...asked, limit: limit + 1, offset },
    (runs, stats) => runAnswersV2(store, runs, { fields: selects, linkTo }, stats),
    linkTo,
  );
  return pageOf(items, limit, offset);
}

/** v1's names of what v2 calls otherwise. */
const NAMES: Readonly<Record<string, string>> = { reference_dataset_id: 'reference_dataset' };

/** A page of a list that v1 has, too: asked for in v1's words, and one item more to see whether it goes on. */
function cursorPage(context: Context, list: (query: Query) => Printable[]): Printable {
  const given = new URL(context.req.url).searchParams;
  const query = new Query(given, MAX_PAGE + 1);
  const limit = query.integer('page_size', { min: 1, max: MAX_PAGE }) ?? DEFAULT_PAGE;
  const offset = offsetIn(query.text('cursor'));
  const descending = query.oneOf('sort_order', ['asc', 'desc']) !== 'asc';
  query.done();

  const params = new URLSearchParams({
    limit: String(limit + 1),
    offset: String(offset),
    sort_by_desc: String(descending),
  });
  const types = given.getAll('type');
  if (types.length === 1 && types[0] === 'AGENT') return pageOf([], limit, offset);
  const isExperiment = types.includes('EXPERIMENT');
  if (types.length > 0 && isExperiment !== types.includes('PROJECT')) {
    params.append('reference_free', String(!isExperiment));
  }
  for (const [name, value] of given) {
    params.append(NAMES[name] ?? name, name === 'sort_by' ? value.toLowerCase() : value);
  }
  return pageOf(list(new Query(params, MAX_PAGE + 1)), limit, offset);
}

/** @param items one more than the page holds, if there are more. */
function pageOf(items: readonly Printable[], limit: number, offset: number): Printable {
  const hasMore = items.length > limit;
  return { items: items.slice(0, limit), next_cursor: hasMore ? `at_${offset + limit}` : null };
}

function offsetIn(cursor: string | null | undefined): number {
  if (!cursor) return 0;
  const [, offset] = /^at_(\d{1,12})$/.exec(cursor) ?? [];
  if (offset === undefined) throw new Refusal(400, 'Invalid cursor');
  return Number(offset);
}

function sessionAnswerV2(session: Record<string, Printable>): Printable {
  const isExperiment = session.reference_dataset_id !== null;
  const tier = session.trace_tier;
  return {
    ...session,
    type: isExperiment ? 'EXPERIMENT' : 'PROJECT',
    trace_tier: tier === null ? null : tier === 'longlived' ? 'LONG_LIVED' : 'SHORT_LIVED',
  };
}

/** Of nothing: only ids. @throws {Refusal} 400 */
function selected(names: readonly string[]): RunField[] {
  const unknown = names.find((name) => !RUN_FIELDS.some((field) => field === name));
  if (unknown !== undefined) throw new Refusal(400, `"${unknown}" cannot be selected`);
  return names.length === 0 ? ['ID'] : ([...names] as RunField[]);
}
