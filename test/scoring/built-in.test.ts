import { describe, expect, test } from 'vitest';
import { fromJs } from '../../src/json/from-js.js';
import { isJsonObject, type JsonObject } from '../../src/json/value.js';
import { builtInScorer, parseBuiltIn } from '../../src/scoring/built-in.js';
import type { ComparedFields } from '../../src/scoring/compared-values.js';
import { similarity } from '../../src/scoring/levenshtein.js';
import type { Answer, RowToScore } from '../../src/scoring/scorer.js';

function objectOf(value: unknown): JsonObject | undefined {
  const json = fromJs(value);
  return isJsonObject(json) ? json : undefined;
}

function rowOf(outputs: unknown, referenceOutputs?: unknown): RowToScore {
  return {
    row: 0,
    id: undefined,
    exampleId: undefined,
    inputs: {},
    outputs: objectOf(outputs),
    referenceOutputs: objectOf(referenceOutputs),
    error: undefined,
    metadata: {},
  };
}

async function scoreBy(check: string, row: RowToScore, fields: ComparedFields = {}) {
  const builtIn = parseBuiltIn(check);
  if (!builtIn) throw new Error(`${check} is not built in`);
  const answers: Answer[] = [];
  const { signal } = new AbortController();
  const rows = async function* () {
    yield row;
  };
  for await (const answer of builtInScorer([builtIn], fields).score(rows(), signal))
    answers.push(answer);
  const [first] = answers;
  return first && 'feedback' in first ? first.feedback : undefined;
}

describe('scores an output against its reference', () => {
  test.for([
    ['exact', 'Paris', 'Paris', true],
    ['exact', 'paris', 'Paris', false],
    ['exact', 4, '4', true],
    ['exact', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['contains', 'It is Paris.', 'Paris', true],
    ['contains', 'Lyon', 'Paris', false],
    ['json-equal', '{"a": 1.0, "b": [2]}', { b: [2], a: 1 }, true],
    ['json-equal', '{"a": 2}', '{"a": 1}', false],
    ['json-equal', 'a = 1', '{"a": 1}', false],
    ['levenshtein', 'kitten', 'sitting', 1 - 3 / 7],
    ['levenshtein', '', 'abc', 0],
    ['numeric', '1,234.50', 1234.5, true],
    ['numeric', 'about 3', 3, false],
    ['numeric:0.1', 0.3, 0.2, true],
    ['numeric:0.1', 0.31, 0.2, false],
  ] as const)('%s: %j against %j', async ([check, output, reference, score]) => {
    const feedback = await scoreBy(check, rowOf({ answer: output }, { truth: reference }));

    expect(feedback).toMatchObject({ key: check.split(':')[0], score });
  });

  test('regex needs no reference', async () => {
    expect(await scoreBy('regex:^\\d+$', rowOf({ answer: '42' }))).toMatchObject({ score: true });
    expect(await scoreBy('regex:^\\d+$', rowOf({ answer: '4.2' }))).toMatchObject({ score: false });
  });

  test('under a key of its own', async () => {
    expect(await scoreBy('correct=exact', rowOf({ a: 1 }, { b: 1 }))).toEqual({
      key: 'correct',
      score: true,
    });
  });

  test('a reference that cannot be compared with is an error of the scorer', async () => {
    expect(await scoreBy('numeric', rowOf({ a: 1 }, { b: 'one' }))).toEqual({
      key: 'numeric',
      comment: 'the reference is not a number',
      isError: true,
    });
  });
});

describe('finds what to compare', () => {
  const outputs = { answer: 'Paris', reasoning: 'well' };

  test('the field that both sides call the same', async () => {
    const row = rowOf(outputs, { answer: 'Paris', source: 'atlas' });

    expect(await scoreBy('exact', row)).toMatchObject({ score: true });
  });

  test('the fields that were named, also within others', async () => {
    const row = rowOf({ final: { city: 'Paris' }, reasoning: '' }, { truth: 'Paris', by: 'me' });
    const fields = { outputField: 'final.city', referenceField: 'truth' };

    expect(await scoreBy('exact', row, fields)).toMatchObject({ score: true });
  });

  test('a row without an output or a reference has no score', async () => {
    expect(await scoreBy('exact', rowOf(undefined, { a: 1 }))).toBeUndefined();
    expect(await scoreBy('exact', rowOf({ a: 1 }))).toBeUndefined();
    expect(await scoreBy('exact', rowOf({ a: 1 }, { b: 1 }), { outputField: 'c' })).toBeUndefined();
  });

  test('asks where several fields could be the answer', async () => {
    await expect(scoreBy('exact', rowOf(outputs, { truth: 'Paris' }))).rejects.toMatchObject({
      code: 'USAGE',
      message: 'outputs have several fields: answer, reasoning',
      hint: 'Say which one to compare: --output-field answer.',
    });
  });
});

test.for(['exactly', 'exact:1', 'regex', 'numeric=1', ''])('%j is not built in', (text) => {
  expect(parseBuiltIn(text)).toBeUndefined();
});

test.for(['regex:(', 'numeric:-1', 'numeric:x'])('%s is refused', async (check) => {
  await expect(scoreBy(check, rowOf({ a: 1 }))).rejects.toMatchObject({ code: 'USAGE' });
});

test('texts that are too long to be compared are not', () => {
  expect(similarity('a'.repeat(20_000), 'b'.repeat(20_000))).toBeUndefined();
  expect(similarity('😀a', '😀b')).toBe(0.5);
});
