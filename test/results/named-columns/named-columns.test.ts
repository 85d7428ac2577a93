import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/input/row.js';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../src/json/value.js';
import {
  type ColumnOptions,
  type ColumnQuestion,
  decideColumns,
} from '../../../src/results/named-columns/named-columns.js';
import { checkRow } from '../../../src/results/parse.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/columns/${name}`, import.meta.url).pathname;

function decide(rows: readonly JsonObject[], options: ColumnOptions = {}) {
  return decideColumns({ name: 'rows', kind: 'list', document: {}, rows, columns: [] }, options);
}

/** A table whose cells are texts. */
function decideTable(rows: readonly JsonObject[], options: ColumnOptions = {}) {
  const columns = Object.keys(rows[0] ?? {});
  const sample: Sample = { name: 'rows', kind: 'table', document: {}, rows, columns };
  return decideColumns(sample, options);
}

const france = { question: 'Capital of France?', response: 'Paris' };

/** The options that answer each question. */
function answersTo(questions: readonly ColumnQuestion[]): readonly (readonly unknown[])[] {
  return questions.map(({ choices }) => choices.map(({ options }) => options));
}

/** What the columns of one row, or of several, give for the first. */
function read(rows: JsonObject | readonly JsonObject[], options: ColumnOptions = {}): JsonObject {
  const all = Array.isArray(rows) ? rows : [rows];
  return decide(all, options).read(all[0]).value;
}

function readTable(rows: readonly JsonObject[], options: ColumnOptions = {}): JsonObject {
  return decideTable(rows, options).read(rows[0] as JsonObject).value;
}

describe('names of columns', () => {
  test.for([
    ['question', 'ground_truth', 'answer'],
    ['Query', 'Expected Output', 'Actual-Output'],
    ['user_input', 'reference', 'response'],
    ['instruction', 'expectedOutput', 'output'],
    ['prompt', 'canonical_solution', 'completion'],
    ['ctx', 'target', 'pred'],
    ['Question', 'Expected Answer', 'Model Answer'],
    ['input', 'gold.answer', 'qwen_answer'],
    ['questions', 'true_answers', 'predicted_answers'],
    ['input', 'expected', 'actual'],
    ['query', 'gt', 'turbo-16k-0613_pred'],
    ['question', 'gold_sql', 'predicted_sql'],
    ['claim', 'expected_verdict', 'final_answer'],
    ['document', 'golden', 'generated'],
    ['scenario', 'human_answer', 'hypothesis'],
    ['question', 'label', 'predicted_label'],
  ])(
    '%s, %s and %s are inputs, reference and outputs',
    ([input = '', reference = '', output = '']) => {
      const row = read({ [input]: 'a', [reference]: 'b', [output]: 'c' });

      expect(row).toEqual({
        inputs: { [input]: 'a' },
        reference_outputs: { [reference]: 'b' },
        outputs: { [output]: 'c' },
      });
    },
  );

  test.for([
    'pred',
    'predicted',
    'generated',
    'predicted_sql',
    'responses',
    'actual',
    'qwen_answer',
  ])('next to %s, answer is the right one, which is said', (output) => {
    const row = { question: 'q', answer: 'a', [output]: 'b', correct: true };
    const reading = decide([row]);

    expect(reading.read(row).value).toEqual({
      inputs: { question: 'q' },
      reference_outputs: { answer: 'a' },
      outputs: { [output]: 'b' },
      scores: { correct: { score: true } },
    });
    expect(reading.assumptions).toEqual([`${output} is what the app gave, rather than answer`]);
  });

  test('actual values are the right ones next to predicted ones', () => {
    expect(read({ text: 't', actual: 'spam', predicted: 'ham' })).toEqual({
      inputs: { text: 't' },
      reference_outputs: { actual: 'spam' },
      outputs: { predicted: 'ham' },
    });
  });

  test('a title is an input only where there is nothing better', () => {
    expect(read({ title: 't', response: 'r' }).inputs).toEqual({ title: 't' });
    expect(read({ ...france, title: 't' }).metadata).toEqual({ title: 't' });
  });

  test('a task that is the same in all rows is not an input: its rows would be one example', () => {
    const rows = ['p1', 'p2'].map((id) => ({ task: 'qa', prompt_id: id, response: 'r' }));

    expect(read(rows)).toMatchObject({ inputs: { prompt_id: 'p1' }, metadata: { task: 'qa' } });
  });

  test('the id of an example is an input where all rows would be one example without it, which is said', () => {
    const rows = ['a', 'b'].map((task_id) => ({
      task_id,
      instruction: 'Fix it',
      patch: 'p',
      f1: 1,
    }));

    expect(read(rows).inputs).toEqual({ task_id: 'a', instruction: 'Fix it' });
    expect(decide(rows).assumptions).toEqual([
      'task_id is used as an input: else all rows would be one example',
    ]);
  });

  test('an image is an input only next to what the app gave: else it may be that', () => {
    const row = { prompt: 'Draw it', image: 'a.png', f1: 1 };

    expect(read(row).inputs).toEqual({ prompt: 'Draw it' });
    expect(read({ ...row, answer: 'A cat' }).inputs).toEqual({ prompt: 'Draw it', image: 'a.png' });
  });

  test('several inputs stand together, also where one is empty', () => {
    expect(read({ instruction: 'i', input: '', output: 'o' }).inputs).toEqual({
      input: '',
      instruction: 'i',
    });
  });

  test('context is part of the inputs', () => {
    const row = read({ ...france, contexts: ['c'], options: ['x', 'y'] });

    expect(row.inputs).toEqual({
      question: 'Capital of France?',
      contexts: ['c'],
      options: ['x', 'y'],
    });
  });

  test('an id is an input only where there is nothing better, which is said', () => {
    expect(read({ task_id: 't1', ...france })).toMatchObject({
      inputs: { question: 'Capital of France?' },
      id: 't1',
    });

    const alone = decide([{ task_id: 't1', completion: 'x' }]);

    expect(alone.read({ task_id: 't1', completion: 'x' }).value.inputs).toEqual({ task_id: 't1' });
    expect(alone.assumptions).toEqual([
      'task_id is used as the input: no column has the question itself',
    ]);
  });

  test('what is not known is kept in metadata under its own name', () => {
    const row = read({ ...france, shape: 'short', session_id: 's' });

    expect(row.metadata).toMatchObject({ shape: 'short', source_session_id: 's' });
  });

  test('a column that no sampled row has goes into metadata, but an error is an error', () => {
    const reading = decide([france]);

    const late = { ...france, note: 'n', error: 'timed out' };

    expect(reading.read(late).value).toMatchObject({ error: 'timed out', metadata: { note: 'n' } });
  });

  test('an object under input or output is the payload itself, a list of messages is messages', () => {
    const messages = [{ role: 'user', content: 'Hi' }];

    expect(read({ input: { a: 1 }, output: { b: 2 }, context: 'c' })).toMatchObject({
      inputs: { a: 1, context: 'c' },
      outputs: { b: 2 },
    });
    expect(read({ input: messages, output: ['x'] })).toMatchObject({
      inputs: { messages },
      outputs: { output: ['x'] },
    });
    expect(read({ question: { a: 1 }, response: 'r' }).inputs).toEqual({ question: { a: 1 } });
  });

  test('our own names keep their meaning next to loose ones', () => {
    const row = read({
      'inputs.question': 'q',
      'outputs.text': 'o',
      context: 'c',
      answer: 'a',
      'scores.exact.match': new JsonNumber('1.0'),
      'scores.exact.match.comment': 'same',
      'metadata.run': 3,
      'usage_metadata.input_tokens': 5,
      latency: 1500,
    });

    expect(row).toEqual({
      inputs: { question: 'q', context: 'c' },
      outputs: { text: 'o' },
      reference_outputs: { answer: 'a' },
      scores: { 'exact.match': { score: new JsonNumber('1.0'), comment: 'same' } },
      metadata: { run: 3, usage_metadata: { input_tokens: 5 } },
      latency: 1500,
    });
  });
});

