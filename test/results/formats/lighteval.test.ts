import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { lighteval } from '../../../src/results/formats/lighteval.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('details of lighteval', () => {
  test('of a choice have the likeliest for output, and the right ones for reference', async () => {
    const { source, problems, experiments, results } = await readFile(fixture('lighteval.jsonl'));

    expect(source.described).toBe('lighteval details: rows have doc, metric and model_response');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'geo|0': 3 });
    expect(results[0]).toMatchObject({
      inputs: { input: 'Capital of France?', choices: [' Lyon', ' Paris', ' Nice'] },
      outputs: { output: ' Paris' },
      referenceOutputs: { output: ' Paris' },
      feedback: [{ key: 'acc', score: 1 }],
      metadata: { task_name: 'geo|0', gold_index: 1 },
    });
    expect(results[1]).toMatchObject({
      outputs: { output: ' Nice' },
      referenceOutputs: { output: [' Lyon', ' Nice'] },
      feedback: [{ key: 'acc', score: 0.5 }],
    });
  });

  test('that were generated have text for output, tokens, and do not show what is right', async () => {
    const { results } = await readFile(fixture('lighteval.jsonl'));

    expect(results[2]).toMatchObject({
      inputs: { input: 'Say something.' },
      outputs: { output: 'Hello!' },
      referenceOutputs: { output: ['Hello', 'Hi'] },
      metadata: {
        specific: { lang: 'en' },
        usage_metadata: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
      },
    });
    expect(results[2]?.inputs).not.toHaveProperty('choices');
    expect(results[2]?.feedback).toEqual([
      { key: 'f1', score: 0.5 },
      { key: 'parts', value: { values: [1, 2] } },
    ]);
  });

  test('of before were flat columns', async () => {
    const { results, problems } = await readFile(fixture('lighteval-old.jsonl'));

    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { input: 'Capital of France?' },
        outputs: { output: ['Paris', 'Lyon'] },
        referenceOutputs: { output: 'Paris' },
        feedback: [{ key: 'em', score: 1 }],
        metadata: { full_prompt: 'Question: Capital of France?\nAnswer:', truncated: 0 },
      },
    ]);
  });

  test.for<JsonObject>([
    { doc_id: 0, doc: { query: 'a' }, metric: {}, arguments: [] },
    { full_prompt: 'a', predictions: ['b'] },
    { doc: 'a', metric: { acc: 1 }, model_response: { text: ['b'] } },
  ])('are not anything alike: %j', (row) => {
    const sample = {
      name: 'a.jsonl',
      kind: 'list',
      document: {},
      rows: [row],
      columns: [],
    } as const;

    expect(lighteval.recognise(sample)).toBeUndefined();
  });
});

// Each figure was read in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real details of lighteval', () => {
  test('two choices are read, both wrong, with the model from the results next to them', async () => {
    const read = await readFile(samplePath('lighteval/details_anli_r1.parquet'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ 'eee-smoke/dummy-model · anli:r1|0': 2 });
    expect(scoresOf(read.results, 'acc')).toEqual({ n: 2, mean: 0 });
    expect(read.results).toMatchObject([
      {
        id: '776',
        inputs: {
          input: expect.stringMatching(/^Naser Mestarihi EP is the eponymous debut EP/),
          choices: [' True', ' Neither', ' False'],
        },
        outputs: { output: ' Neither' },
        referenceOutputs: { output: ' False' },
        metadata: { ls_model_name: 'eee-smoke/dummy-model', gold_index: 2 },
      },
      { id: '507', outputs: { output: ' True' } },
    ]);
    expect(read.source.summaries[0]?.scores.map(({ key, score }) => [key, Number(score)])).toEqual([
      ['acc', 0],
      ['acc_stderr', 0],
    ]);
  });
});
