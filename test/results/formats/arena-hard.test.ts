import { describe, expect, test } from 'vitest';
import { readFile, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/arena-hard/${name}`, import.meta.url).pathname;

test('an answer to Arena-Hard is the last message, what was asked are those before', async () => {
  const { source, results, experiments } = await readFile(fixture('answers.jsonl'));

  expect(source.format).toBe('arena-hard');
  expect(experiments).toEqual({ 'gpt-4o-mini': 1 });
  expect(results).toMatchObject([
    {
      id: 'q1',
      inputs: { messages: [{ role: 'user', content: 'Write a haiku.' }] },
      outputs: { output: 'Rain on the window', thought: 'five syllables' },
      metadata: { token_len: 4, ls_model_name: 'gpt-4o-mini' },
    },
  ]);
});

describe('a judgment of Arena-Hard', () => {
  test('has a win for each game, whichever side the model was on', async () => {
    const { results } = await readFile(fixture('judgments.jsonl'));

    expect(results[0]?.feedback).toMatchObject([
      { key: 'win', score: 1, value: 'B>>A', comment: 'B is better: [[B>>A]]' },
      { key: 'win', score: 0.5, value: 'A=B' },
    ]);
  });

  test('has the question and the answer that the judge was shown', async () => {
    const { results } = await readFile(fixture('judgments.jsonl'));
    const answers = await readFile(fixture('answers.jsonl'));

    expect(results[0]?.inputs).toEqual(answers.results[0]?.inputs);
    expect(results[0]?.outputs).toEqual({ output: 'Rain on the window' });
  });

  test('without a verdict or an answer has neither score nor output', async () => {
    const { results } = await readFile(fixture('judgments.jsonl'));

    expect(results[1]).toMatchObject({ inputs: { uid: 'q2' }, outputs: { output: null } });
    expect(scoresOf(results, 'win').n).toBe(2);
  });
});
