import { describe, expect, test } from 'vitest';
import { readFile, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/langfuse/${name}`, import.meta.url).pathname;

describe('experiment items of Langfuse', () => {
  test('are rows with what was expected, their times and their scores', async () => {
    const { source, results, problems } = await readFile(fixture('experiment-items.json'));

    expect(source.format).toBe('langfuse');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'item-1',
      inputs: { question: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { answer: 'Paris' },
      startTime: Date.UTC(2026, 1, 1, 10) * 1000,
      endTime: Date.UTC(2026, 1, 1, 10, 0, 1, 500) * 1000,
      metadata: {
        attempt: 'first',
        traceId: 'trace-1',
        experimentItemMetadata: { topic: 'geography' },
      },
    });
  });

  test('keep numbers, categories and flags apart', async () => {
    const { results } = await readFile(fixture('experiment-items.json'));

    expect(results[0]?.feedback).toEqual([
      { key: 'accuracy', score: 1, comment: 'same city' },
      { key: 'tone', value: 'dry' },
      { key: 'grounded', score: true },
    ]);
    expect(scoresOf(results, 'accuracy')).toEqual({ n: 2, mean: 0.75 });
  });

  test('of two experiments of one name are two experiments', async () => {
    const { experiments } = await readFile(fixture('experiment-items.json'));

    expect(experiments).toEqual({ 'prompt v2': 1, 'prompt v2 (2)': 1 });
  });

  test('that failed have an error', async () => {
    const { results } = await readFile(fixture('experiment-items.json'));

    expect(results[1]).toMatchObject({ outputs: undefined, error: 'the level is ERROR' });
  });
});

test('results of run_experiment() have their item, evaluations, and scores of the whole', async () => {
  const { source, results, experiments } = await readFile(fixture('run-experiment.json'));

  expect(experiments).toEqual({ 'capitals 2026-02-01': 1 });
  expect(results).toMatchObject([
    {
      id: 'item-1',
      inputs: { input: 'Capital of France?' },
      outputs: { output: 'Lyon' },
      referenceOutputs: { output: 'Paris' },
      metadata: { item: { metadata: { topic: 'geography' } }, trace_id: 'trace-1' },
      feedback: [
        { key: 'accuracy', comment: 'another city' },
        { key: 'language', value: 'French' },
      ],
    },
  ]);
  expect(source.summaries).toMatchObject([
    { scores: [{ key: 'mean accuracy', comment: 'of one item' }] },
  ]);
});

describe('traces of Langfuse', () => {
  test('have their observations as child runs, one below the other', async () => {
    const { results, problems } = await readFile(fixture('traces.json'));

    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      name: 'answer',
      tags: ['nightly'],
      runType: 'chain',
      latencyUs: 1_250_000,
      metadata: { release: 'v7', usage_metadata: { total_cost: expect.anything() } },
      childRuns: [
        {
          name: 'retrieve',
          runType: 'chain',
          childRuns: [
            {
              name: 'chat',
              runType: 'llm',
              error: 'overloaded',
              metadata: {
                ls_provider: 'openai',
                ls_model_name: 'gpt-4o-mini',
                usage_metadata: {
                  input_tokens: 100,
                  output_tokens: 5,
                  input_token_details: { cache_read: 90 },
                },
              },
            },
          ],
        },
      ],
    });
  });

  test('have no latency or cost where the API was not asked for it', async () => {
    const { results } = await readFile(fixture('traces.json'));

    expect(results[1]?.latencyUs).toBe(undefined);
    expect(results[1]?.metadata).toEqual({
      htmlPath: '/project/p/traces/trace-2',
      latency: -1,
      totalCost: -1,
      observations: ['observation-9'],
      scores: ['score-9'],
    });
  });

  test('that are downloaded keep an observation whose parent is missing', async () => {
    const { results } = await readFile(fixture('trace-download.json'));

    expect(results).toMatchObject([
      {
        id: 'trace-1',
        feedback: [{ key: 'accuracy', score: 1 }],
        childRuns: [{ name: 'search', runType: 'tool' }],
      },
    ]);
  });

  test('exported as a table have a score for each value in a column', async () => {
    const { source, results, problems } = await readFile(fixture('trace-table.csv'));

    expect(source.format).toBe('langfuse');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { question: 'Capital of France?' },
        outputs: { output: 'Paris' },
        tags: ['nightly'],
        latencyUs: 1_250_000,
        feedback: [{ key: 'accuracy' }, { key: 'accuracy' }, { key: 'tone', value: 'dry' }],
      },
      { error: 'the level is ERROR' },
    ]);
    expect(scoresOf(results, 'accuracy')).toEqual({ n: 2, mean: 0.75 });
    expect(tokensOf(results, 'input_tokens')).toBe(100);
  });
});
