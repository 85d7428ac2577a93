import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { helm } from '../../../src/results/formats/helm.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = new URL('../../../fixtures/formats/helm/scenario_state.json', import.meta.url)
  .pathname;

describe('a run of HELM', () => {
  test('has a row per request, named for model and scenario, and scores of all', async () => {
    const { source, problems, experiments } = await readFile(fixture);

    const experiment = 'meta/llama-3-8b · capitals:country=france,method=multiple_choice_joint';
    expect(source.described).toBe('HELM run: it has adapter_spec and request_states');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ [experiment]: 4 });
    expect(source.summaries).toEqual([
      { experiment, scores: [{ key: 'exact_match', score: 0.5, comment: 'split test' }] },
    ]);
  });

  test('maps the letter of a choice to its text, and has only statistics of quality as scores', async () => {
    const { results } = await readFile(fixture);

    expect(results[0]).toMatchObject({
      id: 'id1',
      inputs: { input: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { output: 'Paris' },
      startTime: 1769860800_000_000,
      latencyUs: 1_500_000,
      split: ['test'],
      error: undefined,
      metadata: {
        ls_provider: 'together',
        ls_model_name: 'meta/llama-3-8b',
        usage_metadata: { input_tokens: 40, output_tokens: 1, total_tokens: 41 },
        completions: [{ text: ' A', logprob: -0.5 }],
        output_mapping: { A: 'Paris', B: 'Lyon' },
        request: { prompt: 'Question: Capital of France?\nAnswer:' },
        stats: { inference_runtime: 1.5 },
      },
    });
    expect(scoresOf(results.slice(0, 1), 'exact_match')).toEqual({ n: 1, mean: 1 });
    expect(results[0]?.feedback.map(({ key }) => key)).toEqual(['exact_match', 'rouge_l']);
  });

  test('tells an instance that was changed on purpose from the one it was made of', async () => {
    const { results } = await readFile(fixture);

    expect(results[1]).toMatchObject({
      id: 'id1 misspelling',
      inputs: { input: 'Captial of France?' },
      outputs: { output: 'Lyon' },
      metadata: { perturbation: { name: 'misspelling' } },
    });
    expect(scoresOf(results.slice(1, 2), 'exact_match')).toEqual({ n: 1, mean: 0 });
  });

  test('may have several right answers, an answer that is not a choice, or a request that failed', async () => {
    const { results } = await readFile(fixture);

    expect(results[2]).toMatchObject({
      outputs: { output: ' Nice' },
      referenceOutputs: { output: ['Paris', 'Lyon'] },
    });
    expect(results[3]).toMatchObject({
      outputs: undefined,
      referenceOutputs: undefined,
      error: 'rate limited',
      feedback: [],
    });
  });

  test.for<JsonObject>([
    { adapter_spec: { model: 'a' }, request_states: [{ prompt: 'b' }] },
    { adapter_spec: { model: 'a' }, metric_specs: [] },
    { request_states: [] },
  ])('is not anything alike: %j', (document) => {
    const sample = { name: 'a.json', kind: 'document', document, rows: [], columns: [] } as const;

    expect(helm.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of a real run of HELM', () => {
  test('ten questions are read, three of which were answered', async () => {
    const read = await readFile(samplePath('helm/hellaswag/scenario_state.json'));

    expect(read.problems).toEqual([]);
    expect(read.results).toHaveLength(10);
    expect(read.results.filter(({ error }) => error !== undefined)).toEqual([]);
    for (const key of ['exact_match', 'quasi_exact_match', 'prefix_exact_match@5']) {
      expect(scoresOf(read.results, key).n).toBe(10);
      expect(scoresOf(read.results, key).mean).toBeCloseTo(0.3, 9);
    }
    expect(tokensOf(read.results, 'input_tokens')).toBe(6314);
    expect(tokensOf(read.results, 'output_tokens')).toBe(10);
    expect(read.results[0]).toMatchObject({
      inputs: { input: expect.stringMatching(/^Personal Care and Style: \[header\] How to dye/) },
      outputs: { output: expect.stringMatching(/^If you're not planning on dying your hair/) },
      referenceOutputs: { output: expect.stringMatching(/^Pick the color that's your favorite/) },
      startTime: 1751729998_000_000,
      latencyUs: 18_749_842,
      metadata: { ls_provider: 'huggingface', ls_model_name: 'eleutherai/pythia-1b-v0' },
    });
  });
});
