import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import {
  type ColumnOptions,
  decideColumns,
} from '../../../src/results/named-columns/named-columns.js';

function decide(rowOf: (n: number) => JsonObject, options: ColumnOptions = {}) {
  const rows = [0, 1, 2, 3, 4, 5].map(rowOf);
  const reading = decideColumns(
    { name: 'rows', kind: 'list', document: {}, rows, columns: [] },
    options,
  );
  return { ...reading, row: reading.read(rows[0] as JsonObject).value };
}

describe('rows with scores and without outputs', () => {
  test('are not asked about', () => {
    const { row, questions } = decide((n) => ({ question: `q${n}`, correct: true, category: 'a' }));

    expect(questions).toEqual([]);
    expect(row).toEqual({
      inputs: { question: 'q0' },
      scores: { correct: { score: true } },
      metadata: { category: 'a' },
    });
  });

  test('may have their answer in a column of words, which is said', () => {
    const { assumptions } = decide((n) => ({
      question: `q${n}`,
      choice: 'ABC'[n % 3] ?? '',
      f1: 1,
    }));

    expect(assumptions).toEqual(['choice is not what the app gave (--outputs choice if it is)']);
  });

  test('are asked about where a text is left that may be their answer', () => {
    const { questions } = decide((n) => ({
      question: `q${n}`,
      words: `it is so because of ${n}`,
      f1: 1,
    }));

    expect(questions.map(({ message }) => message)).toEqual([
      'no column is known to be what the app gave; without one this is a dataset, or scores without their answers (--outputs none)',
    ]);
    expect(questions[0]?.choices.map(({ options }) => options)).toEqual([
      { outputs: ['words'] },
      { outputs: ['f1'] },
      { outputs: ['none'] },
    ]);
  });

  test('--outputs none says that there are none, whatever columns are called', () => {
    const { row, questions } = decide((n) => ({ question: `q${n}`, response: 'r', f1: 1 }), {
      outputs: ['none'],
    });

    expect(questions).toEqual([]);
    expect(row).toEqual({
      inputs: { question: 'q0' },
      scores: { f1: { score: 1 } },
      metadata: { response: 'r' },
    });
  });

  test('a column may be called none', () => {
    const { row } = decide((n) => ({ question: `q${n}`, none: 'r' }), { outputs: ['none'] });

    expect(row.outputs).toEqual({ none: 'r' });
  });

  test('without scores, they are asked about', () => {
    expect(decide((n) => ({ question: `q${n}`, difficulty: 'hard' })).questions).toHaveLength(1);
  });
});

describe('what tells rows apart is used as their input', () => {
  test.for<[string, (n: number) => JsonObject, JsonObject]>([
    ['a task', (n) => ({ task: `t${n}` }), { task: 't0' }],
    ['an id', (n) => ({ id: `t${n}` }), { id: 't0' }],
    ['an id of any kind', (n) => ({ puzzle_id: n + 7 }), { puzzle_id: 7 }],
    ['a file', (n) => ({ file: `f${n}.py` }), { file: 'f0.py' }],
    ['year and day', (n) => ({ year: 2023, day: n + 1 }), { year: 2023, day: 1 }],
    ['chapter and line', (n) => ({ chapter: (n % 2) + 3, line: n + 7 }), { chapter: 3, line: 7 }],
    ['an id, repeated by trials', (n) => ({ case: n % 3, trial: n % 2 }), { case: 0 }],
    ['an id, repeated by models', (n) => ({ case: n % 3, model: `m${n % 2}` }), { case: 0 }],
  ])('%s', ([, rowOf, inputs]) => {
    const { row, questions, assumptions } = decide((n) => ({ ...rowOf(n), solved: true }));

    expect(questions).toEqual([]);
    expect(row.inputs).toEqual(inputs);
    expect(assumptions.join()).toMatch(
      /^.* (?:is|are) used as the input: no column has the question itself/,
    );
  });

  test('and an id stays one', () => {
    expect(decide((n) => ({ id: `t${n}`, solved: true })).row.id).toBe('t0');
  });

  test.for<[string, (n: number) => JsonObject]>([
    ['it does not tell them apart', (n) => ({ day: n % 2, solved: true })],
    ['it is what a score is called', (n) => ({ metric: `m${n}`, score: 0.5 })],
    ['there are no scores', (n) => ({ day: n + 7, answer: 'a' })],
  ])('but not where %s', ([, rowOf]) => {
    expect(decide(rowOf).row).not.toHaveProperty('inputs');
  });
});

test.for([
  ['wallMs', 'latency_ms'],
  ['duration_seconds', 'latency'],
  ['agent_latency_s', 'latency'],
  ['took_ms', 'latency_ms'],
] as const)('%s is the latency of a row', ([name, field]) => {
  expect(decide((n) => ({ task: `t${n}`, solved: true, [name]: 5 })).row[field]).toBe(5);
});

test.for(['judge_latency_ms', 'retrieval_duration_s', 'time_to_first_token'])(
  '%s is not',
  (name) => {
    const { row } = decide((n) => ({ task: `t${n}`, solved: true, [name]: 5 }));

    expect(row.metadata).toEqual({ [name]: 5 });
  },
);
