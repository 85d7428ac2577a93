import type { Differences } from './interval.js';
import { isBit, meanOf, type NumberFigures } from './numbers.js';
import type { Range } from './sensitivity.js';
import { isZero } from './sign-flip.js';

/** What an example's repetitions come to under one key. */
export interface Value {
  readonly mean: number;
  /** Repetitions that have it. */
  readonly n: number;
  /** Repetitions with 1, where all have 0 or 1. */
  readonly passed?: number | undefined;
}

/** Something of each example, by its id: a map, or columns that can be read like one. */
export interface ByExample<Item> extends Iterable<[string, Item]> {
  readonly size: number;
  get(id: string): Item | undefined;
  has(id: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<Item>;
}

/** The values of one experiment under one key. */
export interface Values extends ByExample<Value> {
  /** What they come to, where that is known already. */
  readonly figures?: NumberFigures | undefined;
}

/** Runs of an example, and those of them that failed. */
export interface RowCount {
  readonly runs: number;
  readonly errors: number;
}

/** One of two experiments, as statistics see it. */
export interface Side {
  /** Its id, or the sha256 of a file. */
  readonly id: string;
  /** Whether no more rows are to come: it has an end, or is a file. */
  readonly isFinished: boolean;
  readonly rows: ByExample<RowCount>;
  readonly scores: ReadonlyMap<string, Values>;
  readonly measures: ReadonlyMap<Measure, Values>;
}

/** What runs cost, in the order in which it is shown; less is better. */
export const MEASURES = ['latency', 'tokens', 'cost'] as const;
export type Measure = (typeof MEASURES)[number];

/** Examples that both answer, and what became of all others. In order of example id. */
export interface Alignment {
  readonly both: readonly string[];
  /** B has no row: lost, or not recorded yet. */
  readonly absent: readonly string[];
  /** The same inputs under another example id: its reference or metadata was edited. */
  readonly changed: readonly Changed[];
  /** A has no row. */
  readonly added: readonly string[];
}

export interface Changed {
  readonly a: string;
  readonly b: string;
}

/** @param changed pairs of examples with the same inputs, where somebody looked. */
export function align(a: Side, b: Side, changed: readonly Changed[] = []): Alignment {
  const changedA = new Set(changed.map((pair) => pair.a));
  const changedB = new Set(changed.map((pair) => pair.b));
  const both: string[] = [];
  const absent: string[] = [];
  for (const id of [...a.rows.keys()].sort()) {
    if (b.rows.has(id)) both.push(id);
    else if (!changedA.has(id)) absent.push(id);
  }
  const isAdded = (id: string) => !a.rows.has(id) && !changedB.has(id);
  return {
    both,
    absent,
    changed: [...changed].sort((one, other) => (one.a < other.a ? -1 : 1)),
    added: both.length === b.rows.size ? [] : [...b.rows.keys()].filter(isAdded).sort(),
  };
}

/** Two experiments under one key: columns of equal length over the examples that both have it for. */
export interface Pairs {
  readonly ids: readonly string[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Positive is better. */
  readonly gains: readonly number[];
  /** Examples that have the key, in each. */
  readonly scoredA: number;
  readonly scoredB: number;
  /** A has it; B has a row, but not this: an error, or no score. */
  readonly failed: readonly string[];
  /** The other way round. */
  readonly fixed: readonly string[];
  /** Whether any value is a mean of several. */
  readonly areRepeated: boolean;
}

const NONE: Values = new Map();

/** @param gain of B over A; undefined where the two cannot be compared. */
export function pairUp(
  { both }: Pick<Alignment, 'both'>,
  a: Values = NONE,
  b: Values = NONE,
  gain: (a: number, b: number) => number | undefined,
): Pairs {
  const ids: string[] = [];
  const [before, after, gains]: [number[], number[], number[]] = [[], [], []];
  const failed: string[] = [];
  const fixed: string[] = [];
  let areRepeated = false;
  for (const id of both) {
    const ofA = a.get(id);
    const ofB = b.get(id);
    if (ofA && ofB) {
      const gained = gain(ofA.mean, ofB.mean);
      if (gained === undefined) continue;
      ids.push(id);
      before.push(ofA.mean);
      after.push(ofB.mean);
      gains.push(gained);
      if (ofA.n > 1 || ofB.n > 1) areRepeated = true;
    } else if (ofA) failed.push(id);
    else if (ofB) fixed.push(id);
  }
  const sizes = { scoredA: a.size, scoredB: b.size };
  return { ids, a: before, b: after, gains, ...sizes, failed, fixed, areRepeated };
}

/** The difference of a score, less being better or more. */
export function gainOf(lowerIsBetter: boolean): (a: number, b: number) => number {
  return lowerIsBetter ? (a, b) => a - b : (a, b) => b - a;
}

/** How far B undercuts A, as a logarithm of the ratio; undefined where either is not above 0. */
export function logGain(a: number, b: number): number | undefined {
  return a > 0 && b > 0 ? Math.log(a / b) : undefined;
}

export function differencesOf({ a, b, gains, areRepeated }: Pairs): Differences {
  return { values: gains, areBinary: !areRepeated && a.every(isBit) && b.every(isBit) };
}

/** How many pairs went each way. */
export function countSides({ gains }: Pairs): { better: number; worse: number; same: number } {
  const counts = { better: 0, worse: 0, same: 0 };
  for (const gain of gains) counts[isZero(gain) ? 'same' : gain > 0 ? 'better' : 'worse']++;
  return counts;
}

/** What each side's examples come to: figures, not to be subtracted from each other. */
export function meanOfValues(values: Values | undefined): number | undefined {
  if (values?.figures) return values.figures.mean;
  const means = [...(values?.values() ?? [])].map(({ mean }) => mean);
  return means.length === 0 ? undefined : meanOf(means);
}

/** The lowest and highest value of either side. */
export function rangeOf(sides: readonly (Values | undefined)[]): Range | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of sides) {
    const figures = values?.figures;
    const means = figures ? [figures.min, figures.max] : (values?.values() ?? []);
    for (const one of means) {
      const mean = typeof one === 'number' ? one : one.mean;
      min = Math.min(min, mean);
      max = Math.max(max, mean);
    }
  }
  return min <= max ? { min, max } : undefined;
}

/** The share of an example's runs that failed, for all examples: a key of its own, less is better. */
export function errorShares({ rows }: Side): Values {
  return new Map([...rows].map(([id, { runs, errors }]) => [id, { mean: errors / runs, n: runs }]));
}