describe('scores', () => {
  test('a column is a score if it is a number, a boolean or null in every row', () => {
    const rows = [
      { ...france, helpful: 0.5, mixed: 1, label_count: 3 },
      { ...france, helpful: null, mixed: 'many', label_count: 4 },
      { ...france, helpful: true, mixed: 2, label_count: 5 },
    ];

    expect(read(rows)).toMatchObject({
      scores: { helpful: { score: 0.5 } },
      metadata: { mixed: 1, label_count: 3 },
    });
  });

  test.for([
    'turns',
    'tool_calls',
    'answer_length',
    'DocumentsRetrievedCount',
    'iteration',
    'doc_id',
    'num_correct',
    'peak_context_tokens',
    'seed',
    'year',
    'runDuration',
    'order',
  ])('%s is a number but no score', (name) => {
    expect(read([{ ...france, id: 1, [name]: 2 }]).scores).toBeUndefined();
  });

  test.for([
    'gpt_relevance',
    'RAGAS_Faithfulness',
    'f1',
    'tool_correctness',
    'total_score',
    'retrieval_mrr',
    'factual_correctness(mode=f1)',
  ])('%s is a score', (name) => {
    expect(read({ ...france, [name]: 1 }).scores).toEqual({ [name]: { score: 1 } });
  });

  test.for(['age', 'price', 'row_number', 'max_tokens', 'difficulty', 'actual_abstain'])(
    '%s is not a score, whatever its numbers',
    (name) => {
      expect(read({ ...france, [name]: 1 }).scores).toBeUndefined();
    },
  );

  test('a name that ends in score is one of a score', () => {
    expect(read({ ...france, answer_length_score: 0.5 }).scores).toEqual({
      answer_length_score: { score: 0.5 },
    });
  });

  test('numbers beyond 0 to 1 need a name of a metric or a quality, which is said', () => {
    const row = { ...france, friendliness: 4, accuracy: 85, 'llm vote': 4, sas: 0.25, vibe: 0.5 };
    const reading = decide([row]);

    expect(reading.read(row).value).toMatchObject({
      scores: {
        friendliness: { score: 4 },
        accuracy: { score: 85 },
        sas: { score: 0.25 },
        vibe: { score: 0.5 },
      },
      metadata: { 'llm vote': 4 },
    });
    expect(reading.assumptions).toEqual([
      "llm vote is not a score: its name is not one of a metric, and its values are not all from 0 to 1 (--map 'scores.llm vote=llm vote' makes it one)",
    ]);
  });

  test('what is true or false is a score, which is said, unless its name says a fact', () => {
    const row = { ...france, 'used tool': true, is_followup: true, has_image: false };
    const reading = decide([row]);

    expect(reading.read(row).value).toMatchObject({
      scores: { 'used tool': { score: true } },
      metadata: { is_followup: true, has_image: false },
    });
    expect(reading.assumptions).toEqual([
      "used tool is a score, as it is true or false (--metadata 'used tool' if it is not)",
    ]);
  });

  test('a few words under a name of a metric are a judgement', () => {
    expect(read({ ...france, relevance: 'high', quality: 'poor' }).scores).toEqual({
      relevance: { score: 'high' },
      quality: { score: 'poor' },
    });
  });

  test('a metric of numbers stays a score where one value in twenty is text, which is said', () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({
      ...france,
      faithfulness: at < 2 ? 'judge failed' : '0.5',
    }));
    const reading = decideTable(rows);

    expect(reading.read(rows[0] as JsonObject)).toMatchObject({
      value: { metadata: { faithfulness: 'judge failed' } },
      odd: [{ column: 'faithfulness', value: 'judge failed' }],
    });
    expect(reading.read(rows[2] as JsonObject).value.scores).toEqual({
      faithfulness: { score: 0.5 },
    });
    expect(reading.assumptions).toEqual([]);
    expect(decideTable(rows.slice(0, 4)).assumptions).toEqual([
      'faithfulness is not a score: some of its values are not numbers (--map scores.faithfulness=faithfulness makes it one)',
    ]);
  });

  test('a header between the rows does not make text of a score', () => {
    const rows = [
      { ...france, faithfulness: '0.5' },
      { question: 'question', response: 'response', faithfulness: 'faithfulness' },
    ];

    expect(readTable(rows).scores).toEqual({ faithfulness: { score: 0.5 } });
  });

  test.for(['#N/A', '#DIV/0!', '-inf', 'Infinity'])('%s is not a score, which is said', (cell) => {
    const rows = [
      { ...france, faithfulness: cell },
      { ...france, faithfulness: '0.5' },
    ];
    const reading = decideTable(rows);

    const checked = rows.map((row) => {
      const { value } = reading.read(row);
      return checkRow({ origin: { file: 'f', line: 1 }, index: 0, shape: 'document', value });
    });

    expect(checked).toMatchObject([
      {
        result: { feedback: [] },
        notes: ['scores that are NaN, Infinity or a spreadsheet error are ignored'],
      },
      { result: { feedback: [{ key: 'faithfulness', score: 0.5 }] }, notes: [] },
    ]);
  });

  test('large numbers are scores only if the name says so', () => {
    expect(read({ ...france, population: 2_000_000, perplexity: 2000 })).toMatchObject({
      scores: { perplexity: { score: 2000 } },
      metadata: { population: 2_000_000 },
    });
  });

  test('a number keeps its text', () => {
    const row = readTable([{ ...france, f1: '0.10', score: '1.0' }]);

    expect(row.scores).toEqual({
      f1: { score: new JsonNumber('0.10') },
      score: { score: new JsonNumber('1.0') },
    });
  });

  test.for(['', 'nan', 'NaN', 'None', 'null'])('a cell with "%s" is not a score', (cell) => {
    const rows = [
      { ...france, faithfulness: cell },
      { ...france, faithfulness: '0.5' },
    ];

    expect(readTable(rows).scores).toBeUndefined();
  });

  test('NaN is not a score', () => {
    const rows = [
      { ...france, f1: new JsonNumber('NaN') },
      { ...france, f1: 1 },
    ];

    expect(read(rows).scores).toBeUndefined();
  });

  test.for([
    ['PASS', 'FAIL'],
    ['True', 'False'],
    ['yes', 'no'],
    ['✓', '✗'],
    ['✅', '❌'],
    ['✔️', '❌'],
  ])('%s and %s are booleans in a column of scores', ([good = '', bad = '']) => {
    const rows = [
      { ...france, correct: good },
      { ...france, correct: bad },
    ];
    const reading = decideTable(rows);

    expect(rows.map((row) => reading.read(row).value.scores)).toEqual([
      { correct: { score: true } },
      { correct: { score: false } },
    ]);
  });

  test.for(['[0.5]', [0.5]])('the only number of a list is a score: %s', (score) => {
    expect(readTable([{ ...france, f1: score }]).scores).toEqual({ f1: { score: 0.5 } });
  });

  test('ok is a score of yes and no, which is said', () => {
    const { assumptions, read: toRow } = decideTable([{ ...france, 'ok?': 'no' }]);

    expect(toRow({ ...france, 'ok?': 'no' }).value.scores).toEqual({ 'ok?': { score: false } });
    expect(assumptions).toEqual([
      "ok? is a score, as it is true or false (--metadata 'ok?' if it is not)",
    ]);
  });

  test('yes and no are words where the name is not one of a score', () => {
    expect(readTable([{ ...france, urgent: 'yes' }]).metadata).toEqual({ urgent: 'yes' });
  });

  test('a verdict in words is a value', () => {
    expect(read({ ...france, judge_verdict: 'mostly right' }).scores).toEqual({
      judge_verdict: { score: 'mostly right' },
    });
  });

  test('a verdict under a name of an output is a score', () => {
    const rows = [
      { task_id: 't', completion: 'x', result: 'passed' },
      { task_id: 'u', completion: 'y', result: 'failed: assert' },
    ];

    expect(read(rows)).toMatchObject({
      outputs: { completion: 'x' },
      scores: { result: { score: 'passed' } },
    });
  });

  test.for([
    ['faithfulness', 'faithfulness_reason'],
    ['faithfulness', 'faithfulness_explanation'],
    ['helpfulness/score', 'helpfulness/justification'],
    ['score', 'judge_explanation'],
    ['correct', 'reason'],
    ['RAGAS_Faithfulness', 'RAGAS_Notes'],
  ])('of %s, %s is the comment', ([score = '', comment = '']) => {
    const row = read({ ...france, [score]: 1, [comment]: 'because' });

    expect(row.scores).toEqual({ [score]: { score: 1, comment: 'because' } });
    expect(row.metadata).toBeUndefined();
  });

  test('a reason of none of several scores is metadata', () => {
    const row = read({ ...france, accuracy: 5, clarity: 4, judge_reasoning: 'clear' });

    expect(row).toMatchObject({
      scores: { accuracy: { score: 5 }, clarity: { score: 4 } },
      metadata: { judge_reasoning: 'clear' },
    });
  });

  test('a second comment of a score is metadata', () => {
    const row = read({ ...france, 'scores.f1': 1, 'scores.f1.comment': 'first', reason: 'second' });

    expect(row).toMatchObject({
      scores: { f1: { score: 1, comment: 'first' } },
      metadata: { reason: 'second' },
    });
  });

  test('without a score, a reason is metadata', () => {
    expect(read({ ...france, reason: 'because' }).metadata).toEqual({ reason: 'because' });
  });
});

