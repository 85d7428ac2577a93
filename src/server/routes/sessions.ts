import { Hono } from 'hono';
import type { Printable } from '../../json/print.js';
import { readJson } from '../body.js';
import { defined, Fields } from '../fields.js';
import { answer, sessionAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { type Query, queryOf } from '../query.js';
import { type NewSession, SESSION_ORDERS, type SessionRow } from '../store/sessions.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const MAX_NAME = 255;
const STATS_ORDERS = ['latency_p50', 'latency_p99', 'error_rate', 'feedback'] as const;
const MAX_SORTED = 10_000;

/** Sessions, which are experiments when they are about a dataset. */
export function sessionRoutes(home: Home): Hono {
  const app = new Hono();
  const { sessions } = home.store;

  const show = (session: SessionRow, includeStats: boolean) =>
    showSession(home, session, includeStats);

  app.get('/sessions', (context) => answer(context, listSessions(home, queryOf(context))));

  app.post('/sessions', async (context) => {
    const query = queryOf(context);
    const upsert = query.flag('upsert') ?? false;
    query.done();
    const fields = new Fields(await readJson(context));
    fields.require('name');
    const startTime = fields.time('start_time');
    const session: NewSession = {
      id: fields.uuid('id') ?? newId(),
      name: fields.text('name', { min: 1, max: MAX_NAME }) ?? '',
      description: fields.text('description') ?? null,
      start_time: startTime ?? home.nowUs(),
      end_time: fields.time('end_time') ?? null,
      extra: fields.json('extra') ?? null,
      reference_dataset_id: fields.uuid('reference_dataset_id') ?? null,
      default_dataset_id: fields.uuid('default_dataset_id') ?? null,
      trace_tier: fields.oneOf('trace_tier', ['longlived', 'shortlived']) ?? null,
    };
    fields.done();
    const created = home.store.transaction(() => {
      const existing = upsert ? sessions.findByName(session.name) : undefined;
      if (!existing) return sessions.create(session);
      const { description, end_time, extra } = session;
      return sessions.update(existing.id, defined({ description, end_time, extra }));
    });
    return answer(context, show(created, false));
  });

  app.delete('/sessions', (context) => {
    const query = queryOf(context);
    const ids = query.uuids('session_ids') ?? [];
    query.done();
    sessions.delete(ids);
    return answer(context, { message: 'Sessions deleted' }, 202);
  });

  app.get('/sessions/:id', (context) => {
    const query = queryOf(context);
    const includeStats = query.flag('include_stats') ?? false;
    query.done();
    return answer(context, show(sessions.get(idOf(context)), includeStats));
  });

  // A null leaves a field as it is.
  app.patch('/sessions/:id', async (context) => {
    const fields = new Fields(await readJson(context));
    const changes = defined({
      name: fields.text('name', { min: 1, max: MAX_NAME }),
      description: fields.text('description'),
      start_time: fields.time('start_time'),
      end_time: fields.time('end_time'),
      extra: fields.json('extra'),
      default_dataset_id: fields.uuid('default_dataset_id'),
      trace_tier: fields.oneOf('trace_tier', ['longlived', 'shortlived']),
    });
    fields.done();
    return answer(context, show(sessions.update(idOf(context), changes), false));
  });

  app.delete('/sessions/:id', (context) => {
    sessions.delete([sessions.get(idOf(context)).id]);
    return answer(context, { message: 'Session deleted' }, 202);
  });

  return app;
}

function showSession(
  { store: { stats, tenantId } }: Home,
  session: SessionRow,
  includeStats: boolean,
): Record<string, Printable> {
  return sessionAnswer(
    session,
    tenantId,
    includeStats
      ? {
          runs: stats.ofRuns(session.id),
          ofRuns: stats.ofFeedback(session.id, 'run'),
          ofSession: stats.ofFeedback(session.id, 'session'),
        }
      : undefined,
  );
}

/** The answer of GET /sessions. */
export function listSessions(home: Home, query: Query): Record<string, Printable>[] {
  const { sessions } = home.store;
  const ids = query.uuids('id');
  const name = query.text('name');
  const nameContains = query.text('name_contains');
  const referenceDatasets = query.uuids('reference_dataset');
  const referenceFree = query.flag('reference_free');
  const metadata = query.json('metadata');
  const datasetVersion = query.text('dataset_version');
  const includeStats = query.flag('include_stats') ?? false;
  const sortBy = query.oneOf('sort_by', [...SESSION_ORDERS, ...STATS_ORDERS]) ?? 'start_time';
  const descending = query.flag('sort_by_desc') ?? true;
  const key = query.text('sort_by_feedback_key');
  const page = query.page();
  query.refuseUnsupported('filter', 'tag_value_id');
  query.done();

  const found = {
    ids,
    name,
    nameContains,
    referenceDatasets,
    referenceFree,
    metadata,
    datasetVersion,
    descending,
  };
  const column = SESSION_ORDERS.find((order) => order === sortBy);
  if (column) {
    const rows = sessions.list({ ...found, sortBy: column, ...page });
    return rows.map((session) => showSession(home, session, includeStats));
  }
  return sessions
    .list({ ...found, sortBy: 'start_time', limit: MAX_SORTED, offset: 0 })
    .map((session) => ({ session, figure: figureOf(home, session, sortBy, key) }))
    .sort((a, b) => compareFigures(a.figure, b.figure, descending))
    .slice(page.offset, page.offset + page.limit)
    .map(({ session }) => showSession(home, session, includeStats));
}

function figureOf(
  { store }: Home,
  { id }: SessionRow,
  sortBy: string,
  key: string | undefined,
): number | null {
  if (sortBy === 'feedback') {
    return store.stats.ofFeedback(id, 'run').find((stats) => stats.key === key)?.avg ?? null;
  }
  const stats = store.stats.ofRuns(id);
  if (sortBy === 'error_rate') return stats.run_count ? stats.error_count / stats.run_count : null;
  return sortBy === 'latency_p50' ? stats.latency_p50 : stats.latency_p99;
}

function compareFigures(a: number | null, b: number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return descending ? b - a : a - b;
}
