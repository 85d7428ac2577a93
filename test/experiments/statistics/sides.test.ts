import { describe, expect, test } from 'vitest';
import { lowerBoundOf } from '../../../src/experiments/statistics/interval.js';
import { passFigures } from '../../../src/experiments/statistics/repetitions.js';
import { marginOf, pairsNeeded } from '../../../src/experiments/statistics/sensitivity.js';
import { fewestPairs, holm } from '../../../src/experiments/statistics/verdict.js';
import {
  compareGroups,
  compareSides,
  type Rules,
  repetitionFigures,
  type Side,
} from '../../../src/experiments/statistics.js';

/** What an example got: repetitions of one score, or an error where one has none. */
type Row = readonly (number | 'error' | undefined)[];

function side(id: string, examples: Record<string, Row>, more: Partial<Side> = {}): Side {
  const all = Object.entries(examples);
  const scored = all.flatMap(([example, row]) => {
    const scores = row.filter((score) => typeof score === 'number');
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return scores.length === 0 ? [] : [[example, { mean, n: scores.length }] as const];
  });
  const count = (row: Row) => row.filter((score) => score === 'error').length;
  return {
    id,
    isFinished: true,
    rows: new Map(all.map(([example, row]) => [example, { runs: row.length, errors: count(row) }])),
    scores: new Map([['correct', new Map(scored)]]),
    measures: new Map(),
    ...more,
  };
}

/** As many examples with one score each: `e00`, `e01` … */
function scored(id: string, scores: readonly (number | 'error' | undefined)[]): Side {
  const named = scores.map((score, at) => [`e${String(at).padStart(3, '0')}`, [score]] as const);
  return side(id, Object.fromEntries(named));
}

const rules: Rules = {
  alternative: 'two-sided',
  directions: { typed: new Map(), kept: new Map() },
  ranges: new Map(),
  tolerances: new Map(),
};
const times = <T>(n: number, value: T) => new Array<T>(n).fill(value);
const correctOf = (a: Side, b: Side, more: Partial<Rules> = {}) => {
  const [correct] = compareSides(a, b, { ...rules, ...more }).scores;
  if (!correct) throw new Error('nothing was compared');
  return correct;
};

