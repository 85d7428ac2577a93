import type { Directions, Range, Rules } from './statistics.js';

/** What is kept of the scores under a key: their range, and which way is better. */
export interface KeyConfig {
  readonly key: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly lowerIsBetter: boolean | undefined;
}

/** What two experiments are compared by: typed directions first, then those that are kept. */
export function rulesFrom(typed: Directions['typed'], configs: readonly KeyConfig[]): Rules {
  const kept = new Map<string, boolean>();
  const ranges = new Map<string, Range>();
  for (const { key, min, max, lowerIsBetter } of configs) {
    if (lowerIsBetter !== undefined) kept.set(key, lowerIsBetter);
    if (min !== undefined && max !== undefined) ranges.set(key, { min, max });
  }
  return {
    alternative: 'two-sided',
    directions: { typed, kept },
    ranges,
    tolerances: new Map(),
  };
}
