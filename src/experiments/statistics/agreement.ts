import { groupBy } from '../../group-by.js';
import { percentile } from '../../percentile.js';
import { isBit, meanOf } from './numbers.js';
import { randomWords } from './random-words.js';

/** Two judgements of one run: a number, 0 or 1 for a boolean, or a word. */
export interface Rated {
  /** Runs of one example are drawn together. */
  readonly example: string;
  readonly one: Rating;
  readonly other: Rating;
}

export type Rating = number | string;

/** What ratings are, and so what their agreement is measured by. */
export type RatingKind =
  | 'boolean'
  | 'category'
  | 'ordered'
  | 'continuous'
  | 'number against boolean';

export type Measurement =
  | 'agreement'
  | 'kappa'
  | 'weighted kappa'
  | 'spearman'
  | 'mean absolute difference'
  | 'auc';

/** A figure and its 95 % interval. */
export interface AgreementFigure {
  readonly measurement: Measurement;
  /** Undefined where it cannot be counted: all ratings of one side are equal. */
  readonly value: number | undefined;
  /** None below 20 examples. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** How far two raters agree over the runs that both rated. */
export interface Agreement {
  readonly kind: RatingKind;
  /** Pairs of ratings. */
  readonly n: number;
  readonly examples: number;
  /** Below 20 examples. */
  readonly isTooFew: boolean;
  readonly figures: readonly AgreementFigure[];
  /** How often each pair of ratings was given, for booleans, categories and steps of a scale. */
  readonly confusion: Confusion | undefined;
}

export interface Confusion {
  readonly labels: readonly Rating[];
  /** A row for each rating of `one`, a column for each of `other`. */
  readonly counts: readonly (readonly number[])[];
}

const ENOUGH_EXAMPLES = 20;
const DRAWS = 1000;
/** A scale of more steps is continuous. */
const MOST_STEPS = 10;

/** Measures agreement by the kind of the ratings. @param seed names what is compared. */
export function agreementOf(pairs: readonly Rated[], seed: string): Agreement {
  const kind = kindOf(pairs);
  const groups = [...groupBy(pairs, ({ example }) => example).values()];
  const isTooFew = groups.length < ENOUGH_EXAMPLES;
  const measurements = MEASUREMENTS[kind];
  const values = measurements.map((measurement) => measure(measurement, pairs));
  const drawn = isTooFew ? [] : bootstrap(groups, measurements, seed);
  return {
    kind,
    n: pairs.length,
    examples: groups.length,
    isTooFew,
    figures: measurements.map((measurement, at) => ({
      measurement,
      value: values[at],
      interval: values[at] === undefined ? undefined : intervalOf(drawn.map((draw) => draw[at])),
    })),
    confusion:
      kind === 'continuous' || kind === 'number against boolean' ? undefined : confusionOf(pairs),
  };
}

const MEASUREMENTS: Readonly<Record<RatingKind, readonly Measurement[]>> = {
  boolean: ['agreement', 'kappa'],
  category: ['agreement', 'kappa'],
  ordered: ['weighted kappa', 'agreement'],
  continuous: ['spearman', 'mean absolute difference'],
  'number against boolean': ['auc'],
};

function kindOf(pairs: readonly Rated[]): RatingKind {
  const ones = pairs.map(({ one }) => one);
  const others = pairs.map(({ other }) => other);
  const all = [...ones, ...others];
  if (all.some((rating) => typeof rating === 'string')) return 'category';
  if (all.every(isBit)) return 'boolean';
  if (others.every(isBit) || ones.every(isBit)) return 'number against boolean';
  return all.every(Number.isInteger) && new Set(all).size <= MOST_STEPS ? 'ordered' : 'continuous';
}

function measure(measurement: Measurement, pairs: readonly Rated[]): number | undefined {
  if (pairs.length === 0) return undefined;
  switch (measurement) {
    case 'agreement':
      return pairs.filter(({ one, other }) => one === other).length / pairs.length;
    case 'kappa':
      return kappa(pairs, (one, other) => Number(one !== other));
    case 'weighted kappa':
      return kappa(pairs, (one, other) => (Number(one) - Number(other)) ** 2);
    case 'spearman':
      return correlation(ranksOf(numbersOf(pairs, 'one')), ranksOf(numbersOf(pairs, 'other')));
    case 'mean absolute difference':
      return meanOf(pairs.map(({ one, other }) => Math.abs(Number(one) - Number(other))));
    case 'auc':
      return areaUnderCurve(pairs);
  }
}

function numbersOf(pairs: readonly Rated[], side: 'one' | 'other'): number[] {
  return pairs.map((pair) => Number(pair[side]));
}

/**
 * Cohen's kappa: 1 less the disagreement seen over the disagreement of ratings that were shuffled. Quadratic weights make
 * it a measure of order.
 *
 * @see Cohen 1960, doi:10.1177/001316446002000104; Cohen 1968, doi:10.1037/h0026256
 */
function kappa(
  pairs: readonly Rated[],
  weightOf: (one: Rating, other: Rating) => number,
): number | undefined {
  const seen = pairs.reduce((sum, { one, other }) => sum + weightOf(one, other), 0);
  const ones = countsOf(pairs.map(({ one }) => one));
  const others = countsOf(pairs.map(({ other }) => other));
  let expected = 0;
  for (const [one, n] of ones)
    for (const [other, m] of others) expected += (n * m * weightOf(one, other)) / pairs.length;
  return expected === 0 ? undefined : 1 - seen / expected;
}

function countsOf(ratings: readonly Rating[]): Map<Rating, number> {
  const counts = new Map<Rating, number>();
  for (const rating of ratings) counts.set(rating, (counts.get(rating) ?? 0) + 1);
  return counts;
}

/** From 1, ties with the mean of their places. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (order[to + 1]?.value === order[from]?.value) to++;
    for (const { at } of order.slice(from, to + 1)) ranks[at] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Pearson's; of ranks it is Spearman's. */
function correlation(xs: readonly number[], ys: readonly number[]): number | undefined {
  const [x, y] = [meanOf(xs), meanOf(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [at, value] of xs.entries()) {
    const [dx, dy] = [value - x, (ys[at] ?? 0) - y];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy);
}

/** How likely a run that the boolean rates 1 has a higher number than one that it rates 0. */
function areaUnderCurve(pairs: readonly Rated[]): number | undefined {
  const isFlag = pairs.every(({ other }) => isBit(other));
  const flags = numbersOf(pairs, isFlag ? 'other' : 'one');
  const ranks = ranksOf(numbersOf(pairs, isFlag ? 'one' : 'other'));
  const ones = flags.filter((flag) => flag === 1).length;
  const zeros = flags.length - ones;
  if (ones === 0 || zeros === 0) return undefined;
  const sum = ranks.reduce((total, rank, at) => total + (flags[at] === 1 ? rank : 0), 0);
  return (sum - (ones * (ones + 1)) / 2) / (ones * zeros);
}

/** Draws examples with replacement, and measures each draw. */
function bootstrap(
  groups: readonly (readonly Rated[])[],
  measurements: readonly Measurement[],
  seed: string,
): (number | undefined)[][] {
  const next = randomWords(seed);
  return Array.from({ length: DRAWS }, () => {
    const drawn = groups.flatMap(() => groups[next() % groups.length] ?? []);
    return measurements.map((measurement) => measure(measurement, drawn));
  });
}

/** The middle 95 %; none where too many draws had no figure. */
function intervalOf(drawn: readonly (number | undefined)[]): AgreementFigure['interval'] {
  const sorted = drawn.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length < DRAWS / 2) return undefined;
  const [low, high] = [percentile(sorted, 0.025), percentile(sorted, 0.975)];
  return low === high ? undefined : [low, high];
}

function confusionOf(pairs: readonly Rated[]): Confusion {
  const labels = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))].sort(compareRatings);
  const counts = labels.map((row) =>
    labels.map(
      (column) => pairs.filter(({ one, other }) => one === row && other === column).length,
    ),
  );
  return { labels, counts };
}

function compareRatings(a: Rating, b: Rating): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}
