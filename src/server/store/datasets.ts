import { randomUUID } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import { changed } from './changed.js';
import type { Database, SqlValue } from './database.js';

export interface NewDataset {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly data_type: string;
  readonly created_at: Micros;
  readonly metadata: string | null;
  readonly inputs_schema: string | null;
  readonly outputs_schema: string | null;
  readonly transformations: string | null;
}

export interface DatasetRow extends NewDataset {
  /** The experiment that others are measured by. */
  readonly baseline_experiment_id: string | null;
  readonly modified_at: Micros;
  readonly share_token: string | null;
  readonly example_count: number;
  readonly session_count: number;
  readonly last_session_start_time: Micros | null;
}

export type DatasetChange = Partial<NewDataset & Pick<DatasetRow, 'baseline_experiment_id'>>;

export interface DatasetVersion {
  readonly as_of: Micros;
  /** JSON text of a list. */
  readonly tags: string;
}

export interface DatasetQuery {
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly nameContains?: string;
  readonly dataType?: string;
  /** JSON text of an object whose members have to be there. */
  readonly metadata?: string;
  readonly sortBy: DatasetOrder;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export const DATASET_ORDERS = [
  'last_session_start_time',
  'name',
  'created_at',
  'example_count',
  'session_count',
  'modified_at',
] as const;
export type DatasetOrder = (typeof DATASET_ORDERS)[number];

const SELECT = `
  select d.*,
    (select count(*) from examples e where e.dataset_id = d.id and e.replaced_at is null) example_count,
    (select count(*) from sessions s where s.reference_dataset_id = d.id) session_count,
    (select max(start_time) from sessions s where s.reference_dataset_id = d.id) last_session_start_time
  from datasets d`;

/** The datasets of a home. */
export class Datasets {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): DatasetRow | undefined {
    return this.#db.all<DatasetRow>(`${SELECT} where d.id = ?`, id)[0];
  }

  /** @throws {Refusal} 404 */
  get(id: string): DatasetRow {
    const dataset = this.find(id);
    if (!dataset) throw unknownDataset();
    return dataset;
  }

  /** Only looks whether it is there: `get` counts what it holds. @throws {Refusal} 404 */
  refuseUnknown(id: string): void {
    const [known] = this.#db.all('select 1 from datasets where id = ?', id);
    if (!known) throw unknownDataset();
  }

  count(): number {
    return this.#db.all<{ n: number }>('select count(*) n from datasets')[0]?.n ?? 0;
  }

