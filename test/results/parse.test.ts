import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/input/row.js';
import { parseJson } from '../../src/json/parse.js';
import { JsonNumber, type JsonObject } from '../../src/json/value.js';
import { checkRow } from '../../src/results/parse.js';
import type { Result } from '../../src/results/result.js';

const origin = { file: 'f', line: 1 };

function check(fields: string) {
  return checkRow({ origin, index: 0, shape: 'document', value: parseJson(fields) });
}

/** A row with inputs and outputs, and these fields. */
function accept(fields = ''): { result: Result; notes: readonly string[] } {
  const checked = check(`{"inputs":{"q":1},"outputs":{"a":1}${fields && `,${fields}`}}`);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked;
}

function problemsOf(text: string): string[] {
  const checked = check(text);
  if (!('problems' in checked)) throw new Error('accepted');
  return checked.problems.map(({ field, message }) => `${field ?? ''}: ${message}`);
}

function columns(cells: Record<string, string>) {
  return checkRow({ origin, index: 0, shape: 'columns', value: cells as JsonObject } satisfies Row);
}

describe('payloads', () => {
  test.for([
    ['an object', '{"a":1}', { a: 1 }],
    ['text', '"x"', { output: 'x' }],
    ['false', 'false', { output: false }],
    ['a list', '[1,2]', { output: [1, 2] }],
    [
      'messages',
      '[{"role":"user","content":"hi"}]',
      { messages: [{ role: 'user', content: 'hi' }] },
    ],
  ] as const)('%s becomes an object', ([, json, expected]) => {
    const checked = check(`{"inputs":${json},"outputs":${json},"reference_outputs":${json}}`);

    const inputs = 'output' in expected ? { input: expected.output } : expected;
    expect(checked).toMatchObject({
      result: { inputs, outputs: expected, referenceOutputs: expected },
    });
  });

  test('that are null are as good as absent', () => {
    const checked = check(
      '{"inputs":{},"outputs":{},"reference_outputs":null,"error":null,"scores":null,"child_runs":null}',
    );

    expect(checked).toMatchObject({ result: { feedback: [], childRuns: [] } });
    expect('result' in checked && checked.result.referenceOutputs).toBeUndefined();
  });

  test('pass uncopied, numbers with their text', () => {
    const checked = check('{"inputs":{"n":1.0,"__proto__":{"a":9007199254740993}},"outputs":{}}');

    if ('problems' in checked) throw new Error('refused');
    expect(checked.result.inputs).toBe((checked.row.value as JsonObject).inputs);
  });
});

describe('a row is refused when', () => {
  test.for([
    [
      'it is no object',
      '[1]',
      ': found a list of 1, expected an object with inputs, and outputs or error',
    ],
    [
      'inputs are missing',
      '{"outputs":1}',
      'inputs: is missing; expected an object, or example_id of an example that exists',
    ],
    [
      'outputs and error are missing',
      '{"inputs":1}',
      'outputs: is missing; a row needs outputs, or the error that came instead',
    ],
    [
      'a score is a list',
      '{"inputs":1,"outputs":1,"scores":{"c":[1]}}',
      'scores.c: found a list of 1, expected a number, true or false, text, null, or {score, …}',
    ],
    [
      'scores are a number',
      '{"inputs":1,"outputs":1,"scores":5}',
      'scores: found the number 5, expected an object of scores by key',
    ],
    [
      'feedback has no key',
      '{"inputs":1,"outputs":1,"feedback":[{"score":1}]}',
      'feedback.0: found an object with score, expected an object with a key',
    ],
    [
      'a time is none',
      '{"inputs":1,"outputs":1,"start_time":"2026-02-30T00:00:00Z"}',
      'start_time: found text "2026-02-30T00:00:00Z", expected a time: ISO 8601, or seconds or milliseconds since the epoch',
    ],
    [
      'it ends before it starts',
      '{"inputs":1,"outputs":1,"start_time":1700000001,"end_time":1700000000}',
      'end_time: is before start_time',
    ],
    [
      'a latency is negative',
      '{"inputs":1,"outputs":1,"latency":-1}',
      'latency: found the number -1, expected a number of seconds, 0 or more',
    ],
    [
      'a run type is unknown',
      '{"inputs":1,"outputs":1,"run_type":"agent"}',
      'run_type: found text "agent", expected one of tool, chain, llm, retriever, embedding, prompt, parser',
    ],
    [
      'an example id is no UUID',
      '{"inputs":1,"outputs":1,"example_id":"7"}',
      'example_id: found text "7", expected a UUID',
    ],
    [
      'metadata is text',
      '{"inputs":1,"outputs":1,"metadata":"m"}',
      'metadata: found text "m", expected an object',
    ],
    [
      'a child run is text',
      '{"inputs":1,"outputs":1,"child_runs":["c"]}',
      'child_runs.0: found text "c", expected a run: an object',
    ],
    [
      'a child’s time is none',
      '{"inputs":1,"outputs":1,"child_runs":[{"start_time":"x"}]}',
      'child_runs.0.start_time: found text "x", expected a time: ISO 8601, or seconds or milliseconds since the epoch',
    ],
  ] as const)('%s', ([, row, problem]) => {
    expect(problemsOf(row)).toEqual([problem]);
  });

  test('several things are wrong, and all of them are told', () => {
    expect(problemsOf('{"tags":5,"latency":"fast"}').length).toBe(4);
  });
});

