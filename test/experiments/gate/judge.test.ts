import { describe, expect, test } from 'vitest';
import { type Gated, judgeGate } from '../../../src/experiments/gate/judge.js';
import { leaveOut } from '../../../src/experiments/gate/quarantine.js';
import { gateResultJsonSchema } from '../../../src/experiments/gate/result.js';
import {
  readBound,
  readGateKey,
  readThresholds,
  readTolerance,
  type Thresholds,
} from '../../../src/experiments/gate/thresholds.js';
import type { Side, Value } from '../../../src/experiments/statistics.js';

/** One of two experiments. @param values a score by example; null: the run has none, 'error': it failed. */
function side(id: string, scores: Record<string, (number | null | 'error')[]>, more = {}): Side {
  const rows = new Map<string, { runs: number; errors: number }>();
  const values = new Map<string, Map<string, Value>>();
  for (const [key, list] of Object.entries(scores)) {
    const ofKey = new Map<string, Value>();
    for (const [at, value] of list.entries()) {
      const example = `e${String(at).padStart(4, '0')}`;
      rows.set(example, { runs: 1, errors: value === 'error' ? 1 : 0 });
      if (typeof value === 'number') ofKey.set(example, { mean: value, n: 1 });
    }
    values.set(key, ofKey);
  }
  return { id, isFinished: true, rows, scores: values, measures: new Map(), ...more };
}

function gate(a: Side, b: Side, thresholds: Thresholds = {}, more: Partial<Gated> = {}) {
  const rest = {
    kept: new Map(),
    ranges: new Map(),
    groupOf: () => undefined,
    rowIdOf: () => undefined,
  };
  return judgeGate({ a, b, thresholds, ...rest, ...more });
}

const failedChecks = (result: ReturnType<typeof gate>) =>
  result.checks
    .filter(({ status }) => status === 'failed')
    .map(({ check, key }) => `${check} ${key}`);

const ones = (n: number) => new Array<number>(n).fill(1);
/** The first `zeros` are 0. */
const mixed = (n: number, zeros: number) => ones(n).map((one, at) => (at < zeros ? 0 : one));

describe('a gate', () => {
  test('passes where nothing changed', () => {
    const a = side('a', { correct: mixed(30, 5) });

    expect(gate(a, { ...a, id: 'b' })).toMatchObject({
      passed: true,
      checks: [{ check: 'no-worse', key: 'correct', status: 'passed', verdict: 'same' }],
    });
  });

  test('fails on a score that got worse, and says by how much, of how many, with which p', () => {
    const result = gate(side('a', { correct: ones(30) }), side('b', { correct: mixed(30, 8) }));

    expect(failedChecks(result)).toEqual(['no-worse correct']);
    // 8 pairs against 0: one-sided, 1/256.
    expect(result.checks[0]).toMatchObject({ verdict: 'worse', pairs: 30, p: 1 / 256 });
    expect(result.checks[0]?.message).toBe(
      'worse by −0.2667, n 30, one-sided p 0.0039; 8 worse, 0 better; higher was assumed to be better',
    );
  });

  test('lets an improvement pass, also where less is better', () => {
    const a = side('a', { hallucination: ones(30) });
    const b = side('b', { hallucination: mixed(30, 20) });

    expect(gate(a, b).passed).toBe(true);
    expect(failedChecks(gate(b, { ...a, id: 'c' }))).toEqual(['no-worse hallucination']);
  });

  test('passes what is within noise, and warns that it could hardly have seen more', () => {
    const result = gate(side('a', { correct: ones(40) }), side('b', { correct: mixed(40, 2) }));

    expect(result).toMatchObject({ passed: true, checks: [{ status: 'warned' }] });
    expect(result.checks[0]?.message).toMatch(
      /^within noise .* would have been detected\); to see 0.05/,
    );
  });

  test('passes too few pairs with a warning, unless they are to fail', () => {
    const [a, b] = [side('a', { correct: ones(3) }), side('b', { correct: mixed(3, 3) })];

    expect(gate(a, b)).toMatchObject({
      passed: true,
      checks: [{ verdict: 'too few to tell', status: 'warned' }],
    });
    expect(gate(a, b, { too_few: 'fail' }).passed).toBe(false);
  });

  test('fails where the two share no scored example', () => {
    const result = gate(side('a', { correct: ones(10) }), side('b', { fluent: ones(10) }));

    expect(failedChecks(result)).toEqual(['no-worse correct']);
  });

  test('lets a score pass that is new, and says so; not where the baseline has no other', () => {
    const b = side('b', { correct: ones(10), fluent: ones(10) });

    const result = gate(side('a', { correct: ones(10) }), b);

    expect(result).toMatchObject({
      passed: true,
      checks: [{ key: 'correct' }],
      warnings: ['fluent is new: the baseline has no such score'],
    });
    expect(gate(side('a', { correct: ones(10).map(() => null) }), b).passed).toBe(false);
  });

  test('fails on a score that no row has any more, without a word of lost rows', () => {
    const a = side('a', { correct: ones(10), human: ones(10) });
    const b = side('b', { correct: ones(10) });

    const result = gate(a, b, { max_lost: 0 });

    expect(failedChecks(result)).toEqual(['no-worse human']);
    expect(result.checks.find(({ key }) => key === 'human')?.message).toContain(
      'not comparable: only the baseline has it; score this experiment, too, or name other scores to test',
    );
    expect(result.lost).toEqual([]);
    expect(gate(a, b, { max_lost: 0, no_worse: { correct: true } }).passed).toBe(true);
  });

  test('fails on a named key that neither has', () => {
    const a = side('a', { correct: ones(10) });

    expect(failedChecks(gate(a, a, { no_worse: { exact: true } }))).toEqual(['no-worse exact']);
  });
});