  list(query: DatasetQuery): DatasetRow[] {
    const conditions = ['true'];
    const values: SqlValue[] = [];
    const where = (condition: string, value: string) => {
      conditions.push(condition);
      values.push(value);
    };
    if (query.ids) where('d.id in (select value from json_each(?))', JSON.stringify(query.ids));
    if (query.name !== undefined) where('d.name = ?', query.name);
    if (query.nameContains !== undefined) {
      where('instr(lower(d.name), lower(?)) > 0', query.nameContains);
    }
    if (query.dataType !== undefined) where('d.data_type = ?', query.dataType);
    if (query.metadata !== undefined) where(hasMembers('d.metadata'), query.metadata);

    const direction = query.descending ? 'desc nulls last' : 'asc nulls last';
    return this.#db.all(
      `${SELECT} where ${conditions.join(' and ')}
       order by ${query.sortBy} ${direction}, created_at ${direction}, id limit ? offset ?`,
      values,
      query.limit,
      query.offset,
    );
  }

  /** @throws {Refusal} 409 if the name or the id is taken. */
  create(dataset: NewDataset): DatasetRow {
    return this.#db.transaction(() => {
      this.#refuseTaken(dataset.name, dataset.id);
      if (this.find(dataset.id)) {
        throw new Refusal(409, `Dataset with id ${dataset.id} already exists.`);
      }
      this.#db.run(
        `insert into datasets (id, name, description, data_type, created_at, modified_at, metadata,
           inputs_schema, outputs_schema, transformations) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        dataset.id,
        dataset.name,
        dataset.description,
        dataset.data_type,
        dataset.created_at,
        dataset.created_at,
        dataset.metadata,
        dataset.inputs_schema,
        dataset.outputs_schema,
        dataset.transformations,
      );
      return this.get(dataset.id);
    });
  }

  /** @throws {Refusal} 404, or 409 if the new name is taken. */
  update(id: string, changes: DatasetChange, now: Micros): DatasetRow {
    return this.#db.transaction(() => {
      const dataset = changed(this.get(id), changes);
      this.#refuseTaken(dataset.name, id);
      this.#db.run(
        `update datasets set name = ?, description = ?, metadata = ?, inputs_schema = ?,
           outputs_schema = ?, transformations = ?, baseline_experiment_id = ?, modified_at = max(?, modified_at + 1) where id = ?`,
        dataset.name,
        dataset.description,
        dataset.metadata,
        dataset.inputs_schema,
        dataset.outputs_schema,
        dataset.transformations,
        dataset.baseline_experiment_id,
        now,
        id,
      );
      return this.get(id);
    });
  }

  #refuseTaken(name: string, id: string): void {
    const [taken] = this.#db.all('select 1 from datasets where name = ? and id <> ?', name, id);
    if (taken) throw new Refusal(409, `Dataset with name ${name} already exists.`);
  }

  /** Removes a dataset with its examples and its experiments. */
  delete(id: string): void {
    this.#db.transaction(() => {
      const sessions = 'select id from sessions where reference_dataset_id = ?';
      this.#db.run(`delete from feedback where session_id in (${sessions})`, id);
      this.#db.run(`delete from runs where session_id in (${sessions})`, id);
      this.#db.run('delete from sessions where reference_dataset_id = ?', id);
      this.#db.run(
        'delete from attachments where owner_id in (select id from examples where dataset_id = ?)',
        id,
      );
      this.#db.run('delete from examples where dataset_id = ?', id);
      this.#db.run('delete from dataset_versions where dataset_id = ?', id);
      this.#db.run('delete from comparisons where dataset_id = ?', id);
      this.#db.run('delete from rules where dataset_id = ?', id);
      this.#db.run('delete from dataset_tags where dataset_id = ?', id);
      this.#db.run('delete from datasets where id = ?', id);
    });
  }

  /**
   * Begins a version of the dataset.
   *
   * @returns its time: now, or just after the last version if that is later.
   */
  addVersion(id: string, now: Micros): Micros {
    const [version] = this.#db.all<{ as_of: Micros }>(
      `update datasets set modified_at = max(?, modified_at + 1) where id = ?
       returning modified_at as_of`,
      now,
      id,
    );
    if (!version) throw unknownDataset();
    const { as_of: asOf } = version;
    this.#db.run('insert into dataset_versions (dataset_id, as_of) values (?, ?)', id, asOf);
    return asOf;
  }

  /** The newest version first. */
  versions(id: string, page: { limit: number; offset: number }): DatasetVersion[] {
    return this.#db.all(
      `${VERSIONS} where v.dataset_id = ? order by v.as_of desc limit ? offset ?`,
      id,
      page.limit,
      page.offset,
    );
  }

  /** The version that was current at a time. */
  versionAt(id: string, time: Micros): DatasetVersion | undefined {
    return this.#db.all<DatasetVersion>(
      `${VERSIONS} where v.dataset_id = ? and v.as_of <= ? order by v.as_of desc limit 1`,
      id,
      time,
    )[0];
  }

  taggedVersion(id: string, tag: string): DatasetVersion | undefined {
    if (tag === 'latest') return this.versions(id, { limit: 1, offset: 0 })[0];
    const [tagged] = this.#db.all<{ as_of: Micros }>(
      'select as_of from dataset_tags where dataset_id = ? and tag = ?',
      id,
      tag,
    );
    return tagged && this.versionAt(id, tagged.as_of);
  }

  /** @throws {Refusal} 404 if there is no version of exactly that time. */
  tagVersion(id: string, asOf: Micros, tag: string): DatasetVersion {
    return this.#db.transaction(() => {
      const version = this.versionAt(id, asOf);
      if (version?.as_of !== asOf) throw new Refusal(404, 'Dataset version not found');
      this.#db.run(
        `insert into dataset_tags (dataset_id, tag, as_of) values (?, ?, ?)
         on conflict (dataset_id, tag) do update set as_of = excluded.as_of`,
        id,
        tag,
        asOf,
      );
      return this.versionAt(id, asOf) ?? version;
    });
  }

  share(id: string): string {
    return this.#db.transaction(() => {
      const { share_token } = this.get(id);
      if (share_token !== null) return share_token;
      const token = randomUUID();
      this.#db.run('update datasets set share_token = ? where id = ?', token, id);
      return token;
    });
  }

  unshare(id: string): void {
    this.#db.run('update datasets set share_token = null where id = ?', id);
  }
}

const VERSIONS = `
  select v.as_of, (
    select json_group_array(tag) from (
      select t.tag from dataset_tags t where t.dataset_id = v.dataset_id and t.as_of = v.as_of
      union all
      select 'latest' where v.as_of = (select max(l.as_of) from dataset_versions l where l.dataset_id = v.dataset_id)
    )
  ) tags
  from dataset_versions v`;

/** A condition: a JSON column has all members of the JSON object that is bound. */
export function hasMembers(column: string): string {
  return `not exists (
    select 1 from json_each(?) wanted
    where json_extract(coalesce(${column}, '{}'), wanted.fullkey) is not wanted.value)`;
}

function unknownDataset(): Refusal {
  return new Refusal(404, 'Dataset not found');
}
