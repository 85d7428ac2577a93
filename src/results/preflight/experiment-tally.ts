import { pythonJson } from '../../json/canonical.js';
import type { ChildRun, Result } from '../result.js';
import { DigestSet } from './digest-set.js';
import { DurationTally } from './duration-tally.js';
import { type ScoreSummary, ScoreTally } from './score-summary.js';
import { type UsageSummary, UsageTally } from './usage-tally.js';

const MAX_MODELS = 20;

/** What the rows of one experiment say together. */
export interface ExperimentSummary extends UsageSummary {
  /** '' if it is the only one. */
  readonly label: string;
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
  readonly latency?: { readonly p50: number; readonly p95: number };
  /** ISO 8601, in UTC. */
  readonly earliest?: string;
  readonly latest?: string;
}

/** Adds up the rows of one experiment; some 70 bytes a row, whatever the rows hold. */
export class ExperimentTally {
  readonly #label: string;
  #rows = 0;
  #errors = 0;
  readonly #examples = new DigestSet();
  readonly #scores = new Map<string, ScoreTally>();
  readonly #usage = new UsageTally();
  readonly #durations = new DurationTally();
  readonly #models = new Set<string>();
  #earliestUs = Number.POSITIVE_INFINITY;
  #latestUs = Number.NEGATIVE_INFINITY;

  constructor(label: string) {
    this.#label = label;
  }

  get scoreKeys(): number {
    return this.#scores.size;
  }

  /** @param takesKeys false if no further score key is to be noted; the known ones are. */
  add(result: Result, takesKeys: boolean): void {
    this.#rows++;
    if (result.error !== undefined) this.#errors++;
    this.#examples.add(exampleOf(result));
    for (const item of result.feedback) {
      const known = this.#scores.get(item.key);
      if (!known && !takesKeys) continue;
      const tally = known ?? new ScoreTally();
      if (!known) this.#scores.set(item.key, tally);
      tally.add(item, this.#rows);
    }
    this.#usage.add(result);
    this.#noteModels(result);
    this.#noteTimes(result);
  }

  summarise(): ExperimentSummary {
    const scores = [...this.#scores].map(([key, tally]) => tally.summarise(key, this.#rows));
    const latency = this.#durations.summarise();
    return {
      label: this.#label,
      rows: this.#rows,
      errors: this.#errors,
      examples: this.#examples.size,
      repeated: this.#rows - this.#examples.size,
      scores: scores.filter(({ n }) => n > 0),
      ...this.#usage.summarise(),
      models: [...this.#models],
      ...(latency && { latency }),
      ...(Number.isFinite(this.#earliestUs) && {
        earliest: isoOf(this.#earliestUs),
        latest: isoOf(this.#latestUs),
      }),
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

  #noteTimes({ startTime, endTime, latencyUs }: Result): void {
    const isTimed = startTime !== undefined && endTime !== undefined;
    const durationUs = isTimed ? endTime - startTime : latencyUs;
    if (durationUs !== undefined) this.#durations.add(durationUs);
    const start = startTime ?? (endTime === undefined ? undefined : endTime - (latencyUs ?? 0));
    if (start === undefined) return;
    const end = endTime ?? start + (latencyUs ?? 0);
    this.#earliestUs = Math.min(this.#earliestUs, start);
    this.#latestUs = Math.max(this.#latestUs, end);
  }
}

function exampleOf({ exampleId, inputs = {}, referenceOutputs = {} }: Result): string {
  if (exampleId !== undefined) return exampleId;
  return `${pythonJson(inputs)}-${pythonJson(referenceOutputs)}`;
}

/** To the millisecond. */
function isoOf(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString();
}