describe('times, tokens, cost and models', () => {
  test.for([
    ['latency_ms', 12, 'latency_ms'],
    ['Latency (ms)', 12, 'latency_ms'],
    ['wall_clock_s', 4000, 'latency'],
    ['duration_sec', 4000, 'latency'],
  ] as const)('%s says its unit', ([name, value, field]) => {
    const reading = decide([{ ...france, [name]: value }]);

    expect(reading.read({ ...france, [name]: value }).value[field]).toBe(value);
    expect(reading.assumptions).toEqual([]);
  });

  test('without a unit the median of all sampled rows tells it, which is said', () => {
    const rows = [900, 1200, 30_000].map((duration) => ({ ...france, duration }));
    const seconds = [0.5, 1.5, 30_000].map((duration) => ({ ...france, duration }));

    expect(decide(rows).read(rows[0] as JsonObject).value).toMatchObject({ latency_ms: 900 });
    expect(decide(rows).assumptions).toEqual([
      'duration is in milliseconds: its median is 1200, and no unit is named',
    ]);
    expect(decide(seconds).read(seconds[2] as JsonObject).value).toMatchObject({ latency: 30_000 });
    expect(decide(seconds).assumptions).toEqual([
      'duration is in seconds: its median is 1.5, and no unit is named',
    ]);
  });

  test.for([
    ['latency_ms', '1,234', { latency_ms: 1234 }],
    ['duration_ns', '1200000000', { latency: 1.2 }],
    ['took_us', '850', { latency: 0.00085 }],
    ['elapsed', '850ms', { latency: 0.85 }],
    ['elapsed', '1.2 s', { latency: 1.2 }],
    ['latency (ms)', '1.2s', { latency_ms: 1200 }],
    ['Temps d’exécution latency_s', '1,2', { latency: 1.2 }],
    ['duration', '1m3s', { latency: 63 }],
    ['duration', '0:01:03.250000', { latency: 63.25 }],
    ['duration', '0 days 00:00:01.5', { latency: 1.5 }],
  ] as const)('%s of "%s" is a time, in its unit', ([name, cell, time]) => {
    expect(readTable([{ ...france, [name]: cell }])).toMatchObject(time);
  });

  test.for(['soon', '1,2,3', '12 apples', '3:07 pm'])('"%s" is not a time', (cell) => {
    expect(readTable([{ ...france, latency: cell }]).metadata).toEqual({ latency: cell });
  });

  test('the duration of a recording is not that of a row', () => {
    const row = { audio: 'a.wav', transcription: 'Hello', wer: 0.1, duration: 12.4 };

    expect(read({ ...row, latency_s: 2 })).toMatchObject({
      latency: 2,
      metadata: { duration: 12.4 },
    });
    expect(read(row)).not.toHaveProperty('latency');
  });

  test('spans of OpenTelemetry say their tokens and times', () => {
    const span = {
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 8,
      start_time_unix_nano: new JsonNumber('1714557600000000000'),
    };

    expect(read({ ...france, ...span })).toMatchObject({
      start_time: span.start_time_unix_nano,
      metadata: { usage_metadata: { input_tokens: 20, output_tokens: 8, total_tokens: 28 } },
    });
  });

  test.for([
    ['latency_s', ['1,234', '0,85'], { latency: 1.234 }],
    ['latency_ms', ['1,234', '850'], { latency_ms: 1234 }],
    ['elo_score', ['1,234', '950'], { scores: { elo_score: { score: 1234 } } }],
    ['elo_score', ['1,234', '12,345.5'], { scores: { elo_score: { score: 1234 } } }],
    ['score', ['1.234,5', '0,5'], { scores: { score: { score: 1234.5 } } }],
  ] as const)('what a comma is for, other values tell: %s of %s', ([name, cells, row]) => {
    const rows = cells.map((cell) => ({ ...france, [name]: cell }));

    expect(readTable(rows)).toMatchObject(row);
  });

  test('a number of three digits after a comma is kept as it is where nothing tells what that is for', () => {
    const row = { ...france, latency_s: '1,234', elo_score: '1,000' };

    expect(readTable([row])).toMatchObject({
      metadata: { latency_s: '1,234', elo_score: '1,000' },
    });
  });

  test.for(['cost_cents', 'cost_per_1k', 'price_per_token'])(
    '%s is neither a score nor a cost',
    (name) => {
      expect(readTable([{ ...france, [name]: '0.2' }])).toMatchObject({
        metadata: { [name]: '0.2' },
      });
      expect(readTable([{ ...france, [name]: '0.2' }])).not.toHaveProperty('scores');
    },
  );

  test('a cost in euros is not one in dollars', () => {
    expect(readTable([{ ...france, cost: '0,002 €' }]).metadata).toEqual({ cost: '0,002 €' });
  });

  test('tokens and cost may be written for people', () => {
    const row = { ...france, prompt_tokens: '1,024', completion_tokens: '20 tok', cost: '$0.002' };

    expect(readTable([row]).metadata).toEqual({
      usage_metadata: {
        input_tokens: 1024,
        output_tokens: 20,
        total_tokens: 1044,
        total_cost: 0.002,
      },
    });
  });

  test('what an app gave may hold its time, tokens and error', () => {
    const response = { text: 'Paris', usage: { prompt_tokens: 3 }, latency_ms: 900, error: null };
    const failed = { text: null, usage: null, latency_ms: 20, error: 'timed out' };
    const rows = [response, failed].map((one) => ({ question: 'Capital?', response: one }));

    expect(read(rows)).toEqual({
      inputs: { question: 'Capital?' },
      outputs: { response },
      latency_ms: 900,
      metadata: { usage_metadata: { input_tokens: 3 } },
    });
    expect(read([...rows].reverse())).toMatchObject({
      outputs: { response: failed },
      error: 'timed out',
    });
  });

  test('figures about a run may hold its time and tokens, and those of a judge do not count', () => {
    const metrics = { rouge: 0.5, latency_ms: 640, tokens: { input: 20, output: 8 } };
    const judge = { score: 1, latency_ms: 3000, usage: { total_tokens: 500 } };

    expect(read({ ...france, metrics, judge })).toMatchObject({
      scores: { rouge: { score: 0.5 }, judge: { score: 1 } },
      latency_ms: 640,
      metadata: { usage_metadata: { input_tokens: 20, output_tokens: 8, total_tokens: 28 } },
    });
  });

  test.for<JsonObject>([
    { title: 'Alien', duration: '117 min', tokens: 4, error: 'none given' },
    { text: 'Alien is a film', duration: 117 },
  ])('an output that is not the answer of an API is only an output', (output) => {
    expect(read({ question: 'Which film?', output, f1: 1 })).toEqual({
      inputs: { question: 'Which film?' },
      outputs: output,
      scores: { f1: { score: 1 } },
    });
  });

  test('what stands outside of what an app gave comes before what is in it', () => {
    const row = { ...france, response: { text: 'Paris', latency_ms: 900 }, latency_ms: 950 };

    expect(read(row)).toMatchObject({ latency_ms: 950 });
  });

  test('a latency that is none, as of a failed row, is kept in metadata', () => {
    const rows = [
      { ...france, latency: -1 },
      { ...france, latency: 2 },
    ];

    expect(read(rows)).toEqual({
      inputs: { question: 'Capital of France?' },
      outputs: { response: 'Paris' },
      metadata: { latency: -1 },
    });
  });

  test('times are those that can be read in every row, and are not counters of a machine', () => {
    expect(
      read({ ...france, started_at: 1_700_000_000, completed_at: '2026-01-01 10:00:00+00:00' }),
    ).toMatchObject({
      start_time: 1_700_000_000,
      end_time: '2026-01-01 10:00:00+00:00',
    });
    expect(read({ ...france, start_time: 81_234.5 }).metadata).toEqual({ start_time: 81_234.5 });
    expect(read({ ...france, date: 'last Monday' }).metadata).toEqual({ date: 'last Monday' });
  });

  test('tokens and cost are usage', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

    expect(read({ ...france, ...usage, cache_read_tokens: 4, cost: 0.5 }).metadata).toEqual({
      usage_metadata: {
        input_tokens: 10,
        output_tokens: 2,
        total_tokens: 12,
        input_token_details: { cache_read: 4 },
        total_cost: 0.5,
      },
    });
    expect(read({ ...france, token_usage: { ...usage, cost: 0.5 } }).metadata).toEqual({
      usage_metadata: { input_tokens: 10, output_tokens: 2, total_tokens: 12, total_cost: 0.5 },
      token_usage: { ...usage, cost: 0.5 },
    });
  });

  test('an object of tokens is read with its parts, and stays in metadata', () => {
    const usage = { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 8 } };

    expect(read({ ...france, usage }).metadata).toEqual({
      usage_metadata: { input_tokens: 10, input_token_details: { cache_read: 8 } },
      usage,
    });
  });

  test('columns of tokens are counted together: Anthropic counts what was cached apart', () => {
    const usage = { input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 90 };

    expect(read({ ...france, ...usage }).metadata).toEqual({
      usage_metadata: {
        input_tokens: 100,
        output_tokens: 2,
        total_tokens: 102,
        input_token_details: { cache_read: 90 },
      },
    });
  });

  test('pandas writes whole numbers with a point where some are missing', () => {
    const rows = [
      { ...france, input_tokens: '12.0' },
      { ...france, input_tokens: '' },
    ];

    expect(readTable(rows).metadata).toEqual({ usage_metadata: { input_tokens: 12 } });
  });

  test('each model is an experiment, and named as LangSmith names it', () => {
    const reading = decide([{ ...france, model: 'openai:chat:gpt-4o' }]);

    expect(reading.hasExperiments).toBe(true);
    expect(reading.read({ ...france, model: 'openai:chat:gpt-4o' })).toMatchObject({
      value: {
        inputs: { question: 'Capital of France?' },
        outputs: { response: 'Paris' },
        metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o', model: 'openai:chat:gpt-4o' },
      },
      experiment: 'openai:chat:gpt-4o',
    });
  });

  test('a system and a model together name an experiment', () => {
    const row = { ...france, pipeline_name: 'HyDE', model: 'claude-3-haiku', provider: 'Bedrock' };

    expect(decide([row]).read(row)).toMatchObject({
      value: {
        metadata: {
          pipeline_name: 'HyDE',
          ls_model_name: 'claude-3-haiku',
          ls_provider: 'bedrock',
          provider: 'Bedrock',
        },
      },
      experiment: 'HyDE · claude-3-haiku',
    });
  });

  test('what differs in nearly every row tells no experiments apart, which is said', () => {
    const rows = Array.from({ length: 12 }, (_, at) => ({ ...france, method: `method ${at}` }));

    const reading = decide(rows);

    expect(reading.hasExperiments).toBe(false);
    expect(reading.read(rows[0] as JsonObject).value.metadata).toEqual({ method: 'method 0' });
    expect(reading.assumptions).toEqual([
      'method is not what distinguishes rows: it has too many values, or long ones',
    ]);
  });
});

