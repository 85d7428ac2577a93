import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { evalite } from '../../../src/results/formats/evalite.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('results of Evalite', () => {
  test('are an experiment per eval and variant, each with its own average', async () => {
    const { source, problems, experiments } = await readFile(fixture('evalite.json'));

    expect(source.described).toBe('Evalite results: it has run, and evals with results and scores');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'Capitals · gpt-4o': 2, 'Capitals · gpt-4o-mini': 1 });
    expect(source.summaries).toEqual([
      { experiment: 'Capitals · gpt-4o', scores: [{ key: 'averageScore', score: 0.25 }] },
    ]);
  });

  test('have scores, times in UTC, and a child run per trace whose tokens they sum up', async () => {
    const { results, rows } = await readFile(fixture('evalite.json'));

    expect(results[0]).toMatchObject({
      inputs: { input: 'France' },
      outputs: { output: 'Paris' },
      referenceOutputs: { output: 'Paris' },
      startTime: Date.UTC(2026, 0, 31, 12, 0, 1) * 1000,
      latencyUs: 20_000,
      runType: 'chain',
      feedback: [{ key: 'Exact', score: 1, comment: '1 when equal' }],
      metadata: {
        usage_metadata: { input_tokens: 13, output_tokens: 5, total_tokens: 18 },
        eval: { name: 'Capitals', filepath: '/home/ann/qa.eval.ts', variantGroup: 'models' },
        run: { id: 7, runType: 'full' },
        'scores.Exact.details': { metadata: { got: 'Paris' } },
      },
      childRuns: [
        {
          runType: 'llm',
          inputs: { messages: [{ role: 'user', content: 'France' }] },
          outputs: { output: 'Paris' },
          latencyUs: 12_500,
          metadata: { usage_metadata: { input_tokens: 11, output_tokens: 4, total_tokens: 15 } },
        },
        { inputs: { input: 'Paris?' }, latencyUs: 1000 },
      ],
    });
    expect(rows.flatMap((row) => ('notes' in row ? row.notes : []))).toEqual([]);
  });

  test('that failed have the thrown error for an output: it is the error, not an answer', async () => {
    const { results } = await readFile(fixture('evalite.json'));

    expect(results[1]).toMatchObject({
      inputs: { country: 'Atlantis' },
      outputs: undefined,
      error: 'TypeError: no such country',
      feedback: [],
      metadata: { stack: 'TypeError: no such country\n    at task', code: 42 },
    });
  });

  test('may have nothing for an input or an output', async () => {
    const { results } = await readFile(fixture('evalite.json'));

    expect(results[2]).toMatchObject({
      inputs: { input: null },
      outputs: { output: null },
      error: undefined,
      feedback: [{ key: 'Exact', score: 0 }],
    });
  });

  test('of the reporters of 2024 are an experiment per task and run', async () => {
    const { source, results, problems, experiments } = await readFile(fixture('evalite-old.jsonl'));

    expect(experiments).toEqual({
      'Add · 2024-11-15T13:00:00.000Z': 2,
      'Add · 2024-11-15T15:00:00.000Z': 1,
      '': 1,
    });
    expect(results).toMatchObject([
      {
        inputs: { a: 1, b: 2 },
        outputs: { output: 3 },
        referenceOutputs: { output: 3 },
        startTime: Date.UTC(2024, 10, 15, 13) * 1000,
        latencyUs: 4000,
        metadata: { file: 'src/add.eval.ts', task: 'Add' },
      },
      { outputs: { output: 5 }, feedback: [{ key: 'Exact', score: 0 }] },
      { outputs: { output: 3 } },
    ]);
    expect(source.summaries).toEqual([
      { experiment: 'Add · 2024-11-15T13:00:00.000Z', scores: [{ key: 'score', score: 0.5 }] },
      { experiment: 'Add · 2024-11-15T15:00:00.000Z', scores: [{ key: 'score', score: 1 }] },
    ]);
    expect(problems).toEqual([
      'row: found an object with file, tasks, expected a file with its tasks',
    ]);
  });

  test.for<JsonObject>([
    { run: { id: 1 }, evals: [{ name: 'Capitals', results: [{ output: 'Paris' }] }] },
    { evals: [{ name: 'Capitals', results: [{ scores: [] }] }] },
    { file: 'a.ts', tasks: [{ name: 'Add' }] },
  ])('are not anything alike: %j', (document) => {
    const sample = {
      name: 'near.json',
      kind: 'document',
      document,
      rows: [],
      columns: [],
    } as const;

    expect(evalite.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real Evalite files', () => {
  test('one eval has eight rows, two of which failed', async () => {
    const read = await readFile(samplePath('evalite/evalite-results.json'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ 'Country capitals': 8 });
    expect(read.results.flatMap(({ error }) => (error === undefined ? [] : [error]))).toEqual(
      Array(2).fill('Error: Unknown country: Atlantis'),
    );
    expect(scoresOf(read.results, 'Exact Match').n).toBe(6);
    expect(scoresOf(read.results, 'Exact Match').mean).toBeCloseTo(1 / 3, 9);
    expect(scoresOf(read.results, 'Brevity').mean).toBeCloseTo(0.8933333333, 9);
    expect(tokensOf(read.results, 'input_tokens')).toBe(66);
    expect(tokensOf(read.results, 'output_tokens')).toBe(24);
    expect(tokensOf(read.results, 'total_tokens')).toBe(90);
    expect(read.results[0]).toMatchObject({
      inputs: { input: 'France' },
      outputs: { output: 'Paris' },
      referenceOutputs: { output: 'Paris' },
    });
  });

  test('the first reporter has two tasks', async () => {
    const read = await readFile(samplePath('evalite/report.json'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ "Add 'world' to end of phrase": 5, 'Sentence counter': 6 });
    expect(scoresOf(read.results, 'Levenshtein')).toEqual({ n: 5, mean: 1 });
    expect(scoresOf(read.results, 'NumericDifference').mean).toBeCloseTo(0.880952381, 9);
    expect(read.results[0]).toMatchObject({
      inputs: { input: 'Hello Mr' },
      outputs: { output: 'Hello Mr World' },
    });
  });

  test('the JSON Lines of 28 runs of a file have 27 experiments; two runs were broken off', async () => {
    const read = await readFile(samplePath('evalite/evalite-report.jsonl'));

    expect(read.problems).toEqual([]);
    expect(Object.keys(read.experiments)).toHaveLength(27);
    expect(read.results).toHaveLength(174);
    expect(read.results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(scoresOf(read.results, 'Levenshtein')).toEqual({ n: 40, mean: 0.975 });
    expect(scoresOf(read.results, 'NumericDifference').n).toBe(134);
    expect(scoresOf(read.results, 'NumericDifference').mean).toBeCloseTo(0.8568141436, 9);
    expect(read.results[0]).toMatchObject({
      inputs: { input: 'World' },
      outputs: { output: 'World World' },
      latencyUs: 549_000,
    });
  });
});
