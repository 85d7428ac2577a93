import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeNumbers, histogramOf, meanOf } from '../../../src/experiments/statistics.js';
import { Top } from '../../../src/experiments/top.js';

describe('numbers', () => {
  test('are described by mean, deviation of a sample, and range', () => {
    expect(describeNumbers([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      n: 8,
      mean: 5,
      stdev: Math.sqrt(32 / 7),
      min: 2,
      max: 9,
    });
  });

  test('that are one have no deviation', () => {
    expect(describeNumbers([0.25])).toMatchObject({ n: 1, mean: 0.25, stdev: undefined });
  });

  test('that are none have no figures', () => {
    expect(describeNumbers([])).toBeUndefined();
    expect(histogramOf([])).toBeUndefined();
  });

  test('that are all equal have themselves as their mean', () => {
    expect(meanOf(new Array(1000).fill(0.1))).toBe(0.1);
  });
});

describe('a histogram', () => {
  test('of scores from 0 to 1 goes from 0 to 1', () => {
    expect(histogramOf([0, 0.05, 0.5, 1])).toEqual({
      from: 0,
      to: 1,
      counts: [2, 0, 0, 0, 0, 1, 0, 0, 0, 1],
    });
  });

  test('of other numbers goes from the smallest to the largest', () => {
    expect(histogramOf([-10, 0, 90])).toEqual({
      from: -10,
      to: 90,
      counts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 1],
    });
  });

  test('of one number beyond 1 is one bar', () => {
    expect(histogramOf([5, 5])).toEqual({ from: 5, to: 5, counts: [2] });
  });

  test('has every value in a bar', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }),
        (values) => {
          const counts = histogramOf(values)?.counts ?? [];

          expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        },
      ),
    );
  });
});

test('the highest of many are kept, the first of equals first, and only these are made', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (ranks) => {
      const top = new Top<string>(3);
      for (const [at, rank] of ranks.entries()) top.add(rank, () => `${rank}:${at}`);

      const expected = ranks
        .map((rank, at) => ({ rank, at }))
        .sort((a, b) => b.rank - a.rank || a.at - b.at)
        .slice(0, 3)
        .map(({ rank, at }) => `${rank}:${at}`);
      expect(top.items()).toEqual(expected);
    }),
  );
});
