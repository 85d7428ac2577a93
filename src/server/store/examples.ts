import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database, SqlValue } from './database.js';
import { type Datasets, hasMembers } from './datasets.js';
import type { SqlCondition } from './runs.js';

/** Payloads are JSON text; `metadata` holds the splits as `dataset_split`. */
export interface NewExample {
  readonly id: string;
  readonly created_at?: Micros;
  readonly inputs: string;
  readonly outputs: string | null;
  readonly metadata: string;
  readonly source_run_id: string | null;
}

export interface ExampleRow extends NewExample {
  readonly dataset_id: string;
  readonly created_at: Micros;
  readonly modified_at: Micros;
  /** When this version ended; null for the current one. */
  readonly replaced_at: Micros | null;
}

export interface ExampleChange {
  readonly id: string;
  readonly inputs?: string;
  readonly outputs?: string | null;
  /** Makes the new metadata out of the old. */
  readonly metadata?: (old: string) => string;
}

export interface ExampleQuery {
  readonly datasetId?: string;
  readonly ids?: readonly string[];
  /** The state at that time; the current one by default. */
  readonly asOf?: Micros;
  readonly metadata?: string;
  readonly splits?: readonly string[];
  readonly text?: string;
  /** What a filter expression asks for, on the row `e`. */
  readonly condition?: SqlCondition;
  readonly order: ExampleOrder;
  readonly seed?: number;
  readonly descending?: boolean;
  readonly limit: number;
  readonly offset: number;
}

export const EXAMPLE_ORDERS = ['recent', 'random', 'recently_created', 'id'] as const;
export type ExampleOrder = (typeof EXAMPLE_ORDERS)[number];

/** The examples of all datasets, in all their versions. */
export class Examples {
  readonly #db: Database;
  readonly #datasets: Datasets;
  /** What was asked last. */
  #order: { readonly state: string; readonly ids: readonly string[] } | undefined;

  constructor(db: Database, datasets: Datasets) {
    this.#db = db;
    this.#datasets = datasets;
  }

