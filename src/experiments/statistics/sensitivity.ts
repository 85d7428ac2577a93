import { normalQuantile } from './distributions.js';
import type { Differences } from './interval.js';
import { describeNumbers } from './numbers.js';
import type { Alternative } from './sign-flip.js';

export const ALPHA = 0.05;
/** z of 80 %: a difference of the sensitivity is found about four times in five. */
const POWER = 0.84;
/** Below, no test can find anything. */
const PAIRS_AT_LEAST = 6;

/**
 * The mean difference that would have been found about four times in five.
 *
 * @param family how many keys are tested together.
 * @returns undefined below 6 pairs, and where all differences are equal and not 0/1.
 */
export function sensitivityOf(
  { values, areBinary }: Differences,
  alternative: Alternative,
  family: number,
): number | undefined {
  const n = values.length;
  if (n < PAIRS_AT_LEAST) return undefined;
  const k = normalQuantile(1 - ALPHA / family / (alternative === 'worse' ? 1 : 2)) + POWER;
  if (areBinary) {
    const differing = values.filter((value) => value !== 0).length;
    return (k ** 2 + Math.sqrt(k ** 4 + 4 * k ** 2 * differing)) / (2 * n);
  }
  const { mean, stdev = 0 } = describeNumbers(values) ?? { mean: 0 };
  return stdev <= 1e-12 * Math.abs(mean) ? undefined : (k * stdev) / Math.sqrt(n);
}

/** About how many pairs a difference of the margin would need. */
export function pairsNeeded(n: number, sensitivity: number, margin: number): number {
  return Math.ceil(n * (sensitivity / margin) ** 2);
}

/** The difference that matters, and how that is known. */
export interface Margin {
  readonly value: number;
  readonly source: 'option' | 'config' | 'assumed';
}

/** A score's declared range. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const MATTERS = 0.05;

/** @param declared.tolerance as typed for this key. @param values all that both sides have of it. */
export function marginOf(
  declared: { readonly tolerance?: number | undefined; readonly range?: Range | undefined },
  values: Range | undefined,
): Margin | undefined {
  const { tolerance, range } = declared;
  if (tolerance !== undefined) return { value: tolerance, source: 'option' };
  if (range && range.max > range.min)
    return { value: MATTERS * (range.max - range.min), source: 'config' };
  const isShare = values !== undefined && values.min >= 0 && values.max <= 1;
  return isShare ? { value: MATTERS, source: 'assumed' } : undefined;
}
