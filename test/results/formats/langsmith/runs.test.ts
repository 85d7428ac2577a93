import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json/value.js';
import { readTraces } from '../../../../src/results/formats/langsmith/trace-rows.js';
import type { FoundRun } from '../../../../src/results/formats/langsmith/traces.js';
import { readFile, scoresOf, tokensOf } from '../../../support/read-format.js';
import { fileOf } from '../../../support/rows.js';

const FIXTURE = new URL('../../../../fixtures/formats/langsmith/runs.jsonl', import.meta.url)
  .pathname;
const RUNS: JsonObject[] = readFileSync(FIXTURE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const id = (n: number) => `01958d1e-0000-7000-8000-${String(n).padStart(12, '0')}`;
const lines = (runs: readonly object[]) => runs.map((run) => `${JSON.stringify(run)}\n`).join('');
const run = (n: number, more: object = {}) => ({
  id: id(n),
  trace_id: id(n),
  name: 'app',
  run_type: 'chain',
  status: 'success',
  inputs: { n },
  outputs: { n },
  start_time: `2026-03-04T10:00:0${n % 10}`,
  end_time: `2026-03-04T10:00:0${n % 10}.5`,
  ...more,
});
const below = (n: number, parent: number, trace = 1, more: object = {}) =>
  run(n, { trace_id: id(trace), parent_run_id: id(parent), name: `run ${n}`, ...more });

/** Rows by what they were asked, with the names of the runs below them. */
async function treesIn(runs: readonly object[]) {
  const { results, problems, rows } = await readFile(fileOf(lines(runs)));
  type Tree = { name?: string | undefined; childRuns: readonly Tree[] };
  const namesOf = (runs: readonly Tree[]): unknown[] =>
    runs.map((one) => (one.childRuns.length > 0 ? [one.name, namesOf(one.childRuns)] : one.name));
  const trees = results.map(({ inputs, childRuns }) => [inputs?.n, namesOf(childRuns)]);
  const notes = [...new Set(rows.flatMap((row) => ('notes' in row ? row.notes : [])))];
  return { trees, problems, notes };
}

/** The same runs as each kind of file that LangSmith or its users make of them. */
const asText = (run: JsonObject) =>
  Object.fromEntries(
    Object.entries(run).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  );
const asVersion2 = ({ parent_run_id: _, session_id, extra, ...run }: JsonObject) => ({
  ...run,
  project_id: session_id,
  metadata: (extra as JsonObject).metadata,
  extra,
  run_type: String(run.run_type).toUpperCase(),
  status: String(run.status).toUpperCase(),
  parent_run_ids: String(run.dotted_order)
    .split('.')
    .slice(0, -1)
    .map((part) => part.split('Z')[1]),
  ...(run.prompt_token_details && { prompt_token_details: { raw: run.prompt_token_details } }),
});
const asPydantic = (run: JsonObject) => ({
  ...run,
  start_time: String(run.start_time).replace('T', ' '),
  end_time: `${String(run.end_time).replace('T', ' ')}+00:00`,
  child_runs: null,
  attachments: {},
});
const cell = (value: unknown) =>
  `"${(value === null || value === undefined ? '' : String(value)).replaceAll('"', '""')}"`;
function asTable(runs: readonly JsonObject[]): string {
  const columns = [...new Set(runs.flatMap(Object.keys))];
  const row = (run: JsonObject) => columns.map((name) => cell(asText(run)[name])).join(',');
  return `${[columns.join(','), ...runs.map(row)].join('\n')}\n`;
}
/** `client.list_runs()` of roots with `load_child_runs`. */
function asNested(runs: readonly JsonObject[]): JsonObject[] {
  const nest = (run: JsonObject): JsonObject => ({
    ...run,
    child_runs: runs.filter((one) => one.parent_run_id === run.id).map(nest),
  });
  return runs.filter((run) => run.parent_run_id === null).map(nest);
}

describe('runs of LangSmith', () => {
  test.for<[string, string]>([
    ['as lines, newest first', lines(RUNS)],
    ['as lines, oldest first', lines([...RUNS].reverse())],
    ['as a list', JSON.stringify(RUNS, null, 1)],
    ['as /runs/query answers them', JSON.stringify({ runs: RUNS, cursors: { next: null } })],
    ['as version 2 answers them', JSON.stringify({ items: RUNS.map(asVersion2), next_cursor: '' })],
    ['as pages, one after another', lines([{ runs: RUNS.slice(0, 3) }, { runs: RUNS.slice(3) }])],
    ['as a bulk export has them, with JSON as text', lines(RUNS.map(asText))],
    ['as a table', asTable(RUNS)],
    ['as Python prints times', lines(RUNS.map(asPydantic))],
    ['within their parents', lines(asNested(RUNS))],
    ['within what somebody saved', JSON.stringify({ project: 'x', traces: asNested(RUNS) })],
  ])('%s are rows, of which the roots are read with all that is below', async ([, content]) => {
    const { source, results, problems, experiments } = await readFile(fileOf(content));

    expect(source.format).toBe('langsmith-runs');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ '5a6b7c8d': 3 });
    const byBook = new Map(results.map((result) => [result.inputs?.book, result]));
    expect(byBook.get('Ulysses')).toMatchObject({
      id: id(1),
      exampleId: '6f1d2c3b-0000-4000-8000-000000000001',
      outputs: { author: 'James Joyce' },
      runType: 'chain',
      startTime: Date.UTC(2026, 2, 4, 10) * 1000,
      endTime: Date.UTC(2026, 2, 4, 10, 0, 1) * 1000,
      feedback: [{ key: 'right', score: 0 }],
      metadata: { shelf: 'C' },
      childRuns: [
        {
          name: 'look up',
          runType: 'retriever',
          childRuns: [
            {
              name: 'ChatOpenAI',
              runType: 'llm',
              metadata: {
                ls_model_name: 'gpt-4o-mini',
                ls_provider: 'openai',
                usage_metadata: {
                  input_tokens: 9,
                  output_tokens: 3,
                  total_tokens: 12,
                  input_token_details: { cache_read: 4 },
                },
              },
            },
          ],
        },
      ],
    });
    expect(byBook.get('Emma')).toMatchObject({ error: 'TimeoutError: 30 s', outputs: undefined });
    expect(byBook.get('Emma')?.metadata).not.toHaveProperty('usage_metadata');
    expect(byBook.get('Persuasion')).toMatchObject({
      tags: ['prod'],
      metadata: {
        ls_model_name: 'gpt-4o-mini',
        runtime: { sdk: 'langsmith-py' },
        usage_metadata: { total_tokens: 21, total_cost: expect.anything() },
        'scores.helpful.details': { n: expect.anything(), stdev: expect.anything() },
      },
    });
    expect(scoresOf(results, 'right')).toEqual({ n: 2, mean: 0.5 });
    expect(tokensOf(results, 'output_tokens')).toBe(10);
  });

  test('have scores with their comments, categories as values, and the number of what is a mean', async () => {
    const { results } = await readFile(FIXTURE);

    const feedback = results.find(({ inputs }) => inputs?.book === 'Persuasion')?.feedback;
    expect(feedback).toEqual([
      { key: 'right', score: 1, comment: 'as the catalogue says' },
      { key: 'tone', value: 'plain' },
      { key: 'helpful', score: 0.6667 },
    ]);
  });

  test('have feedback as it was given, where each is there', async () => {
    const feedbacks = [
      { id: 'f', run_id: id(1), key: 'right', score: true, comment: 'yes', correction: null },
      { id: 'g', run_id: id(1), key: 'right', score: false, comment: null },
    ];
    const stats = { right: { n: 2, avg: 0.5 }, other: { n: 1, avg: 0.25 } };

    const { results } = await readFile(
      fileOf(lines([run(1, { feedbacks, feedback_stats: stats })])),
    );

    expect(results[0]?.feedback).toMatchObject([
      { key: 'right', score: true, comment: 'yes' },
      { key: 'right', score: false },
      { key: 'other', score: 0.25 },
    ]);
  });

  test('of several projects are an experiment each (by name) of the project if it is named', async () => {
    const runs = [
      run(1, { session_id: '11111111-0000-4000-8000-000000000000' }),
      run(2, { session_id: '11111111-0000-4000-8000-000000000001' }),
      run(3, { session_id: '22222222-0000-4000-8000-000000000000', session_name: 'nightly' }),
    ];

    const { experiments } = await readFile(fileOf(lines(runs)));

    expect(experiments).toEqual({ '11111111': 1, '11111111 (2)': 1, nightly: 1 });
  });

  test('that carry attachments and signed addresses keep names alone', async () => {
    const signed = 'https://files.example/a?X-Amz-Signature=abc';
    const runs = [
      run(1, {
        attachments: { 'page.png': { presigned_url: signed, mime_type: 'image/png' } },
        s3_urls: { 'attachment.cover.jpg': { presigned_url: signed } },
        outputs_s3_urls: { ROOT: { presigned_url: signed } },
        share_token: 'abc',
      }),
    ];

    const { results, rows } = await readFile(fileOf(lines(runs)));

    expect(results[0]?.metadata).toEqual({ attachments: ['page.png', 'cover.jpg'] });
    expect(rows[0]).toMatchObject({ notes: [expect.stringContaining('not carried over')] });
  });
});

