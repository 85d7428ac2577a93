import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headsAtLeast } from '../../../src/experiments/statistics/distributions.js';
import { seedOf, signFlipTest } from '../../../src/experiments/statistics/sign-flip.js';
import { draw, normalFrom, seededRandom } from './random.js';

const SEED = seedOf('key', ['a', 'b']);
const twoSided = (differences: readonly number[]) => signFlipTest(differences, 'two-sided', SEED);
const forWorse = (differences: readonly number[]) => signFlipTest(differences, 'worse', SEED);
/** So many pairs went each way, by so much. */
const pairs = (better: number, worse: number, by = 1) => [
  ...new Array<number>(better).fill(by),
  ...new Array<number>(worse).fill(-by),
];

describe('the sign-flip test', () => {
  // Fisher, The Design of Experiments, 1935, §21: Darwin's maize; 1,726 of 32,768 ways are as extreme.
  test('finds what Fisher counted of fifteen pairs of plants', () => {
    const heights = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

    expect(twoSided(heights)).toBeCloseTo(1726 / 32_768, 12);
    expect(forWorse(heights.map((height) => -height))).toBeCloseTo(863 / 32_768, 12);
  });

  // Agresti, Categorical Data Analysis, table 10.1 (approval of a prime minister); Fagerland et al., BMC Med. Res. Methodol. 13:91,
  // 2013 (airways); Zar, Biostatistical Analysis, the sign test on legs of deer.
  test.for([
    ['an approval rating', 150, 86, 3.7159361395713866e-5],
    ['hyper-responsive airways', 7, 1, 0.0703125],
    ['legs of deer', 8, 2, 0.109375],
  ] as const)("gives the exact p of McNemar's test and the sign test of %s", ([, b, c, p]) => {
    expect(twoSided([...pairs(b, c), 0, 0, 0])).toBeCloseTo(p, 10);
    expect(twoSided(pairs(b, c, 0.25))).toBeCloseTo(p, 10);
  });

  test('equals the exact test of McNemar on all data of 0 and 1', () => {
    for (let n = 1; n <= 30; n++) {
      for (let worse = 0; worse <= n; worse++) {
        const more = Math.max(worse, n - worse);
        const mcNemar = Math.min(1, 2 * headsAtLeast(more, n));

        expect(twoSided(pairs(n - worse, worse))).toBeCloseTo(mcNemar, 12);
        expect(forWorse(pairs(n - worse, worse))).toBeCloseTo(headsAtLeast(worse, n), 12);
      }
    }
  });

  test('counts ties in spite of rounding', () => {
    // All 8 signs of 0.1, 0.2, 0.3: the sum 0 comes twice, and 0.6 and −0.6 once each.
    expect(twoSided([0.1, 0.2, 0.3])).toBe(2 / 8);
    expect(twoSided([0.1, 0.2, -0.3])).toBe(1);
  });

  test('takes differences below the four decimals that are kept as none', () => {
    expect(twoSided([0.00004, -0.00004, 0.00001])).toBe(1);
    expect(twoSided([...pairs(6, 0), 0.00004])).toBe(2 / 64);
    expect(twoSided([])).toBe(1);
  });

  test('is mirrored exactly when A and B change places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 60 }),
        (differences) => {
          const mirrored = differences.map((difference) => -difference);
          const [ab, ba] = [seedOf('key', ['a', 'b']), seedOf('key', ['b', 'a'])];

          expect(signFlipTest(mirrored, 'two-sided', ba)).toBe(
            signFlipTest(differences, 'two-sided', ab),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test('draws the same flips for the same pairs, and others for other experiments', () => {
    const random = seededRandom(1);
    const differences = draw(40, () => normalFrom(random) + 0.3);

    expect(twoSided(differences)).toBe(twoSided(differences));
    expect(twoSided(differences)).not.toBe(
      signFlipTest(differences, 'two-sided', seedOf('key', ['a', 'c'])),
    );
  });

  test('gives by random flips and by its normal approximation what all flips would', () => {
    const random = seededRandom(2);
    const few = draw(16, () => normalFrom(random) + 0.4);
    const exact = twoSided(few);

    const flipped = twoSided([...few, 0.0001]);
    const many = draw(2100, () => normalFrom(random) + 0.05);
    const approximate = twoSided(many);

    expect(flipped).toBeCloseTo(exact, 2);
    const z = many.reduce((sum, x) => sum + x, 0) / Math.hypot(...many);
    expect(approximate).toBeCloseTo(2 * (1 - phi(z)), 6);
  });
});

/** By the error function's series, Abramowitz and Stegun 26.2.17. */
function phi(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
