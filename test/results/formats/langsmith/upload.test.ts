import { describe, expect, test } from 'vitest';
import { langsmithUpload } from '../../../../src/results/formats/langsmith/upload.js';
import {
  hasSamples,
  readFile,
  samplePath,
  scoresOf,
  tokensOf,
} from '../../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('the body of an upload to LangSmith', () => {
  test('gives a row per result, with times, scores and an error where there is one', async () => {
    const { source, problems, results } = await readFile(fixture('langsmith-upload.json'));

    expect(source.format).toBe('langsmith-upload');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        id: '0b6a0e2d-8c39-4a86-8b1e-5d5d6a1d7a22',
        inputs: { question: 'Capital of France?' },
        referenceOutputs: { answer: 'Paris' },
        outputs: { answer: 'Paris' },
        startTime: Date.UTC(2026, 0, 31, 12, 0, 10) * 1000,
        endTime: Date.UTC(2026, 0, 31, 12, 0, 11, 500) * 1000,
        name: 'Bot',
        feedback: [{ key: 'correct', score: true, value: 'yes', comment: 'same' }],
        metadata: {
          ls_model_name: 'gpt-4o-mini',
          experiment_name: 'Baseline',
          dataset_name: 'capitals',
          experiment_metadata: { prompt: 'v2' },
        },
      },
      { error: 'timeout', outputs: undefined, referenceOutputs: undefined, feedback: [] },
    ]);
  });

  test('has scores of the whole experiment', async () => {
    const { source } = await readFile(fixture('langsmith-upload.json'));

    expect(source.summaries).toEqual([
      { scores: [{ key: 'pass_rate', score: 0.5, comment: '1 of 2' }] },
    ]);
  });

  test('is not any other object with results', () => {
    const sample = { name: 'x.json', kind: 'document', rows: [], columns: [] } as const;
    const results = [{ inputs: {}, outputs: {} }];

    expect(
      langsmithUpload.recognise({ ...sample, document: { experiment_name: 'a', results } }),
    ).toBe(undefined);
    expect(
      langsmithUpload.recognise({ ...sample, document: { experiment_name: 'a', results: [] } }),
    ).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of LangSmith (next to the checkout)', () => {
  test('upload-experiment-body.json', async () => {
    const { source, results, problems } = await readFile(
      samplePath('langsmith/upload-experiment-body.json'),
    );

    expect(source.format).toBe('langsmith-upload');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({
      inputs: { input: 'Hello, what is the weather in San Francisco today?' },
      outputs: { output: 'The weather is partly cloudy with a high of 65.' },
      startTime: Date.UTC(2024, 7, 3, 0, 12, 39) * 1000,
      endTime: Date.UTC(2024, 7, 3, 0, 12, 41) * 1000,
    });
    expect(scoresOf(results, 'hallucination')).toEqual({ n: 2, mean: 0.5 });
    expect(source.summaries).toEqual([
      { scores: [{ key: 'summary_accuracy', score: 0.9, comment: 'Great job!' }] },
    ]);
  });

  test('native-seed-rows.json is what it is', async () => {
    const { source, results } = await readFile(samplePath('langsmith/native-seed-rows.json'));

    expect(source.format).toBe('native');
    expect(results).toHaveLength(3);
    expect(tokensOf(results, 'total_tokens')).toBe(60);
  });
});