describe('errors', () => {
  test.for(['NaN', 'None', '', 'False'])('"%s" is not an error', (cell) => {
    expect(readTable([{ ...france, error: cell }])).toEqual({
      inputs: { question: 'Capital of France?' },
      outputs: { response: 'Paris' },
    });
  });

  test('a row with an error has no outputs if they are empty', () => {
    expect(readTable([{ ...france, response: '', error: 'timed out' }])).toEqual({
      inputs: { question: 'Capital of France?' },
      error: 'timed out',
    });
  });

  test('an app may give nothing without failing', () => {
    expect(readTable([{ ...france, response: '' }]).outputs).toEqual({ response: '' });
    expect(read({ ...france, response: null }).outputs).toEqual({ response: null });
  });

  test('no outputs and no success are an error', async () => {
    const { results } = await readFile(fixture('crashed.jsonl'));

    expect(results).toMatchObject([{ outputs: { response: 'A' } }, { error: 'status: ERROR' }]);
    expect(scoresOf(results, 'success')).toEqual({ n: 2, mean: 0.5 });
  });

  test('no success is only a score where no row has outputs', () => {
    const row = read({ task: 'Book a flight', success: false, steps: 3 });

    expect(row.scores).toEqual({ success: { score: false } });
    expect(row.error).toBeUndefined();
  });
});

