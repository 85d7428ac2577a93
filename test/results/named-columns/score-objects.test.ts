import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json/value.js';
import {
  type ColumnOptions,
  decideColumns,
} from '../../../src/results/named-columns/named-columns.js';
import { checkRow } from '../../../src/results/parse.js';

/** Feedback and metadata of the first of some rows that have these fields too. */
function read(fields: JsonObject | readonly JsonObject[], options: ColumnOptions = {}) {
  const rows = [fields]
    .flat()
    .map((one, n): JsonObject => ({ question: `q${n}`, response: 'r', ...one }));
  const reading = decideColumns(
    { name: 'rows', kind: 'list', document: {}, rows, columns: [] },
    options,
  );
  const { value } = reading.read(rows[0] as JsonObject);
  const checked = checkRow({ origin: { file: 'f', line: 1 }, index: 0, shape: 'document', value });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  const { feedback, metadata } = checked.result;
  const scores = feedback.map(({ key, score, value: words, comment }) =>
    [key, score ?? words, comment].filter((part) => part !== undefined),
  );
  return { scores, metadata, reading };
}

describe('an object holds a score for each of its numbers and booleans', () => {
  test('also for a list of one number, but not for a list of several', () => {
    expect(read({ scores: { em: [1], votes: [1, 0] } }).scores).toEqual([['em', 1]]);
  });

  test('but not for an answer, though that may be a number', () => {
    const judge_response = { correct: 'yes', correct_answer: '56', model_answer: 'none of them' };

    expect(read({ judge_response }).scores).toEqual([['correct', true]]);
    expect(read({ judge_response: { ...judge_response, model_answer: 54 } }).scores).toHaveLength(
      1,
    );
  });

  test('also for a list of points', () => {
    const rubric_scores = [{ criterion: 'Clear', points: 3, max_points: 5 }];

    expect(read({ rubric_scores }).scores).toEqual([['Clear', 3]]);
  });

  test('also where Python printed it into a cell', () => {
    const row = { question: 'Who?', response: 'She', scores: "{'f1': 0.5, 'em': None}" };
    const sample = { name: 'a.csv', kind: 'table', document: {}, rows: [row] } as const;
    const reading = decideColumns({ ...sample, columns: Object.keys(row) }, {});

    expect(reading.read(row).value.scores).toEqual({ f1: { score: 0.5 } });
  });

  test.for([
    'evaluation_result',
    'evaluation_results',
    'metrics',
    'metric_scores',
    'evaluation',
    'evaluations',
    'eval',
    'ragas',
    'results',
    'grades',
    'judgements',
    'rule_based_scores',
    'ragMetrics',
    'metrics_data',
    'scores',
  ])('under %s', (name) => {
    expect(read({ [name]: { em: true, tone: 0.5 } }).scores).toEqual([
      ['em', true],
      ['tone', 0.5],
    ]);
  });

  test('under any name, if all that it holds sounds like scores', () => {
    expect(read({ bert: { f1: 0.5, recall: 0.25 } }).scores).toEqual([
      ['f1', 0.5],
      ['recall', 0.25],
    ]);
  });

  test('and what is not a score stays in metadata', () => {
    const { scores, metadata } = read({
      metrics: { f1: 0.5, latency_ms: 900, prompt_tokens: 12, judge_model: 'm', elo: 1200 },
    });

    expect(scores).toEqual([['f1', 0.5]]);
    expect(metadata).toEqual({
      metrics: { latency_ms: 900, prompt_tokens: 12, judge_model: 'm', elo: 1200 },
    });
  });

  test.for<JsonObject>([
    { metrics: { latency_ms: 900, prompt_tokens: 12, num_calls: 3 } },
    { results: { passed: 3, failed: 1, total: 4 } },
    { config: { temperature: 0.5, top_k: 3 } },
    { sentiment: { label: 'good', score: 0.5 } },
    { retrieved: [{ name: 'a', score: 0.5 }] },
    { metrics: {} },
  ])('but not of %j', (fields) => {
    expect(read(fields).scores).toEqual([]);
  });

  test('but not of documents, which differ from row to row', () => {
    const rows = [0, 20, 40].map((from) => ({
      doc_scores: Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`d${from + n}`, 0.5])),
    }));
    const { scores, metadata, reading } = read(rows);

    expect(scores).toEqual([]);
    expect(metadata).toEqual({ doc_scores: rows[0]?.doc_scores });
    expect(reading.assumptions).toEqual([
      'doc_scores holds no scores: what is in it differs from row to row',
    ]);
  });

  test('and is described by its members', () => {
    expect(read({ metrics: { em: 1, f1: 0.5 } }).reading.described).toContain(
      'metrics.em → scores.em, metrics.f1 → scores.f1',
    );
  });

  test.for([
    ['JSON', '{"em": true, "f1": 0.5}'],
    ['what Python printed', "{'em': True, 'f1': np.float64(0.5)}"],
  ] as const)('also where it is %s in a cell', ([, metrics]) => {
    expect(read({ metrics }).scores).toEqual([
      ['em', true],
      ['f1', 0.5],
    ]);
  });

  test('missing ones are none: null, NaN, N/A', () => {
    const { scores } = read({ metrics: { a: null, b: Number.NaN, f1: 'N/A', em: '0.5' } });

    expect(scores).toEqual([['em', 0.5]]);
  });
});

