import type { Run } from '../langsmith/wire.js';

/** A run's score under one key: a number, where true is 1, and what was said in words. */
export interface RunScore {
  readonly key: string;
  /** The score, or the mean of several under one key. */
  readonly number: number | undefined;
  readonly values: readonly ValueCount[];
}

export interface ValueCount {
  readonly value: string;
  readonly n: number;
}

/** A score or a mean of scores, to the four decimals that LangSmith keeps; nothing if there is none. */
export function showScore(score: number | undefined): string {
  return score === undefined ? '' : String(Number(score.toFixed(4)));
}

export function scoresOf({ feedback }: Pick<Run, 'feedback'>): RunScore[] {
  return Object.entries(feedback).map(([key, { avg, values }]) => ({ key, number: avg, values }));
}

/** Free text has no end of values; those of a category are few. */
const MAX_VALUES = 1000;

/** How often each of some values was given. */
export class ValueCounts {
  readonly #counts = new Map<string, number>();
  /** Given by values that came after the first thousand. */
  others = 0;

  add(values: readonly ValueCount[]): void {
    for (const { value, n } of values) {
      const before = this.#counts.get(value);
      if (before === undefined && this.#counts.size >= MAX_VALUES) this.others += n;
      else this.#counts.set(value, (before ?? 0) + n);
    }
  }

  /** The most frequent first. */
  list(): ValueCount[] {
    return [...this.#counts]
      .map(([value, n]) => ({ value, n }))
      .sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
  }
}
