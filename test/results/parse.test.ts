import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/input/row.js';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject } from '../../src/json/value.js';
import { checkRow, parseResults } from '../../src/results/parse.js';
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

  test.for([
    ['{"role":"assistant","tool_calls":[]}', 'messages'],
    ['{"type":"human","content":null}', 'messages'],
    ['{"role":"user"}', 'input'],
    ['{"content":"x"}', 'input'],
    ['1', 'input'],
  ] as const)('a list of %s is %s', ([item, name]) => {
    const checked = check(`{"inputs":[${item}],"outputs":1}`);

    expect(checked).toMatchObject({ result: { inputs: { [name]: [expect.anything()] } } });
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
      ': found a list of 1, expected an object with inputs, and outputs, error or scores',
    ],
    [
      'inputs are missing',
      '{"outputs":1}',
      'inputs: is missing; expected an object, or example_id of an example that exists',
    ],
    [
      'outputs and error are missing',
      '{"inputs":1}',
      'outputs: is missing; a row needs outputs, the error that came instead, or scores',
    ],
    [
      'a time is none',
      '{"inputs":1,"outputs":1,"start_time":"2026-02-30T00:00:00Z"}',
      'start_time: found text "2026-02-30T00:00:00Z", expected a time from 1970 on: ISO 8601, or seconds, ms or µs since the epoch',
    ],
    [
      'a time is long before all computers',
      '{"inputs":1,"outputs":1,"end_time":"0001-01-01T00:00:00Z"}',
      'end_time: found text "0001-01-01T00:00:00Z", expected a time from 1970 on: ISO 8601, or seconds, ms or µs since the epoch',
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
      'a latency is text',
      '{"inputs":1,"outputs":1,"latency_ms":"5ms"}',
      'latency_ms: found text "5ms", expected a number of milliseconds, 0 or more',
    ],
    [
      'an error is a number',
      '{"inputs":1,"error":500}',
      'error: found the number 500, expected text',
    ],
    [
      'tags are not texts',
      '{"inputs":1,"outputs":1,"tags":[1,2]}',
      'tags: found a list of 2, expected a list of texts',
    ],
    [
      'an id is true',
      '{"inputs":1,"outputs":1,"id":true}',
      'id: found true, expected text or a number',
    ],
    [
      'a name is an object',
      '{"inputs":1,"outputs":1,"name":{"a":1,"b":2}}',
      'name: found an object with a, b, expected text',
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
  ] as const)('%s', ([, row, problem]) => {
    expect(problemsOf(row)).toEqual([problem]);
  });

  test('several things are wrong, and all of them are reported', () => {
    expect(problemsOf('{"tags":5,"latency":"fast"}').length).toBe(4);
  });
});

test('what was found is shown at 60 characters, without what moves a cursor', () => {
  const [problem] = problemsOf(
    JSON.stringify({ inputs: 1, outputs: 1, start_time: `\u001b[2J\u202e\n${'é'.repeat(500)}` }),
  );

  expect(problem).toContain(`found text "[2J ${'é'.repeat(56)}…", expected`);
});

describe('errors', () => {
  test.for([
    ['text', '"timeout"', 'timeout'],
    ['nothing', '""', undefined],
    ['an object', '{"code":1.0}', '{"code":1.0}'],
    ['an object with a message', '{"message":"no","code":5}', 'no\n{"message":"no","code":5}'],
    ['a list', '["a","b"]', '["a","b"]'],
  ] as const)('that are %s', ([, json, error]) => {
    expect(accept(`"error":${json}`).result.error).toBe(error);
  });

  test('stand in for outputs', () => {
    expect(check('{"inputs":1,"error":"timeout"}')).toMatchObject({ result: { error: 'timeout' } });
  });
});

describe('the example', () => {
  test.for([
    ['9007199254740993', '9007199254740993'],
    ['1.0', '1.0'],
    ['7', '7'],
    ['"a"', 'a'],
    ['""', undefined],
  ] as const)('has an id of its own: %s', ([json, id]) => {
    expect(accept(`"id":${json}`).result.id).toBe(id);
  });

  test('that exists already may be named instead of inputs', () => {
    const id = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
    const checked = check(`{"example_id":"${id}","outputs":1}`);

    expect(checked).toMatchObject({ result: { exampleId: id.toLowerCase() } });
  });

  test('has a split, one or more, and metadata', () => {
    const { result } = accept('"split":"test","example_metadata":{"level":2}');

    expect(result).toMatchObject({ split: ['test'], exampleMetadata: { level: 2 } });
  });
});

describe('times', () => {
  test('without a zone are UTC, and that is said', () => {
    expect(accept('"start_time":"2026-01-31T12:00:00"').notes).toEqual([
      'times without a zone are read as UTC',
    ]);
    expect(accept('"start_time":"2026-01-31T12:00:00Z"').notes).toEqual([]);
  });

  test.for([
    ['"latency":1.5', 1_500_000],
    ['"latency_ms":1.5', 1500],
    ['"latency":NaN', undefined],
    ['"latency":null', undefined],
    ['"latency":1,"latency_ms":5', 1_000_000],
  ] as const)('%s lasts %s µs', ([field, us]) => {
    expect(accept(field).result.latencyUs).toBe(us);
  });
});

