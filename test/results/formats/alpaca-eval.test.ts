import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { alpacaEval } from '../../../src/results/formats/alpaca-eval.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

const recognise = (...rows: JsonObject[]) =>
  alpacaEval.recognise({ name: 'a.json', kind: 'list', document: {}, rows, columns: [] });

describe('outputs of AlpacaEval', () => {
  test('give a row per instruction, an experiment per generator', async () => {
    const { source, results, problems, experiments } = await readFile(
      fixture('alpaca-eval-outputs.json'),
    );

    expect(source.described).toBe('AlpacaEval: rows have instruction, output and generator');
    expect(problems).toEqual([]);
    expect(results.map(({ inputs, outputs, metadata }) => ({ inputs, outputs, metadata }))).toEqual(
      [
        {
          inputs: { instruction: 'Name a river.' },
          outputs: { output: 'Rhine' },
          metadata: {
            ls_provider: 'openai',
            ls_model_name: 'gpt-4o-mini',
            dataset: 'own',
            datasplit: 'eval',
          },
        },
        {
          inputs: { instruction: 'Translate.', input: 'Bonjour' },
          outputs: { output: '' },
          metadata: { ls_model_name: 'our-bot', dataset: 'own' },
        },
      ],
    );
    expect(experiments).toEqual({ 'gpt-4o-mini': 1, 'our-bot': 1 });
  });

  test('are told from instructions to train with, which have no generator', () => {
    const output = { instruction: 'a', output: 'b', generator: 'c' };

    expect(recognise(output)).toBeDefined();
    expect(recognise(output, { instruction: 'a', input: '', output: 'b' })).toBeUndefined();
  });
});

describe('annotations of AlpacaEval', () => {
  test('score the second output; whoever judges pays', async () => {
    const { source, results, problems } = await readFile(fixture('alpaca-eval-annotations.json'));

    expect(source.described).toBe(
      'AlpacaEval: rows have output_1, output_2, preference and annotator',
    );
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: { instruction: '0' },
      outputs: { output: 'ours 0' },
      latencyUs: undefined,
      metadata: {
        ls_provider: 'anthropic',
        ls_model_name: 'claude-3-haiku',
        output_1: 'base',
        generator_1: 'gpt4_turbo',
        annotator: 'weighted_gpt4',
        price_per_example: 0.01,
        time_per_example: 1.5,
        raw_completion: 'm',
      },
    });
    expect(results[0]?.metadata).not.toHaveProperty('usage_metadata');
  });

  test('win by what is over 1; 0 and 1.5 are draws, null and NaN no scores', async () => {
    const { results } = await readFile(fixture('alpaca-eval-annotations.json'));

    const scores = results.map(({ feedback }) =>
      feedback.map(({ key, score }) => [key, Number(score)]),
    );
    expect(scores).toEqual([
      [
        ['preference', 1],
        ['win', 0],
      ],
      [
        ['preference', 2],
        ['win', 1],
      ],
      [
        ['preference', 1.5],
        ['win', 0.5],
      ],
      [
        ['preference', 0],
        ['win', 0.5],
      ],
      [
        ['preference', 1.25],
        ['win', 0.25],
      ],
      [],
      [],
    ]);
  });

  test('are recognised by the annotator', () => {
    const pair = { instruction: 'a', output_1: 'b', output_2: 'c', preference: 1 };

    expect(recognise({ ...pair, annotator: 'd' })).toBeDefined();
    expect(recognise(pair)).toBeUndefined();
  });
});

describe.skipIf(!hasSamples)('the samples of AlpacaEval (../shared is there)', () => {
  const broadway =
    'What are the names of some famous actors that started their careers on Broadway?';
  const answer =
    'Some famous actors that started their careers on Broadway are Meryl Streep, Alec Baldwin, and Glenn Close.';

  test('have 60 outputs', async () => {
    const { source, results, experiments } = await readFile(
      samplePath('alpaca-eval/model_outputs.json'),
    );

    expect(source.format).toBe('alpaca-eval');
    expect(results[0]).toMatchObject({
      inputs: { instruction: broadway },
      outputs: { output: answer },
    });
    expect(experiments).toEqual({ text_davinci_001: 60 });
  });

  test('have 40 annotations: 35 for the baseline, 4 for the model, a draw', async () => {
    const { source, results, experiments } = await readFile(
      samplePath('alpaca-eval/annotations.json'),
    );

    expect(source.format).toBe('alpaca-eval');
    expect(scoresOf(results, 'preference')).toEqual({ n: 40, mean: (35 + 4 * 2 + 0) / 40 });
    expect(scoresOf(results, 'win')).toEqual({ n: 40, mean: (4 + 0.5) / 40 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(tokensOf(results, 'total_tokens')).toBe(0);
    expect(results[0]).toMatchObject({
      inputs: { instruction: broadway },
      outputs: { output: answer },
    });
    expect(experiments).toEqual({ text_davinci_001: 40 });
  });
});
