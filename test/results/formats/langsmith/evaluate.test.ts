import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFile, scoresOf } from '../../../support/read-format.js';
import { fileOf } from '../../../support/rows.js';

const at = (name: string) =>
  new URL(`../../../../fixtures/formats/langsmith/${name}`, import.meta.url).pathname;
const example = (n: number) => `6f1d2c3b-0000-4000-8000-${String(n).padStart(12, '0')}`;
const runId = (n: number) => `01958d1e-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('what evaluate() of the SDKs gives', () => {
  test.for<[string, string]>([
    ['evaluate-rows.json', example(1)],
    ['evaluate-to-pandas.csv', example(1)],
    ['get-test-results.json', ''],
    ['run-on-dataset.json', example(1)],
  ])('has a row per example, its outputs as the reference: %s', async ([name, exampleId]) => {
    const { source, results, problems } = await readFile(at(name));

    expect(source.format).toBe('langsmith-evaluate');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        id: runId(1),
        inputs: { book: 'Ulysses' },
        outputs: { author: 'James Joyce' },
        referenceOutputs: { author: 'James Joyce' },
      },
      {
        id: runId(3),
        inputs: { book: 'Emma' },
        outputs: undefined,
        referenceOutputs: { author: 'Jane Austen' },
        error: 'TimeoutError: 30 s',
      },
    ]);
    expect(results[0]?.exampleId ?? '').toBe(exampleId);
    expect(scoresOf(results, 'right')).toEqual({ n: 1, mean: 1 });
  });

  test('keeps comments, categories, child runs and scores of the whole', async () => {
    const { source, results } = await readFile(at('evaluate-rows.json'));

    expect(results[0]).toMatchObject({
      split: ['hard'],
      feedback: [
        { key: 'right', score: 1, comment: 'as the catalogue says' },
        { key: 'tone', value: 'plain' },
      ],
      childRuns: [{ name: 'ChatOpenAI', runType: 'llm' }],
    });
    expect(results[0]?.metadata).not.toHaveProperty('run_inputs');
    expect(source.summaries).toEqual([
      { scores: [{ key: 'pass_rate', score: 0.5, comment: '1 of 2' }] },
    ]);
  });

  test('is read in the spelling of the JS SDK', async () => {
    const { results: rows } = JSON.parse(readFileSync(at('evaluate-rows.json'), 'utf8'));
    const dumped = {
      manager: { client: { apiKey: 'never-shown' } },
      results: rows.map(({ evaluation_results, ...row }: { evaluation_results: object }) => ({
        ...row,
        evaluationResults: evaluation_results,
      })),
      processedCount: 2,
      summaryResults: { results: [{ key: 'pass_rate', score: 0.5 }] },
    };

    const { source, results, rows: read } = await readFile(fileOf(JSON.stringify(dumped)));

    expect(results.map(({ feedback }) => feedback.length)).toEqual([2, 0]);
    expect(source.summaries).toEqual([{ scores: [{ key: 'pass_rate', score: 0.5 }] }]);
    expect(JSON.stringify(read)).not.toContain('never-shown');
  });

  test('has the inputs of the run too, where they are others', async () => {
    const row = {
      run: { id: runId(1), inputs: { prompt: 'Who wrote Ulysses?' }, outputs: { a: 1 } },
      example: { id: example(1), inputs: { book: 'Ulysses' }, outputs: null },
      evaluation_results: [{ key: 'right', score: 0 }],
    };

    const { results } = await readFile(fileOf(JSON.stringify([row])));

    expect(results).toMatchObject([
      {
        inputs: { book: 'Ulysses' },
        metadata: { run_inputs: { prompt: 'Who wrote Ulysses?' } },
        feedback: [{ key: 'right', score: 0 }],
      },
    ]);
  });
});

describe('a table of the SDKs', () => {
  const header = 'inputs.a.b,outputs.n,reference.n,feedback.ok,feedback.note,execution_time,error';

  test('has keys with dots, cells of JSON, and scores as pandas writes them', async () => {
    const rows = `${header}\nx,"{""m"": 1}",2,True,kind,0.5,\ny,3,4,nan,,,boom\n`;

    const { source, results, problems } = await readFile(fileOf(rows, 'table.csv'));

    expect(source.format).toBe('langsmith-evaluate');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { 'a.b': 'x' },
        outputs: { n: { m: 1 } },
        latencyUs: 500_000,
        feedback: [
          { key: 'ok', score: true },
          { key: 'note', value: 'kind' },
        ],
      },
      { error: 'boom', latencyUs: undefined, feedback: [] },
    ]);
  });

  test.for<[string, string]>([
    ['as its first column without a name', ''],
    ['as a column of its own', 'example_id'],
    ['as the column that pandas names', 'Unnamed: 0'],
  ])('tells its examples by their id %s', async ([, name]) => {
    const rows = `${name},${header}\n${example(1)},x,1,1,1,,0.5,\n`;

    const { results } = await readFile(fileOf(rows));

    expect(results).toMatchObject([{ exampleId: example(1) }]);
  });

  test('of several experiments, which a column tells, is as many', async () => {
    const rows = `experiment,${header}\nold,x,1,1,1,,0.5,\nnew,x,2,1,0,,0.5,\n`;

    const { experiments } = await readFile(fileOf(rows));

    expect(experiments).toEqual({ old: 1, new: 1 });
  });

  test('in which Python printed objects says that they stay text', async () => {
    const rows = `${header}\n"[{'role': 'user'}]",1,1,1,,0.5,\n`;

    const { source, results } = await readFile(fileOf(rows));

    expect(source.assumptions).toEqual([expect.stringContaining('stay text')]);
    expect(results).toMatchObject([{ inputs: { 'a.b': "[{'role': 'user'}]" } }]);
  });

  test.for(['split', 'columns', 'records'] as const)(
    'is read in the orient %s of pandas',
    async (orient) => {
      const columns = header.split(',');
      const cells = ['x', 1, 2, 1, null, 0.5, null];
      const byName = Object.fromEntries(columns.map((name, at) => [name, cells[at]]));
      const written = {
        split: { columns, index: [0], data: [cells] },
        columns: Object.fromEntries(columns.map((name) => [name, { 0: byName[name] }])),
        records: [byName],
      }[orient];

      const { source, results } = await readFile(fileOf(JSON.stringify(written)));

      expect(source.format).toBe('langsmith-evaluate');
      expect(results).toMatchObject([{ inputs: { 'a.b': 'x' }, outputs: { n: 1 } }]);
    },
  );

  test.for([
    'inputs.q,outputs.a,feedback.correct\nx,y,1\n',
    'inputs.q,outputs.a,example_id,scores.correct\nx,y,,1\n',
  ])('is another than ours: %s', async (rows) => {
    const { source } = await readFile(fileOf(rows));

    expect(source.format).toBe('native');
  });
});

test('an example whose runs are only ids is not read as a native row', async () => {
  const examples = [
    {
      id: example(1),
      dataset_id: example(9),
      inputs: { q: 1 },
      outputs: { a: 1 },
      runs: [{ id: runId(1) }],
    },
  ];

  const { source, problems } = await readFile(fileOf(JSON.stringify(examples)));

  expect(source.format).toBe('langsmith-examples');
  expect(problems).toEqual([expect.stringContaining('they were not asked for')]);
});

describe('examples with their runs', () => {
  test.for<[string, (examples: object[]) => string]>([
    ['as version 1 answers', (examples) => JSON.stringify(examples)],
    ['as version 2 answers', (items) => JSON.stringify({ items, next_cursor: null })],
    ['as lines', (examples) => examples.map((one) => `${JSON.stringify(one)}\n`).join('')],
  ])('%s are a row per run, an experiment per project', async ([, write]) => {
    const examples = JSON.parse(readFileSync(at('examples-with-runs.json'), 'utf8'));

    const { source, results, problems, experiments } = await readFile(fileOf(write(examples)));

    expect(source.format).toBe('langsmith-examples');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ '5a6b7c8d': 2, '7e8f9a0b': 2 });
    expect(results).toMatchObject([
      {
        id: runId(1),
        exampleId: example(1),
        inputs: { book: 'Ulysses' },
        referenceOutputs: { author: 'James Joyce' },
        outputs: { author: 'James Joyce' },
        split: ['hard'],
        exampleMetadata: { century: 20 },
        metadata: { ls_model_name: 'gpt-4o-mini', usage_metadata: { total_tokens: 12 } },
        feedback: [{ key: 'right', score: 1, comment: 'as the catalogue says' }],
      },
      { outputs: { author: 'Homer' }, feedback: [{ key: 'right', score: 0 }] },
      { error: 'TimeoutError: 30 s', outputs: undefined },
      { feedback: [{ key: 'right', score: true, comment: 'yes' }] },
    ]);
  });
});