  find(id: string, asOf?: Micros): ExampleRow | undefined {
    const [condition, values] = currentAt(asOf);
    return this.#db.all<ExampleRow>(
      `select * from examples where id = ? and ${condition}`,
      id,
      values,
    )[0];
  }

  /** Which of these were ever written, deleted ones too. */
  known(ids: readonly string[]): Set<string> {
    const rows = this.#db.all<{ id: string }>(
      'select distinct id from examples where id in (select value from json_each(?))',
      JSON.stringify(ids),
    );
    return new Set(rows.map(({ id }) => id));
  }

  list(query: ExampleQuery): ExampleRow[] {
    const [conditions, values] = matching(query);
    return this.#db.all(
      `select * from examples e where ${conditions} order by ${orderOf(query)} limit ? offset ?`,
      values,
      query.limit,
      query.offset,
    );
  }

  count(query: Omit<ExampleQuery, 'order' | 'limit' | 'offset'>): number {
    const [conditions, values] = matching(query);
    const [row] = this.#db.all<{ n: number }>(
      `select count(*) n from examples e where ${conditions}`,
      values,
    );
    return row?.n ?? 0;
  }

  splits(datasetId: string, asOf?: Micros): string[] {
    const [condition, values] = currentAt(asOf);
    const rows = this.#db.all<{ split: string }>(
      `select distinct split.value split from examples e, json_each(e.metadata, '$.dataset_split') split
       where e.dataset_id = ? and ${condition} order by 1`,
      datasetId,
      values,
    );
    return rows.map(({ split }) => split);
  }

  /**
   * Writes new examples as one version of their dataset.
   *
   * @returns the time of that version.
   * @throws {Refusal} 404 without the dataset, 409 if one of the ids exists or did exist.
   */
  create(datasetId: string, examples: readonly NewExample[], now: Micros): Micros {
    return this.#db.transaction(() => {
      const asOf = this.#datasets.addVersion(datasetId, now);
      this.#refuseKnown(examples.map(({ id }) => id));
      for (const example of examples) this.#insert({ ...example, datasetId, asOf });
      return asOf;
    });
  }

  #refuseKnown(ids: readonly string[]): void {
    const known = this.known(ids);
    for (const id of ids) {
      if (known.has(id)) throw new Refusal(409, `Example with id ${id} already exists.`);
      known.add(id);
    }
  }

  #insert(example: NewExample & { datasetId: string; asOf: Micros }): void {
    this.#db.run(
      `insert into examples (id, dataset_id, created_at, modified_at, inputs, outputs, metadata, source_run_id)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      example.id,
      example.datasetId,
      example.created_at ?? example.asOf,
      example.asOf,
      example.inputs,
      example.outputs,
      example.metadata,
      example.source_run_id,
    );
  }

  /**
   * Changes examples as one version of their dataset; one that was deleted comes back.
   *
   * @throws {Refusal} 404 for an unknown id, 409 for one of another dataset.
   */
  update(datasetId: string, changes: readonly ExampleChange[], now: Micros): Micros {
    return this.#db.transaction(() => {
      const asOf = this.#datasets.addVersion(datasetId, now);
      for (const change of changes) {
        const old = this.#latest(change.id);
        if (!old) throw new Refusal(404, `Example ${change.id} not found`);
        if (old.dataset_id !== datasetId) {
          throw new Refusal(409, `Example ${change.id} belongs to another dataset`);
        }
        this.#end(change.id, asOf);
        this.#insert({
          ...old,
          datasetId,
          asOf,
          inputs: change.inputs ?? old.inputs,
          outputs: change.outputs === undefined ? old.outputs : change.outputs,
          metadata: change.metadata ? change.metadata(old.metadata) : old.metadata,
        });
      }
      return asOf;
    });
  }

  /** As they are now, or were when they were deleted; in the order of the ids. */
  lastVersions(ids: readonly string[]): ExampleRow[] {
    const rows = this.#db.all<ExampleRow>(
      `select * from examples e where id in (select value from json_each(?))
         and modified_at = (select max(modified_at) from examples where id = e.id)`,
      JSON.stringify(ids),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** The ids of a dataset's examples as they were made: as their file has them. An edited one keeps its place. */
  inOrder(datasetId: string): readonly string[] {
    const state = `${datasetId} ${this.#db.changes()}`;
    if (this.#order?.state === state) return this.#order.ids;
    const [row] = this.#db.all<{ ids: string }>(
      `select json_group_array(id) ids from (
         select id from examples e where dataset_id = ? and replaced_at is null
         order by created_at, ${FIRST_ROW})`,
      datasetId,
    );
    const ids: string[] = JSON.parse(row?.ids ?? '[]');
    this.#order = { state, ids };
    return ids;
  }

  /** The examples of a dataset with nothing in their payloads and metadata but these members and their splits. */
  members(
    datasetId: string,
    names: readonly string[],
  ): Pick<ExampleRow, 'id' | 'inputs' | 'outputs' | 'metadata'>[] {
    const { sql: inputs, values } = membersOf('inputs', names);
    const { sql: outputs } = membersOf('outputs', names);
    const own = membersOf('metadata', [...names, 'dataset_split']);
    const [row] = this.#db.all<{ rows: string }>(
      `select json_group_array(json_object('id', id, 'inputs', ${inputs}, 'outputs', ${outputs}, 'metadata', ${own.sql})) rows
       from examples where dataset_id = ? and replaced_at is null`,
      [values, values, own.values].flat(),
      datasetId,
    );
    return JSON.parse(row?.rows ?? '[]');
  }

  /** The ids of a dataset's examples for which a condition on `e` holds, in their order. */
  idsWhere(datasetId: string, { sql, values }: SqlCondition): string[] {
    const rows = this.#db.all<{ id: string }>(
      `select id from examples e where dataset_id = ? and replaced_at is null and ${sql} order by id`,
      datasetId,
      values,
    );
    return rows.map(({ id }) => id);
  }

  /** The dataset of an example, even of a deleted one. */
  datasetOf(id: string): string | undefined {
    return this.#latest(id)?.dataset_id;
  }

  /** The last version, whether current or ended by deletion. */
  #latest(id: string): ExampleRow | undefined {
    return this.#db.all<ExampleRow>(
      'select * from examples where id = ? order by modified_at desc limit 1',
      id,
    )[0];
  }

  #end(id: string, time: Micros): void {
    this.#db.run(
      'update examples set replaced_at = ? where id = ? and replaced_at is null',
      time,
      id,
    );
  }

  /** Removes examples from the latest version; older ones keep them, and the ids stay taken. */
  delete(ids: readonly string[], now: Micros): void {
    this.#db.transaction(() => {
      const versions = new Map<string, Micros>();
      for (const id of ids) {
        const current = this.find(id);
        if (!current) continue;
        const { dataset_id: datasetId } = current;
        const asOf = versions.get(datasetId) ?? this.#datasets.addVersion(datasetId, now);
        versions.set(datasetId, asOf);
        this.#end(id, asOf);
      }
    });
  }

  /** Removes examples from all versions: as if they had never been. */
  erase(ids: readonly string[]): number {
    const those = 'in (select value from json_each(?))';
    return this.#db.transaction(() => {
      const known = this.known(ids).size;
      this.#db.run(`delete from examples where id ${those}`, JSON.stringify(ids));
      this.#db.run(`delete from attachments where owner_id ${those}`, JSON.stringify(ids));
      return known;
    });
  }
}

