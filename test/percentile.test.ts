import { describe, expect, test } from 'vitest';
import { percentile } from '../src/percentile.js';

describe('a percentile', () => {
  // numpy.percentile([1, 2, 3, 4], …)
  test.for([
    [0, 1],
    [0.25, 1.75],
    [0.5, 2.5],
    [0.95, 3.85],
    [1, 4],
  ] as const)('of %d lies between its neighbours, as in numpy', ([share, expected]) => {
    expect(percentile([1, 2, 3, 4], share)).toBeCloseTo(expected, 12);
  });

  test('of one value is that value', () => {
    expect(percentile([7], 0.95)).toBe(7);
  });
});