describe('what cannot be inferred is asked', () => {
  test('questions with answers and nothing else may be a dataset', async () => {
    const { source } = await readFile(fixture('question-bank.csv'));

    expect(source.questions).toEqual([
      {
        message: expect.stringContaining('this is a dataset, and there is nothing to record'),
        choices: [{ options: { outputs: ['answer'] }, meaning: 'the app gave answer' }],
        hasGuess: true,
        mayBeDataset: true,
        columns: [
          '  id        1 | 2',
          '  question  Capital of France? | Capital of Peru?',
          '  answer    Paris | Lima',
        ],
      },
    ]);
  });

  test.for<JsonObject>([
    { correct: true },
    { latency: 2 },
    { ground_truth: 'Lyon' },
    { model: 'gpt-4o' },
    { cost: 1 },
  ])('with %j next to it, an answer is what the app gave', (more) => {
    const reading = decide([{ question: 'q', answer: 'a', ...more }]);

    expect(reading.questions).toEqual([]);
  });

  test('a score that an option names shows that an answer is what the app gave', () => {
    const rows = [{ question: 'q', answer: 'a', helpful: 'B' }];

    expect(decide(rows, { score: ['helpful'] }).questions).toEqual([]);
  });

  test('which of two columns the app gave; the answer to it is an option', async () => {
    const { source } = await readFile(fixture('rivals.jsonl'));

    expect(answersTo(source.questions)).toEqual([
      [{ outputs: ['response'] }, { outputs: ['completion'] }],
    ]);

    const answered = await readFile(fixture('rivals.jsonl'), { outputs: ['response'] });

    expect(answered.source.questions).toEqual([]);
    expect(answered.results[0]).toMatchObject({
      outputs: { response: 'It is Paris.' },
      metadata: { completion: 'Paris' },
    });
  });

  test('what the app gave, where only gold answers are known', () => {
    const row = { query: 'q', gt_answer: 'a', model1: { response: 'b' } };
    const reading = decide([row]);

    expect(answersTo(reading.questions)).toEqual([
      [{ outputs: ['model1'] }, { outputs: ['gt_answer'] }],
    ]);
    expect(reading.read(row).value).toMatchObject({ reference_outputs: { gt_answer: 'a' } });
  });

  test.for(['response', 'gpt_response'])(
    'whether it gave answer or %s, where another column is the right answer',
    (other) => {
      const row = { question: 'q', answer: 'a', [other]: 'b', ground_truth: 'c' };

      expect(answersTo(decide([row]).questions)).toEqual([
        [{ outputs: [other] }, { outputs: ['answer'] }],
      ]);
      expect(decide([{ ...row, prediction: 'd' }]).questions).toEqual([]);
    },
  );

  test.for(['judge_response', 'evaluation_output'])('not %s, which a judge gave', (other) => {
    const row = { question: 'q', answer: 'a', [other]: 'b', correct: true };

    expect(read(row)).toMatchObject({ outputs: { answer: 'a' }, metadata: { [other]: 'b' } });
  });

  test('answers of several models are rivals', () => {
    const row = { question: 'q', qwen_answer: 'a', llama_answer: 'b', correct_answer: 'c' };

    expect(answersTo(decide([row]).questions)).toEqual([
      [{ outputs: ['qwen_answer'] }, { outputs: ['llama_answer'] }],
    ]);
  });

  test('without outputs every row needs an error', () => {
    const failed = { question: 'q', error: 'timed out' };

    expect(decide([failed]).questions).toEqual([]);
    expect(decide([failed, { question: 'r', error: null }]).questions).toHaveLength(1);
  });

  test('a column that is empty in all rows is not a rival', () => {
    expect(decide([{ ...france, output: null }]).questions).toEqual([]);
  });

  test('nothing known: any column may be it, at most twelve are offered, and none is suggested', () => {
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`c.${at}`, 'x']));

    const { questions } = decide([row]);

    expect(questions.map(({ choices }) => choices.length)).toEqual([12, 12]);
    expect(questions.map(({ hasGuess }) => hasGuess)).toEqual([false, false]);
  });

  test('what stands for an input is asked about, too, where the output is', () => {
    const rows = ['Wer?', 'Wo?', 'Wann?'].map((Frage, at) => {
      return { Nr: `${at}`, Frage, Antwort: 'Das war so ungefähr', Bewertung: '0,5' };
    });

    expect(answersTo(decideTable(rows).questions).map((one) => one[0])).toEqual([
      { inputs: ['Frage'] },
      { outputs: ['Antwort'] },
    ]);
  });

  test('questions are asked about where something else stands for them', () => {
    const rows = ['Wer?', 'Wo?'].map((Frage, at) => ({ case: `c${at}`, Frage, ...france }));
    const named = rows.map(({ question: _, ...row }) => row);

    expect(decide(rows).questions).toEqual([]);
    expect(answersTo(decide(named).questions).map((one) => one[0])).toEqual([
      { inputs: ['Frage'] },
    ]);
  });

  test('what few rows have is no guess', () => {
    const rows = [1, 2, 3].map((at) => ({
      question: `q${at}`,
      message: at === 1 ? 'it was not what was expected' : '',
      status: at === 1 ? 'fail' : 'pass',
    }));

    expect(decideTable(rows).questions).toEqual([]);
    expect(readTable(rows).scores).toEqual({ status: { score: false } });
  });

  test('a column of texts may be an answer, also where one of them is a number', () => {
    const rows = [
      { question: 'Who?', Antwort: 'Das war so ungefähr' },
      { question: 'How many?', Antwort: '56' },
    ];

    expect(answersTo(decideTable(rows).questions)).toEqual([[{ outputs: ['Antwort'] }]]);
  });

  test('a table whose first line is a row is refused', () => {
    const row = { 'Who wrote it?': 'Where is it?', Shakespeare: 'In London', 1: '0' };

    expect(() => decideTable([row])).toThrow('rows:1: the first line does not name the columns');
  });

  test('every answer that is offered ends the question', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 }), (names) => {
        const row = Object.fromEntries(names.map((name) => [name, 'x']));
        const { questions } = decide([row]);
        for (const [at, { choices }] of questions.entries()) {
          for (const { options } of choices) {
            const left = decide([row], options).questions.map(({ message }) => message);
            expect(left).not.toContain(questions[at]?.message);
          }
        }
      }),
    );
  });
});

