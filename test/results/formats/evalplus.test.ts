import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { evalplus } from '../../../src/results/formats/evalplus.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/evalplus/${name}`, import.meta.url).pathname;

const recognise = (...rows: JsonObject[]) =>
  evalplus.recognise({ name: 'a.jsonl', kind: 'list', document: {}, rows, columns: [] });
const recogniseDocument = (document: JsonObject) =>
  evalplus.recognise({ name: 'a.json', kind: 'document', document, rows: [], columns: [] });

describe('samples of HumanEval', () => {
  test('give a row each, several of one task as runs of one example', async () => {
    const { source, results, problems } = await readFile(fixture('samples.jsonl'));

    expect(source.described).toBe('HumanEval and EvalPlus: rows have task_id and a program');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      { inputs: { task_id: 'HumanEval/0' }, outputs: { completion: '    return 1' } },
      { inputs: { task_id: 'HumanEval/0' }, outputs: { completion: '    return 2' } },
      {
        id: 'HumanEval/1',
        outputs: { solution: 'def f():\n    return 3' },
        metadata: { _identifier: 'HumanEval/1 (line 3)' },
        feedback: [],
      },
    ]);
  });

  test('that were checked have passed or not, and no errors', async () => {
    const { results } = await readFile(fixture('samples.jsonl_results.jsonl'));

    expect(results).toMatchObject([
      { feedback: [{ key: 'passed', score: true }], error: undefined },
      { feedback: [{ key: 'passed', score: false, comment: 'timed out' }], error: undefined },
    ]);
  });

  test('are told from someone’s own table by having nothing else', () => {
    const sample = { task_id: 'HumanEval/0', completion: 'pass' };

    expect(recognise(sample)).toBeDefined();
    expect(recognise(sample, { ...sample, accuracy: 0.5 })).toBeUndefined();
    expect(recognise({ task_id: 'HumanEval/0', prompt: 'def f():' })).toBeUndefined();
    expect(recognise({ task_id: 0, completion: 'pass' })).toBeUndefined();
  });

  test('are of the model that the folder or the file is named for', () => {
    const rows = [{ task_id: 'HumanEval/0', completion: 'pass' }];
    const assumed = (name: string) =>
      evalplus.recognise({ name, kind: 'list', document: {}, rows, columns: [] })?.assumptions;

    expect(assumed('out/gpt-4_temp_0.0/samples.jsonl')).toEqual([
      'the model is that of the path: gpt-4',
    ]);
    expect(assumed('llama-3/samples.jsonl')).toEqual(['the model is that of the path: llama-3']);
    expect(assumed('results/samples.jsonl')).toEqual([]);
    expect(assumed('samples.jsonl')).toEqual([]);
  });
});

describe('results of EvalPlus', () => {
  test('of before version 0.2 take the programs from the samples next to them, in their order', async () => {
    const { source, results, problems } = await readFile(fixture('samples_eval_results.json'));

    expect(source.described).toBe('HumanEval and EvalPlus: it has eval, hash and date');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { task_id: 'HumanEval/1' },
        outputs: { solution: 'def f():\n    return 3' },
        feedback: [{ key: 'base', score: 0, comment: 'timed out' }],
        metadata: { base_details: [true, false], date: '2026-01-31 12:00', hash: 'abc' },
      },
      {
        outputs: { completion: '    return 1' },
        feedback: [
          { key: 'base', score: 1 },
          { key: 'plus', score: 1 },
        ],
      },
      {
        inputs: { task_id: 'HumanEval/0' },
        outputs: { completion: '    return 2' },
        feedback: [
          { key: 'base', score: 0, comment: 'failed' },
          { key: 'plus', score: 1 },
        ],
      },
    ]);
  });

  test('of today hold the programs; a check that was not made is not a score', async () => {
    const { results } = await readFile(
      fixture('deepseek-ai--deepseek-coder_vllm_temp_0.0_eval_results.json'),
    );

    expect(results).toMatchObject([
      {
        inputs: { task_id: 'Mbpp/2' },
        outputs: { solution: 'def g(): pass' },
        feedback: [
          { key: 'base', score: 1 },
          { key: 'plus', score: 0, comment: 'fail' },
        ],
        metadata: { ls_model_name: 'deepseek-ai/deepseek-coder', plus_fail_tests: [[1, 2]] },
      },
      { feedback: [{ key: 'base', score: 0, comment: 'timeout' }] },
    ]);
    expect(results[1]?.feedback).toHaveLength(1);
  });

  test('are recognised by eval, hash and date together', () => {
    const results = { date: '2026-01-31', hash: 'a', eval: { 'HumanEval/0': { base: [] } } };

    expect(recogniseDocument(results)).toBeDefined();
    expect(recogniseDocument({ ...results, hash: null })).toBeUndefined();
    expect(recogniseDocument({ ...results, eval: { task: 'arc', model: 'a' } })).toBeUndefined();
  });
});

describe.skipIf(!hasSamples)('the samples of EvalPlus (../shared is there)', () => {
  test('have 82 programs of as many tasks', async () => {
    const { source, results } = await readFile(samplePath('evalplus/samples.jsonl'));

    expect(source.format).toBe('evalplus');
    expect(new Set(results.map(({ id }) => id)).size).toBe(82);
    expect(results).toHaveLength(82);
    expect(results[0]).toMatchObject({ inputs: { task_id: 'HumanEval/0' } });
    expect(String(results[0]?.outputs?.completion)).toMatch(/^ {4}if len\(numbers\) < 2:\n/);
  });

  test('have all run out of time, which is a score of 0 and no error', async () => {
    const { source, results } = await readFile(samplePath('evalplus/samples_eval_results.json'));

    expect(source.format).toBe('evalplus');
    expect(results).toHaveLength(82);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(scoresOf(results, 'base')).toEqual({ n: 82, mean: 0 });
    expect(scoresOf(results, 'plus')).toEqual({ n: 82, mean: 0 });
    expect(results[0]).toMatchObject({ inputs: { task_id: 'HumanEval/5' } });
    expect(String(results[0]?.outputs?.completion)).toMatch(/^result = \[\]\nfor num in numbers:/);
  });
});