/** The text of a JSON object with some members of another one; null where it has none of that name. */
export function membersOf(json: string, names: readonly string[]): SqlCondition {
  return {
    sql: `'' || json_object(${names.map(() => `?, ${json} -> ?`).join(', ')})`,
    values: names.flatMap((name) => [name, `$.${JSON.stringify(name)}`]),
  };
}

function currentAt(asOf: Micros | undefined): [condition: string, values: SqlValue[]] {
  if (asOf === undefined) return ['replaced_at is null', []];
  return ['modified_at <= ? and (replaced_at is null or replaced_at > ?)', [asOf, asOf]];
}

function matching(
  query: Omit<ExampleQuery, 'order' | 'limit' | 'offset'>,
): [conditions: string, values: SqlValue[]] {
  const [current, values] = currentAt(query.asOf);
  const conditions = [current];
  const where = (condition: string, value: string) => {
    conditions.push(condition);
    values.push(value);
  };
  if (query.datasetId !== undefined) where('e.dataset_id = ?', query.datasetId);
  if (query.ids) where('e.id in (select value from json_each(?))', JSON.stringify(query.ids));
  if (query.metadata !== undefined) where(hasMembers('e.metadata'), query.metadata);
  if (query.splits) {
    where(
      `exists (select 1 from json_each(e.metadata, '$.dataset_split') s
         where s.value in (select value from json_each(?)))`,
      JSON.stringify(query.splits),
    );
  }
  if (query.text !== undefined) {
    where(
      `instr(lower(e.inputs || coalesce(e.outputs, '') || e.metadata), lower(?)) > 0`,
      query.text,
    );
  }
  if (query.condition) {
    conditions.push(query.condition.sql);
    for (const value of query.condition.values) values.push(value);
  }
  return [conditions.join(' and '), values];
}

/** Where an example `e` was first written: those of one request were made at the same time. */
const FIRST_ROW = '(select min(rowid) from examples where id = e.id)';

function orderOf({ order, descending, seed }: ExampleQuery): string {
  if (order === 'random') {
    // The same seed gives the same order, so that pages fit together.
    return `(rowid * 2654435761 + ${Math.trunc(seed ?? 0)}) % 4294967291, id`;
  }
  if (order === 'id') return `id ${descending ? 'desc' : 'asc'}`;
  const direction = descending === false ? 'asc' : 'desc';
  return order === 'recent'
    ? `modified_at ${direction}, id ${direction}`
    : `created_at ${direction}, ${FIRST_ROW} ${direction}`;
}
