import { percentile } from '../percentile.js';
import type { ChildRun, Result } from '../results/result.js';
import { RowSet } from './row-set.js';
import { type ScoreSummary, ScoreTally } from './score-summary.js';
import { type TimeRange, TimeRangeTally } from './time-range.js';
import { type UsageSummary, UsageTally } from './usage-tally.js';

const MAX_MODELS = 20;
const US_PER_SECOND = 1_000_000;

/** What the rows of one experiment say together. */
export interface ExperimentSummary extends UsageSummary {
  /** '' if it is the only one. */
  readonly label: string;
  /** Good ones. */
  readonly rows: number;
  readonly errors: number;
  /** Distinct inputs and reference outputs. */
  readonly examples: number;
  /** Rows beyond the first of an example. */
  readonly repeated: number;
  readonly scores: readonly ScoreSummary[];
  /** At most 20. */
  readonly models: readonly string[];
  /** Seconds. */
  readonly latency?: { readonly p50: number; readonly p95: number } | undefined;
  /** ISO 8601, in UTC. */
  readonly earliest?: string | undefined;
  readonly latest?: string | undefined;
  /** Runs and scores that the rows become, children included. */
  readonly runs: number;
  readonly feedback: number;
  /** Rows that have a score, or one below them has. */
  readonly scoredRows: number;
  /** How often scorers failed. */
  readonly failedScores: number;
  /** Rows whose inputs must come from the server. */
  readonly rowsWithoutInputs: number;
  readonly range: TimeRange;
}

/** Adds up the rows of one experiment; some 8 bytes a row, whatever the rows hold. */
export class ExperimentTally {
  #rows = 0;
  #errors = 0;
  /** Their numbers. */
  readonly examples = new RowSet();
  readonly #scores = new Map<string, ScoreTally>();
  readonly #usage = new UsageTally();
  /** In seconds, all kept. */
  readonly #durations: number[] = [];
  readonly #models = new Set<string>();
  readonly #range = new TimeRangeTally();
  #runs = 0;
  #feedback = 0;
  #scoredRows = 0;
  #failedScores = 0;
  #rowsWithoutInputs = 0;

  constructor(private readonly label: string) {}

  get scoreKeys(): number {
    return this.#scores.size;
  }

  /**
   * @param example the number of the example that the row answers.
   * @param takesKeys false if no further score key is to be noted; the known ones are.
   */
  add(result: Result, example: number, takesKeys: boolean): void {
    this.#rows++;
    if (result.error !== undefined) this.#errors++;
    this.examples.add(example);
    if (result.inputs === undefined) this.#rowsWithoutInputs++;
    const feedbackBefore = this.#feedback;
    this.#countRuns(result);
    if (this.#feedback > feedbackBefore) this.#scoredRows++;
    this.#range.add(result);
    for (const item of result.feedback) {
      if (item.isError) this.#failedScores++;
      const known = this.#scores.get(item.key);
      if (!known && !takesKeys) continue;
      const tally = known ?? new ScoreTally();
      if (!known) this.#scores.set(item.key, tally);
      tally.add(item, this.#rows);
    }
    this.#usage.add(result);
    this.#noteModels(result);
    this.#noteDuration(result);
  }

  summarise(): ExperimentSummary {
    const scores = [...this.#scores].map(([key, tally]) => tally.summarise(key, this.#rows));
    const { timed } = this.#range;
    return {
      label: this.label,
      rows: this.#rows,
      errors: this.#errors,
      examples: this.examples.size,
      repeated: this.#rows - this.examples.size,
      scores: scores.filter(({ n }) => n > 0),
      ...this.#usage.summarise(),
      models: [...this.#models],
      latency: summariseDurations(this.#durations),
      earliest: timed && isoOf(timed.earliestStart),
      latest: timed && isoOf(timed.latestEnd),
      runs: this.#runs,
      feedback: this.#feedback,
      scoredRows: this.#scoredRows,
      failedScores: this.#failedScores,
      rowsWithoutInputs: this.#rowsWithoutInputs,
      range: { timed, longestUs: this.#range.longestUs },
    };
  }

  /** An agent itself names none; the runs below it do. */
  #noteModels(run: Result | ChildRun): void {
    const model = run.metadata.ls_model_name;
    if (typeof model === 'string' && model !== '') {
      if (this.#models.size < MAX_MODELS) this.#models.add(model);
    } else {
      for (const child of run.childRuns) this.#noteModels(child);
    }
  }

  #noteDuration({ startTime, endTime, latencyUs }: Result): void {
    const isTimed = startTime !== undefined && endTime !== undefined;
    const durationUs = isTimed ? endTime - startTime : latencyUs;
    if (durationUs !== undefined) this.#durations.push(durationUs / US_PER_SECOND);
  }

  #countRuns(run: Result | ChildRun): void {
    this.#runs++;
    this.#feedback += run.feedback.length;
    for (const child of run.childRuns) this.#countRuns(child);
  }
}

/** To the millisecond. */
function isoOf(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString();
}

function summariseDurations(seconds: readonly number[]): ExperimentSummary['latency'] {
  if (seconds.length === 0) return undefined;
  const sorted = Float32Array.from(seconds).sort();
  // To the digits that were kept.
  const at = (share: number) => Number(percentile(sorted, share).toPrecision(6));
  return { p50: at(0.5), p95: at(0.95) };
}
