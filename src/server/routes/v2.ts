import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Printable } from '../../json/print.js';
import { readBody } from '../body.js';
import { experimentRows, MAX_EXPERIMENTS, ROWS_ASKED } from '../experiment-rows.js';
import { parseFilter } from '../filter.js';
import { answer, type LinkTo } from '../json-answers.js';
import { param, readParams, readQuery } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import {
  RUN_FIELDS,
  type RunField,
  runAnswersV2,
  statsOf,
  unreadPayloads,
} from '../run-answers.js';
import { listOf, optional, time, unsupportedMember, uuid } from '../schemas.js';
import { runCondition } from '../store/filter-condition.js';
import { type Home, linksOf } from './context.js';
import { idOf, listDatasets } from './datasets.js';
import { runPage } from './runs.js';
import { listSessions } from './sessions.js';

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const DAY_US = 86_400_000_000;
const RUN_TYPES = ['TOOL', 'CHAIN', 'LLM', 'RETRIEVER', 'EMBEDDING', 'PROMPT', 'PARSER'] as const;

const selects = optional(listOf(z.string())).transform((names) => selected(names ?? []));
const pageAsked = {
  selects,
  page_size: optional(z.int().min(1).max(MAX_PAGE)),
  cursor: optional(z.string()),
};
const QUERY = z.object({
  ...pageAsked,
  project_ids: optional(listOf(uuid)),
  reference_dataset_id: optional(uuid),
  ids: optional(listOf(uuid)),
  reference_examples: optional(listOf(uuid)),
  trace_id: optional(uuid),
  is_root: optional(z.boolean()),
  run_type: optional(z.enum(RUN_TYPES)),
  has_error: optional(z.boolean()),
  min_start_time: optional(time),
  max_start_time: optional(time),
  filter: optional(z.string()),
  ai_search: unsupportedMember,
  trace_filter: unsupportedMember,
  tree_filter: unsupportedMember,
  include_subtree_usage: unsupportedMember,
  min_feedback_modified_at: unsupportedMember,
  max_feedback_modified_at: unsupportedMember,
});
const ROWS = z.object({
  ...pageAsked,
  ...ROWS_ASKED,
  experiment_ids: listOf(uuid, MAX_EXPERIMENTS),
  sort: unsupportedMember,
});
const RUN = z.object({ project_id: param.uuid, selects });
const PAGE = z.object({
  cursor: param.text,
  page_size: param.integer(1, MAX_PAGE),
  sort_order: param.oneOf(['asc', 'desc']),
});

/**
 * The second version of LangSmith's lists: pages go by cursors, and runs say only what they are asked.
 *
 * @see npm langsmith 0.12, resources/runs/runs.d.mts, datasets/datasets.d.mts, datasets/experiment-runs.d.mts,
 *   sessions.d.mts
 */
export function v2Routes(home: Home): Hono {
  const app = new Hono();

  app.post('/v2/runs/query', async (context) => {
    const asked = await readBody(context, QUERY);
    return answer(context, queryRuns(home, asked, linksOf(home, context)));
  });

  app.get('/v2/runs/:id', (context) => {
    const { project_id: projectId, selects: fields } = readQuery(context, RUN);
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
    const asked = await readBody(context, ROWS);
    return answer(context, readRows(home, idOf(context), asked, linksOf(home, context)));
  });

  app.get('/v2/datasets', (context) =>
    answer(
      context,
      cursorPage(context, (params, maxPage) => listDatasets(home, params, maxPage)),
    ),
  );

  app.get('/v2/sessions', (context) =>
    answer(
      context,
      cursorPage(context, (params, maxPage) =>
        listSessions(home, params, maxPage).map(sessionAnswerV2),
      ),
    ),
  );

  return app;
}

function queryRuns(
  { store, nowUs }: Home,
  { selects, page_size: limit = DEFAULT_PAGE, ...asked }: z.output<typeof QUERY>,
  linkTo: LinkTo,
): Printable {
  const { project_ids: projectIds = [], reference_dataset_id: datasetId, filter } = asked;
  if (projectIds.length === 0 && !datasetId) {
    throw new Refusal(400, 'exactly one of project_ids and reference_dataset_id is required');
  }
  const query = {
    sessions: datasetId ? store.sessions.ofDataset(datasetId) : projectIds,
    ids: asked.ids,
    exampleIds: asked.reference_examples,
    traceId: asked.trace_id,
    isRoot: asked.is_root,
    runType: asked.run_type?.toLowerCase(),
    hasError: asked.has_error,
    // Where only a dataset is named, its experiments began when they began.
    startedFrom: asked.min_start_time ?? (datasetId ? undefined : nowUs() - DAY_US),
    startedUntil: asked.max_start_time,
    condition: filter ? runCondition(parseFilter(filter)) : undefined,
  };
  const without = unreadPayloads(selects);
  const { rows, next } = runPage(store, { ...query, without, limit }, asked.cursor);
  const stats = selects.includes('FEEDBACK_STATS') ? statsOf(store, rows) : () => [];
  return {
    items: runAnswersV2(store, rows, { fields: selects, linkTo }, stats),
    next_cursor: next,
  };
}

function readRows(
  { store }: Home,
  datasetId: string,
  { selects, page_size: limit = DEFAULT_PAGE, ...asked }: z.output<typeof ROWS>,
  linkTo: LinkTo,
): Printable {
  const offset = offsetIn(asked.cursor);
  const items = experimentRows(
    store,
    datasetId,
    {
      experimentIds: asked.experiment_ids,
      exampleIds: asked.example_ids,
      condition: asked.filters,
      comparisonId: asked.comparative_experiment_id,
      limit: limit + 1,
      offset,
    },
    (runs, stats) => runAnswersV2(store, runs, { fields: selects, linkTo }, stats),
    linkTo,
  );
  return pageOf(items, limit, offset);
}

/** v1's names of what v2 calls otherwise. */
const NAMES: Readonly<Record<string, string>> = { reference_dataset_id: 'reference_dataset' };

/** A page of a list that v1 has, too: asked for in v1's words, and one item more to see whether it goes on. */
function cursorPage(
  context: Context,
  list: (params: URLSearchParams, maxPage: number) => Printable[],
): Printable {
  const given = new URL(context.req.url).searchParams;
  const { page_size: limit = DEFAULT_PAGE, ...asked } = readParams(given, PAGE);
  const offset = offsetIn(asked.cursor);
  const params = new URLSearchParams({
    limit: String(limit + 1),
    offset: String(offset),
    sort_by_desc: String(asked.sort_order !== 'asc'),
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
  return pageOf(list(params, MAX_PAGE + 1), limit, offset);
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

/** The fields that were asked for; ids alone if none were. @throws {Refusal} 400 */
function selected(names: readonly string[]): RunField[] {
  const unknown = names.find((name) => !RUN_FIELDS.some((field) => field === name));
  if (unknown !== undefined) throw new Refusal(400, `"${unknown}" cannot be selected`);
  return names.length === 0 ? ['ID'] : ([...names] as RunField[]);
}
