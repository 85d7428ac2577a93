import { describe, expect, test } from 'vitest';
import { readFile, scoresOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/opencompass/${name}`, import.meta.url).pathname;

describe('predictions of OpenCompass', () => {
  test('are rows by their key, the model and the dataset those of the path', async () => {
    const path = fixture('predictions/qwen2-7b/gsm8k.json');
    const { source, problems, results, experiments } = await readFile(path);

    expect(source.format).toBe('opencompass');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'qwen2-7b · gsm8k': 2 });
    expect(results).toMatchObject([
      {
        id: '0',
        inputs: {
          messages: [
            { role: 'user', content: '1 + 1?' },
            { role: 'assistant', content: '2' },
            { role: 'user', content: '2 + 2?' },
          ],
        },
        outputs: { output: '4' },
        referenceOutputs: { output: '4' },
        metadata: { ls_model_name: 'qwen2-7b', dataset: 'gsm8k' },
      },
      { id: '1', inputs: { input: '3 + 3?' } },
    ]);
  });

  test('by perplexity are asked what was tested, and keep each label', async () => {
    const { results } = await readFile(fixture('perplexity.json'));

    expect(results).toMatchObject([
      {
        inputs: { input: 'Is it 1?\nAnswer: A' },
        outputs: { output: 'A' },
        metadata: { 'label: B': { PPL: expect.anything() } },
      },
    ]);
  });

  test('of AISBench that did not succeed are errors', async () => {
    const { results } = await readFile(fixture('aisbench.jsonl'));

    expect(results).toMatchObject([
      { inputs: { messages: [{ role: 'user', content: '1 + 1?' }] }, outputs: { output: '2' } },
      { error: 'timed out', outputs: undefined },
    ]);
  });
});

describe('results of OpenCompass with details', () => {
  test('are rows, correct or not, and scores of the whole', async () => {
    const { source, problems, results } = await readFile(fixture('details.json'));

    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: '0',
      inputs: { input: '1 + 1?' },
      outputs: { output: 'It is 2.' },
      referenceOutputs: { output: '2' },
      metadata: { predictions: '2' },
    });
    expect(scoresOf(results, 'correct')).toEqual({ n: 2, mean: 0.5 });
    expect(source.summaries).toMatchObject([{ scores: [{ key: 'accuracy' }] }]);
  });

  test('of several repetitions have a row for each', async () => {
    const { results } = await readFile(fixture('repeated.json'));

    expect(results).toMatchObject([
      { id: 'gsm8k_0', outputs: { output: '2' }, feedback: [{ key: 'correct', score: true }] },
      { id: 'gsm8k_0', outputs: { output: '3' }, feedback: [{ key: 'correct', score: false }] },
    ]);
  });

  test('are not what someone else calls details, with columns of their own', async () => {
    const details = [{ question: '1 + 1?', pred: '2', answer: '2', correct: true }];
    const path = fileOf(JSON.stringify({ accuracy: 1, details }), 'mine.json');

    const { source } = await readFile(path);

    expect(source.format).toBe('columns');
  });
});
