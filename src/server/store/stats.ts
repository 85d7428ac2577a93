import type { Micros } from '../time.js';
import type { Database } from './database.js';

/** What the runs of a session come to. Latencies are microseconds. */
export interface RunStats {
  /** Root runs. */
  readonly run_count: number;
  readonly error_count: number;
  readonly latency_p50: number | null;
  readonly latency_p99: number | null;
  readonly last_run_start_time: Micros | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly total_tokens: number | null;
  readonly prompt_cost: number | null;
  readonly completion_cost: number | null;
  readonly total_cost: number | null;
}

/** What the feedback under one key comes to. */
export interface FeedbackStats {
  readonly key: string;
  readonly n: number;
  readonly errors: number;
  readonly avg: number | null;
  readonly stdev: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** JSON text: how often each value was given. */
  readonly values: string;
}

/** Numbers about sessions, counted when they are asked for. */
export class Stats {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  ofRuns(sessionId: string): RunStats {
    const [roots] = this.#db.all<
      Pick<RunStats, 'run_count' | 'error_count' | 'last_run_start_time'> & { ended: number }
    >(
      `select count(*) run_count, max(start_time) last_run_start_time, count(end_time) ended,
         (select count(*) from runs where session_id = ?1 and parent_run_id is null and posted = 1
            and error is not null) error_count
       from runs where session_id = ?1 and parent_run_id is null and posted = 1`,
      sessionId,
    );
    const [usage] = this.#db.all<
      Pick<
        RunStats,
        | 'prompt_tokens'
        | 'completion_tokens'
        | 'total_tokens'
        | 'prompt_cost'
        | 'completion_cost'
        | 'total_cost'
      >
    >(
      `select sum(prompt_tokens) prompt_tokens, sum(completion_tokens) completion_tokens,
         sum(total_tokens) total_tokens, sum(prompt_cost) prompt_cost,
         sum(completion_cost) completion_cost, sum(total_cost) total_cost
       from runs where session_id = ? and run_type = 'llm' and posted = 1`,
      sessionId,
    );
    const ended = roots?.ended ?? 0;
    return {
      run_count: roots?.run_count ?? 0,
      error_count: roots?.error_count ?? 0,
      last_run_start_time: roots?.last_run_start_time ?? null,
      latency_p50: this.#latency(sessionId, ended, 0.5),
      latency_p99: this.#latency(sessionId, ended, 0.99),
      prompt_tokens: usage?.prompt_tokens ?? null,
      completion_tokens: usage?.completion_tokens ?? null,
      total_tokens: usage?.total_tokens ?? null,
      prompt_cost: usage?.prompt_cost ?? null,
      completion_cost: usage?.completion_cost ?? null,
      total_cost: usage?.total_cost ?? null,
    };
  }

  /** A percentile that lies between two runs is interpolated. */
  #latency(sessionId: string, ended: number, fraction: number): number | null {
    const place = (ended - 1) * fraction;
    const [low, high = low] = this.#db.all<{ latency: number }>(
      `select end_time - start_time latency from runs
       where session_id = ? and parent_run_id is null and posted = 1 and end_time is not null
       order by 1 limit 2 offset ?`,
      sessionId,
      Math.max(Math.floor(place), 0),
    );
    if (!low || !high) return null;
    return low.latency + (high.latency - low.latency) * (place - Math.floor(place));
  }

  /** @param level feedback on the session's runs, or on itself. */
  ofFeedback(sessionId: string, level: 'run' | 'session'): FeedbackStats[] {
    const condition = level === 'run' ? 'run_id is not null' : 'run_id is null';
    return this.#summarise(`session_id = ? and ${condition}`, sessionId).map(
      ({ owner: _, ...stats }) => stats,
    );
  }

  /** The same for each of some runs, by the run's id. */
  ofEachRun(runIds: readonly string[]): Map<string, FeedbackStats[]> {
    const rows = this.#summarise(
      'run_id in (select value from json_each(?))',
      JSON.stringify(runIds),
      'run_id',
    );
    const byRun = new Map<string, FeedbackStats[]>();
    for (const { owner, ...stats } of rows) {
      byRun.set(owner, [...(byRun.get(owner) ?? []), stats]);
    }
    return byRun;
  }

  #summarise(condition: string, value: string, owner = `''`) {
    const numbers = this.#db.all<Omit<FeedbackStats, 'values'> & { owner: string }>(
      `select ${owner} owner, key, count(*) n, coalesce(sum(error), 0) errors, avg(score_number) avg,
         case when count(score_number) > 0 then
           sqrt(max(avg(score_number * score_number) - avg(score_number) * avg(score_number), 0)) end stdev,
         min(score_number) min, max(score_number) max
       from feedback where ${condition} group by 1, key`,
      value,
    );
    const values = this.#db.all<{ owner: string; key: string; value: string; n: number }>(
      `select ${owner} owner, key, 
         case json_type(value) when 'text' then value ->> '$' else value end value, count(*) n from feedback
       where ${condition} and value is not null and json_type(value) in ('text', 'true', 'false', 'integer', 'real')
       group by 1, key, 3`,
      value,
    );
    const named = new Map<string, Record<string, number>>();
    for (const row of values) {
      const id = JSON.stringify([row.owner, row.key]);
      named.set(id, { ...named.get(id), [row.value]: row.n });
    }
    return numbers.map((row) => ({
      ...row,
      values: JSON.stringify(named.get(JSON.stringify([row.owner, row.key])) ?? {}),
    }));
  }
}
