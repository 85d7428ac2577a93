import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject, JsonValue } from '../../src/json/value.js';
import { checkRow } from '../../src/results/parse.js';
import type { ChildRun } from '../../src/results/result.js';

function check(childRuns: JsonValue) {
  return checkRow({
    origin: { file: 'f', line: 1 },
    index: 0,
    shape: 'document',
    value: { inputs: { q: 1 }, outputs: { a: 1 }, child_runs: childRuns },
  });
}

function accept(json: string) {
  const checked = check(parseJson(json));
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked;
}

function nest(depth: number): JsonObject {
  let run: JsonObject = { name: 'deepest' };
  for (let level = 1; level < depth; level++) run = { name: 'level', child_runs: [run] };
  return run;
}

test('child runs have the fields of a run', () => {
  const { childRuns } = accept(`[{
    "name": "ask", "run_type": "llm", "inputs": [{"role":"user","content":"hi"}], "outputs": 5,
    "error": {"message":"slow"}, "start_time": 1769860800.5, "latency_ms": 20, "tags": "t",
    "metadata": {"a":1}, "scores": {"k":true}
  }]`).result;

  expect(childRuns).toEqual([
    {
      name: 'ask',
      runType: 'llm',
      inputs: { messages: [{ role: 'user', content: 'hi' }] },
      outputs: { output: 5 },
      error: 'slow\n{"message":"slow"}',
      startTime: 1_769_860_800_500_000,
      latencyUs: 20_000,
      tags: ['t'],
      metadata: { a: 1 },
      feedback: [{ key: 'k', score: true }],
      childRuns: [],
    },
  ]);
});

test('child runs keep their order and their own child runs', () => {
  const { childRuns } = accept(
    '[{"name":"a","child_runs":[{"name":"a1"},{"name":"a2"}]},{"name":"b","child_runs":null}]',
  ).result;

  expect(childRuns).toMatchObject([
    { name: 'a', childRuns: [{ name: 'a1' }, { name: 'a2' }] },
    { name: 'b', childRuns: [] },
  ]);
});

test('runs nest 1000 deep', () => {
  const checked = check([nest(1000)]);

  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  let run: ChildRun | undefined = checked.result.childRuns[0];
  let depth = 0;
  for (; run; run = run.childRuns[0]) depth++;
  expect(depth).toBe(1000);
});

test('runs deeper than 1000, however much, are a problem of the row', () => {
  expect(check([nest(50_000)])).toMatchObject({
    problems: [{ message: 'runs are nested more than 1000 deep' }],
  });
});

test('what is assumed of a child run is said', () => {
  expect(
    accept('[{"child_runs":[{"start_time":"2026-01-01T00:00","depth":1,"scores":{"k":NaN}}]}]')
      .notes,
  ).toEqual([
    'times without a zone are read as UTC',
    'scores that are NaN, Infinity or a spreadsheet error are ignored',
    'field "depth" is kept in the metadata of its child run',
  ]);
});

describe('a row is refused when', () => {
  test.for([
    [
      'child runs are a number',
      '5',
      [['child_runs', 'found the number 5, expected a list of runs']],
    ],
    [
      'a child run is text',
      '["c"]',
      [['child_runs.0', 'found text "c", expected a run: an object']],
    ],
    [
      'a child’s fields are bad, each of them',
      '[{},{"start_time":"x","child_runs":[{"scores":{"k":[]}}]}]',
      [
        [
          'child_runs.1.start_time',
          'found text "x", expected a time from 1970 on: ISO 8601, or seconds, ms or µs since the epoch',
        ],
        [
          'child_runs.1.child_runs.0.scores.k',
          'found an empty list, expected a number, true or false, text, null, or {score, …}',
        ],
      ],
    ],
    [
      'a child ends before it starts',
      '[{"start_time":2,"end_time":1}]',
      [['child_runs.0.end_time', 'is before start_time']],
    ],
  ] as const)('%s', ([, json, problems]) => {
    expect(check(parseJson(json))).toMatchObject({
      problems: problems.map(([field, message]) => ({ field, message })),
    });
  });
});
