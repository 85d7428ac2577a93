import { type Differences, intervalOf } from './interval.js';
import { meanOf } from './numbers.js';
import { ALPHA, type Margin, sensitivityOf } from './sensitivity.js';
import { type Alternative, isZero, signFlipTest } from './sign-flip.js';

/** `not judged` are groups that are too small to be tested. */
export type Verdict =
  | 'better'
  | 'worse'
  | 'same'
  | 'within noise'
  | 'too few to tell'
  | 'not comparable'
  | 'not judged';

/** Differences under one key, and what they are judged by. */
export interface JudgedKey {
  readonly differences: Differences;
  /** Examples that have the key, in the side that has fewer. */
  readonly scoredInFewer: number;
  readonly margin: Margin | undefined;
  readonly seed: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Positive is better, as in all that follows; undefined where the sides are not comparable. */
  readonly mean: number | undefined;
  readonly interval: readonly [number, number] | undefined;
  readonly p: number | undefined;
  /** After Holm's correction for the keys that are judged together. */
  readonly adjustedP: number | undefined;
  /** Pairs that are enough to distinguish a difference from chance at all. */
  readonly pairsNeeded: number;
  /** The difference that would have been found four times in five. */
  readonly sensitivity: number | undefined;
  /** A difference that matters could have been missed. */
  readonly isUnderpowered: boolean;
}

/** Below this share of the smaller side, the pairs say nothing of the whole. */
const COMPARABLE = 0.2;

/**
 * Judges the keys of one comparison together, by Holm's procedure. Keys that are not comparable are no part of the family.
 *
 * @returns a judgement a key, in the same order.
 */
export function judge(keys: readonly JudgedKey[], alternative: Alternative): Judgement[] {
  const family = keys.filter(isComparable).length;
  const ps = keys.map((key) =>
    isComparable(key) ? signFlipTest(key.differences.values, alternative, key.seed) : undefined,
  );
  const adjusted = holm(ps);
  const pairsNeeded = fewestPairs(alternative, Math.max(family, 1));
  return keys.map((key, at) => {
    const [p, adjustedP] = [ps[at], adjusted[at]];
    if (p === undefined || adjustedP === undefined) return { ...NOT_COMPARABLE, pairsNeeded };
    const { values } = key.differences;
    const mean = meanOf(values);
    const sensitivity = sensitivityOf(key.differences, alternative, family);
    const { margin } = key;
    return {
      verdict: verdictOf({ values, mean, adjustedP, pairsNeeded }),
      mean,
      interval: intervalOf(key.differences),
      p,
      adjustedP,
      pairsNeeded,
      sensitivity,
      isUnderpowered:
        sensitivity !== undefined && margin !== undefined && sensitivity > margin.value,
    };
  });
}

export const NOT_COMPARABLE: Judgement = {
  verdict: 'not comparable',
  mean: undefined,
  interval: undefined,
  p: undefined,
  adjustedP: undefined,
  pairsNeeded: 0,
  sensitivity: undefined,
  isUnderpowered: false,
};

function isComparable({ differences, scoredInFewer }: JudgedKey): boolean {
  const { length } = differences.values;
  return length > 0 && length >= COMPARABLE * scoredInFewer;
}

function verdictOf(found: {
  values: readonly number[];
  mean: number;
  adjustedP: number;
  pairsNeeded: number;
}): Verdict {
  const { values, mean, adjustedP, pairsNeeded } = found;
  if (adjustedP < ALPHA) return mean < 0 ? 'worse' : 'better';
  if (values.every(isZero)) return 'same';
  return values.length < pairsNeeded ? 'too few to tell' : 'within noise';
}

/** The pairs with which a key can be distinguished from chance if all of them point one way. */
export function fewestPairs(alternative: Alternative, family: number): number {
  const ways = alternative === 'worse' ? 1 : 2;
  let n = 1;
  while (ways * 2 ** -n * family >= ALPHA) n++;
  return n;
}

/**
 * Holm's step-down procedure.
 *
 * @see Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 1979
 */
export function holm(ps: readonly (number | undefined)[]): (number | undefined)[] {
  const tested = ps
    .flatMap((p, at) => (p === undefined ? [] : [{ p, at }]))
    .sort((one, other) => one.p - other.p);
  const adjusted: (number | undefined)[] = ps.map(() => undefined);
  let highest = 0;
  for (const [rank, { p, at }] of tested.entries()) {
    highest = Math.max(highest, Math.min(1, p * (tested.length - rank)));
    adjusted[at] = highest;
  }
  return adjusted;
}
