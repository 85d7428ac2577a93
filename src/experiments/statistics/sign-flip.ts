import { headsAtLeast, normalBelow } from './distributions.js';
import { randomWords } from './random-words.js';

/** Whether any difference counts against chance, or only one for the worse. */
export type Alternative = 'two-sided' | 'worse';

/** LangSmith keeps four decimals of a score: a smaller difference is none. */
const ZERO = 5e-5;
/** Sums that differ by less, as a part of the sum of all |d|, are equal: rounding must not break ties. */
const TIE = 1e-9;
const MOST_EXACT = 16;
const MOST_FLIPPED = 2000;
const DRAWS = 9999;
/** From here on, drawing ends as soon as enough draws were as extreme: p is far above any α. */
const DRAWS_AT_LEAST = 2000;
const EXTREME_ENOUGH = 400;

export function isZero(difference: number): boolean {
  return Math.abs(difference) < ZERO;
}

/**
 * Tests whether paired differences lean to one side: how likely a sum as extreme is if each sign were a coin's. Zeros say nothing.
 * Exact for up to 16 differences and where all are equally large (McNemar's test on 0/1 data), by random flips up to 2,000,
 * and by a normal approximation above.
 *
 * @param differences positive is better; in an order that does not depend on which side is A.
 * @param seed names what is compared, see `seedOf`.
 */
export function signFlipTest(
  differences: readonly number[],
  alternative: Alternative,
  seed: string,
): number {
  const nonZero = differences.filter((difference) => !isZero(difference));
  if (nonZero.length === 0) return 1;
  const total = sum(nonZero.map(Math.abs));
  const observed = sum(nonZero);
  const tie = TIE * total;
  const isExtreme =
    alternative === 'worse'
      ? (flipped: number) => flipped <= observed + tie
      : (flipped: number) => Math.abs(flipped) >= Math.abs(observed) - tie;

  if (nonZero.length <= MOST_EXACT) {
    const sums = allFlips(nonZero);
    return sums.reduce((count, flipped) => count + Number(isExtreme(flipped)), 0) / sums.length;
  }
  if (nonZero.every((one) => Math.abs(Math.abs(one) * nonZero.length - total) <= tie))
    return coinTest(nonZero, alternative);
  if (nonZero.length <= MOST_FLIPPED) return drawFlips(nonZero, isExtreme, seed);
  const z = observed / Math.sqrt(sum(nonZero.map((difference) => difference ** 2)));
  return alternative === 'worse' ? normalBelow(z) : 2 * normalBelow(-Math.abs(z));
}

/** Differences of one size: only how many went each way counts. */
function coinTest(nonZero: readonly number[], alternative: Alternative): number {
  const worse = nonZero.filter((difference) => difference < 0).length;
  if (alternative === 'worse') return headsAtLeast(worse, nonZero.length);
  const more = Math.max(worse, nonZero.length - worse);
  return Math.min(1, 2 * headsAtLeast(more, nonZero.length));
}

/** The sums of all 2ⁿ ways to choose the signs. */
function allFlips(values: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** values.length);
  for (const [at, value] of values.entries()) {
    const size = 2 ** at;
    for (let n = 0; n < size; n++) {
      sums[size + n] = (sums[n] ?? 0) + value;
      sums[n] = (sums[n] ?? 0) - value;
    }
  }
  return sums;
}

/** Eight signs are drawn with one byte: their sums are counted out before. */
function drawFlips(
  values: readonly number[],
  isExtreme: (sum: number) => boolean,
  seed: string,
): number {
  const blocks: Float64Array[] = [];
  for (let from = 0; from < values.length; from += 8)
    blocks.push(allFlips(values.slice(from, from + 8)));
  const next = randomWords(seed);
  let extreme = 0;
  let draws = 0;
  while (draws < DRAWS && !(draws >= DRAWS_AT_LEAST && extreme >= EXTREME_ENOUGH)) {
    let flipped = 0;
    let word = 0;
    for (const [at, block] of blocks.entries()) {
      word = at % 4 === 0 ? next() : word >>> 8;
      flipped += block[word & (block.length - 1)] ?? 0;
    }
    draws++;
    if (isExtreme(flipped)) extreme++;
  }
  return (extreme + 1) / (draws + 1);
}

/** A seed that is the same when A and B change places. @param sides ids of two experiments, or hashes of files. */
export function seedOf(key: string, sides: readonly [string, string]): string {
  return JSON.stringify([key, ...[...sides].sort()]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
