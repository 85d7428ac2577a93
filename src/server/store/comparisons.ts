import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database, SqlValue } from './database.js';

/** Experiments of one dataset that are judged against each other. */
export interface ComparisonRow {
  readonly id: string;
  readonly dataset_id: string;
  /** JSON text of a list. */
  readonly experiment_ids: string;
  readonly name: string | null;
  readonly description: string | null;
  /** JSON text of an object. */
  readonly extra: string | null;
  readonly created_at: Micros;
  readonly modified_at: Micros;
}

export interface ComparisonQuery {
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly nameContains?: string;
  readonly sortBy: (typeof COMPARISON_ORDERS)[number];
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export const COMPARISON_ORDERS = ['created_at', 'name'] as const;

/** The comparisons of all datasets. */
export class Comparisons {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): ComparisonRow | undefined {
    return this.#db.all<ComparisonRow>('select * from comparisons where id = ?', id)[0];
  }

  /** @throws {Refusal} 409 if the id is taken. */
  create(row: ComparisonRow): void {
    if (this.find(row.id))
      throw new Refusal(409, `Comparative experiment ${row.id} already exists`);
    this.#db.run(
      `insert into comparisons (id, dataset_id, experiment_ids, name, description, extra, created_at,
         modified_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.dataset_id,
      row.experiment_ids,
      row.name,
      row.description,
      row.extra,
      row.created_at,
      row.modified_at,
    );
  }

  list(datasetId: string, query: ComparisonQuery): ComparisonRow[] {
    const conditions = ['dataset_id = ?'];
    const values: SqlValue[] = [datasetId];
    const where = (condition: string, value: string) => {
      conditions.push(condition);
      values.push(value);
    };
    if (query.ids) where('id in (select value from json_each(?))', JSON.stringify(query.ids));
    if (query.name !== undefined) where('name = ?', query.name);
    if (query.nameContains !== undefined) {
      where('instr(lower(name), lower(?)) > 0', query.nameContains);
    }
    return this.#db.all(
      `select * from comparisons where ${conditions.join(' and ')}
       order by ${query.sortBy} ${query.descending ? 'desc' : 'asc'} nulls last, id limit ? offset ?`,
      values,
      query.limit,
      query.offset,
    );
  }

  /** Removes a comparison with what was said in it. @throws {Refusal} 404 */
  delete(id: string): void {
    this.#db.transaction(() => {
      if (this.#db.run('delete from comparisons where id = ?', id) === 0) {
        throw new Refusal(404, 'Comparative experiment not found');
      }
      this.#db.run('delete from feedback where comparison_id = ?', id);
    });
  }
}