describe('two experiments', () => {
  test('fail or are fixed by no score that only one of them was given', () => {
    const a = scored('a', times(6, 1));
    const b = { ...a, id: 'b', scores: new Map([['other', a.scores.get('correct') ?? new Map()]]) };

    expect(compareSides(a, b, rules)).toMatchObject({ failed: [], fixed: [], lost: 0 });
    expect(compareSides(b, a, rules)).toMatchObject({ failed: [], fixed: [], lost: 0 });
  });

  test('are paired by example, repetitions as their mean', () => {
    const a = side('a', { up: [0], twice: [1, 0], gone: [1] });
    const b = side('b', { up: [1], twice: [0.75], new: [0] });

    const correct = correctOf(a, b);

    expect(correct).toMatchObject({ meanA: 0.5, better: 2, worse: 0, same: 0, lost: 1 });
    expect(correct.pairs).toMatchObject({
      ids: ['twice', 'up'],
      a: [0.5, 0],
      b: [0.75, 1],
      gains: [0.25, 1],
    });
    expect(correct.difference).toBe(0.625);
  });

  test('lose what fails in the second, by an error or by a missing score', () => {
    const a = side('a', { crash: [1], blank: [0], never: ['error'], kept: [1] });
    const b = side('b', { crash: ['error'], blank: [undefined], never: [1], kept: [1] });

    const compared = compareSides(a, b, rules);

    expect(compared).toMatchObject({ failed: ['blank', 'crash'], fixed: ['never'], lost: 2 });
    expect(compared.scores).toMatchObject([
      { key: 'correct', lost: 2, pairs: { failed: ['blank', 'crash'], fixed: ['never'] } },
      { key: 'error', kind: 'error', better: 1, worse: 1, same: 2, lost: 0 },
    ]);
  });

  test('lose rows that are absent once the second has ended, and not before', () => {
    const a = scored('a', times(4, 1));
    const b = scored('b', times(3, 1));

    const finished = compareSides(a, b, rules);
    const running = compareSides(a, { ...b, isFinished: false }, rules);

    expect(finished).toMatchObject({ lost: 1, alignment: { absent: ['e003'] } });
    expect(running).toMatchObject({ lost: 0, alignment: { absent: ['e003'] } });
  });

  test('take an example whose reference was edited for changed, not for lost', () => {
    const a = side('a', { old: [1], kept: [1] });
    const b = side('b', { edited: [0], kept: [1] });

    const compared = compareSides(a, b, { ...rules, changed: [{ a: 'old', b: 'edited' }] });

    expect(compared).toMatchObject({
      lost: 0,
      alignment: { both: ['kept'], absent: [], added: [], changed: [{ a: 'old', b: 'edited' }] },
    });
  });

  test('count the share of repetitions that fail as a score of its own', () => {
    const a = side('a', { q: [1, 1, 1, 1], r: [1] });
    const b = side('b', { q: [1, 'error', 1, 'error'], r: [1] });

    const [correct, error] = compareSides(a, b, rules).scores;

    expect(correct).toMatchObject({ same: 2, difference: 0 });
    expect(error).toMatchObject({ worse: 1, same: 1, difference: 0.25, meanB: 0.25 });
  });

  test('mirror each other', () => {
    const a = side('a', { p: [0.1], q: [0.9], r: [0.4, 0.6], s: ['error'] });
    const b = side('b', { p: [0.3], q: [0.2], r: [0.8], s: [1] });

    const [ab] = compareSides(a, b, rules).scores;
    const [ba] = compareSides(b, a, rules).scores;

    expect(ba?.difference).toBe(-(ab?.difference ?? Number.NaN));
    expect(ba).toMatchObject({
      better: ab?.worse,
      worse: ab?.better,
      pairs: { failed: ab?.pairs.fixed },
      judgement: { p: ab?.judgement.p, sensitivity: ab?.judgement.sensitivity },
    });
  });
});

