import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import { changed } from './changed.js';
import type { Database, SqlValue } from './database.js';
import { hasMembers } from './datasets.js';

export interface NewSession {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly start_time: Micros;
  readonly end_time: Micros | null;
  /** JSON text of an object. */
  readonly extra: string | null;
  readonly reference_dataset_id: string | null;
  readonly default_dataset_id: string | null;
  readonly trace_tier: string | null;
}

export interface SessionRow extends NewSession {
  /** Which experiment of its dataset it is, from 1. */
  readonly test_run_number: number | null;
  readonly last_run_start_time: Micros | null;
  /** Unknown of one that an earlier version made. */
  readonly written_at: Micros | null;
}

export interface SessionQuery {
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly nameContains?: string;
  readonly referenceDatasets?: readonly string[];
  readonly referenceFree?: boolean;
  readonly metadata?: string;
  readonly datasetVersion?: string;
  /** The last one is the order in which experiments of a dataset were made. */
  readonly sortBy: SessionOrder | 'test_run_number';
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export const SESSION_ORDERS = ['start_time', 'name', 'last_run_start_time'] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

const SELECT = `
  select s.*, (select max(r.start_time) from runs r where r.session_id = s.id) last_run_start_time
  from sessions s`;

/** The sessions of a home: experiments, and the projects that plain runs go to. */
export class Sessions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): SessionRow | undefined {
    return this.#db.all<SessionRow>(`${SELECT} where s.id = ?`, id)[0];
  }

  findByName(name: string): SessionRow | undefined {
    return this.#db.all<SessionRow>(`${SELECT} where s.name = ?`, name)[0];
  }

  /** @throws {Refusal} 404 */
  get(id: string): SessionRow {
    const session = this.find(id);
    if (!session) throw new Refusal(404, 'Session not found');
    return session;
  }

  /** The ids of a dataset's experiments. */
  ofDataset(datasetId: string): string[] {
    return this.#db
      .all<{ id: string }>('select id from sessions where reference_dataset_id = ?', datasetId)
      .map(({ id }) => id);
  }

  list(query: SessionQuery): SessionRow[] {
    const conditions = ['true'];
    const values: SqlValue[] = [];
    const where = (condition: string, value: string) => {
      conditions.push(condition);
      values.push(value);
    };
    if (query.ids) where('s.id in (select value from json_each(?))', JSON.stringify(query.ids));
    if (query.name !== undefined) where('s.name = ?', query.name);
    if (query.nameContains !== undefined) {
      where('instr(lower(s.name), lower(?)) > 0', query.nameContains);
    }
    if (query.referenceDatasets) {
      where(
        's.reference_dataset_id in (select value from json_each(?))',
        JSON.stringify(query.referenceDatasets),
      );
    }
    if (query.referenceFree !== undefined) {
      conditions.push(`(s.reference_dataset_id is null) = ${query.referenceFree}`);
    }
    if (query.metadata !== undefined) {
      where(hasMembers(`json_extract(s.extra, '$.metadata')`), query.metadata);
    }
    if (query.datasetVersion !== undefined) {
      where(`json_extract(s.extra, '$.metadata.dataset_version') = ?`, query.datasetVersion);
    }
    const direction = query.descending ? 'desc nulls last' : 'asc nulls last';
    return this.#db.all(
      `${SELECT} where ${conditions.join(' and ')}
       order by ${query.sortBy} ${direction}, s.id limit ? offset ?`,
      values,
      query.limit,
      query.offset,
    );
  }

  /** @throws {Refusal} 409 if the name or the id is taken, 404 for an unknown dataset. */
  create(session: NewSession): SessionRow {
    return this.#db.transaction(() => {
      this.#refuseTaken(session.name, session.id);
      if (this.find(session.id)) {
        throw new Refusal(409, `Session with id ${session.id} already exists.`);
      }
      this.#refuseUnknownDataset(session.reference_dataset_id);
      this.#refuseUnknownDataset(session.default_dataset_id);
      this.#db.run(
        `insert into sessions (id, name, description, start_time, end_time, extra, reference_dataset_id,
           default_dataset_id, trace_tier, test_run_number)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, case when ? is null then null else
           (select coalesce(max(test_run_number), 0) + 1 from sessions where reference_dataset_id = ?) end)`,
        session.id,
        session.name,
        session.description,
        session.start_time,
        session.end_time,
        session.extra,
        session.reference_dataset_id,
        session.default_dataset_id,
        session.trace_tier,
        session.reference_dataset_id,
        session.reference_dataset_id,
      );
      return this.get(session.id);
    });
  }

  /** @throws {Refusal} 404, or 409 if the new name is taken. */
  update(id: string, changes: Partial<NewSession>): SessionRow {
    return this.#db.transaction(() => {
      const session = changed<NewSession>(this.get(id), changes);
      this.#refuseTaken(session.name, id);
      if (changes.default_dataset_id) this.#refuseUnknownDataset(changes.default_dataset_id);
      this.#db.run(
        `update sessions set name = ?, description = ?, start_time = ?, end_time = ?, extra = ?,
           default_dataset_id = ?, trace_tier = ? where id = ?`,
        session.name,
        session.description,
        session.start_time,
        session.end_time,
        session.extra,
        session.default_dataset_id,
        session.trace_tier,
        id,
      );
      return this.get(id);
    });
  }

  /** Keeps when something of sessions was last written. */
  written(ids: readonly string[], at: Micros): void {
    this.#db.run(
      'update sessions set written_at = ? where id in (select value from json_each(?))',
      at,
      JSON.stringify(ids),
    );
  }

  #refuseTaken(name: string, id: string): void {
    const [taken] = this.#db.all('select 1 from sessions where name = ? and id <> ?', name, id);
    if (taken) throw new Refusal(409, `Session with name ${name} already exists.`);
  }

  #refuseUnknownDataset(id: string | null): void {
    if (id === null) return;
    const [dataset] = this.#db.all('select 1 from datasets where id = ?', id);
    if (!dataset) throw new Refusal(404, 'Reference dataset not found');
  }

  /** Removes sessions with their runs and feedback. */
  delete(ids: readonly string[]): void {
    const those = 'in (select value from json_each(?))';
    const list = JSON.stringify(ids);
    this.#db.transaction(() => {
      this.#db.run(
        `delete from attachments where owner_id in (select id from runs where session_id ${those})`,
        list,
      );
      this.#db.run(`delete from feedback where session_id ${those}`, list);
      this.#db.run(`delete from runs where session_id ${those}`, list);
      this.#db.run(`delete from sessions where id ${those}`, list);
      this.#db.run(
        `update datasets set baseline_experiment_id = null where baseline_experiment_id ${those}`,
        list,
      );
    });
  }
}
