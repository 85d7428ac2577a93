import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { bfcl } from '../../../src/results/formats/bfcl.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const folder = 'gpt-4o-2024-11-20-FC';
const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/bfcl/${folder}/${name}`, import.meta.url).pathname;

const recognise = (rows: JsonObject[], name = 'a.json') =>
  bfcl.recognise({ name, kind: 'list', document: {}, rows, columns: [] });

describe('results of BFCL', () => {
  test('give a row per question, with the sums of its turns; path and file tell model and category', async () => {
    const { source, results, problems } = await readFile(
      fixture('BFCL_v3_multi_turn_base_result.json'),
    );

    expect(source.described).toBe('BFCL results: rows have result, input_token_count and latency');
    expect(source.assumptions).toEqual([`the model is that of the folder: ${folder}`]);
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'multi_turn_0',
      inputs: { id: 'multi_turn_0' },
      outputs: { output: [[['ls()'], ["cd('a')"]], [['pwd()']]] },
      latencyUs: 1_750_000,
      feedback: [],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: folder,
        usage_metadata: { input_tokens: 60, output_tokens: 6, total_tokens: 66 },
        test_category: 'multi_turn_base',
        inference_log: ['x'],
      },
    });
  });

  test('are errors only where inference failed', async () => {
    const { results } = await readFile(fixture('BFCL_v3_multi_turn_base_result.json'));

    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      'Error during inference: 503 overloaded',
      undefined,
    ]);
    expect(results[1]?.outputs).toBeUndefined();
    expect(results[2]?.outputs).toEqual({ output: 'I cannot help.' });
  });

  test('are recognised by counts of tokens and latency; folders between are not models', () => {
    const result = { id: 'simple_0', result: 'a', input_token_count: 1, latency: 1 };

    expect(recognise([result])).toBeDefined();
    expect(recognise([{ ...result, id: null }])).toBeUndefined();
    expect(recognise([{ id: 'a', result: 'passed', latency: 1 }])).toBeUndefined();
    const path = 'result/claude-3-haiku/non_live/BFCL_v4_simple_python_result.json';
    expect(recognise([result], path)?.assumptions).toEqual([
      'the model is that of the folder: claude-3-haiku',
    ]);
  });
});

describe('scores of BFCL', () => {
  test('have rows of what failed, each with the reason, and the accuracy of all', async () => {
    const { source, results, problems } = await readFile(fixture('BFCL_v3_simple_score.json'));

    expect(source.described).toBe(
      'BFCL results: it begins with accuracy, correct_count and total_count',
    );
    expect(source.summaries).toEqual([
      { scores: [{ key: 'accuracy', score: 0.5, comment: '2 of 4' }] },
    ]);
    expect(source.assumptions).toEqual([
      'only failed questions are in the file; the accuracy is of all',
    ]);
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'simple_1',
      inputs: { question: 'Area?', function: { name: 'area' } },
      outputs: { output: [{ area: '{"base": 1}' }] },
      referenceOutputs: { possible_answer: { area: { base: [2] } } },
      error: undefined,
      feedback: [{ key: 'valid', score: false, comment: 'Wrong value.\nMissing one.' }],
      metadata: {
        ls_model_name: 'gpt-4o-mini-FC',
        test_category: 'simple',
        error_type: 'value_error:others',
        model_result_decoded: [{ area: { base: 1 } }],
      },
    });
  });

  test('keep reasons that are not text in metadata', async () => {
    const { results } = await readFile(fixture('BFCL_v3_simple_score.json'));

    expect(results[1]).toMatchObject({
      error: 'Error during inference: timeout',
      outputs: undefined,
      feedback: [{ key: 'valid', score: false }],
      metadata: { error: [{ key: 'state' }] },
    });
  });

  test('are told from other counts by rows that are valid or not', () => {
    const counts = { accuracy: 1, correct_count: 1, total_count: 1 };

    expect(recognise([counts])).toBeDefined();
    expect(recognise([counts, { id: 'a', answer: 'b' }])).toBeUndefined();
    expect(recognise([{ accuracy: 1 }, { id: 'a', valid: false }])).toBeUndefined();
  });
});

describe.skipIf(!hasSamples)('the samples of BFCL (../shared is there)', () => {
  test('have 100 results', async () => {
    const { source, results } = await readFile(
      samplePath('bfcl/gorilla_openfunctions_v1_test_simple_result.json'),
    );

    expect(source.format).toBe('bfcl');
    expect(results).toHaveLength(100);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(tokensOf(results, 'input_tokens')).toBe(47_865);
    expect(tokensOf(results, 'output_tokens')).toBe(15_694);
    expect(results[0]).toMatchObject({
      inputs: { test_category: 'simple', idx: 0 },
      outputs: { output: [{ calculate_triangle_area: '{"base": 10, "height": 5}' }] },
      latencyUs: 1_993_074,
    });
    expect(results[0]?.metadata).not.toHaveProperty('ls_model_name');
  });

  test('have 34 failed rows of 400, as the first line says', async () => {
    const { source, results } = await readFile(samplePath('bfcl/simple_score.json'));

    expect(source.format).toBe('bfcl');
    expect(scoresOf(results, 'valid')).toEqual({ n: 34, mean: 0 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results[0]).toMatchObject({
      id: '14',
      inputs: { question: 'Calculate the area under the curve y=x^2 from x=1 to x=3.' },
      metadata: { ls_provider: 'anthropic', ls_model_name: 'claude-3-5-sonnet-20240620-FC' },
    });
    expect(source.summaries).toEqual([
      { scores: [{ key: 'accuracy', score: 0.915, comment: '366 of 400' }] },
    ]);
  });
});
