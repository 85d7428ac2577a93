/** What a set of numbers comes to. */
export interface NumberFigures {
  readonly n: number;
  readonly mean: number;
  /** The deviation of a sample (n − 1); undefined for a single number. */
  readonly stdev: number | undefined;
  readonly min: number;
  readonly max: number;
}

/** Undefined of nothing. */
export function describeNumbers(values: readonly number[]): NumberFigures | undefined {
  if (values.length === 0) return undefined;
  const n = values.length;
  const mean = meanOf(values);
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    squares += (value - mean) ** 2;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { n, mean, stdev: n > 1 ? Math.sqrt(squares / (n - 1)) : undefined, min, max };
}

/** A flag as a number. */
export function isBit(value: unknown): boolean {
  return value === 0 || value === 1;
}

/** The mean of one value or more, corrected once so that equal numbers have themselves as their mean. */
export function meanOf(values: readonly number[]): number {
  const rough = values.reduce((sum, value) => sum + value, 0) / values.length;
  return rough + values.reduce((sum, value) => sum + (value - rough), 0) / values.length;
}

/** How many values are in each of some equal ranges. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

const BINS = 10;

/** From 0 to 1 where all values are in there, as most scores; else from the smallest to the largest. */
export function histogramOf(values: readonly number[]): Histogram | undefined {
  const figures = describeNumbers(values);
  if (!figures) return undefined;
  const spread = figures.max - figures.min;
  // Of shares that are all small, such as toxicity, a scale from 0 to 1 would show one bar.
  const isShare = figures.min >= 0 && figures.max <= 1 && (spread === 0 || spread >= 0.1);
  const [from, to] = isShare ? [0, 1] : [figures.min, figures.max];
  const counts = new Array<number>(from === to ? 1 : BINS).fill(0);
  for (const value of values) {
    const bin = from === to ? 0 : Math.floor(((value - from) / (to - from)) * BINS);
    const at = Math.min(bin, counts.length - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { from, to, counts };
}
