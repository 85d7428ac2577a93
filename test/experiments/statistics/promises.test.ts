import { describe, expect, test } from 'vitest';
import { headsAtLeast, normalQuantile } from '../../../src/experiments/statistics/distributions.js';
import { sensitivityOf } from '../../../src/experiments/statistics/sensitivity.js';
import { type Alternative, signFlipTest } from '../../../src/experiments/statistics/sign-flip.js';
import { judge } from '../../../src/experiments/statistics/verdict.js';
import { draw, normalFrom, seededRandom } from './random.js';

const ALPHA = 0.05;
const judged = (values: readonly number[], areBinary: boolean, seed: string) => ({
  differences: { values, areBinary },
  scoredInFewer: values.length,
  margin: undefined,
  seed,
});

describe('where nothing differs, an alarm is raised', () => {
  const random = seededRandom(11);
  const flip = (share: number) => () => {
    const drawn = random();
    return drawn < share / 2 ? 1 : drawn < share ? -1 : 0;
  };
  const skewed = () => (random() < 0.5 ? 1 : -1) * Math.exp(normalFrom(random));
  const shapes = [
    ['20 pairs of 0 and 1', 20, flip(0.3), true, 1000],
    ['100 pairs of 0 and 1', 100, flip(0.2), true, 1000],
    ['12 skewed differences', 12, skewed, false, 600],
    ['60 skewed differences', 60, skewed, false, 600],
    ['2,500 skewed differences', 2500, skewed, false, 400],
  ] as const;

  test.for(shapes)('on %s at most one time in twenty', ([, n, one, areBinary, times]) => {
    for (const alternative of ['two-sided', 'worse'] as const) {
      let alarms = 0;
      for (let time = 0; time < times; time++) {
        const [found] = judge([judged(draw(n, one), areBinary, String(time))], alternative);
        if (found?.verdict === 'worse' || found?.verdict === 'better') alarms++;
      }

      // Three standard errors of as many draws.
      expect(alarms / times).toBeLessThan(ALPHA + 3 * Math.sqrt((ALPHA * 0.95) / times));
    }
  });

  test('by any of six scores at most one time in twenty', () => {
    let alarms = 0;
    const times = 500;
    for (let time = 0; time < times; time++) {
      const keys = draw(6, () => 0).map((_, key) =>
        judged(draw(40, flip(0.4)), true, `${time} ${key}`),
      );
      if (judge(keys, 'two-sided').some(({ verdict }) => /better|worse/.test(verdict))) alarms++;
    }

    expect(alarms / times).toBeLessThan(ALPHA + 3 * Math.sqrt((ALPHA * 0.95) / times));
  });
});

describe('the power that is promised', () => {
  const rows = [
    [0.05, 'two-sided', [1, 7, 14, 30, 68, 94]],
    [0.05, 'worse', [3, 11, 23, 42, 78, 97]],
    [0.1, 'two-sided', [3, 24, 54, 88, 100, 100]],
    [0.1, 'worse', [8, 35, 67, 94, 100, 100]],
  ] as const;

  test.for(rows)(
    'to find a drop of %d, %s, is what the test has',
    ([drop, alternative, expected]) => {
      for (const [at, n] of [20, 50, 100, 200, 500, 1000].entries()) {
        const percent = 100 * powerOf(n, drop, alternative);

        expect(Math.abs(percent - (expected[at] ?? Number.NaN))).toBeLessThan(3);
      }
    },
  );
});

describe('a true difference of the sensitivity', () => {
  const random = seededRandom(12);

  test.for([
    [50, 'two-sided', 1],
    [100, 'two-sided', 1],
    [400, 'two-sided', 1],
    [100, 'worse', 1],
    [200, 'two-sided', 6],
  ] as const)(
    'of %d scores of 0 and 1, %s, one of %d, is found about four times in five',
    ([n, alternative, family]) => {
      const noise = 0.1;
      const before = draw(n, () => 0).map((_, at) =>
        at < noise * n ? (at % 2 === 0 ? 1 : -1) : 0,
      );
      const planted = sensitivityOf({ values: before, areBinary: true }, alternative, family) ?? 0;
      const one = () => {
        const drawn = random();
        return drawn < noise / 2 + planted ? -1 : drawn < noise + planted ? 1 : 0;
      };

      expect(foundIn(400, () => draw(n, one), true, alternative, family)).toSatisfy(isFourInFive);
    },
  );

  test.for([
    [30, 'two-sided', 1],
    [100, 'worse', 1],
    [100, 'two-sided', 6],
  ] as const)(
    'of %d scores of any size, %s, one of %d, is found about four times in five',
    ([n, alternative, family]) => {
      const values = draw(n, () => normalFrom(random));
      const planted = sensitivityOf({ values, areBinary: false }, alternative, family) ?? 0;
      // The noise as it was seen, not as it was drawn.
      const [mean, k] = [values.reduce((sum, x) => sum + x, 0) / n, planted];
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
      const sample = () => draw(n, () => normalFrom(random) * deviation - k);

      expect(foundIn(300, sample, false, alternative, family)).toSatisfy(isFourInFive);
    },
  );
});

const isFourInFive = (share: number) => share >= 0.7 && share <= 0.95;

/** How often a sample among other keys without any difference is called worse. */
function foundIn(
  times: number,
  sample: () => number[],
  areBinary: boolean,
  alternative: Alternative,
  family: number,
): number {
  let found = 0;
  for (let time = 0; time < times; time++) {
    const others = new Array(family - 1).fill(judged(new Array(50).fill(0), true, ''));
    const [first] = judge([judged(sample(), areBinary, String(time)), ...others], alternative);
    if (first?.verdict === 'worse') found++;
  }
  return found / times;
}

/** Counted out, not drawn: of n pairs a fifth differ, and a drop of so much means that more of these got worse. */
function powerOf(n: number, drop: number, alternative: Alternative): number {
  const differ = 0.2;
  const worse = (differ + drop) / 2 / differ;
  let power = 0;
  for (let k = 0; k <= n; k++) {
    const weight = binomial(n, k, differ);
    if (weight < 1e-9) continue;
    for (let w = Math.ceil(k / 2); w <= k; w++) {
      const p = Math.min(1, headsAtLeast(w, k) * (alternative === 'worse' ? 1 : 2));
      if (p >= ALPHA) continue;
      for (let more = w; more <= k; more++) power += weight * binomial(k, more, worse);
      break;
    }
  }
  return power;
}

function binomial(n: number, k: number, share: number): number {
  let log = k * Math.log(share) + (n - k) * Math.log(1 - share);
  for (let step = 1; step <= k; step++) log += Math.log((n - k + step) / step);
  return Math.exp(log);
}

test('the power above is that of the very test', () => {
  const pairs = [...new Array<number>(19).fill(-1), ...new Array<number>(8).fill(1)];

  expect(signFlipTest(pairs, 'worse', '')).toBeCloseTo(headsAtLeast(19, 27), 12);
  expect(normalQuantile(0.975) + 0.84).toBeCloseTo(2.8, 2);
});