test('a run of the JS SDK that took less than a millisecond ends when it starts, and no sooner', async () => {
  const times = { start_time: '2026-03-04T10:00:00.123001', end_time: '2026-03-04T10:00:00.123' };
  const longBefore = { start_time: '2026-03-04T10:00:00.125', end_time: '2026-03-04T10:00:00.123' };

  const { results, problems } = await readFile(fileOf(lines([run(1, times), run(2, longBefore)])));

  expect(results).toHaveLength(1);
  expect(results[0]?.endTime).toBe(results[0]?.startTime);
  expect(problems).toEqual(['end_time: is before start_time']);
});

describe('the tokens of a run that is not an llm run', () => {
  const used = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

  test.for<[string, object[], string, boolean]>([
    ['are counted, as of one, where no such run is below it', [run(1, used)], 'llm', true],
    [
      'are those of the llm runs below it',
      [run(1, used), below(2, 1, 1, { ...used, run_type: 'llm' })],
      'chain',
      false,
    ],
    ['are none where it used none', [run(1)], 'chain', false],
  ])('%s', async ([, runs, type, isSaid]) => {
    const { results, rows } = await readFile(fileOf(lines(runs)));

    expect(results.map(({ runType }) => runType)).toEqual([type]);
    const notes = rows.flatMap((row) => ('notes' in row ? row.notes : []));
    expect(notes.some((note) => note.includes('llm runs only'))).toBe(isSaid);
    expect(results[0]?.metadata.run_type).toBe(isSaid ? 'chain' : undefined);
  });
});

