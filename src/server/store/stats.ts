import { groupBy } from '../../group-by.js';
import type { Micros } from '../time.js';
import type { Database } from './database.js';
import type { ScoreRow } from './feedback.js';

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
  /** Scores; where a scorer failed there is none. */
  readonly n: number;
  readonly errors: number;
  readonly avg: number | null;
  readonly stdev: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** JSON text: how often each value was given. */
  readonly values: string;
  /** Where they were read. */
  readonly comments?: readonly string[];
}

/** Numbers about sessions, counted when they are asked for. */
export class Stats {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  ofRuns(sessionId: string): RunStats {
    const [roots] = this.#db.all<
      Pick<RunStats, 'run_count' | 'error_count' | 'last_run_start_time'> & {
        ended: number;
        untimed: number;
      }
    >(
      `select count(*) run_count, max(start_time) last_run_start_time, count(end_time) ended,
         (select count(*) from runs where session_id = ?1 and parent_run_id is null and posted = 1
            and error is not null) error_count,
         (select count(*) from runs where session_id = ?1 and parent_run_id is null and posted = 1
            and start_time = end_time and extra -> '$.metadata.untimed' is 'true') untimed
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
    const { ended = 0, untimed = 0 } = roots ?? {};
    return {
      run_count: roots?.run_count ?? 0,
      error_count: roots?.error_count ?? 0,
      last_run_start_time: roots?.last_run_start_time ?? null,
      latency_p50: this.#latency(sessionId, { ended, untimed }, 0.5),
      latency_p99: this.#latency(sessionId, { ended, untimed }, 0.99),
      prompt_tokens: usage?.prompt_tokens ?? null,
      completion_tokens: usage?.completion_tokens ?? null,
      total_tokens: usage?.total_tokens ?? null,
      prompt_cost: usage?.prompt_cost ?? null,
      completion_cost: usage?.completion_cost ?? null,
      total_cost: usage?.total_cost ?? null,
    };
  }

  /**
   * A percentile that lies between two runs is interpolated. Runs whose recorder knew no times end as they start:
   * they come first, and are passed over.
   */
  #latency(
    sessionId: string,
    { ended, untimed }: { ended: number; untimed: number },
    fraction: number,
  ): number | null {
    if (ended === untimed) return null;
    const place = untimed + (ended - untimed - 1) * fraction;
    const [low, high = low] = this.#db.all<{ latency: number }>(
      `select max(end_time - start_time, 0) latency from runs
       where session_id = ? and parent_run_id is null and posted = 1 and end_time is not null
       order by end_time = start_time desc, 1 limit 2 offset ?`,
      sessionId,
      Math.floor(place),
    );
    if (!low || !high) return null;
    return low.latency + (high.latency - low.latency) * (place - Math.floor(place));
  }

  /** @param level feedback on the session's runs, or on itself. */
  ofFeedback(sessionId: string, level: 'run' | 'session'): FeedbackStats[] {
    const those =
      level === 'run' ? 'run_id is not null and comparison_id is null' : 'run_id is null';
    return this.#ofFeedback(`session_id = ? and ${those}`, sessionId);
  }

  /** What was said when experiments were judged against each other. */
  ofComparison(comparisonId: string): FeedbackStats[] {
    return this.#ofFeedback('comparison_id = ?', comparisonId);
  }

  #ofFeedback(condition: string, id: string): FeedbackStats[] {
    const numbers = this.#db.all<Omit<FeedbackStats, 'values'>>(
      `select key, count(*) - coalesce(sum(error), 0) n, coalesce(sum(error), 0) errors, avg(score_number) avg,
         case when count(score_number) > 0 then
           sqrt(max(avg(score_number * score_number) - avg(score_number) * avg(score_number), 0)) end stdev,
         min(score_number) min, max(score_number) max
       from (select key, error, iif(error, null, score_number) score_number from feedback
         where ${condition}) group by key`,
      id,
    );
    const values = this.#db.all<{ key: string; value: string; n: number }>(
      `select key, case json_type(value) when 'text' then value ->> '$' else value end value, count(*) n
       from feedback where ${condition} and value is not null and coalesce(error, 0) = 0
         and json_type(value) in ('text', 'true', 'false', 'integer', 'real')
       group by key, 2`,
      id,
    );
    const named = groupBy(values, ({ key }) => key);
    return numbers.map((row) => ({
      ...row,
      values: JSON.stringify(
        Object.fromEntries((named.get(row.key) ?? []).map(({ value, n }) => [value, n])),
      ),
    }));
  }
}

/** The same of a few rows that were read already. */
export function feedbackStats(
  rows: readonly (ScoreRow & { readonly comment?: string | null })[],
): FeedbackStats[] {
  const byKey = [...groupBy(rows, ({ key }) => key)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byKey.map(([key, all]) => {
    const ofKey = all.filter(({ error }) => error !== 1);
    const scores = ofKey.flatMap(({ score_number: score }) => score ?? []);
    const hasScores = scores.length > 0;
    const avg = meanOf(scores);
    const variance = meanOf(scores.map((score) => score * score)) - avg * avg;
    const said = ofKey.flatMap(({ value }) => (value === null ? [] : wordOf(value)));
    return {
      key,
      n: ofKey.length,
      errors: all.length - ofKey.length,
      avg: hasScores ? avg : null,
      stdev: hasScores ? Math.sqrt(Math.max(variance, 0)) : null,
      min: hasScores ? scores.reduce((a, b) => Math.min(a, b)) : null,
      max: hasScores ? scores.reduce((a, b) => Math.max(a, b)) : null,
      values: JSON.stringify(
        Object.fromEntries(
          [...groupBy(said, (word) => word)].map(([word, given]) => [word, given.length]),
        ),
      ),
      ...(all.some((row) => 'comment' in row) && {
        comments: all.flatMap(({ comment }) => comment ?? []),
      }),
    };
  });
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** What can be counted: a text or its like, neither null nor an object. @param json its JSON text. */
export function wordOf(json: string): string[] {
  if (json.startsWith('"')) return [JSON.parse(json) as string];
  return /^[[{n]/.test(json) ? [] : [json];
}