describe('a score within an object may be', () => {
  test.for<[string, JsonValue, JsonValue[]]>([
    ['a score and a reason', { score: 4, reason: 'good' }, ['tone', 4, 'good']],
    ['a value and a comment', { value: 0.5, comment: 'c' }, ['tone', 0.5, 'c']],
    ['whether it passed, and why', { passed: false, reasoning: 'no' }, ['tone', false, 'no']],
    ['a verdict in words, and why', { verdict: 'kind', explanation: 'x' }, ['tone', 'kind', 'x']],
    ['PASS', 'PASS', ['tone', true]],
  ])('%s', ([, tone, score]) => {
    expect(read({ evaluations: { tone } }).scores).toEqual([score]);
  });

  test('explained next to it', () => {
    expect(read({ metrics: { f1: 0.5, f1_reason: 'half', em: 1 } }).scores).toEqual([
      ['f1', 0.5, 'half'],
      ['em', 1],
    ]);
  });

  test('explained by a column of its own', () => {
    expect(read({ metrics: { f1: 0.5, em: 1 }, f1_reason: 'half' }).scores).toContainEqual([
      'f1',
      0.5,
      'half',
    ]);
  });

  test('in a group, whose name comes first', () => {
    expect(read({ metrics: { rouge: { f1: 0.5 }, bert: { f1: 0.25 } } }).scores).toEqual([
      ['rouge.f1', 0.5],
      ['bert.f1', 0.25],
    ]);
  });

  test('with more to say, which is kept', () => {
    expect(read({ metrics: { tone: { score: 1, threshold: 0.5 } } }).metadata).toEqual({
      'scores.tone.details': { threshold: 0.5 },
    });
  });
});

describe('an object that is one score', () => {
  test.for<[string, JsonObject, JsonValue[]]>([
    ['judge', { score: 4, reasoning: 'close' }, ['judge', 4, 'close']],
    ['judge', { verdict: 'correct', reasoning: 'same' }, ['judge', 'correct', 'same']],
    ['llm_judge', { score: '4', label: 'good' }, ['llm_judge', 4]],
    ['gradingResult', { pass: true, score: 1, reason: 'ok' }, ['gradingResult', 1, 'ok']],
    ['accuracy', { value: 0.5, reason: 'half' }, ['accuracy', 0.5, 'half']],
    ['politeness', { score: 4, reason: 'kind' }, ['politeness', 4, 'kind']],
  ])('has its own name: %s %j', ([name, object, score]) => {
    expect(read({ [name]: object }).scores[0]).toEqual(score);
  });

  test('and its other numbers are scores too', () => {
    expect(read({ evaluation: { score: 0.5, passed: true } }).scores).toEqual([
      ['evaluation', 0.5],
      ['passed', true],
    ]);
  });
});

