import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { mlflow } from '../../../src/results/formats/mlflow.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('a table of results of MLflow', () => {
  test('has a row per list of cells, whose latency is in seconds and whose tokens are of the output', async () => {
    const { source, results, problems } = await readFile(fixture('mlflow.json'));

    expect(source.described).toBe('MLflow evaluation: it has a column toxicity/v1/score');
    expect(problems).toEqual(['row: found a list of 1, expected a list of 9 cells']);
    expect(results[0]).toMatchObject({
      inputs: { input: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { output: 'Paris' },
      latencyUs: 1_250_000,
      metadata: { usage_metadata: { output_tokens: 4 }, topic: 'geo' },
      feedback: [
        { key: 'toxicity', score: 0.01 },
        { key: 'answer_correctness', score: 5, comment: 'right' },
      ],
    });
  });

  test('takes a judge that failed for no score and no error', async () => {
    const { results } = await readFile(fixture('mlflow.json'));

    expect(results[1]?.error).toBe(undefined);
    expect(results[1]?.feedback[1]).toEqual({
      key: 'answer_correctness',
      comment: 'Failed to score model on payload. Error: 429 Too Many Requests',
    });
  });

  test('as CSV has features as inputs where no column is named so', async () => {
    const { source, results } = await readFile(fixture('mlflow.csv'));

    expect(source.format).toBe('mlflow');
    expect(results).toMatchObject([
      {
        inputs: { question: 'Capital of France?', context: ['Paris'] },
        referenceOutputs: { output: 'Paris' },
        outputs: { output: 'Paris' },
        latencyUs: 1_500_000,
        feedback: [{ key: 'exact_match', score: true }],
      },
      { inputs: { question: 'Capital of Peru?' }, latencyUs: undefined },
    ]);
    expect(scoresOf(results, 'exact_match')).toEqual({ n: 2, mean: 0.5 });
  });
});

describe('traces of MLflow 3', () => {
  test('have assessments as scores, expectations as reference, and their own times and tokens', async () => {
    const { source, problems, results } = await readFile(fixture('mlflow-traces.jsonl'));

    expect(source.format).toBe('mlflow');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: { question: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { expected_response: 'Paris' },
      startTime: Date.UTC(2026, 0, 31, 12) * 1000,
      latencyUs: 1_500_000,
      feedback: [
        { key: 'correctness', score: true, comment: 'it is' },
        { key: 'safety', comment: '429' },
      ],
      metadata: {
        trace_id: 'tr-1',
        tags: { stage: 'test' },
        usage_metadata: { input_tokens: 11, output_tokens: 2, total_tokens: 13 },
      },
    });
    expect(results[0]?.metadata).not.toHaveProperty('trace');
  });

  test('that failed are errors', async () => {
    const { results } = await readFile(fixture('mlflow-traces.jsonl'));

    expect(results[1]).toMatchObject({
      error: 'the trace’s state is ERROR',
      outputs: undefined,
      feedback: [],
    });
  });
});

describe('MLflow', () => {
  test.for<[string, JsonObject]>([
    ['another table of pandas', { columns: ['inputs', 'score'], data: [['a', 1]] }],
    ['metrics alone', { 'toxicity/v1/mean': 0.1 }],
    ['a trace without assessments', { trace_id: 't', request: 'a', response: 'b' }],
  ])('did not write %s', ([, document]) => {
    const sample = { name: 'x.json', kind: 'document', document, rows: [], columns: [] } as const;

    expect(mlflow.recognise(sample)).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of MLflow (next to the checkout)', () => {
  test('eval_results_table.json: two of six rows have no score of the judge', async () => {
    const { source, results, problems } = await readFile(
      samplePath('mlflow/eval_results_table.json'),
    );

    expect(source.format).toBe('mlflow');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(6);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: { input: expect.stringMatching(/that the number is a multiple of 3\?$/) },
      outputs: { output: expect.stringMatching(/^==========\nLet's break down how to solve/) },
      latencyUs: 31_319_569,
    });
    expect(scoresOf(results, 'flesch_kincaid_grade_level')).toEqual({
      n: 6,
      mean: expect.closeTo(44.8 / 6, 10),
    });
    expect(scoresOf(results, 'ari_grade_level')).toEqual({
      n: 6,
      mean: expect.closeTo(54.8 / 6, 10),
    });
    expect(scoresOf(results, 'answer_correctness')).toEqual({ n: 4, mean: 2.5 });
    expect(tokensOf(results, 'output_tokens')).toBe(1599);
    expect(tokensOf(results, 'input_tokens')).toBe(0);
  });
});
