import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database } from './database.js';

/** What the scores under a key mean. */
export interface FeedbackConfigRow {
  readonly key: string;
  /** JSON text of an object. */
  readonly config: string;
  readonly is_lower_score_better: number;
  readonly modified_at: Micros;
}

export interface FeedbackConfigQuery {
  readonly keys?: readonly string[];
  readonly nameContains?: string;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** What is known of score keys, one by one. */
export class FeedbackConfigs {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(key: string): FeedbackConfigRow | undefined {
    return this.#db.all<FeedbackConfigRow>('select * from feedback_configs where key = ?', key)[0];
  }

  list(query: FeedbackConfigQuery): FeedbackConfigRow[] {
    return this.#db.all(
      `select * from feedback_configs
       where (?1 is null or key in (select value from json_each(?1)))
         and (?2 is null or instr(lower(key), lower(?2)) > 0)
       order by key ${query.descending ? 'desc' : 'asc'} limit ?3 offset ?4`,
      query.keys ? JSON.stringify(query.keys) : null,
      query.nameContains ?? null,
      query.limit,
      query.offset,
    );
  }

  /**
   * Describes a key for the first time, or again in the same words.
   *
   * @throws {Refusal} 400 if it is described otherwise.
   */
  create(row: FeedbackConfigRow): FeedbackConfigRow {
    const there = this.find(row.key);
    if (!there) return this.write(row);
    const isSame =
      there.config === row.config && there.is_lower_score_better === row.is_lower_score_better;
    if (!isSame) {
      throw new Refusal(400, `Feedback config for key ${row.key} already exists and differs`);
    }
    return there;
  }

  write(row: FeedbackConfigRow): FeedbackConfigRow {
    this.#db.run(
      `insert or replace into feedback_configs (key, config, is_lower_score_better, modified_at)
       values (?, ?, ?, ?)`,
      row.key,
      row.config,
      row.is_lower_score_better,
      row.modified_at,
    );
    return row;
  }

  /** @throws {Refusal} 404 */
  delete(key: string): void {
    if (this.#db.run('delete from feedback_configs where key = ?', key) === 0) {
      throw new Refusal(404, `Feedback config for key ${key} not found`);
    }
  }
}