describe('what the command line says', () => {
  const rows = [{ q: 'Q', text: 'T', a: 'A', gold: 'G', f1: 1, grade: 'B', note: 'N', nr: 7 }];

  test('comes before any guess, and other roles are still guessed', () => {
    const row = read(rows, {
      inputs: ['q'],
      outputs: ['a'],
      score: ['grade'],
      metadata: ['gold'],
      id: 'nr',
      ignore: ['note'],
    });

    expect(row).toEqual({
      inputs: { q: 'Q' },
      outputs: { a: 'A' },
      scores: { grade: { score: 'B' } },
      id: 7,
      metadata: { gold: 'G', text: 'T', f1: 1 },
    });
    expect(read(rows, { inputs: ['q'], outputs: ['a'] })).toMatchObject({
      reference_outputs: { gold: 'G' },
      scores: { f1: { score: 1 }, grade: { score: 'B' } },
    });
  });

  test.for([
    [{ inputs: ['nope'] }, '--inputs: there is no column nope'],
    [{ score: ['nope'] }, '--score: there is no column nope'],
    [{ id: 'nope' }, '--id: there is no column nope'],
    [{ map: ['outputs=nope.text'] }, '--map outputs=nope.text: there is no column nope.text'],
  ] as const)('%j is refused, and the columns are listed', ([options, message]) => {
    expect(() => decide(rows, options)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message,
        hint: expect.stringMatching(/The columns are:\n {2}q {6}Q\n {2}text {3}T\n/),
      }),
    );
  });

  test.for(['outputs', '=q', 'outputs=', 'answer=q', 'latency.s=q', 'inputs..x=q', '__proto__=q'])(
    '--map %s is refused',
    (map) => {
      expect(() => decide(rows, { map: [map] })).toThrow(
        expect.objectContaining({ code: 'USAGE' }),
      );
    },
  );

  test('--map reaches into nested data, and the rest of it is kept', async () => {
    const { source, results } = await readFile(fixture('nested.jsonl'), {
      map: [
        'inputs=request',
        'outputs.answer=reply.choices[0].message.content',
        'id=reply.id',
        'scores.exact=grades.exact',
      ],
    });

    expect(source.questions).toEqual([]);
    expect(results[1]).toMatchObject({
      inputs: { messages: [{ role: 'user', content: 'Capital of Peru?' }] },
      outputs: { answer: 'Lima' },
      id: 'r2',
      feedback: [{ key: 'exact', score: new JsonNumber('0.50') }],
      metadata: { reply: { id: 'r2' }, grades: { exact: new JsonNumber('0.50') } },
    });
  });

  test('--map fills any field, and parts of scores', () => {
    const map = [
      'inputs.q=q',
      'outputs=a',
      'scores.f.1=f1',
      'scores.f.1.comment=note',
      'experiment=grade',
      'metadata.x.y=gold',
    ];

    expect(decide(rows, { map }).read(rows[0] as JsonObject)).toMatchObject({
      value: {
        inputs: { q: 'Q', text: 'T' },
        outputs: { output: 'A' },
        scores: { 'f.1': { score: 1, comment: 'N' } },
        metadata: { x: { y: 'G' }, grade: 'B', nr: 7 },
      },
      experiment: 'B',
    });
  });

  test('a score that stands for the answer stays a score', () => {
    const row = read(
      { question: 'q', e2e_correct: true },
      { map: ['outputs.e2e_correct=e2e_correct'] },
    );

    expect(row).toMatchObject({
      outputs: { e2e_correct: true },
      scores: { e2e_correct: { score: true } },
    });
  });
});

