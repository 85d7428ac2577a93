import { Hono } from 'hono';
import { z } from 'zod';
import type { Printable } from '../../json/print.js';
import { readBody } from '../body.js';
import { answer, sessionAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { keepFigures } from '../page/reads/subjects.js';
import { pageOf, param, readParams, readQuery } from '../query.js';
import { json, label, optional, orNull, time, unsupportedMember, uuid } from '../schemas.js';
import { type NewSession, SESSION_ORDERS, type SessionRow } from '../store/sessions.js';
import type { Store } from '../store.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const name = label(255);
const STATS_ORDERS = ['latency_p50', 'latency_p99', 'error_rate', 'feedback'] as const;
const MAX_SORTED = 10_000;

const TIERS = z.enum(['longlived', 'shortlived']);
const CHANGE = z.object({
  name: optional(name),
  description: optional(z.string()),
  start_time: optional(time),
  end_time: optional(time),
  extra: optional(json),
  default_dataset_id: optional(uuid),
  trace_tier: optional(TIERS),
});
const NEW = z.object({
  id: optional(uuid),
  name,
  description: orNull(z.string()),
  start_time: optional(time),
  end_time: orNull(time),
  extra: orNull(json),
  reference_dataset_id: orNull(uuid),
  default_dataset_id: orNull(uuid),
  trace_tier: orNull(TIERS),
});
const UPSERT = z.object({ upsert: param.flag });
const IDS = z.object({ session_ids: param.uuids });
const STATS = z.object({ include_stats: param.flag });
const LIST = {
  id: param.uuids,
  name: param.text,
  name_contains: param.text,
  reference_dataset: param.uuids,
  reference_free: param.flag,
  metadata: param.json,
  dataset_version: param.text,
  include_stats: param.flag,
  sort_by: param.oneOf([...SESSION_ORDERS, ...STATS_ORDERS]),
  sort_by_desc: param.flag,
  sort_by_feedback_key: param.text,
  filter: unsupportedMember,
  tag_value_id: unsupportedMember,
};

/** Sessions, which are experiments when they are about a dataset. */
export function sessionRoutes(home: Home): Hono {
  const app = new Hono();
  const { sessions } = home.store;

  const show = (session: SessionRow, includeStats: boolean) =>
    showSession(home, session, includeStats);

  app.get('/sessions', (context) =>
    answer(context, listSessions(home, new URL(context.req.url).searchParams)),
  );

  app.post('/sessions', async (context) => {
    const { upsert } = readQuery(context, UPSERT);
    const sent = await readBody(context, NEW);
    const { id = newId(), start_time = home.nowUs() } = sent;
    const session: NewSession = { ...sent, id, start_time };
    const created = home.store.transaction(() => {
      const existing = upsert ? sessions.findByName(session.name) : undefined;
      if (!existing) return sessions.create(session);
      const { description, end_time, extra } = session;
      return sessions.update(existing.id, {
        description: description ?? undefined,
        end_time: end_time ?? undefined,
        extra: extra ?? undefined,
      });
    });
    return answer(context, show(created, false));
  });

  app.delete('/sessions', (context) => {
    const { session_ids: ids = [] } = readQuery(context, IDS);
    sessions.delete(ids);
    return answer(context, { message: 'Sessions deleted' }, 202);
  });

  app.get('/sessions/:id', (context) => {
    const { include_stats: includeStats = false } = readQuery(context, STATS);
    return answer(context, show(sessions.get(idOf(context)), includeStats));
  });

  // A null leaves a field as it is.
  app.patch('/sessions/:id', async (context) => {
    const changes = await readBody(context, CHANGE);
    const session = sessions.update(idOf(context), changes);
    if (changes.end_time !== undefined && session.reference_dataset_id !== null)
      countSoon(home.store, session.id);
    return answer(context, show(session, false));
  });

  app.delete('/sessions/:id', (context) => {
    sessions.delete([sessions.get(idOf(context)).id]);
    return answer(context, { message: 'Session deleted' }, 202);
  });

  return app;
}

/** Counts an experiment that has ended once it is answered, so that the first look at it does not wait. */
function countSoon(store: Store, sessionId: string): void {
  setImmediate(() => {
    try {
      keepFigures(store, sessionId);
    } catch {
      // The disk is full, or home is closed: the first look counts, or says why it cannot.
    }
  });
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
export function listSessions(
  home: Home,
  params: URLSearchParams,
  maxPage?: number,
): Record<string, Printable>[] {
  const { sessions } = home.store;
  const asked = readParams(params, z.object({ ...LIST, ...pageOf(maxPage) }));
  const {
    include_stats: includeStats = false,
    sort_by: sortBy = 'start_time',
    sort_by_desc: descending = true,
    limit,
    offset,
  } = asked;
  const found = {
    ids: asked.id,
    name: asked.name,
    nameContains: asked.name_contains,
    referenceDatasets: asked.reference_dataset,
    referenceFree: asked.reference_free,
    metadata: asked.metadata,
    datasetVersion: asked.dataset_version,
    descending,
  };
  const column = SESSION_ORDERS.find((order) => order === sortBy);
  if (column) {
    const rows = sessions.list({ ...found, sortBy: column, limit, offset });
    return rows.map((session) => showSession(home, session, includeStats));
  }
  return sessions
    .list({ ...found, sortBy: 'start_time', limit: MAX_SORTED, offset: 0 })
    .map((session) => ({
      session,
      figure: figureOf(home, session, sortBy, asked.sort_by_feedback_key),
    }))
    .sort((a, b) => compareFigures(a.figure, b.figure, descending))
    .slice(offset, offset + limit)
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
