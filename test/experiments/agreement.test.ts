import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementOf, type Rated, type Rating } from '../../src/experiments/statistics.js';

const pairs = (...ratings: readonly (readonly [Rating, Rating])[]): Rated[] =>
  ratings.map(([one, other], n) => ({ example: `e${n}`, one, other }));
const times = (count: number, one: Rating, other: Rating) =>
  Array.from({ length: count }, (): [Rating, Rating] => [one, other]);
const figure = (rated: readonly Rated[], measurement: string) =>
  agreementOf(rated, 'seed').figures.find((one) => one.measurement === measurement);

describe('agreement of', () => {
  test('booleans is a share and Cohen’s kappa', () => {
    // 35 of 50 alike; by chance 0.5: (0.7 − 0.5) / (1 − 0.5)
    const rated = pairs(
      ...times(20, 1, 1),
      ...times(5, 1, 0),
      ...times(10, 0, 1),
      ...times(15, 0, 0),
    );
    const { kind, n, confusion } = agreementOf(rated, 'seed');

    expect([kind, n]).toEqual(['boolean', 50]);
    expect(figure(rated, 'agreement')?.value).toBeCloseTo(0.7, 12);
    expect(figure(rated, 'kappa')?.value).toBeCloseTo(0.4, 12);
    expect(confusion).toEqual({
      labels: [0, 1],
      counts: [
        [15, 10],
        [5, 20],
      ],
    });
  });

  test('words is the same', () => {
    const rated = pairs(['kind', 'kind'], ['rude', 'rude'], ['kind', 'rude'], ['plain', 'plain']);
    // 3 of 4 alike; by chance (2·1 + 1·2 + 1·1) / 16.
    expect(figure(rated, 'kappa')?.value).toBeCloseTo((0.75 - 5 / 16) / (1 - 5 / 16), 12);
    expect(agreementOf(rated, '').confusion?.labels).toEqual(['kind', 'plain', 'rude']);
  });

  test('steps of a scale is kappa with quadratic weights', () => {
    const rated = pairs([1, 1], [2, 3], [3, 3], [5, 4], [4, 4]);
    // Seen: 0 + 1 + 0 + 1 + 0. Expected: mean of (a − b)² over all 25 pairs, times 5.
    const expected = [1, 2, 3, 5, 4].flatMap((a) => [1, 3, 3, 4, 4].map((b) => (a - b) ** 2));
    const chance = expected.reduce((sum, one) => sum + one, 0) / 5;
    expect(agreementOf(rated, '').kind).toBe('ordered');
    expect(figure(rated, 'weighted kappa')?.value).toBeCloseTo(1 - 2 / chance, 12);
  });

  test('numbers is Spearman’s rank correlation, ties with their mean rank, and the mean difference', () => {
    const rated = pairs([0.1, 0.2], [0.4, 0.2], [0.5, 0.9], [0.7, 0.6]);
    // Ranks 1 2 3 4 against 1.5 1.5 4 3: covariance 3.5, variances 5 and 4.5.
    expect(figure(rated, 'spearman')?.value).toBeCloseTo(3.5 / Math.sqrt(5 * 4.5), 12);
    expect(figure(rated, 'mean absolute difference')?.value).toBeCloseTo(0.2, 12);
  });

  test('a number and a person’s yes or no is the area under the curve, whichever side says it', () => {
    const rated = pairs([0.9, 1], [0.6, 1], [0.6, 0], [0.1, 0]);
    // Of 4 pairs of a yes and a no, 3 are in order and one is a tie.
    expect(figure(rated, 'auc')?.value).toBeCloseTo(3.5 / 4, 12);
    const turned = rated.map(({ example, one, other }) => ({ example, one: other, other: one }));
    expect(figure(turned, 'auc')?.value).toBeCloseTo(3.5 / 4, 12);
  });
});

describe('an interval', () => {
  test('is given from 20 examples on, and is the same each time', () => {
    const few = pairs(...times(10, 1, 1), ...times(9, 1, 0));
    expect(agreementOf(few, 'seed').isTooFew).toBe(true);
    expect(figure(few, 'agreement')?.interval).toBeUndefined();

    const enough = pairs(...times(70, 1, 1), ...times(30, 1, 0), ...times(20, 0, 0));
    const interval = figure(enough, 'agreement')?.interval;
    expect(figure(enough, 'agreement')?.interval).toEqual(interval);
    // 90 of 120: normal approximation 0.6725 … 0.8275
    expect(interval?.[0]).toBeCloseTo(0.6725, 1);
    expect(interval?.[1]).toBeCloseTo(0.8275, 1);
  });

  test('is over examples: repetitions of the same few do not narrow it', () => {
    const single = pairs(...times(15, 1, 1), ...times(10, 1, 0));
    const repeated = single.flatMap((pair) => Array.from({ length: 30 }, () => pair));
    const width = (rated: readonly Rated[]) => {
      const [low = 0, high = 0] = figure(rated, 'agreement')?.interval ?? [];
      return high - low;
    };
    expect(width(repeated)).toBeCloseTo(width(single), 1);
  });
});

test('one that rates everything alike has no kappa and no correlation', () => {
  expect(figure(pairs([1, 1], [1, 1]), 'kappa')?.value).toBeUndefined();
  expect(figure(pairs([0.5, 0.1], [0.5, 0.3]), 'spearman')?.value).toBeUndefined();
});

test('kappa lies between −1 and 1, and is 1 for equals', () => {
  const bits = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 2,
    maxLength: 15,
  });
  fc.assert(
    fc.property(bits, (ratings) => {
      const value = figure(pairs(...ratings), 'kappa')?.value;
      if (value === undefined) return;
      expect(value).toBeGreaterThanOrEqual(-1 - 1e-9);
      expect(value).toBeLessThanOrEqual(1 + 1e-9);
      if (ratings.every(([one, other]) => one === other)) expect(value).toBe(1);
    }),
  );
});