describe('a list holds a score for each named element', () => {
  test.for<[string, JsonValue[]]>([
    ['feedback_scores', [{ name: 'a', value: 0.5, reason: 'half' }]],
    ['scores', [{ name: 'a', value: 0.5, comment: 'half' }]],
    ['evaluations', [{ metric: 'a', score: 0.5, explanation: 'half' }]],
    ['evaluator_results', [{ key: 'a', score: 0.5, comment: 'half' }]],
  ])('under %s', ([name, list]) => {
    expect(read({ [name]: list }).scores).toEqual([['a', 0.5, 'half']]);
  });

  test('of which several may have one name, and some be words', () => {
    const scores = [
      { name: 'a', value: 0.5 },
      { name: 'a', value: 1 },
      { name: 'tone', value: 'kind' },
    ];

    expect(read({ scores }).scores).toEqual([
      ['a', 0.5],
      ['tone', 'kind'],
      ['a', 1],
    ]);
  });

  test('and what has no name stays in metadata', () => {
    const { scores, metadata } = read({ metrics: [{ name: 'a', value: 1 }, { value: 2 }] });

    expect(scores).toEqual([['a', 1]]);
    expect(metadata).toEqual({ metrics: [{ value: 2 }] });
  });
});

describe('scores of one name', () => {
  test('in two objects go by the objects’ names too', () => {
    const { scores, reading } = read({ rouge: { f1: 0.5, recall: 1 }, bert: { f1: 0.25 } });

    expect(scores).toEqual([
      ['rouge.f1', 0.5],
      ['recall', 1],
      ['bert.f1', 0.25],
    ]);
    expect(reading.described).toContain(
      'rouge.f1 → scores.rouge.f1, rouge.recall → scores.recall, bert.f1 → scores.bert.f1',
    );
  });

  test('in an object and a column are told apart', () => {
    expect(read({ f1: 1, metrics: { f1: 0.5 } }).scores).toEqual([
      ['f1', 1],
      ['metrics.f1', 0.5],
    ]);
  });

  test('are told apart where the first rows have one of them only', () => {
    const rows = [{ metrics: { f1: 0.5 }, grades: { f1: 1 } }, { metrics: { f1: 0.5 } }];
    const reading = decideColumns(
      {
        name: 'rows',
        kind: 'list',
        document: {},
        rows: [{ question: 'q', response: 'r', metrics: { f1: 1 }, grades: { em: 1 } }],
        columns: [],
      },
      {},
    );

    expect(reading.read(rows[0] as JsonObject).value.scores).toEqual({
      f1: { score: 0.5 },
      'grades.f1': { score: 1 },
    });
  });
});

describe('an option', () => {
  test('makes scores of any object', () => {
    expect(read({ out: { length: 12, x: { score: 1 } } }, { score: ['out'] }).scores).toEqual([
      ['length', 12],
      ['x', 1],
    ]);
  });

  test('--map scores= takes those within an object, which stays', () => {
    const { scores, metadata } = read(
      { out: { marks: { a: 1, b: 2 }, k: 'x' } },
      { map: ['scores=out.marks'] },
    );

    expect(scores).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(metadata).toEqual({ out: { marks: { a: 1, b: 2 }, k: 'x' } });
  });

  test('for one of its scores leaves the others alone', () => {
    expect(read({ metrics: { a: 1, b: 2 } }, { map: ['scores.first=metrics.a'] }).scores).toEqual([
      ['first', 1],
    ]);
  });
});