describe('a verdict', () => {
  test.for([
    ['worse', 20, 8],
    ['better', 2, 14],
    ['within noise', 10, 12],
    ['same', 0, 0],
  ] as const)(
    'is "%s" where of 50 pairs %d got worse and %d better',
    ([verdict, worse, better]) => {
      const rest = 50 - worse - better;
      const a = scored('a', [...times(worse, 1), ...times(better, 0), ...times(rest, 1)]);
      const b = scored('b', [...times(worse, 0), ...times(better, 1), ...times(rest, 1)]);

      expect(correctOf(a, b).judgement.verdict).toBe(verdict);
    },
  );

  test('turns round where less is better', () => {
    const [a, b] = [scored('a', times(8, 0.1)), scored('b', times(8, 0.9))];
    const typed = new Map([['correct', true]]);

    const lower = correctOf(a, b, { directions: { typed, kept: new Map() } });

    expect(correctOf(a, b).judgement.verdict).toBe('better');
    expect(lower.judgement.verdict).toBe('worse');
    expect(lower.difference).toBeCloseTo(0.8, 12);
  });

  test('is "too few to tell" of pairs that could not convince if all pointed one way', () => {
    const verdict = (n: number, alternative: Rules['alternative']) =>
      correctOf(scored('a', times(n, 1)), scored('b', times(n, 0)), { alternative }).judgement
        .verdict;

    expect([verdict(5, 'two-sided'), verdict(6, 'two-sided')]).toEqual([
      'too few to tell',
      'worse',
    ]);
    expect([verdict(4, 'worse'), verdict(5, 'worse')]).toEqual(['too few to tell', 'worse']);
    expect([fewestPairs('two-sided', 6), fewestPairs('worse', 6)]).toEqual([8, 7]);
  });

  test('counts all pairs, not only those that differ, before it says too few', () => {
    const a = scored('a', times(40, 1));
    const b = scored('b', [0, ...times(39, 1)]);

    expect(correctOf(a, b).judgement.verdict).toBe('within noise');
  });

  test('is "not comparable" below a fifth of the smaller side, without a difference', () => {
    const a = side('a', Object.fromEntries(times(20, 0).map((_, at) => [`a${at}`, [1]])));
    const shared = { a0: [0], a1: [0], a2: [0] } as const;
    const others = Object.fromEntries(times(17, 0).map((_, at) => [`b${at}`, [1]]));

    const few = correctOf(a, side('b', { ...shared, ...others }));
    const none = correctOf(a, side('c', others));

    for (const compared of [few, none]) {
      expect(compared.judgement.verdict).toBe('not comparable');
      expect(compared).toMatchObject({ difference: undefined, interval: undefined });
    }
  });

  test('is flagged where a difference that matters could have been missed', () => {
    const noisy = [...times(15, 1), ...times(15, 0), ...times(70, 1)];
    const [a, b] = [scored('a', noisy), scored('b', [...times(15, 0), ...times(85, 1)])];

    const plain = correctOf(a, b);
    const tolerant = correctOf(a, b, { tolerances: new Map([['correct', 0.25]]) });

    expect(plain.judgement).toMatchObject({ verdict: 'within noise', isUnderpowered: true });
    // (2.8² + √(2.8⁴ + 4 · 2.8² · 30)) / 200, Agresti and Min's ½ does not go in.
    expect(plain.judgement.sensitivity).toBeCloseTo(0.1976, 3);
    expect(plain.margin).toEqual({ value: 0.05, source: 'assumed' });
    expect(tolerant.judgement.isUnderpowered).toBe(false);
  });

  test('of several scores is corrected as Holm says', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    expect(holm([0.01, 0.04, undefined, 0.03, 0.005])).toEqual([0.03, 0.06, undefined, 0.06, 0.02]);
  });
});

describe('an interval', () => {
  test('of scores of 0 and 1 is Agresti and Min’s', () => {
    const a = scored('a', [...times(12, 1), ...times(4, 0), ...times(34, 1)]);
    const b = scored('b', [...times(12, 0), ...times(4, 1), ...times(34, 1)]);

    const { interval, difference } = correctOf(a, b);

    // (4.5 − 12.5) / 52 ± 1.96 · √(17 − 8² / 52) / 52
    expect(difference).toBeCloseTo(-0.16, 12);
    expect(interval?.[0]).toBeCloseTo(-0.303522, 5);
    expect(interval?.[1]).toBeCloseTo(-0.00417, 5);
  });

  test('of other scores is that of t, from 20 pairs on', () => {
    const gains = times(20, 0).map((_, at) => (at % 2 === 0 ? 0.1 : 0.3));
    const of = (n: number) => correctOf(scored('a', times(n, 0)), scored('b', gains.slice(0, n)));

    // 0.2 ± t(0.975, 19) · 0.1026 / √20
    expect(of(20).interval?.[0]).toBeCloseTo(0.15198, 4);
    expect(of(20).interval?.[1]).toBeCloseTo(0.24802, 4);
    expect(of(19).interval).toBeUndefined();
  });

  test('of width 0 is none', () => {
    const [a, b] = [scored('a', times(30, 0.25)), scored('b', times(30, 0.5))];

    expect(correctOf(a, b)).toMatchObject({
      interval: undefined,
      judgement: { verdict: 'better' },
    });
    expect(correctOf(a, b).judgement.sensitivity).toBeUndefined();
  });

  test('has a lower bound from 20 pairs on', () => {
    const binary = { values: [...times(5, -1), ...times(3, 1), ...times(92, 0)], areBinary: true };

    // (3.5 − 5.5) / 102 − 1.645 · √(9 − 2² / 102) / 102
    expect(lowerBoundOf(binary)).toBeCloseTo(-0.06788, 4);
    expect(lowerBoundOf({ values: times(19, 0), areBinary: true })).toBeUndefined();
    expect(lowerBoundOf({ values: times(20, 0.5), areBinary: false })).toBe(0.5);
  });
});

