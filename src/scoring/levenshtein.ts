import { editDistance } from '../edit-distance.js';

/** Two texts of ten thousand characters take a good part of a second. */
const MOST_STEPS = 100_000_000;

/** How alike two texts are: 1 for equal ones, 0 where every character differs; undefined if they are too long. */
export function similarity(one: string, other: string): number | undefined {
  if (one === other) return 1;
  const [a, b] = [[...one], [...other]];
  if (a.length * b.length > MOST_STEPS) return undefined;
  return 1 - editDistance(a, b) / Math.max(a.length, b.length);
}
