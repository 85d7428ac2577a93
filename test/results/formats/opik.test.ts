import { describe, expect, test } from 'vitest';
import { readFile, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/opik/${name}`, import.meta.url).pathname;

describe('items of an Opik experiment', () => {
  test('are rows with scores, their reasons, tokens, cost and milliseconds', async () => {
    const { source, problems, results, experiments } = await readFile(fixture('items.jsonl'));

    expect(source.format).toBe('opik');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'exp-1': 1, 'exp-2': 1 });
    expect(results[0]).toMatchObject({
      id: 'example-1',
      inputs: { question: 'Capital of France?' },
      outputs: { answer: 'Paris' },
      latencyUs: 1_250_500,
      feedback: [{ key: 'accuracy', value: 'right', comment: 'same city' }],
      metadata: { trace_id: 'trace-1', comments: [{ text: 'good' }] },
    });
    expect(tokensOf(results, 'total_tokens')).toBe(30);
    expect(tokensOf(results, 'total_cost')).toBe(0.004);
  });

  test('that failed have an error and no outputs', async () => {
    const { results } = await readFile(fixture('items.jsonl'));

    expect(results[1]).toMatchObject({
      error: expect.stringMatching(/^took too long/),
      outputs: undefined,
      feedback: [],
    });
  });

  test('of opik export have the name of their experiment, and what was expected apart', async () => {
    const { results, experiments } = await readFile(fixture('experiment_prompt-v2.json'));

    expect(experiments).toEqual({ 'prompt v2': 1 });
    expect(results).toMatchObject([
      {
        inputs: { question: 'Capital of France?' },
        referenceOutputs: { expected_output: 'Paris' },
        outputs: { output: 'Lyon' },
        metadata: { experiment: { dataset_name: 'capitals' } },
      },
    ]);
  });

  test('below the items of a dataset share an example', async () => {
    const { results, experiments } = await readFile(fixture('dataset-items.json'));

    expect(experiments).toEqual({ 'exp-1': 1, 'exp-2': 1 });
    expect(results[0]?.inputs).toEqual({ question: 'Capital of France?' });
    expect(results[1]?.inputs).toEqual(results[0]?.inputs);
    expect(results[1]?.metadata).toMatchObject({ input: { prompt: 'Capital?' } });
  });
});