describe('a run without outputs', () => {
  test.for<[string, object, unknown]>([
    ['that gave nothing has none', { outputs: null }, { outputs: {} }],
    ['that failed without a word failed', { outputs: null, status: 'error' }, { error: /not say/ }],
    [
      'that has not ended is refused',
      { outputs: null, status: 'pending', end_time: null },
      /ended/,
    ],
    ['whose inputs are elsewhere is refused', { inputs: null, inputs_s3_urls: { ROOT: {} } }, /s3/],
    ['that Python printed is refused', { inputs: "{'n': 1}" }, /json\.dumps/],
  ])('%s', async ([, more, expected]) => {
    const { results, problems } = await readFile(fileOf(lines([run(1, more)])));

    if (expected instanceof RegExp) expect(problems).toEqual([expect.stringMatching(expected)]);
    else if ('error' in (expected as object)) expect(results[0]?.error).toMatch(/does not say why/);
    else expect(results).toMatchObject([expected]);
  });
});

describe('runs below others', () => {
  test.for<[string, object[], unknown[]]>([
    ['before their root', [below(3, 2), below(2, 1), run(1)], [[1, [['run 2', ['run 3']]]]]],
    ['after it', [run(1), below(2, 1), below(3, 2)], [[1, [['run 2', ['run 3']]]]]],
    [
      'of several traces, mixed, with ids that repeat',
      [below(9, 1), run(2), below(9, 2, 2), run(1)],
      [
        [1, ['run 9']],
        [2, ['run 9']],
      ],
    ],
    [
      'that tell their parent alone',
      [below(4, 3), below(3, 2), run(5), below(2, 1), run(1)].map(
        ({ trace_id: _, ...rest }: Record<string, unknown>) => rest,
      ),
      [
        [1, [['run 2', [['run 3', ['run 4']]]]]],
        [5, []],
      ],
    ],
    [
      'at the same depth by when they started',
      [run(1), below(3, 1), below(2, 1)],
      [[1, ['run 2', 'run 3']]],
    ],
    [
      'that say they are below each other',
      [run(1), below(2, 3), below(3, 2)],
      [[1, [['run 2', ['run 3']]]]],
    ],
  ])('%s are put where they belong', async ([, runs, expected]) => {
    const { trees } = await treesIn(runs);

    expect(trees).toEqual(expected);
  });

  test('whose parent is not in the file are put below the nearest that is, and that is said', async () => {
    const order = (...ids: number[]) => ids.map((n) => `20260304T100000000000Z${id(n)}`).join('.');
    const runs = [
      run(1),
      below(2, 1),
      below(4, 3, 1, { dotted_order: order(1, 2, 3, 4) }),
      below(6, 5),
    ];

    const { trees, notes } = await treesIn(runs);

    expect(trees).toEqual([[1, [['run 2', ['run 4']], 'run 6']]]);
    expect(notes).toContainEqual(expect.stringContaining('nearest run above it'));
  });

  test('whose root is not in the file are problems next to roots that are', async () => {
    const { trees, problems } = await treesIn([run(1), below(3, 2, 2), below(4, 3, 2)]);

    expect(trees).toEqual([[1, []]]);
    expect(problems).toEqual([`row: this run is below ${id(2)}, which is not in the file`]);
  });

  test('of a file without any root are rows, and that is said', async () => {
    const { trees, problems, notes } = await treesIn([
      below(3, 2, 2),
      below(4, 3, 2),
      below(6, 5, 5),
    ]);

    expect(problems).toEqual([]);
    expect(trees).toEqual([
      [3, ['run 4']],
      [6, []],
    ]);
    expect(notes).toEqual([expect.stringContaining('the topmost are rows')]);
  });

  test('that come twice are recorded once, and that is said', async () => {
    const { trees, notes } = await treesIn([run(1), below(2, 1), run(1), below(2, 1)]);

    expect(trees).toEqual([[1, ['run 2']]]);
    expect(notes).toEqual([expect.stringContaining('recorded once')]);
  });

  test('wait for each other in bounded memory; one that comes too late is a problem', async () => {
    const runs = [run(1), run(2), run(3), below(4, 1)].map((record, n) => ({
      origin: { file: 'runs', line: n + 1 },
      record: { ...record, inputs: { n, text: 'x'.repeat(1000) } },
    }));
    const given = (async function* (): AsyncGenerator<FoundRun> {
      yield* runs;
    })();

    const rows = [];
    for await (const row of readTraces(given, { most: 2500 })) rows.push(row);

    expect(rows.map((row) => ('problem' in row ? row.problem : ''))).toEqual([
      '',
      '',
      '',
      expect.stringMatching(/ is below .* or over 32 MB away: sort the runs by trace_id$/),
    ]);
  });
});

describe('what is not a run of LangSmith', () => {
  test.for<[string, object]>([
    ['a row of our own', { ...run(1), scores: { right: 1 } }],
    ['a row of our own that names its example', { ...run(1), example_id: id(2) }],
    ['a row with an id', { id: id(1), inputs: {}, outputs: {}, run_type: 'chain' }],
    ['a row whose id is another', { ...run(1), id: 'case-1' }],
  ])('%s stays what it is', async ([, row]) => {
    const { source } = await readFile(fileOf(lines([row, row])));

    expect(source.format).toBe('native');
  });
});