describe('a tolerance', () => {
  const [a, b] = [side('a', { f1: ones(40) }), side('b', { f1: mixed(40, 2) })];

  test('fails a drop that is larger, though it may be noise', () => {
    expect(gate(a, b, { no_worse: { f1: 0.1 } }).passed).toBe(true);
    expect(failedChecks(gate(a, b, { no_worse: { f1: 0.02 } }))).toEqual(['no-worse f1']);
  });

  test('fails nothing by itself below 20 pairs', () => {
    const few = [side('a', { f1: ones(10) }), side('b', { f1: mixed(10, 1) })] as const;

    expect(gate(...few, { no_worse: { f1: 0.02 } }).passed).toBe(true);
  });
});

describe('a proof', () => {
  test.for([
    [400, 0, 0.02, 'passed'],
    [40, 2, 0.02, 'failed'],
    [10, 0, 0.5, 'failed'],
  ] as const)('of %d pairs with %d worse and tolerance %d is %s', ([n, worse, limit, status]) => {
    const result = gate(side('a', { f1: ones(n) }), side('b', { f1: mixed(n, worse) }), {
      prove: { f1: limit },
    });

    expect(result.checks.find(({ check }) => check === 'prove')).toMatchObject({ status });
  });

  test('of few pairs says that they are too few', () => {
    const [a, b] = [side('a', { f1: ones(19) }), side('b', { f1: ones(19) })];
    const [proof] = gate(a, b, { prove: { f1: 0.5 } }).checks.filter(
      (one) => one.check === 'prove',
    );

    expect(proof?.message).toBe('too few to prove: 19 pairs, 20 are needed');
  });
});

describe('lost rows', () => {
  const a = side('a', { correct: ones(10) });

  test('that are absent from a finished experiment fail the gate', () => {
    const b = side('b', { correct: ones(9) });

    expect(failedChecks(gate(a, b))).toEqual(['lost lost']);
    expect(gate(a, b).lost).toMatchObject([{ example_id: 'e0009', reason: 'absent' }]);
    expect(gate(a, b, { max_lost: '10%' }).passed).toBe(true);
  });

  test('are not recorded yet while it is running', () => {
    const b = side('b', { correct: ones(9) }, { isFinished: false });

    expect(gate(a, b)).toMatchObject({
      passed: true,
      lost: [],
      warnings: [expect.stringContaining('not recorded yet')],
    });
  });

  test('that failed are judged by the key error, or bounded', () => {
    const many = side('a', { correct: ones(40) });
    const failing = side('b', { correct: ones(40).map((one, at) => (at < 9 ? 'error' : one)) });

    expect(failedChecks(gate(many, failing))).toEqual(['no-worse error']);
    expect(failedChecks(gate(many, failing, { max_errors: 9 }))).toEqual([]);
    expect(failedChecks(gate(many, failing, { max_errors: 8 }))).toEqual(['errors error']);
    expect(failedChecks(gate(many, failing, { max_lost: 3, max_errors: 9 }))).toEqual([
      'lost lost',
    ]);
  });

  test('count as the worst score where the range is declared', () => {
    const many = side('a', { correct: ones(40) });
    const failing = side('b', { correct: ones(40).map((one, at) => (at < 9 ? 'error' : one)) });
    const worst: Thresholds = { errors_as_worst: true, max_errors: 40 };
    const ranges = new Map([['correct', { min: 0, max: 1 }]]);

    expect(failedChecks(gate(many, failing, worst, { ranges }))).toEqual(['no-worse correct']);
    expect(() => gate(many, failing, worst)).toThrow('its range is unknown');
  });
});