describe('tables', () => {
  test('are read whole: JSON in cells, words, missing values, usage and models', async () => {
    const { source, results, problems, experiments } = await readFile(fixture('rag.csv'));

    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'openai:gpt-4o-mini': 2, 'claude-3-haiku': 1 });
    expect(source.columns).toEqual([
      'Question → inputs.Question, contexts → inputs.contexts',
      'answer → outputs.answer',
      'ground truth → reference_outputs.ground truth',
      'faithfulness → scores.faithfulness, Passed → scores.Passed, faithfulness_reason → scores.faithfulness.comment',
      'elapsed → latency (ms)',
      'prompt_tokens → metadata.usage_metadata.input_tokens, completion_tokens → metadata.usage_metadata.output_tokens, cost → metadata.usage_metadata.total_cost',
      'model → experiment, metadata.ls_model_name',
      'turns, category → metadata',
      'the column without a name: left out',
    ]);
    expect(source.assumptions).toEqual([
      'elapsed is in milliseconds: its median is 1800, and no unit is named',
    ]);
    expect(results[0]).toMatchObject({
      inputs: { Question: 'Capital of France?', contexts: ['Paris is the capital.'] },
      feedback: [
        { key: 'faithfulness', score: new JsonNumber('0.90'), comment: 'grounded' },
        { key: 'Passed', score: true },
      ],
      latencyUs: 1_200_000,
      metadata: {
        usage_metadata: {
          input_tokens: 11,
          output_tokens: 2,
          total_cost: new JsonNumber('0.00010'),
        },
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o-mini',
        turns: '1',
      },
    });
    // A list as Python writes it.
    expect(results[1]?.inputs).toMatchObject({ contexts: ['Lima is the capital.'] });
    expect(results[1]?.feedback).toEqual([{ key: 'Passed', score: false }]);
    expect(results[2]).toMatchObject({
      outputs: { answer: '' },
      feedback: [{ key: 'faithfulness', comment: 'judge failed' }],
      metadata: { category: { level: 1 }, ls_provider: 'anthropic' },
    });
  });

  test('two columns of one name are refused', () => {
    const sample: Sample = {
      name: 'f.csv',
      kind: 'table',
      document: {},
      rows: [],
      columns: ['a', 'b', 'a'],
    };

    expect(() => decideColumns(sample, {})).toThrow('f.csv:1: two columns are named "a"');
  });
});

describe.skipIf(!hasSamples)('real files (next to the checkout)', () => {
  const columns = { format: 'columns' } as const;

  test('answers with contexts and ground truth', async () => {
    const { source, results } = await readFile(samplePath('plain/linus_rag_outputs.json'));

    expect(source.questions).toEqual([]);
    expect(results).toHaveLength(25);
    expect(results[0]).toMatchObject({
      id: '1',
      inputs: { contexts: { length: 3 } },
      referenceOutputs: { ground_truth: 'KES 148,000.' },
    });
  });

  test('one model’s answers and judgements in words, under a name like a batch’s', async () => {
    const { source, results } = await readFile(
      samplePath('plain/hallucination_batch_results.jsonl'),
    );

    expect(source.format).toBe('columns');
    expect(results).toHaveLength(60);
    expect(results.at(-1)?.id).toBe('59');
    expect(Object.keys(results[0]?.outputs ?? {})).toEqual(['qwen_answer']);
    const verdicts = results.flatMap(({ feedback }) => feedback.map(({ value }) => value));
    expect(verdicts.filter((one) => one === 'Overall label: Not Hallucinating')).toHaveLength(55);
  });

  test('two arms of an agent’s runs, with tokens of the cache', async () => {
    const { results, experiments } = await readFile(
      samplePath('plain/mcp_runs_20260720T053903Z.jsonl'),
    );

    expect(experiments).toEqual({ code_mode: 8, phoenix_mcp: 8 });
    expect(scoresOf(results, 'correct')).toEqual({ n: 16, mean: 11 / 16 });
    expect(scoresOf(results, 'score').mean).toBeCloseTo(0.775);
    expect(
      results.every(({ feedback }) =>
        feedback.some(({ key, comment }) => key === 'score' && comment),
      ),
    ).toBe(true);
    expect(tokensOf(results, 'input_tokens')).toBe(1_276_486);
    expect(tokensOf(results, 'output_tokens')).toBe(77_841);
    expect(tokensOf(results, 'total_tokens')).toBe(1_354_327);
    expect(results.reduce((sum, { latencyUs = 0 }) => sum + latencyUs, 0)).toBe(729_450_000);
    expect(new Set(results.flatMap(({ feedback }) => feedback.map(({ key }) => key)))).toEqual(
      new Set(['correct', 'score']),
    );
  });

  test('an old harness’s examples, whose prompt is ctx', async () => {
    const { results } = await readFile(samplePath('plain/promptsource_examples_piaf_gpt2.jsonl'));

    expect(results).toHaveLength(5);
    expect(results[0]).toMatchObject({
      id: '1539',
      referenceOutputs: { target: ['en 1974'] },
      feedback: [],
    });
    expect(results[4]?.outputs).toEqual({ pred: 'Le mouvement raëlien?' });
  });

  test('crashed rows among pipelines, each of which is an experiment', async () => {
    const { results, experiments } = await readFile(
      samplePath('plain/iris_detailed_results_20250605.csv'),
    );

    expect(experiments).toEqual({ BasicRAG: 20, HyDE: 20, CRAG: 20, NodeRAG: 20 });
    expect(results.filter(({ error }) => error !== undefined)).toHaveLength(20);
    expect(results.find(({ error }) => error !== undefined)).toMatchObject({
      error: "CRAGPipeline.run() got an unexpected keyword argument 'similarity_threshold'",
      outputs: undefined,
    });
    expect(scoresOf(results, 'success')).toEqual({ n: 80, mean: 0.75 });
    expect(scoresOf(results, 'avg_similarity_score').n).toBe(60);
    expect(scoresOf(results, 'faithfulness').n).toBe(0);
    expect(results[0]?.latencyUs).toBe(150_035);
  });

  test('a log of pipelines has scores without their answers', async () => {
    const { source, experiments, results } = await readFile(
      samplePath('plain/iris_rag_evaluation_log.csv'),
      columns,
    );

    expect(source.questions).toEqual([]);
    expect(Object.values(experiments)).toEqual([8, 8, 8, 8, 8, 8]);
    expect(results).toHaveLength(48);
    expect(results[0]).toMatchObject({
      outputs: undefined,
      startTime: Date.parse('2025-06-01T21:45:46.042Z') * 1000 + 705,
    });
    expect(scoresOf(results, 'MainTestPassed')).toEqual({ n: 48, mean: 38 / 48 });
  });

  test.for([{}, { map: ['outputs.e2e_correct=e2e_correct'] }])(
    'scores need no answers, and one may stand for the answer: %j',
    async (options) => {
      const path = samplePath('plain/cookbook_evaluation_results_detailed.csv');
      const { results } = await readFile(path, options);

      expect(scoresOf(results, 'e2e_correct')).toEqual({ n: 100, mean: 0.73 });
      expect(scoresOf(results, 'retrieval_precision').mean).toBeCloseTo(0.42833333);
      expect(scoresOf(results, 'retrieval_recall').mean).toBeCloseTo(0.65916667);
      expect(scoresOf(results, 'retrieval_mrr').mean).toBeCloseTo(0.73666667);
    },
  );

  test('a dataset of questions with what an answer must contain is asked about', async () => {
    const { source, rows } = await readFile(samplePath('plain/krystian_benchmark_data.json'));

    expect(rows).toHaveLength(28);
    expect(answersTo(source.questions)).toEqual([[]]);
  });

  test('scores without rows are asked about', async () => {
    const { source } = await readFile(samplePath('ragas/ragas_results2.scores-only.json'), columns);

    expect(source.questions.map(({ hasGuess }) => hasGuess)).toEqual([false, false]);
  });
});

