import { describe, expect, test } from 'vitest';
import {
  headsAtLeast,
  normalBelow,
  normalQuantile,
  tQuantile,
} from '../../../src/experiments/statistics/distributions.js';

// Expected values: SciPy 1.17, scipy.stats.norm, t and binom.
describe('a normal distribution', () => {
  test.for([
    [-20, 2.7536241186062337e-89],
    [-9, 1.1285884059538324e-19],
    [-6, 9.865876450376946e-10],
    [-4.1, 2.0657506912546683e-5],
    [-3.9, 4.8096344017602614e-5],
    [-2, 0.022750131948179195],
    [-0.5, 0.3085375387259869],
    [1.3, 0.9031995154143897],
    [4.5, 0.9999966023268753],
  ] as const)('lies below %d with a share that keeps its digits', ([z, share]) => {
    expect(normalBelow(z) / share).toBeCloseTo(1, 9);
  });

  test.for([
    [0.5, 0],
    [0.8, 0.8416212335729143],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [1 - 0.05 / 12, 2.638257273476751],
    [0.025, -1.959963984540054],
  ] as const)('has its quantile of %d', ([share, z]) => {
    expect(normalQuantile(share)).toBeCloseTo(z, 9);
  });
});

describe("Student's distribution", () => {
  test.for([
    [0.975, 1, 12.706204736174694],
    [0.975, 19, 2.0930240544083087],
    [0.95, 24, 1.7108820799094282],
    [0.975, 99, 1.9842169515864174],
    [0.975, 19_999, 1.9600828],
  ] as const)('has its quantile of %d with %d degrees of freedom', ([share, degrees, t]) => {
    expect(tQuantile(share, degrees)).toBeCloseTo(t, 6);
  });
});

describe('a fair coin', () => {
  test.for([
    [0, 10, 1],
    [11, 10, 0],
    [10, 10, 1 / 1024],
    [8, 10, 56 / 1024],
    [17, 17, 2 ** -17],
  ] as const)('shows %d heads or more in %d tosses as counted by hand', ([heads, n, share]) => {
    expect(headsAtLeast(heads, n)).toBeCloseTo(share, 12);
  });

  test.for([
    [120, 200, 0.002842577998375153],
    [10_300, 20_000, 1.1383490690898349e-5],
  ] as const)('shows %d heads or more in %d tosses as SciPy says', ([heads, n, share]) => {
    expect(headsAtLeast(heads, n) / share).toBeCloseTo(1, 7);
  });
});
