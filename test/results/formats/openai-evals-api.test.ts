import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { openaiEvalsApi } from '../../../src/results/formats/openai-evals-api.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = new URL('../../../fixtures/formats/openai-evals-api.jsonl', import.meta.url)
  .pathname;

const recognise = (document: JsonObject) =>
  openaiEvalsApi.recognise({ name: 'a', kind: 'document', document, rows: [], columns: [] });

describe('output items of the OpenAI Evals API', () => {
  test('give a row each, with what their graders say', async () => {
    const { source, results, problems } = await readFile(fixture);

    expect(source.described).toBe('OpenAI Evals API output items: object is eval.run.output_item');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: '1',
      inputs: { headline: 'Rates rise', ground_truth: 'Markets' },
      referenceOutputs: { ground_truth: 'Markets' },
      outputs: { output: 'World' },
      error: undefined,
      startTime: Date.UTC(2026, 0, 1) * 1000,
      feedback: [
        { key: 'String check', score: false },
        { key: 'Tone', score: 0.7 },
      ],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o-mini-2024-07-18',
        usage_metadata: {
          input_tokens: 30,
          output_tokens: 2,
          total_tokens: 32,
          input_token_details: { cache_read: 8 },
        },
        status: 'fail',
        run_id: 'evalrun_a',
        input: [{ role: 'user', content: 'Rates rise' }],
        'scores.Tone.details': { type: 'score_model', passed: true },
      },
    });
  });

  test('have an error where the sample has one, not where a grader failed', async () => {
    const { results } = await readFile(fixture);

    expect(results.map(({ error }) => error)).toEqual([undefined, 'Rate limit reached', undefined]);
    expect(results[1]).toMatchObject({
      outputs: undefined,
      feedback: [],
      metadata: { error: { code: 'rate_limit_exceeded' } },
    });
  });

  test('are an experiment per run, also of the same model; without data the messages are the inputs', async () => {
    const { results, experiments } = await readFile(fixture);

    expect(experiments).toEqual({ 'gpt-4o-mini-2024-07-18': 2, 'gpt-4o-mini-2024-07-18 (2)': 1 });
    expect(results[2]?.inputs).toEqual({ messages: [{ role: 'user', content: 'Rates rise' }] });
  });

  test('are the same in the list that the API answers with', async () => {
    const items = readFileSync(fixture, 'utf8').trim().split('\n').join(',');
    const list = fileOf(`{"object":"list","data":[${items}],"has_more":false}`);

    const [ofList, ofLines] = [await readFile(list), await readFile(fixture)];

    expect(ofList.results).toEqual(ofLines.results);
  });

  test('are recognised by what they call themselves', () => {
    expect(recognise({ object: 'eval.run.output_item' })).toBeDefined();
    expect(recognise({ object: 'list', data: [{ object: 'eval.run' }] })).toBeUndefined();
    expect(recognise({ object: 'list', data: [] })).toBeUndefined();
  });
});

test.skipIf(!hasSamples)(
  'the documentation’s example has its one item (../shared is there)',
  async () => {
    const { source, results, experiments } = await readFile(
      samplePath('openai-evals-api/output_items.jsonl'),
    );

    expect(source.format).toBe('openai-evals-api');
    expect(results).toMatchObject([
      {
        inputs: { input: 'Stock Markets Rally After Positive Economic Data Released' },
        referenceOutputs: { ground_truth: 'Markets' },
        outputs: { output: 'Markets' },
        error: undefined,
        startTime: 1_743_092_076_000_000,
      },
    ]);
    expect(scoresOf(results, 'String check')).toEqual({ n: 1, mean: 1 });
    expect(
      ['input_tokens', 'output_tokens', 'total_tokens'].map((kind) => tokensOf(results, kind)),
    ).toEqual([323, 2, 325]);
    expect(experiments).toEqual({ 'gpt-4o-mini-2024-07-18': 1 });
  },
);
