import { expect, test } from 'vitest';
import type { Row } from '../../src/input/row.js';
import { JsonNumber, type JsonObject } from '../../src/json/value.js';
import { checkRow } from '../../src/results/parse.js';

const origin = { file: 'f', line: 1 };

function columns(cells: Record<string, string>) {
  return checkRow({ origin, index: 0, shape: 'columns', value: cells as JsonObject } satisfies Row);
}

test('columns nest by their dots, and only scores, times and tokens become numbers', () => {
  const checked = columns({
    'inputs.question': '007',
    'inputs.context.lang': 'en',
    'outputs.answer': '42',
    'outputs.steps': '[1, 2.0]',
    'scores.correct': 'True',
    'scores.f1': '0.50',
    'scores.exact.match': '1',
    'scores.judge.score': '.5',
    'scores.judge.comment': '5',
    'scores.missing': 'nan',
    latency: '1.25',
    start_time: '2026-01-01T00:00:00Z',
    'usage_metadata.input_tokens': '12',
    'metadata.run': '3',
    note: '',
  });

  expect(checked).toMatchObject({
    result: {
      inputs: { question: '007', context: { lang: 'en' } },
      outputs: { answer: '42', steps: [1, new JsonNumber('2.0')] },
      latencyUs: 1_250_000,
      metadata: { run: '3', usage_metadata: { input_tokens: 12 } },
      feedback: [
        { key: 'correct', score: true },
        { key: 'f1', score: new JsonNumber('0.50') },
        { key: 'exact.match', score: 1 },
        { key: 'judge', score: 0.5, comment: '5' },
      ],
    },
  });
});

test('columns join a JSON cell with the columns below it', () => {
  expect(columns({ inputs: '{"a":1}', 'inputs.b': 'x', outputs: 'y' })).toMatchObject({
    result: { inputs: { a: 1, b: 'x' }, outputs: { output: 'y' } },
  });
});

test('columns that contradict each other are refused', () => {
  expect(columns({ inputs: 'text', 'inputs.b': 'x', outputs: 'y' })).toMatchObject({
    problems: [
      {
        field: 'inputs.b',
        message: 'conflicts with another column: inputs is already text "text"',
      },
    ],
  });
});

test('columns that are not ours are listed, with what they should be named', () => {
  const checked = columns({ question: 'q', answer: 'a' });

  expect(checked).toMatchObject({
    problems: [
      {
        field: 'inputs',
        message: expect.stringContaining(
          'The columns are question, answer; those of inputs are named inputs.<name>',
        ),
      },
      { field: 'outputs' },
    ],
  });
});

test('columns may have names that JavaScript uses itself', () => {
  const checked = columns(
    JSON.parse('{"inputs.__proto__.x":"1","inputs.constructor":"2","outputs":"y"}'),
  );

  if ('problems' in checked) throw new Error('refused');
  expect(JSON.stringify(checked.result.inputs)).toBe('{"__proto__":{"x":"1"},"constructor":"2"}');
  expect(({} as { x?: string }).x).toBeUndefined();
});

test('columns that say the same thing twice are refused', () => {
  const checked = columns({ inputs: '{"a":1}', 'inputs.a': 'x', outputs: 'y' });

  expect(checked).toMatchObject({
    problems: [
      {
        field: 'inputs.a',
        message: 'conflicts with another column: inputs.a is already the number 1',
      },
    ],
  });
});

test('a score may be next to its comment, in any order', () => {
  const checked = columns({
    inputs: 'q',
    outputs: 'a',
    'scores.right': '1',
    'scores.right.comment': '["as", "text"]',
    'scores.near.comment': 'no',
    'scores.near': 'false',
  });

  expect(checked).toMatchObject({
    result: {
      feedback: [
        { key: 'right', score: 1, comment: '["as", "text"]' },
        { key: 'near', score: false, comment: 'no' },
      ],
    },
  });
});

test('a score’s cell may be an object of score and comment', () => {
  const checked = columns({ inputs: 'q', outputs: 'a', 'scores.k': '{"score":0.5,"comment":"c"}' });

  expect(checked).toMatchObject({
    result: { feedback: [{ key: 'k', score: 0.5, comment: 'c' }] },
  });
});

test('feedback.<key> means scores.<key>', () => {
  expect(columns({ inputs: 'q', outputs: 'a', 'feedback.k': '0.5' })).toMatchObject({
    result: { feedback: [{ key: 'k', score: 0.5 }] },
  });
});

test.for([
  ['+1', 1],
  ['-.5', -0.5],
  ['007', 7],
  [' 2 ', 2],
  ['9007199254740993', new JsonNumber('9007199254740993')],
  ['TRUE', true],
  ['false', false],
] as const)('a score’s cell %j is read', ([cell, score]) => {
  expect(columns({ inputs: 'q', outputs: 'a', 'scores.k': cell })).toMatchObject({
    result: { feedback: [{ key: 'k', score }] },
  });
});

test.for(['nan', 'NaN', 'None', 'null', 'N/A', ' '])('a score’s cell %j is not a score', (cell) => {
  expect(columns({ inputs: 'q', outputs: 'a', 'scores.k': cell })).toMatchObject({
    result: { feedback: [] },
    notes: [],
  });
});

test('an infinite score is not a score, and that is said', () => {
  expect(columns({ inputs: 'q', outputs: 'a', 'scores.k': '-inf' })).toMatchObject({
    result: { feedback: [] },
    notes: ['scores that are NaN, Infinity or a spreadsheet error are ignored'],
  });
});

test('a score in words is kept as it is written', () => {
  expect(columns({ inputs: 'q', outputs: 'a', 'scores.k': 'rather good' })).toMatchObject({
    result: { feedback: [{ key: 'k', value: 'rather good' }] },
  });
});

test('only of our own names do dots nest', () => {
  const checked = columns({ inputs: 'q', outputs: 'a', price: '5', 'price.usd': '6', 'b.': '7' });

  expect(checked).toMatchObject({
    result: { metadata: { price: '5', 'price.usd': '6', 'b.': '7' } },
  });
});

test('a cell that only begins like JSON stays text', () => {
  expect(columns({ inputs: '[sic] {', outputs: '{"a":1} ' })).toMatchObject({
    result: { inputs: { input: '[sic] {' }, outputs: { a: 1 } },
  });
});

test('a time’s cell keeps its microseconds', () => {
  const cells = { inputs: 'q', outputs: 'a', start_time: '1769860800.123456' };

  expect(columns(cells)).toMatchObject({ result: { startTime: 1_769_860_800_123_456 } });
});

test('where the column is there and the cell is empty, it is said so', () => {
  expect(columns({ inputs: 'q', 'outputs.answer': '' })).toMatchObject({
    problems: [
      {
        field: 'outputs',
        message: expect.stringContaining('Column outputs.answer is empty here'),
      },
    ],
  });
});

test('a row of columns that is refused is nested too, as it will stand in the rejects', () => {
  const checked = columns({ 'inputs.a': '1', 'scores.k': '2' });

  expect(checked.row.value).toEqual({ inputs: { a: '1' }, scores: { k: 2 } });
});