describe('bounds', () => {
  const measures = new Map([['latency', new Map([['e0000', { mean: 2, n: 1 }]])]]);
  const b = side('b', { correct: mixed(10, 3) }, { measures });

  test.for([
    [{ min: { correct: 0.7 } }, true],
    [{ min: { correct: 0.71 } }, false],
    [{ max: { latency_p95: 2 } }, true],
    [{ max: { latency: 1.9 } }, false],
    [{ min: { unknown: 0 } }, false],
  ] as const)('%j pass: %s', ([thresholds, passed]) => {
    expect(gate(b, b, thresholds as Thresholds).passed).toBe(passed);
  });

  test('say of how many examples they are', () => {
    const [check] = gate(b, b, { min: { correct: 0.8 } }).checks.filter(
      (one) => one.check === 'min',
    );

    expect(check?.message).toBe('mean 0.7 over 10 examples; wanted at least 0.8');
  });
});

test('a key of a group is judged over its examples only', () => {
  const [a, b] = [side('a', { correct: ones(40) }), side('b', { correct: mixed(40, 10) })];
  const groupOf = (id: string) => (id < 'e0010' ? 'billing' : 'other');

  const of = (group: string) =>
    gate(a, b, { no_worse: { [`correct@topic=${group}`]: true } }, { groupOf });

  expect(of('billing').checks).toMatchObject([
    { pairs: 10, status: 'failed', group: 'topic=billing' },
  ]);
  expect(of('other')).toMatchObject({ passed: true, checks: [{ pairs: 30 }] });
});

describe('a quarantine', () => {
  const [a, b] = [side('a', { correct: ones(4) }), side('b', { correct: mixed(4, 1) })];
  const leave = (row: string, until: string) =>
    leaveOut([a, b], { quarantine: [{ row, until }] }, (id) => `row ${id}`, '2026-11-30');

  test.for(['e0000', 'row e0000'])('leaves row %s out of both', (row) => {
    const left = leave(row, '2026-11-30');

    expect(left).toMatchObject({ examples: 1, warnings: [] });
    expect(left.b.rows.has('e0000') || left.a.scores.get('correct')?.has('e0000')).toBe(false);
  });

  test('ends with its day, and says so', () => {
    expect(leave('e0000', '2026-11-29')).toMatchObject({
      examples: 0,
      warnings: ['quarantine of row "e0000" expired on 2026-11-29: it counts again'],
    });
  });

  test('of a row that neither has is said', () => {
    expect(leave('x', '2027-01-01').warnings).toEqual([
      'quarantined row "x" is in neither experiment',
    ]);
  });
});

describe('what is typed', () => {
  test.for([
    ['correct', ['correct', true]],
    ['correct:0.02', ['correct', 0.02]],
    ['rouge:l', ['rouge:l', true]],
    ['rouge:l:0.1', ['rouge:l', 0.1]],
    ['correct@topic=billing:0.1', ['correct@topic=billing', 0.1]],
  ] as const)('%s is a key and its tolerance', ([text, read]) => {
    expect(readTolerance(text)).toEqual(read);
  });

  test.for([
    ['latency_p95=3s', 'latency_p95', 3],
    ['latency=250ms', 'latency', 0.25],
    ['correct=0.8', 'correct', 0.8],
    ['correct=80%', 'correct', 0.8],
    ['a=b=1', 'a=b', 1],
  ] as const)('%s is a bound', ([text, key, value]) => {
    expect(readBound('--max', text)).toEqual([key, value]);
  });

  test.for(['correct', '=1', 'correct=high'])('%s is not a bound', (text) => {
    expect(() => readBound('--min', text)).toThrow('cannot read --min');
  });

  test('a group is named after the key', () => {
    expect(readGateKey('correct@metadata.topic=billing')).toMatchObject({
      key: 'correct',
      group: { field: 'metadata.topic', value: 'billing' },
    });
  });

  test.for([
    ['{"no_worse": {"correct": -1}}', 'gate.json: no_worse.correct: '],
    ['{"nonsense": 1}', 'gate.json: Unrecognized key'],
    ['{', 'gate.json is not JSON'],
  ] as const)('the config %s is refused', ([text, message]) => {
    expect(() => readThresholds(text, 'gate.json')).toThrow(message);
  });
});

test('the result has a JSON Schema', () => {
  expect(gateResultJsonSchema()).toMatchObject({
    properties: { version: { const: 1 }, checks: { type: 'array' } },
  });
});
