import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { sweBench } from '../../../src/results/formats/swe-bench.js';
import { hasSamples, readFile, samplePath } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/swe-bench/${name}`, import.meta.url).pathname;

describe('predictions of SWE-bench', () => {
  test('are resolved as the lists of the report named for their model say', async () => {
    const { source, problems, experiments, results } = await readFile(fixture('lists/preds.jsonl'));

    expect(source.described).toBe(
      'SWE-bench predictions: rows have instance_id, model_patch and model_name_or_path',
    );
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'openai/gpt-4o': 6 });
    expect(results.map(({ feedback }) => feedback)).toEqual([
      [{ key: 'resolved', score: true }],
      [{ key: 'resolved', score: false }],
      [{ key: 'resolved', score: false }],
      [{ key: 'resolved', score: false }],
      [],
      [],
    ]);
    expect(results[0]).toMatchObject({
      id: 'sums__sums-1',
      inputs: { instance_id: 'sums__sums-1' },
      outputs: { model_patch: 'diff 1' },
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o',
        exit_status: 'submitted',
        report: ['resolved_ids', 'completed_ids'],
      },
    });
  });

  test('may be empty, which is not an error; one that could not be evaluated is', async () => {
    const { results } = await readFile(fixture('lists/preds.jsonl'));

    expect(results.map(({ outputs }) => outputs?.model_patch)).toEqual([
      'diff 1',
      'diff 2',
      '',
      null,
      'diff 5',
      'diff 6',
    ]);
    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'the patch could not be evaluated: the report has it in error_ids',
      undefined,
    ]);
  });

  test('may be an object by instance, with a report on each; a patch that did not apply is not an error', async () => {
    const { results, problems, experiments } = await readFile(fixture('instances/preds.json'));

    expect(problems).toEqual([]);
    expect(experiments).toEqual({ '20260131_Robot': 3 });
    expect(results).toMatchObject([
      {
        feedback: [{ key: 'resolved', score: true }],
        metadata: {
          ls_model_name: '20260131_Robot',
          report: { tests_status: { FAIL_TO_PASS: { success: ['t'] } } },
        },
      },
      {
        feedback: [{ key: 'resolved', score: false }],
        error: undefined,
        metadata: { report: { patch_successfully_applied: false } },
      },
      { feedback: [], metadata: {} },
    ]);
  });

  test('of the first reports are not resolved if they are not listed, unless they were never run', async () => {
    const { results } = await readFile(fixture('old/preds.json'));

    expect(results.map(({ feedback }) => feedback.map(({ score }) => score))).toEqual([
      [true],
      [false],
      [],
      [false],
    ]);
    expect(results[1]?.metadata.report).toEqual(['generated', 'no_apply']);
  });

  test('are refused next to several reports, any of which could be theirs', async () => {
    const { results, problems } = await readFile(fixture('several/preds.json'));

    expect(results).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('report.json, results.json')]);
  });

  test.for<JsonObject>([
    { instance_id: 'a', model_patch: 'b' },
    { instance_id: 'a', patch: 'b', model_name_or_path: 'c' },
    { resolved: ['a'], other: ['b'] },
    {},
  ])('are not anything alike: %j', (document) => {
    const sample = { name: 'a.json', kind: 'document', document, rows: [], columns: [] } as const;

    expect(sweBench.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real predictions of SWE-bench', () => {
  test('twenty of a run are read, none of them with a score of another run’s report', async () => {
    const read = await readFile(samplePath('swe-bench/all_preds.jsonl'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ '20240604_CodeR': 20 });
    expect(read.results.flatMap(({ feedback }) => feedback)).toEqual([]);
    expect(read.results[0]).toMatchObject({
      inputs: { instance_id: 'django__django-13964' },
      outputs: {
        model_patch: expect.stringMatching(/^\ndiff --git a\/django\/db\/models\/base\.py/),
      },
      metadata: { ls_model_name: '20240604_CodeR' },
    });
  });

  test('one of an agent is read', async () => {
    const read = await readFile(samplePath('swe-bench/preds.json'));

    expect(read.problems).toEqual([]);
    expect(read.results).toMatchObject([
      {
        inputs: { instance_id: 'oauthlib__oauthlib.1fd52536.combine_file__09vlzwgc' },
        metadata: { ls_provider: 'anthropic', ls_model_name: 'claude-sonnet-4-5-20250929' },
      },
    ]);
  });

  test('a report with a comma too many is told to be a report', async () => {
    await expect(readFile(samplePath('swe-bench/results.invalid-json.json'))).rejects.toThrow(
      /results\.invalid-json\.json is a report of SWE-bench/,
    );
  });
});