test('what runs take is compared by ratio, where both took more than nothing', () => {
  const took = (...seconds: number[]) =>
    new Map([
      ['latency' as const, new Map(seconds.map((mean, at) => [`e00${at}`, { mean, n: 1 }]))],
    ]);
  const a = { ...scored('a', times(8, 1)), measures: took(1, 1, 2, 2, 3, 3, 0, 1) };
  const b = { ...scored('b', times(8, 1)), measures: took(1.5, 1.5, 3, 3, 4.5, 4.5, 1, 1.5) };

  const [latency] = compareSides(a, b, rules).measures;

  expect(latency).toMatchObject({ key: 'latency', worse: 7, judgement: { verdict: 'worse' } });
  expect(latency?.difference).toBeCloseTo(0.5, 12);
});

test('groups are compared each by itself, and judged as one family from six pairs on', () => {
  const a = scored('a', times(20, 1));
  const b = scored('b', [...times(9, 0), ...times(11, 1)]);
  const groupOf = (id: string) => (id < 'e009' ? 'billing' : id < 'e016' ? 'other' : 'rare');

  const groups = compareGroups(a, b, groupOf, rules);

  expect(
    groups.map(({ group, examples, scores: [correct] }) => [
      group,
      examples,
      correct?.difference,
      correct?.judgement.verdict,
    ]),
  ).toEqual([
    ['billing', 9, -1, 'worse'],
    ['other', 7, 0, 'same'],
    ['rare', 4, 0, 'not judged'],
  ]);
  expect(groups[0]?.scores[0]?.judgement.adjustedP).toBeCloseTo(2 * 2 ** -8, 12);
});

describe('repetitions', () => {
  test('give pass@k and pass^k as their papers define them', () => {
    // 1 − C(7, 5) / C(10, 5), C(3, 2) / C(10, 2)
    expect(passFigures([{ n: 10, passed: 3 }], 5)?.any).toBeCloseTo(1 - 21 / 252, 12);
    expect(passFigures([{ n: 10, passed: 3 }], 2)?.all).toBeCloseTo(3 / 45, 12);
  });

  test('count for k where nine of ten examples have as many', () => {
    const most = [...times(9, { n: 4, passed: 2 }), { n: 2, passed: 2 }];

    expect(repetitionFigures(most)).toMatchObject({ fewest: 2, most: 4, flaky: 9 });
    expect(repetitionFigures(most)?.passes.map(({ k }) => k)).toEqual([1, 2, 4]);
    expect(passFigures([...most, { n: 2, passed: 1 }], 4)).toBeUndefined();
    expect(repetitionFigures([{ n: 1, passed: 1 }])).toBeUndefined();
  });
});

describe('the margin of a score', () => {
  const shares = { min: 0.2, max: 0.9 };

  test.for([
    ['as typed', { tolerance: 0.02, range: { min: 1, max: 5 } }, shares, 0.02, 'option'],
    ['a twentieth of its range', { range: { min: 1, max: 5 } }, shares, 0.2, 'config'],
    ['0.05 of shares', {}, shares, 0.05, 'assumed'],
  ] as const)('is %s', ([, declared, values, value, source]) => {
    expect(marginOf(declared, values)).toEqual({ value, source });
  });

  test('is unknown of other numbers', () => {
    expect(marginOf({}, { min: 1, max: 5 })).toBeUndefined();
    expect(marginOf({}, undefined)).toBeUndefined();
  });

  test('says how many pairs it would need', () => {
    expect(pairsNeeded(100, 0.17, 0.05)).toBe(1156);
  });
});