describe('any rows', () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'question',
      'answer',
      'output',
      'inputs',
      'scores',
      'score',
      'metadata',
      'usage',
      'error',
      'model',
      'latency',
      'id',
      'start_time',
      'contexts',
      'score_reason',
      'inputs.a',
      'inputs.a.b',
      'scores.x',
      '__proto__',
      'success',
      'ls_model_name',
      'input_tokens',
      'feedback',
      '',
    ),
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map((one) => one as JsonValue),
    fc.constantFrom(
      'nan',
      'PASS',
      '0.10',
      '2026-01-01',
      new JsonNumber('1.0'),
      new JsonNumber('NaN'),
    ),
  );
  const row = fc.array(fc.tuple(key, value), { maxLength: 8 }).map((pairs) => {
    const object: JsonObject = {};
    for (const [name, one] of pairs)
      Object.defineProperty(object, name, {
        value: one,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return object;
  });

  test('are read without an error, the same each time, and left as they are', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const before = JSON.stringify(rows);
        const reading = decide(rows);
        for (const one of rows) expect(reading.read(one)).toEqual(reading.read(one));
        expect(JSON.stringify(rows)).toBe(before);
      }),
    );
  });

  test('lose nothing: each text of a record is somewhere in its row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(key, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
        (names) => {
          const rows = names.map((keys, at) =>
            Object.fromEntries(keys.map((name, n) => [name, `«${at}.${n}»`])),
          );
          const reading = decide(rows);
          for (const one of rows) {
            const { value } = reading.read(one);
            for (const [name, text] of Object.entries(one)) {
              if (
                !reading.described
                  .join()
                  .includes(`${name || 'the column without a name'}: left out`)
              )
                expect(JSON.stringify(value)).toContain(text);
            }
          }
        },
      ),
    );
  });
});

describe('a score that is spelled as spreadsheets do', () => {
  const scoreOf = (cells: readonly string[], options: ColumnOptions = {}) => {
    const rows = cells.map((accuracy) => ({ ...france, accuracy }));
    const { read, assumptions } = decideTable(rows, options);
    const scores = rows.map((row) => {
      const all = read(row).value.scores as { accuracy: { score: unknown } } | undefined;
      return all?.accuracy.score;
    });
    return { scores, assumptions };
  };

  test('in percent is a share of 1, which is said', () => {
    expect(scoreOf(['85%', '90.5 %', ''])).toEqual({
      scores: [0.85, 0.905, undefined],
      assumptions: ['accuracy is a share of 1: 85% is 0.85'],
    });
  });

  test('with a decimal comma is a number, which is said', () => {
    expect(scoreOf(['0,85', '1', '0,125'])).toEqual({
      scores: [0.85, 1, 0.125],
      assumptions: ['accuracy has decimal commas: 0,85 is 0.85'],
    });
  });

  test('as a fraction is a share of 1, which is said', () => {
    expect(scoreOf(['4/5', '3.5 / 5', ''])).toEqual({
      scores: [0.8, 0.7, undefined],
      assumptions: ['accuracy is a share of 1: 4/5 is 0.8'],
    });
  });

  test('as a fraction is none under a name that says nothing', () => {
    const { read } = decideTable([{ ...france, page: '4/5' }]);

    expect(read({ ...france, page: '4/5' }).value.metadata).toEqual({ page: '4/5' });
  });

  test('is read so where the command line names it', () => {
    expect(scoreOf(['0,5'], { score: ['accuracy'] }).scores).toEqual([0.5]);
  });

  test.for(['1,000', '85% of it', '1,2,3'])('but %s may mean anything', (cell) => {
    expect(scoreOf([cell]).scores).not.toContainEqual(expect.any(Number));
  });

  test('a label of a quality is no score', () => {
    const { read } = decideTable([{ ...france, relevance_label: 'high' }]);

    expect(read({ ...france, relevance_label: 'high' }).value.scores).toBeUndefined();
  });

  test('an answer that looks like one stays text', () => {
    const { read } = decideTable([{ ...france, response: '85%' }]);

    expect(read({ ...france, response: '85%' }).value.outputs).toEqual({ response: '85%' });
  });
});
