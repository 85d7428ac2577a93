import { describe, expect, test } from 'vitest';
import { needsOf, parseWhere, wordsIn } from '../../src/experiments/where.js';
import { holds, type WhereRow } from '../../src/experiments/where-holds.js';

/** An example that is about billing, was answered wrongly, and took 6 seconds. */
const refund: WhereRow = {
  number: (field, key) => {
    if (field === 'latency') return 6;
    if (field === 'score') return key === 'correct' ? 0 : key === 'my key' ? 0.75 : undefined;
    return field === 'delta' && key === 'correct' ? -1 : undefined;
  },
  hasWord: (key, value) => key === 'tone' && value === 'kind',
  isFailed: false,
  splits: ['test', 'hard'],
  metadata: [undefined, { topic: 'billing', level: 3, deep: { er: 'yes' }, tags: ['a', 'b'] }],
  payloads: (field) =>
    field === 'input'
      ? [{ question: 'Where is my REFUND?' }]
      : field === 'output'
        ? [{ answer: 'No "refund policy"', amount: 42 }, undefined]
        : [undefined],
};
const failed: WhereRow = { ...refund, isFailed: true, number: () => undefined };

describe('a condition holds', () => {
  test.for([
    'score.correct<1',
    'score.correct=0',
    'score.correct=false',
    'score.correct!=1',
    'score."my key">=0.75',
    'delta.correct<-0.1',
    'latency>5',
    'score.tone=kind',
    'score.tone!=rude',
    'meta.topic=billing',
    'metadata.topic=billing',
    'meta.level>2',
    'meta.level<=3',
    'meta.deep.er=yes',
    'meta.tags=b',
    'split=test',
    'split:hard',
    '-split=train',
    'refund',
    'output:42',
    'input:"my refund"',
    '"refund policy"',
    'output:"\\"refund policy\\""',
    'refund score.correct<1 -error',
    'score.correct=1 OR latency>5',
    '(score.correct=1 OR latency>5) refund',
    '-(score.correct=1 OR error)',
  ])('of the example: %s', (text) => {
    expect(holds(parseWhere(text), refund)).toBe(true);
  });

  test.for([
    'score.correct>0',
    'score.unknown<1',
    'score.unknown!=1',
    'delta.f1<0',
    'tokens>0',
    'meta.topic=refund',
    'meta.nothing=1',
    'meta.topic>1',
    'split=train',
    'question',
    'reference:refund',
    'error',
    'refund latency<5',
    '-refund',
    'error OR split=train',
  ])('not: %s', (text) => {
    expect(holds(parseWhere(text), refund)).toBe(false);
  });

  test('of an example whose run failed', () => {
    expect(holds(parseWhere('error -latency>0'), failed)).toBe(true);
  });
});

test('a condition says what has to be read for it', () => {
  expect(needsOf(parseWhere('score.f1<1 error'))).toEqual({
    examples: false,
    outputs: false,
    metadata: false,
  });
  expect(needsOf(parseWhere('split=test OR meta.topic=x'))).toMatchObject({
    examples: true,
    outputs: false,
    metadata: true,
  });
  expect(needsOf(parseWhere('-input:refund')).outputs).toBe(false);
  expect(needsOf(parseWhere('refund')).outputs).toBe(true);
  expect(wordsIn(parseWhere('score.tone=kind -score.f1<1'))).toMatchObject([
    { key: 'tone', value: 'kind' },
  ]);
});

describe('a condition that cannot be read', () => {
  test.for([
    ['size>3', 'there is no field "size"'],
    ['latency>long', '"long" is not a number'],
    ['latency.p95>3', 'latency has no parts'],
    ['score>3', 'write score.KEY>number'],
    ['score.tone<kind', 'words can be = or !='],
    ['meta=3', 'write meta.NAME=value'],
    ['output>3', 'write output:words'],
    ['split>3', 'words can be = or !='],
    ['(refund', 'its ) is missing'],
    ['refund)', 'there is no ( before it'],
    ['refund OR', 'a term is missing'],
    ['', 'a term is missing'],
  ] as const)('is reported: %s', ([text, why]) => {
    expect(() => parseWhere(text)).toThrow(why);
  });
});
