import { extentOf } from './chart/extent.js';

/** Shows numbers of one key alike: with as many digits as its spread gives a meaning. */
export interface Digits {
  /** `0.72`, `0.0052`. */
  readonly value: (value: number) => string;
  /** `+0.12`, `−0.00022`: two digits that count. */
  readonly difference: (difference: number) => string;
}

const MOST_DECIMALS = 6;
/** Means differ by this share of the range where sums were only rounded. */
const ROUNDING = 1e-9;

/** The digits of a key, by how far its values in several experiments lie apart. */
export function digitsOf(
  key: string,
  experiments: readonly { readonly scores: ReadonlyMap<string, Extent> }[],
): Digits {
  const found = experiments.flatMap(({ scores }) => scores.get(key) ?? []);
  const [low, high] = extentOf(found.flatMap(({ min, max }) => [min, max]));
  return digitsFor(high - low);
}

interface Extent {
  readonly min: number;
  readonly max: number;
}

/** @param range how far values lie apart. */
export function digitsFor(range: number): Digits {
  const size = range > 0 ? Math.floor(Math.log10(range) + 0.3) : 0;
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, 2 - size));
  return {
    // What would be 0.00 keeps two digits that count.
    value: (value) =>
      fixed(value, Math.abs(value) < 10 ** -decimals ? countingDigits(value) : decimals),
    difference: (difference) =>
      Math.abs(difference) <= range * ROUNDING
        ? '±0'
        : signed(fixed(difference, countingDigits(difference))),
  };
}

/** Decimals for two digits that count. */
function countingDigits(value: number): number {
  const digits = value === 0 ? 2 : 1 - Math.floor(Math.log10(Math.abs(value)));
  return Math.min(MOST_DECIMALS, Math.max(0, digits));
}

/** `+12%`. */
export function signedPercent(ratio: number): string {
  return signed(`${Number((ratio * 100).toPrecision(2))}%`);
}

function fixed(value: number, decimals: number): string {
  return Math.abs(value) >= 1e15 ? value.toPrecision(6) : value.toFixed(decimals);
}

function signed(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : `+${text}`;
}
