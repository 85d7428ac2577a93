import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import { changed } from './changed.js';
import type { Database, SqlValue } from './database.js';

/** Feedback as it is written. Score, value, correction, source and extra are JSON text. */
export interface FeedbackRow {
  readonly id: string;
  readonly run_id: string | null;
  readonly session_id: string | null;
  readonly trace_id: string | null;
  readonly key: string;
  readonly score: string | null;
  /** The score to calculate with; true is 1. */
  readonly score_number: number | null;
  readonly value: string | null;
  readonly comment: string | null;
  readonly correction: string | null;
  readonly source: string | null;
  readonly extra: string | null;
  readonly error: number | null;
  readonly group_id: string | null;
  /** The comparison of experiments in which it was said. */
  readonly comparison_id: string | null;
  readonly start_time: Micros | null;
  readonly created_at: Micros;
  readonly modified_at: Micros;
}

export type ScoreRow = Pick<FeedbackRow, 'run_id' | 'key' | 'score_number' | 'value' | 'error'>;

export interface FeedbackQuery {
  readonly runs?: readonly string[];
  readonly sessions?: readonly string[];
  readonly comparisons?: readonly string[];
  readonly keys?: readonly string[];
  readonly sources?: readonly string[];
  readonly level?: 'run' | 'session';
  readonly hasScore?: boolean;
  readonly hasComment?: boolean;
  readonly createdFrom?: Micros;
  readonly createdUntil?: Micros;
  readonly limit: number;
  readonly offset: number;
}

const COLUMNS = [
  'id',
  'run_id',
  'session_id',
  'trace_id',
  'key',
  'score',
  'score_number',
  'value',
  'comment',
  'correction',
  'source',
  'extra',
  'error',
  'group_id',
  'comparison_id',
  'start_time',
  'created_at',
  'modified_at',
] as const satisfies (keyof FeedbackRow)[];

const INSERT = `insert into feedback (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})
  on conflict (id) do nothing`;
const UPDATE = `update feedback set ${COLUMNS.map((column) => `${column} = ?`).join(', ')} where id = ?`;

/** The feedback on runs and on whole sessions. */
export class FeedbackTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): FeedbackRow | undefined {
    return this.#db.all<FeedbackRow>(
      `select ${COLUMNS.join(', ')} from feedback where id = ?`,
      id,
    )[0];
  }

  /** @throws {Refusal} 404 */
  get(id: string): FeedbackRow {
    const feedback = this.find(id);
    if (!feedback) throw new Refusal(404, 'Feedback not found');
    return feedback;
  }

  /** @throws {Refusal} 409 if one of the ids exists. */
  create(rows: readonly FeedbackRow[]): void {
    this.#db.transaction(() => {
      for (const row of rows) {
        const written = this.#db.run(INSERT, ...COLUMNS.map((column) => row[column]));
        if (written === 0) throw new Refusal(409, `Feedback ${row.id} already exists`);
      }
    });
  }

  /** Fills in what feedback that arrived before its run did not say: its session and trace. */
  attach(runIds: readonly string[]): void {
    const ofRun = (column: string) => `(select ${column} from runs where id = feedback.run_id)`;
    this.#db.run(
      `update feedback set session_id = coalesce(session_id, ${ofRun('session_id')}),
         trace_id = coalesce(trace_id, ${ofRun('trace_id')})
       where run_id in (select value from json_each(?)) and (session_id is null or trace_id is null)`,
      JSON.stringify(runIds),
    );
  }

  /** @throws {Refusal} 404 */
  update(id: string, changes: Partial<FeedbackRow>): FeedbackRow {
    return this.#db.transaction(() => {
      const row = changed(this.get(id), changes);
      this.#db.run(UPDATE, ...COLUMNS.map((column) => row[column]), id);
      return row;
    });
  }

  /** @throws {Refusal} 404 */
  delete(id: string): void {
    if (this.#db.run('delete from feedback where id = ?', id) === 0) {
      throw new Refusal(404, 'Feedback not found');
    }
  }

  /** All feedback on some runs. */
  ofRuns(runIds: readonly string[]): FeedbackRow[] {
    return this.#db.all(
      `select ${COLUMNS.join(', ')} from feedback where run_id in (select value from json_each(?))
       order by created_at, id`,
      JSON.stringify(runIds),
    );
  }

  /** What is counted of the feedback on some runs; what was said in comparisons is left out. */
  scoresOfRuns(runIds: readonly string[]): ScoreRow[] {
    return this.#db.all(
      `select run_id, key, score_number, value, error from feedback
       where run_id in (select value from json_each(?)) and comparison_id is null`,
      JSON.stringify(runIds),
    );
  }

  list(query: FeedbackQuery): FeedbackRow[] {
    const conditions = ['true'];
    const values: SqlValue[] = [];
    const whereIn = (column: string, list: readonly string[] | undefined) => {
      if (!list) return;
      conditions.push(`${column} in (select value from json_each(?))`);
      values.push(JSON.stringify(list));
    };
    const where = (condition: string, value: SqlValue) => {
      conditions.push(condition);
      values.push(value);
    };
    whereIn('run_id', query.runs);
    whereIn('session_id', query.sessions);
    whereIn('comparison_id', query.comparisons);
    whereIn('key', query.keys);
    whereIn(`json_extract(source, '$.type')`, query.sources);
    if (query.level) conditions.push(`(run_id is null) = ${query.level === 'session'}`);
    if (query.hasScore !== undefined) conditions.push(`(score is not null) = ${query.hasScore}`);
    if (query.hasComment !== undefined) {
      conditions.push(`(comment is not null) = ${query.hasComment}`);
    }
    if (query.createdFrom !== undefined) where('created_at >= ?', query.createdFrom);
    if (query.createdUntil !== undefined) where('created_at <= ?', query.createdUntil);
    return this.#db.all(
      `select ${COLUMNS.join(', ')} from feedback where ${conditions.join(' and ')}
       order by created_at desc, id limit ? offset ?`,
      values,
      query.limit,
      query.offset,
    );
  }
}
