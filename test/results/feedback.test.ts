import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import { JsonNumber } from '../../src/json/value.js';
import { checkRow } from '../../src/results/parse.js';

function check(fields: string) {
  return checkRow({
    origin: { file: 'f', line: 1 },
    index: 0,
    shape: 'document',
    value: parseJson(`{"inputs":{"q":1},"outputs":{"a":1},${fields}}`),
  });
}

function accept(fields: string) {
  const checked = check(fields);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked;
}

describe('a score may be', () => {
  test.for([
    ['a number', '0.5', [{ key: 'k', score: 0.5 }]],
    ['a boolean', 'true', [{ key: 'k', score: true }]],
    ['text', '"good"', [{ key: 'k', value: 'good' }]],
    ['null', 'null', []],
    ['NaN', 'NaN', []],
    ['a precise number', '1.0', [{ key: 'k', score: new JsonNumber('1.0') }]],
    [
      'an object',
      '{"score":1,"comment":"c","value":{"v":1},"correction":{"a":1}}',
      [{ key: 'k', score: 1, comment: 'c', value: { v: 1 }, correction: { a: 1 } }],
    ],
    ['an object of its own', '{"label":"x"}', [{ key: 'k', value: { label: 'x' } }]],
    ['a list of values', '{"value":[1]}', [{ key: 'k', value: { values: [1] } }]],
    ['an empty object', '{"score":null}', []],
  ] as const)('%s', ([, json, feedback]) => {
    expect(accept(`"scores":{"k":${json}}`).result.feedback).toEqual(feedback);
  });
});

test('scores may come as a list, with a key twice', () => {
  const { feedback } = accept('"feedback":[{"key":"k","score":1},{"key":"k","score":0}]').result;

  expect(feedback.map(({ score }) => score)).toEqual([1, 0]);
});

test.for([
  ['a list of names and values', '[{"name":"k","value":0.5,"reason":"r"}]'],
  ['a list of keys', '[{"key":"k","score":0.5,"reasoning":"r"}]'],
  ['an object with a reason', '{"k":{"score":0.5,"reason":"r"}}'],
  ['an object in other words', '{"k":{"rating":0.5,"explanation":"r"}}'],
] as const)('scores may be %s', ([, json]) => {
  const { feedback } = accept(`"scores":${json}`).result;

  expect(feedback).toEqual([{ key: 'k', score: 0.5, comment: 'r' }]);
});

test('an object of numbers under a key is a score for each', () => {
  const { feedback } = accept('"scores":{"rouge":{"f1":0.5,"recall":1}}').result;

  expect(feedback).toEqual([
    { key: 'rouge.f1', score: 0.5 },
    { key: 'rouge.recall', score: 1 },
  ]);
});

test('scores keep what else is next to them, with the run', () => {
  const { result } = accept('"scores":{"k":{"score":1,"model":"judge"}}');

  expect(result.metadata).toEqual({ 'scores.k.details': { model: 'judge' } });
});

test('what is next to a missing score is kept as well, and no empty feedback is made', () => {
  const { result } = accept('"scores":{"k":{"score":null,"model":"judge"}}');

  expect(result.feedback).toEqual([]);
  expect(result.metadata).toEqual({ 'scores.k.details': { model: 'judge' } });
});

test('what is next to the scores of a repeated key is kept under a number', () => {
  const { result } = accept(
    '"feedback":[{"key":"k","score":1,"by":"a"},{"key":"k","score":0,"by":"b"}]',
  );

  expect(result.metadata).toEqual({
    'scores.k.details': { by: 'a' },
    'scores.k.details.2': { by: 'b' },
  });
});

test('a score in words gives way to a value, and is kept', () => {
  const { result } = accept('"scores":{"k":{"score":"good","value":"B"}}');

  expect(result.feedback).toEqual([{ key: 'k', value: 'B' }]);
  expect(result.metadata).toEqual({ 'scores.k.details': { score: 'good' } });
});

test('scores come before feedback, whatever their order in the row', () => {
  const { result } = accept('"feedback":[{"key":"b","score":1}],"scores":{"a":1}');

  expect(result.feedback.map(({ key }) => key)).toEqual(['a', 'b']);
});

test.for([
  ['NaN', 'scores that are NaN, Infinity or a spreadsheet error are ignored'],
  ['-Infinity', 'scores that are NaN, Infinity or a spreadsheet error are ignored'],
  ['{"score":NaN}', 'scores that are NaN, Infinity or a spreadsheet error are ignored'],
  [
    '{"value":[1]}',
    'a score’s value that is a list is kept as {"values": […]}, since LangSmith accepts no lists',
  ],
  ['{"correction":5}', 'a correction that is neither text nor an object is wrapped into an object'],
] as const)('of %s it is said what became of it', ([json, note]) => {
  expect(accept(`"scores":{"k":${json}}`).notes).toEqual([note]);
});

test.for(['null', '1', '{"score":1,"value":"x","correction":{"a":1}}', '{"correction":"x"}'])(
  'of %s nothing need be said',
  (json) => {
    expect(accept(`"scores":{"k":${json}}`).notes).toEqual([]);
  },
);

test('a note is made once a row, however many scores it is of', () => {
  expect(accept('"scores":{"a":NaN,"b":NaN}').notes).toHaveLength(1);
});

test('a key may have 180 characters, also such that JavaScript counts twice', () => {
  const key = '😀'.repeat(180);

  expect(accept(`"scores":{"${key}":1}`).result.feedback).toEqual([{ key, score: 1 }]);
});

test('a key may be a name that JavaScript uses itself', () => {
  const { feedback } = accept('"scores":{"__proto__":1,"constructor":0}').result;

  expect(feedback).toEqual([
    { key: '__proto__', score: 1 },
    { key: 'constructor', score: 0 },
  ]);
});

describe('a row is refused when', () => {
  test.for([
    [
      'scores are a number',
      '"scores":5',
      'scores: found the number 5, expected an object of scores by key',
    ],
    [
      'a score is a list',
      '"scores":{"c":[1]}',
      'scores.c: found a list of 1, expected a number, true or false, text, null, or {score, …}',
    ],
    [
      'a score within its object is a list',
      '"scores":{"c":{"score":[]}}',
      'scores.c.score: found an empty list, expected a number, true or false, text or null',
    ],
    [
      'a comment is no text',
      '"scores":{"c":{"score":1,"comment":{}}}',
      'scores.c.comment: found an empty object, expected text',
    ],
    [
      'a key is empty',
      '"scores":{"":1}',
      'scores.: the key "" has 0 characters, expected 1 to 180',
    ],
    [
      'a key is too long',
      `"feedback":[{"key":"${'k'.repeat(181)}","score":1}]`,
      `feedback.0: the key "${'k'.repeat(60)}…" has 181 characters, expected 1 to 180`,
    ],
    [
      'feedback is an object',
      '"feedback":{"k":1}',
      'feedback: found an object with k, expected a list of {key, score}',
    ],
    [
      'feedback has no key',
      '"feedback":[{"score":1}]',
      'feedback.0: found an object with score, expected an object with a key that is text',
    ],
  ] as const)('%s', ([, fields, problem]) => {
    const checked = check(fields);

    if (!('problems' in checked)) throw new Error('accepted');
    expect(checked.problems.map(({ field, message }) => `${field}: ${message}`)).toEqual([problem]);
  });
});
