import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JsonNumber } from '../../../src/json/value.js';
import { deepeval } from '../../../src/results/formats/deepeval.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('a DeepEval test run', () => {
  test('gives a row per case, whose contexts are inputs and whose tools are outputs', async () => {
    const { source, problems, results } = await readFile(fixture('deepeval.json'));

    expect(source.described).toBe('DeepEval test run: test cases have metricsData');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(3);
    expect(results[0]).toMatchObject({
      inputs: {
        input: 'Capital of France?',
        retrievalContext: ['Paris is the capital of France.'],
      },
      outputs: { output: 'Paris', toolsCalled: [{ name: 'search' }] },
      referenceOutputs: { output: 'Paris', expectedTools: [{ name: 'search' }] },
      tags: ['geo'],
    });
  });

  test('has a score per metric, also where names repeat, and success', async () => {
    const { results } = await readFile(fixture('deepeval.json'));

    expect(results[0]?.feedback).toEqual([
      { key: 'Faithfulness', score: 0.9, comment: 'grounded' },
      { key: 'Tone [GEval]', score: new JsonNumber('1.0') },
      { key: 'Tone [GEval]', score: 0.5 },
      { key: 'success', score: true },
    ]);
  });

  test('takes the error of a metric for no score and for no error of the row', async () => {
    const { results } = await readFile(fixture('deepeval.json'));

    expect(results[1]).toMatchObject({ error: undefined, outputs: { output: null } });
    expect(results[1]?.feedback).toEqual([
      { key: 'Faithfulness', comment: 'Timed out' },
      { key: 'Tone [GEval]', comment: 'no answer' },
      { key: 'success', score: false },
    ]);
  });

  test('names the model of hyperparameters, never the judge, and keeps what else is there', async () => {
    const { results } = await readFile(fixture('deepeval.json'));

    expect(results[0]?.metadata).toMatchObject({
      ls_provider: 'openai',
      ls_model_name: 'gpt-4o-mini',
      usage_metadata: { total_cost: 0.0003 },
      name: 'test_capital',
      identifier: 'nightly',
      order: 0,
      'scores.Faithfulness.details': { evaluationModel: 'gpt-4.1', evaluationCost: 0.002 },
    });
  });

  test('takes completionTime for the latency, else runDuration, in seconds', async () => {
    const { results } = await readFile(fixture('deepeval.json'));

    expect(results.map(({ latencyUs }) => latencyUs)).toEqual([750_000, 4_000_000, 1_000_000]);
  });

  test('keeps of a case what belongs to a conversation, and of a conversation what belongs to a case', async () => {
    const metricsData = [{ name: 'Tone', score: 1 }];
    const testCase = { input: 'q', actualOutput: 'a', scenario: 'refund', expectedOutcome: 'paid' };
    const conversation = { turns: [], retrievalContext: ['law'], expectedTools: ['search'] };
    const path = join(mkdtempSync(join(tmpdir(), 'ls-record-')), 'run.json');
    const run = {
      testCases: [{ ...testCase, metricsData }],
      conversationalTestCases: [{ ...conversation, metricsData }],
    };
    writeFileSync(path, JSON.stringify(run));
    const { results } = await readFile(path);

    expect(results).toMatchObject([
      { metadata: { scenario: 'refund', expectedOutcome: 'paid' } },
      { metadata: { retrievalContext: ['law'], expectedTools: ['search'] } },
    ]);
  });

  test('of a conversation has what the user said as inputs, and the last answer with all turns', async () => {
    const { results } = await readFile(fixture('deepeval.json'));

    expect(results[2]).toMatchObject({
      inputs: {
        messages: [{ content: 'I want my money back' }, { content: 'Thanks' }],
        scenario: 'A customer wants a refund',
      },
      referenceOutputs: { output: 'The refund is granted' },
      outputs: { output: 'Bye', messages: { length: 4 } },
      feedback: [{ key: 'Role Adherence', score: 0.8 }, { key: 'success' }],
    });
  });

  test('is not a cache of DeepEval, and no other list of test cases', () => {
    const sample = { name: 'x.json', kind: 'document', rows: [], columns: [] } as const;
    const cases = [{ input: 'a', expected: 'b' }];

    expect(deepeval.recognise({ ...sample, document: { test_cases_lookup_map: {} } })).toBe(
      undefined,
    );
    expect(deepeval.recognise({ ...sample, document: { testCases: cases } })).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of DeepEval (next to the checkout)', () => {
  test.for(['latest_test_run.json', 'latest_run_full.json'])('%s', async (name) => {
    const { source, results, problems } = await readFile(samplePath(`deepeval/${name}`));

    expect(source.format).toBe('deepeval');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      inputs: { input: 'What is the total revenue for Q3 and what were the primary drivers?' },
      outputs: {
        output: expect.stringMatching(/^The provided documents do not contain sufficient/),
      },
      error: undefined,
      latencyUs: 19_342_909,
    });
    expect(results[0]?.metadata).not.toHaveProperty('ls_model_name');
    expect(scoresOf(results, 'Faithfulness')).toEqual({ n: 1, mean: 1 });
    expect(scoresOf(results, 'success')).toEqual({ n: 1, mean: 1 });
  });

  test('temp_test_run_data.json: of nine metrics, five gave a score', async () => {
    const { results } = await readFile(samplePath('deepeval/temp_test_run_data.json'));

    const scored = results[0]?.feedback.filter(({ score }) => score !== undefined);
    expect(scored?.map(({ key, score }) => [key, Number(score)])).toEqual([
      ['Exact Match', 0],
      ['AnswerLLMJudgeMetric', 0],
      ['Tool Correctness', 0.5],
      ['ToolUsageMetric', 0.375],
      ['FactsSimilarityMetric', 0.6],
      ['success', 0],
    ]);
    expect(results[0]).toMatchObject({
      error: undefined,
      referenceOutputs: { output: 'Jim Obergefell' },
      outputs: { toolsCalled: [{ name: 'Wikipedia' }, { name: 'Python' }] },
    });
  });
});
