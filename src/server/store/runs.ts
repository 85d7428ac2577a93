import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database, SqlValue } from './database.js';

/** A run as it is written. Payloads are JSON text; what is null is not said. */
export interface RunWrite {
  readonly id: string;
  readonly session_id: string | null;
  readonly trace_id: string | null;
  readonly parent_run_id: string | null;
  readonly dotted_order: string | null;
  readonly reference_example_id: string | null;
  readonly name: string | null;
  readonly run_type: string | null;
  readonly start_time: Micros | null;
  readonly end_time: Micros | null;
  readonly error: string | null;
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly extra: string | null;
  readonly events: string | null;
  readonly serialized: string | null;
  readonly tags: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly total_tokens: number | null;
  readonly prompt_cost: number | null;
  readonly completion_cost: number | null;
  readonly total_cost: number | null;
  /** How often U+0000 was replaced in it. */
  readonly replaced: number;
}

/** A run as it is read: it was posted, so these are there. */
export interface RunRow extends RunWrite {
  readonly session_id: string;
  readonly trace_id: string;
  readonly dotted_order: string;
  readonly name: string;
  readonly run_type: string;
  readonly start_time: Micros;
  readonly reference_dataset_id: string | null;
}

export interface RunQuery {
  readonly sessions?: readonly string[];
  readonly ids?: readonly string[];
  readonly traceId?: string;
  readonly parentId?: string;
  readonly isRoot?: boolean;
  readonly exampleIds?: readonly string[];
  readonly runType?: string;
  readonly hasError?: boolean;
  readonly startedFrom?: Micros;
  readonly startedUntil?: Micros;
  /** What a filter expression asks for. */
  readonly condition?: RunCondition;
  /** Columns of payloads that nobody asks for: they are null then, and not read. */
  readonly without?: readonly Payload[];
  readonly ascending?: boolean;
  /** Goes on after this run. */
  readonly after?: { readonly startTime: Micros; readonly id: string };
  readonly limit: number;
  /** Runs to pass over. Default 0. */
  readonly offset?: number;
}

/** A condition on the row `r` of runs, and what its question marks stand for. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A condition on runs. */
export interface RunCondition extends SqlCondition {
  /** It holds for the runs of a few traces, which have an index of their own. */
  readonly isOfTraces: boolean;
}

const COLUMNS = [
  'id',
  'session_id',
  'trace_id',
  'parent_run_id',
  'dotted_order',
  'reference_example_id',
  'name',
  'run_type',
  'start_time',
  'end_time',
  'error',
  'inputs',
  'outputs',
  'extra',
  'events',
  'serialized',
  'tags',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_cost',
  'completion_cost',
  'total_cost',
  'replaced',
] as const satisfies (keyof RunWrite)[];

const INSERT = `
  insert into runs (${COLUMNS.join(', ')}, posted, patched)
  values (${COLUMNS.map(() => '?').join(', ')}, ?, ?) on conflict (id) do update set`;
const MERGED = COLUMNS.filter((column) => column !== 'id' && column !== 'replaced');
const COUNT = 'replaced = replaced + excluded.replaced';
/** An update may be there before its run: then what it says stays. What comes twice changes nothing. */
const POST = `${INSERT} ${MERGED.map((c) => `${c} = coalesce(${c}, excluded.${c})`).join(', ')}, ${COUNT}, posted = 1 where posted = 0`;
const PATCH = `${INSERT} ${MERGED.map((c) => `${c} = coalesce(excluded.${c}, ${c})`).join(', ')}, ${COUNT}, patched = 1 where patched = 0`;

/** What can be long. */
export const PAYLOADS = ['inputs', 'outputs', 'extra', 'events', 'serialized'] as const;
export type Payload = (typeof PAYLOADS)[number];

const SELECT = select([]);

function select(without: readonly string[]): string {
  const columns = COLUMNS.map((column) =>
    without.includes(column) ? `null ${column}` : `r.${column}`,
  );
  return `select ${columns.join(', ')}, s.reference_dataset_id
    from runs r left join sessions s on s.id = r.session_id`;
}