describe('a row without outputs', () => {
  test.for([
    '"scores":{"correct":true}',
    '"outputs":null,"feedback":[{"key":"correct","score":true}]',
  ])('is taken with %s, which is said', (fields) => {
    expect(check(`{"inputs":{"q":1},${fields}}`)).toMatchObject({
      result: { outputs: undefined, feedback: [{ key: 'correct', score: true }] },
      notes: ['rows without outputs are recorded with their scores only'],
    });
  });

  test('is refused where none of its scores is one', () => {
    expect(problemsOf('{"inputs":{"q":1},"scores":{"correct":null}}')).toEqual([
      'outputs: is missing; a row needs outputs, the error that came instead, or scores',
    ]);
  });
});

describe('fields that no one knows', () => {
  test('are kept in metadata, and that is said', () => {
    const { result, notes } = accept('"topic":"m","metadata":{"a":1}');

    expect(result.metadata).toEqual({ a: 1, topic: 'm' });
    expect(notes).toEqual(['field "topic" is kept in the run’s metadata']);
  });

  test.for([
    ['session_id', 'source_session_id'],
    ['ls_secret', 'source_ls_secret'],
    ['__proto__', 'source___proto__'],
  ] as const)('%s would mean something to LangSmith, and is kept as %s', ([name, kept]) => {
    expect(Object.keys(accept(`"${name}":"x"`).result.metadata)).toEqual([kept]);
  });

  test.for([
    [
      '"metrics":{"f1":0.5,"em":true}',
      [
        ['f1', 0.5],
        ['em', true],
      ],
    ],
    ['"judge":{"score":4,"reasoning":"close"}', [['judge', 4, 'close']]],
    ['"evaluations":[{"name":"a","value":1}]', [['a', 1]]],
    [
      '"scores":{"f1":1},"metrics":{"f1":0.5}',
      [
        ['f1', 1],
        ['metrics.f1', 0.5],
      ],
    ],
  ] as const)('are scores where their name and content say so: %s', ([fields, scores]) => {
    const { result, notes } = accept(fields);

    expect(
      result.feedback.map(({ key, score, comment }) => [key, score, ...(comment ? [comment] : [])]),
    ).toEqual(scores);
    expect(result.metadata).toEqual({});
    expect(notes).toEqual([expect.stringMatching(/^field "\w+" is read as scores$/)]);
  });

  test('that hold more than scores are kept as well', () => {
    const { result } = accept('"metrics":{"f1":0.5,"prompt_tokens":12}');

    expect(result.feedback).toEqual([{ key: 'f1', score: 0.5 }]);
    expect(result.metadata).toEqual({ metrics: { f1: 0.5, prompt_tokens: 12 } });
  });

  test('do not replace what metadata has under their name', () => {
    const { result, notes } = accept('"a":1,"metadata":{"a":2,"source_a":3}');

    expect(result.metadata).toEqual({ a: 2, source_a: 3, source_source_a: 1 });
    expect(notes).toEqual(['field "a" is kept in the run’s metadata as "source_source_a"']);
  });

  test('that LangSmith understands need no word', () => {
    const { result, notes } = accept('"ls_model_name":"m","usage_metadata":{"input_tokens":1}');

    expect(result.metadata).toEqual({ ls_model_name: 'm', usage_metadata: { input_tokens: 1 } });
    expect(notes).toEqual([]);
  });

  test('have names that JavaScript uses itself', () => {
    const { result } = accept('"constructor":1,"toString":2');

    expect(JSON.stringify(result.metadata)).toBe('{"constructor":1,"toString":2}');
  });

  test('leave the row’s own metadata as it was read', () => {
    const checked = check('{"inputs":1,"outputs":1,"metadata":{"__proto__":{"a":1}},"b":2}');

    if ('problems' in checked) throw new Error('refused');
    expect(JSON.stringify(checked.result.metadata)).toBe('{"__proto__":{"a":1},"b":2}');
    expect((checked.row.value as JsonObject).metadata).not.toHaveProperty('b');
  });

  test('of a child run are kept with the child', () => {
    const { childRuns } = accept('"child_runs":[{"name":"search","depth":{"x":1}}]').result;

    expect(childRuns).toMatchObject([{ name: 'search', metadata: { depth: { x: 1 } } }]);
  });

  test('_rejected, which ls-record wrote itself, is passed over', () => {
    expect(accept('"_rejected":{"line":1}')).toMatchObject({ notes: [], result: { metadata: {} } });
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

test('rows are checked as they come, bad ones too', async () => {
  async function* rows() {
    for (const [index, value] of [{ inputs: 1, outputs: 1 }, 5].entries())
      yield { origin, index, shape: 'document', value } satisfies Row;
  }

  const checked: boolean[] = [];
  for await (const row of parseResults(rows())) checked.push('result' in row);

  expect(checked).toEqual([true, false]);
});
