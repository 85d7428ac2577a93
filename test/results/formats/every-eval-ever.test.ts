import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { everyEvalEver } from '../../../src/results/formats/every-eval-ever.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = new URL('../../../fixtures/formats/every-eval-ever.jsonl', import.meta.url)
  .pathname;

describe('samples of Every Eval Ever', () => {
  test('are an experiment per model and evaluation', async () => {
    const { source, problems, experiments, results } = await readFile(fixture);

    expect(source.described).toBe(
      'Every Eval Ever samples: rows have schema_version, evaluation_id, sample_id and evaluation.score',
    );
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'Qwen/Qwen3-8B · geo': 1, 'openai/gpt-4o · geo': 2 });
    expect(results[0]).toMatchObject({
      id: 's1',
      inputs: { input: 'Capital of France?', choices: ['Lyon', 'Paris'] },
      outputs: { output: 'B' },
      referenceOutputs: { output: 'B' },
      latencyUs: 174_500,
      error: undefined,
      feedback: [
        { key: 'score', score: 0.5 },
        { key: 'is_correct', score: true },
      ],
      metadata: {
        ls_model_name: 'Qwen/Qwen3-8B',
        usage_metadata: {
          input_tokens: 110,
          output_tokens: 2,
          total_tokens: 112,
          input_token_details: { cache_read: 100 },
        },
        epoch: 1,
        reasoning_trace: 'Easy.',
        evaluation: { num_turns: 1 },
        evaluation_id: 'geo_1',
      },
    });
    expect(results[0]?.metadata.ls_provider).toBeUndefined();
  });

  test('of several turns have what was said last for output; an error is not a score', async () => {
    const { results } = await readFile(fixture);

    expect(results[1]).toMatchObject({
      inputs: { input: ['Hi'] },
      outputs: { output: 'Hello' },
      referenceOutputs: undefined,
      metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o' },
    });
    expect(results[1]?.feedback).toEqual([{ key: 'is_correct', score: false }]);
    expect(results[2]).toMatchObject({ outputs: undefined, error: 'timed out', feedback: [] });
  });

  test.for<JsonObject>([
    { schema_version: '1', evaluation_id: 'a', sample_id: 'b', evaluation: {} },
    { evaluation_id: 'a', sample_id: 'b', evaluation: { score: 1 } },
  ])('are not anything alike: %j', (row) => {
    const sample = {
      name: 'a.jsonl',
      kind: 'list',
      document: {},
      rows: [row],
      columns: [],
    } as const;

    expect(everyEvalEver.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real samples of Every Eval Ever', () => {
  test('two are read, both right', async () => {
    const read = await readFile(samplePath('every-eval-ever/pubmed_qa_samples.jsonl'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ 'openai/gpt-4o-mini-2024-07-18 · bigbio/pubmed_qa': 2 });
    expect(scoresOf(read.results, 'score')).toEqual({ n: 2, mean: 1 });
    expect(scoresOf(read.results, 'is_correct')).toEqual({ n: 2, mean: 1 });
    expect(tokensOf(read.results, 'input_tokens')).toBe(362 + 451);
    expect(tokensOf(read.results, 'output_tokens')).toBe(8);
    expect(tokensOf(read.results, 'total_tokens')).toBe(366 + 455);
    expect(read.results[0]).toMatchObject({
      inputs: {
        input: expect.stringMatching(/^Context: Dyschesia/),
        choices: ['yes', 'no', 'maybe'],
      },
      outputs: { output: 'A' },
      referenceOutputs: { output: 'A' },
      latencyUs: 174_000,
      metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o-mini-2024-07-18' },
    });
  });
});
