import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database, SqlValue } from './database.js';

/** Runs that wait for people to score them. */
export interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly default_dataset: string | null;
  readonly rubric_instructions: string | null;
  /** JSON text of a list: `[{feedback_key, description, …}]`. */
  readonly rubric_items: string | null;
  readonly metadata: string | null;
  readonly created_at: Micros;
  readonly updated_at: Micros;
}

/** A run in a queue. */
export interface QueueItem {
  readonly id: string;
  readonly queue_id: string;
  readonly run_id: string;
  readonly added_at: Micros;
  /** Undone again, it is null. */
  readonly reviewed_at: Micros | null;
  /** Reviewed without a score. */
  readonly is_skipped: 0 | 1;
  /** JSON text: ids of the feedback that the review gave. */
  readonly feedback_ids: string | null;
}

export interface QueueSize {
  readonly all: number;
  readonly reviewed: number;
  readonly skipped: number;
}

export interface QueueQuery {
  readonly ids?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly nameContains?: string | undefined;
  readonly datasetId?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const COLUMNS = [
  'id',
  'name',
  'description',
  'default_dataset',
  'rubric_instructions',
  'rubric_items',
  'metadata',
  'created_at',
  'updated_at',
] as const;

/** The annotation queues of a home, with what is in them. Names are not unique, as on LangSmith. */
export class Queues {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @throws {Refusal} 404 */
  get(id: string): QueueRow {
    const [queue] = this.#db.all<QueueRow>('select * from queues where id = ?', id);
    if (!queue) throw new Refusal(404, `Annotation queue ${id} not found`);
    return queue;
  }

  /** @throws {Refusal} 409 if the id is taken. */
  create(queue: QueueRow): void {
    const isTaken = this.#db.all('select 1 from queues where id = ?', queue.id).length > 0;
    if (isTaken) throw new Refusal(409, `Annotation queue ${queue.id} already exists`);
    this.replace(queue);
  }

  replace(queue: QueueRow): void {
    this.#db.run(
      `insert or replace into queues (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`,
      ...COLUMNS.map((column) => queue[column]),
    );
  }

  /** The latest first. */
  list({ ids, name, nameContains, datasetId, limit, offset }: QueueQuery): QueueRow[] {
    const conditions = ['true'];
    const values: SqlValue[] = [];
    const where = (condition: string, value: string | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where('id in (select value from json_each(?))', ids && JSON.stringify(ids));
    where('name = ?', name);
    where('instr(lower(name), lower(?)) > 0', nameContains);
    where('default_dataset = ?', datasetId);
    return this.#db.all(
      `select * from queues where ${conditions.join(' and ')} order by created_at desc, id limit ? offset ?`,
      values,
      limit,
      offset,
    );
  }

  /** Removes a queue; its runs and their feedback stay. @throws {Refusal} 404 */
  delete(id: string): void {
    this.#db.transaction(() => {
      this.get(id);
      this.#db.run('delete from queue_items where queue_id = ?', id);
      this.#db.run('delete from queues where id = ?', id);
    });
  }

  /** Adds runs; one that is there already stays as it is. */
  add(
    queueId: string,
    items: readonly { readonly id: string; readonly runId: string }[],
    now: Micros,
  ): void {
    this.#db.transaction(() => {
      for (const { id, runId } of items)
        this.#db.run(
          `insert into queue_items (id, queue_id, run_id, added_at, is_skipped) values (?, ?, ?, ?, 0)
           on conflict (queue_id, run_id) do nothing`,
          id,
          queueId,
          runId,
          now,
        );
    });
  }

  size(queueId: string): QueueSize {
    const [size] = this.#db.all<QueueSize>(
      `select count(*) as "all", count(reviewed_at) as reviewed, coalesce(sum(is_skipped), 0) as skipped
       from queue_items where queue_id = ?`,
      queueId,
    );
    return size ?? { all: 0, reviewed: 0, skipped: 0 };
  }

  /** In the order in which they were added. */
  items(
    queueId: string,
    {
      isReviewed,
      limit,
      offset,
    }: { isReviewed?: boolean | undefined; limit: number; offset: number },
  ): QueueItem[] {
    const state =
      isReviewed === undefined ? '' : `and reviewed_at is ${isReviewed ? 'not null' : 'null'}`;
    return this.#db.all(
      `select id, queue_id, run_id, added_at, reviewed_at, is_skipped, feedback_ids from queue_items
       where queue_id = ? ${state} order by number limit ? offset ?`,
      queueId,
      limit,
      offset,
    );
  }

  findItem(queueId: string, runId: string): QueueItem | undefined {
    return this.#db.all<QueueItem>(
      `select id, queue_id, run_id, added_at, reviewed_at, is_skipped, feedback_ids from queue_items
       where queue_id = ? and (run_id = ? or id = ?)`,
      queueId,
      runId,
      runId,
    )[0];
  }

  /** The one that was reviewed last. */
  lastReviewed(queueId: string): QueueItem | undefined {
    return this.#db.all<QueueItem>(
      `select id, queue_id, run_id, added_at, reviewed_at, is_skipped, feedback_ids from queue_items
       where queue_id = ? and reviewed_at is not null order by reviewed_at desc, number desc limit 1`,
      queueId,
    )[0];
  }

  /** @param review null: it waits again. */
  review(
    itemId: string,
    review: {
      readonly at: Micros;
      readonly isSkipped: boolean;
      readonly feedbackIds: readonly string[];
    } | null,
  ): void {
    this.#db.run(
      'update queue_items set reviewed_at = ?, is_skipped = ?, feedback_ids = ? where id = ?',
      review?.at ?? null,
      review?.isSkipped ? 1 : 0,
      review && JSON.stringify(review.feedbackIds),
      itemId,
    );
  }

  /** @throws {Refusal} 404 */
  remove(queueId: string, itemOrRunId: string): void {
    const removed = this.#db.run(
      'delete from queue_items where queue_id = ? and (id = ? or run_id = ?)',
      queueId,
      itemOrRunId,
      itemOrRunId,
    );
    if (removed === 0) throw new Refusal(404, `Run ${itemOrRunId} is not in the queue`);
  }
}