describe('times', () => {
  const expected = Date.UTC(2026, 0, 31, 12, 0, 0) * 1000 + 123_456;

  test.for([
    '"2026-01-31T12:00:00.123456Z"',
    '"2026-01-31 12:00:00.123456"',
    '"2026-01-31T13:00:00.123456789+01:00"',
    '"2026-01-31T06:30:00,123456-0530"',
    '1769860800.123456',
    '"1769860800.123456"',
    '1769860800123.456',
    '1769860800123456',
    '1769860800123456000',
  ])('%s is a point in time, to the microsecond', (json) => {
    expect(accept(`"start_time":${json}`).result.startTime).toBe(expected);
  });

  test('without a zone are UTC, and that is said', () => {
    expect(accept('"start_time":"2026-01-31T12:00:00"').notes).toEqual([
      'times without a zone are taken as UTC',
    ]);
    expect(accept('"start_time":"2026-01-31T12:00:00Z"').notes).toEqual([]);
  });

  test.for([
    ['"latency":1.5', 1_500_000],
    ['"latency_ms":1.5', 1500],
    ['"latency":NaN', undefined],
    ['"latency":null', undefined],
  ] as const)('%s lasts %s µs', ([field, us]) => {
    expect(accept(field).result.latencyUs).toBe(us);
  });
});

describe('scores', () => {
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

  test('may come as a list, with a key twice', () => {
    const { feedback } = accept('"feedback":[{"key":"k","score":1},{"key":"k","score":0}]').result;

    expect(feedback.map(({ score }) => score)).toEqual([1, 0]);
  });

  test('keep what else stands beside them, with the run', () => {
    const { result } = accept('"scores":{"k":{"score":1,"model":"judge"}}');

    expect(result.metadata).toEqual({ 'scores.k.details': { model: 'judge' } });
  });
});

describe('fields that no one knows', () => {
  test('are kept in metadata, and that is said', () => {
    const { result, notes } = accept('"model":"m","metadata":{"a":1}');

    expect(result.metadata).toEqual({ a: 1, model: 'm' });
    expect(notes).toEqual(['field "model" is kept in the run’s metadata']);
  });

  test.for([
    ['session_id', 'source_session_id'],
    ['ls_secret', 'source_ls_secret'],
    ['__proto__', 'source___proto__'],
  ] as const)('%s would mean something to LangSmith, and is kept as %s', ([name, kept]) => {
    expect(Object.keys(accept(`"${name}":"x"`).result.metadata)).toEqual([kept]);
  });

  test('do not replace what metadata has under their name', () => {
    expect(accept('"a":1,"metadata":{"a":2}').result.metadata).toEqual({ a: 2, source_a: 1 });
  });

  test('that LangSmith understands need no word', () => {
    const { result, notes } = accept('"ls_model_name":"m","usage_metadata":{"input_tokens":1}');

    expect(result.metadata).toEqual({ ls_model_name: 'm', usage_metadata: { input_tokens: 1 } });
    expect(notes).toEqual([]);
  });

  test('of a child run are kept with the child', () => {
    const { childRuns } = accept('"child_runs":[{"name":"search","depth":{"x":1}}]').result;

    expect(childRuns).toMatchObject([{ name: 'search', metadata: { depth: { x: 1 } } }]);
  });

  test('_rejected, which ls-record wrote itself, is passed over', () => {
    expect(accept('"_rejected":{"line":1}')).toMatchObject({ notes: [], result: { metadata: {} } });
  });
});

describe('columns', () => {
  test('nest by their dots, and only scores, times and tokens become numbers', () => {
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

  test('join a JSON cell with the columns below it', () => {
    expect(columns({ inputs: '{"a":1}', 'inputs.b': 'x', outputs: 'y' })).toMatchObject({
      result: { inputs: { a: 1, b: 'x' }, outputs: { output: 'y' } },
    });
  });

  test('that contradict each other are refused', () => {
    expect(columns({ inputs: 'text', 'inputs.b': 'x', outputs: 'y' })).toMatchObject({
      problems: [
        {
          field: 'inputs.b',
          message: 'has no place: another column holds what it should be within',
        },
      ],
    });
  });

  test('that are not ours are listed, with what they should be named', () => {
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

  test('may have names that JavaScript uses itself', () => {
    const checked = columns(
      JSON.parse('{"inputs.__proto__.x":"1","inputs.constructor":"2","outputs":"y"}'),
    );

    if ('problems' in checked) throw new Error('refused');
    expect(JSON.stringify(checked.result.inputs)).toBe('{"__proto__":{"x":"1"},"constructor":"2"}');
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});

test('a row that could not be read keeps its problem', () => {
  const row: Row = {
    origin,
    index: 0,
    shape: 'document',
    value: null,
    problem: 'expected a value',
  };

  expect(checkRow(row)).toEqual({ row, problems: [{ message: 'expected a value' }] });
});