/** The runs of all sessions. */
export class Runs {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): RunRow | undefined {
    return this.#db.all<RunRow>(`${SELECT} where r.id = ? and r.posted = 1`, id)[0];
  }

  /** Where runs belong, of those that there are; unseen updates count when they name a session. */
  heads(ids: readonly string[]): Map<string, Pick<RunRow, 'session_id' | 'trace_id'>> {
    const rows = this.#db.all<Pick<RunRow, 'id' | 'session_id' | 'trace_id'>>(
      'select id, session_id, trace_id from runs where id in (select value from json_each(?))',
      JSON.stringify(ids),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * Writes runs and updates of runs; an update may come before its run.
   *
   * @throws {Refusal} 409 if a run was posted, or updated, before.
   */
  write(posts: readonly RunWrite[], patches: readonly RunWrite[]): void {
    this.#db.transaction(() => {
      for (const run of posts) {
        const written = this.#db.run(POST, ...COLUMNS.map((column) => run[column]), 1, 0);
        if (written === 0) throw repeated('create', run);
      }
      for (const run of patches) {
        const written = this.#db.run(PATCH, ...COLUMNS.map((column) => run[column]), 0, 1);
        if (written === 0) throw repeated('update', run);
      }
    });
  }

  query(query: RunQuery): RunRow[] {
    const conditions = ['r.posted = 1'];
    const values: SqlValue[] = [];
    const where = (condition: string, ...bound: readonly (SqlValue | readonly SqlValue[])[]) => {
      conditions.push(condition);
      for (const value of bound.flat()) values.push(value);
    };
    const whereIn = (column: string, list: readonly string[] | undefined) => {
      if (list?.length === 1) where(`${column} = ?`, list[0] ?? null);
      else if (list) where(`${column} in (select value from json_each(?))`, JSON.stringify(list));
    };

    // The + keeps the index of sessions, which is long, out of a query for runs below a few roots.
    const isBelowRoots = query.isRoot === false && query.condition?.isOfTraces === true;
    whereIn(isBelowRoots ? '+r.session_id' : 'r.session_id', query.sessions);
    whereIn('r.id', query.ids);
    whereIn('r.reference_example_id', query.exampleIds);
    if (query.traceId !== undefined) where('r.trace_id = ?', query.traceId);
    if (query.parentId !== undefined) where('r.parent_run_id = ?', query.parentId);
    if (query.isRoot !== undefined) where(`r.parent_run_id is ${query.isRoot ? '' : 'not '}null`);
    if (query.runType !== undefined) where('r.run_type = ?', query.runType);
    if (query.hasError !== undefined) where(`(r.error is not null) = ${query.hasError}`);
    if (query.startedFrom !== undefined) where('r.start_time >= ?', query.startedFrom);
    if (query.startedUntil !== undefined) where('r.start_time <= ?', query.startedUntil);
    if (query.condition) where(query.condition.sql, query.condition.values);
    if (query.after) {
      const { startTime, id } = query.after;
      where(`(r.start_time, r.id) ${query.ascending ? '>' : '<'} (?, ?)`, startTime, id);
    }

    const direction = query.ascending ? 'asc' : 'desc';
    return this.#db.all(
      `${select(query.without ?? [])} where ${conditions.join(' and ')}
       order by r.start_time ${direction}, r.id ${direction} limit ? offset ?`,
      values,
      query.limit,
      query.offset ?? 0,
    );
  }

  /** The ids of a dataset's examples that one of these experiments has answered, in their order. */
  answeredExamples(
    sessionIds: readonly string[],
    page: {
      readonly exampleIds?: readonly string[];
      readonly condition?: SqlCondition;
      /** Only examples that are there, or once were. */
      readonly knownOnly?: boolean;
      readonly limit: number;
      readonly offset: number;
    },
  ): string[] {
    if (sessionIds.length === 0) return [];
    const conditions = [
      'r.session_id = ?',
      'r.reference_example_id is not null',
      'r.parent_run_id is null',
      'r.posted = 1',
    ];
    const values: SqlValue[] = [];
    if (page.exampleIds) {
      conditions.push('r.reference_example_id in (select value from json_each(?))');
      values.push(JSON.stringify(page.exampleIds));
    }
    if (page.knownOnly) {
      conditions.push('exists (select 1 from examples e where e.id = r.reference_example_id)');
    }
    if (page.condition) {
      conditions.push(page.condition.sql);
      for (const value of page.condition.values) values.push(value);
    }
    // Of one session after the other, merged: each is in the order of its index, so a page reads no further than it must.
    const ofOne = `select distinct r.reference_example_id id from runs r where ${conditions.join(' and ')}`;
    const rows = this.#db.all<{ id: string }>(
      `${sessionIds.map(() => ofOne).join(' union ')} order by 1 limit ? offset ?`,
      sessionIds.flatMap((id) => [id, ...values]),
      page.limit,
      page.offset,
    );
    return rows.map(({ id }) => id);
  }

  /** The root runs that answer these examples. */
  answers(sessionIds: readonly string[], exampleIds: readonly string[]): RunRow[] {
    return this.#db.all(
      `${SELECT} where r.session_id in (select value from json_each(?))
         and r.reference_example_id in (select value from json_each(?))
         and r.parent_run_id is null and r.posted = 1
       order by r.start_time, r.id`,
      JSON.stringify(sessionIds),
      JSON.stringify(exampleIds),
    );
  }
}

function repeated(kind: 'create' | 'update', { id }: RunWrite): Refusal {
  return new Refusal(409, `Conflict: payload already received for ${kind} of run ${id}`);
}
