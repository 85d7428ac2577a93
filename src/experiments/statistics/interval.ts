import { normalQuantile, tQuantile } from './distributions.js';
import { describeNumbers } from './numbers.js';

/** From 20 pairs on, the mean of differences of any shape is near enough to a t distribution. */
export const PAIRS_FOR_T = 20;

/** Paired differences, positive is better. */
export interface Differences {
  readonly values: readonly number[];
  /** Both sides of every pair are 0 or 1, and none is a mean of repetitions. */
  readonly areBinary: boolean;
}

/** A mean and how well it is known. */
interface Estimate {
  readonly mean: number;
  readonly error: number;
  /** Standard errors on either side that a share of chance lies within. */
  readonly reach: (share: number) => number;
}

/** The 95 % interval of the mean difference; undefined where too little is known, or all differences are equal. */
export function intervalOf(differences: Differences): readonly [number, number] | undefined {
  const estimate = estimateOf(differences);
  if (!estimate) return undefined;
  const reach = estimate.reach(0.975) * estimate.error;
  // A difference of shares is never beyond 1.
  const most = differences.areBinary ? 1 : Number.POSITIVE_INFINITY;
  return [Math.max(estimate.mean - reach, -most), Math.min(estimate.mean + reach, most)];
}

/**
 * What the mean difference is above with 95 % confidence, from 20 pairs on: the bound of a non-inferiority test.
 *
 * @returns undefined of fewer pairs; of equal ones their difference.
 */
export function lowerBoundOf(differences: Differences): number | undefined {
  if (differences.values.length < PAIRS_FOR_T) return undefined;
  const estimate = estimateOf(differences);
  return estimate ? estimate.mean - estimate.reach(0.95) * estimate.error : differences.values[0];
}

function estimateOf({ values, areBinary }: Differences): Estimate | undefined {
  if (values.length === 0) return undefined;
  if (areBinary) return agrestiMin(values);
  if (values.length < PAIRS_FOR_T) return undefined;
  const { mean, stdev = 0 } = describeNumbers(values) ?? { mean: 0 };
  // Differences that are equal but for rounding.
  if (stdev <= 1e-12 * Math.abs(mean)) return undefined;
  const reach = (share: number) => tQuantile(share, values.length - 1);
  return { mean, error: stdev / Math.sqrt(values.length), reach };
}

/**
 * Wald's interval of a difference of paired proportions after half an observation is added to each of the four cells.
 *
 * @see Agresti and Min, Simple improved confidence intervals for comparing matched proportions, Stat. Med. 24, 2005
 */
function agrestiMin(values: readonly number[]): Estimate {
  const n = values.length + 2;
  const better = values.filter((value) => value > 0).length + 0.5;
  const worse = values.filter((value) => value < 0).length + 0.5;
  const error = Math.sqrt(better + worse - (better - worse) ** 2 / n) / n;
  return { mean: (better - worse) / n, error, reach: normalQuantile };
}
