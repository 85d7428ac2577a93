import type { Micros } from '../time.js';
import type { Database } from './database.js';
import { membersOf } from './examples.js';

/** What is counted of a root run. Latency is microseconds. */
export interface RunFigures {
  readonly id: string;
  readonly exampleId: string | null;
  readonly latency: Micros | null;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly isFailed: boolean;
  /** Its error, else the JSON text of its outputs. */
  readonly said: string | null;
}

/** All feedback of a session's runs under one key; lists of equal length. */
export interface KeyFigures {
  readonly key: string;
  readonly runIds: readonly string[];
  readonly scores: readonly (number | null)[];
  /** JSON texts. */
  readonly values: readonly (string | null)[];
}

/** Figures of a session as whoever counted them wrote them: two JSON texts and columns of numbers. */
export interface CountedFigures {
  readonly ids: string;
  readonly head: string;
  readonly columns: Buffer;
}

/** Figures that were counted from a session as it still is. */
export interface KeptFigures extends CountedFigures {
  /** Another one after every change. */
  readonly mark: number;
}

/**
 * The figures of sessions, each counted once: triggers drop those of a session when one of its runs, or what is said of
 * them, changes.
 */
export class Figures {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The mark of a session's figures; undefined where they have to be counted. */
  mark(sessionId: string): number | undefined {
    return this.#db.all<{ mark: number }>(
      'select mark from figures where session_id = ?',
      sessionId,
    )[0]?.mark;
  }

  /** @param count makes them where there are none, from what `runs` and `scores` read. */
  get(sessionId: string, count: () => CountedFigures): KeptFigures {
    return (
      this.#find(sessionId) ??
      this.#db.transaction(() => this.#find(sessionId) ?? this.#keep(sessionId, count()))
    );
  }

  #find(sessionId: string): KeptFigures | undefined {
    return this.#db.all<KeptFigures>(
      'select mark, ids, head, columns from figures where session_id = ?',
      sessionId,
    )[0];
  }

  #keep(sessionId: string, counted: CountedFigures): KeptFigures {
    const { ids, head, columns } = counted;
    this.#db.run(
      'insert into figures (session_id, ids, head, columns) values (?, ?, ?, ?)',
      sessionId,
      ids,
      head,
      columns,
    );
    return { mark: this.mark(sessionId) ?? 0, ...counted };
  }

  // Lists as JSON: the driver takes longer to hand out each number than SQLite to find it.

  runs(sessionId: string): RunFigures[] {
    const rows = this.#db.all<{ head: string; said: string | null }>(
      `select json_array(id, reference_example_id, end_time - start_time, total_tokens, total_cost,
         error is not null) head, coalesce(error, outputs) said
       from runs where session_id = ? and parent_run_id is null and posted = 1`,
      sessionId,
    );
    return rows.map(({ head, said }) => {
      const [id, exampleId, latency, tokens, cost, failed] = JSON.parse(head);
      return { id, exampleId, latency, tokens, cost, isFailed: failed === 1, said };
    });
  }

  /** What a session's root runs say of themselves under some names, by example: of each the last. JSON texts. */
  metadata(sessionId: string, names: readonly string[]): Map<string, string> {
    const members = membersOf('metadata', names);
    const [row] = this.#db.all<{ rows: string }>(
      `select json_group_array(json_array(example, ${members.sql})) rows from (
         select reference_example_id example, extra -> '$.metadata' metadata from runs
         where session_id = ? and parent_run_id is null and posted = 1
           and reference_example_id is not null and json_type(extra, '$.metadata') = 'object'
         order by start_time, id)`,
      members.values,
      sessionId,
    );
    return new Map(JSON.parse(row?.rows ?? '[]'));
  }

  /** What was said in comparisons is left out. */
  scores(sessionId: string): KeyFigures[] {
    return this.#scores('session_id = ? and run_id is not null', sessionId);
  }

  scoresOfRuns(runIds: readonly string[]): KeyFigures[] {
    return this.#scores('run_id in (select value from json_each(?))', JSON.stringify(runIds));
  }

  #scores(condition: string, value: string): KeyFigures[] {
    const rows = this.#db.all<{ key: string; runs: string; scores: string; texts: string }>(
      `select key, json_group_array(run_id) runs, json_group_array(score_number) scores,
         json_group_array(value) texts
       from feedback where ${condition} and comparison_id is null group by key`,
      value,
    );
    return rows.map(({ key, runs, scores, texts }) => ({
      key,
      runIds: JSON.parse(runs),
      scores: JSON.parse(scores),
      values: JSON.parse(texts),
    }));
  }
}
