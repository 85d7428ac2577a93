import { describe, expect, test } from 'vitest';
import { readFile, scoresOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/bedrock/${name}`, import.meta.url).pathname;

describe('an evaluation by Amazon Bedrock', () => {
  test('has scores with what the judge says, and none where the result is null', async () => {
    const { source, problems, results } = await readFile(fixture('judged_output.jsonl'));

    expect(source.format).toBe('bedrock');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: { prompt: 'Capital of France?' },
      referenceOutputs: { output: 'Paris' },
      outputs: { output: 'Paris' },
      metadata: {
        category: 'geography',
        ls_provider: 'bedrock',
        ls_model_name: 'anthropic.claude-3-haiku-20240307-v1:0',
      },
    });
    expect(results[0]?.feedback).toMatchObject([
      { key: 'Builtin.Correctness', comment: 'same city' },
      { key: 'confirms', comment: 'nothing to confirm' },
    ]);
    expect(scoresOf(results, 'confirms').n).toBe(0);
  });

  test('may have the responses in the record of the input, and a metric without a name', async () => {
    const { results } = await readFile(fixture('judged_output.jsonl'));

    expect(results[1]).toMatchObject({
      outputs: { output: 'Milan' },
      feedback: [{ key: 'Score' }],
    });
  });

  test('by people has a row for each model’s response, with its own ratings', async () => {
    const { results, experiments } = await readFile(fixture('people_output.jsonl'));

    expect(Object.keys(experiments)).toEqual(['bedrock:amazon.titan-text-express-v1', 'my-app']);
    expect(results.map(({ feedback }) => feedback)).toEqual([
      [
        { key: 'Accuracy', score: true },
        { key: 'Tone', score: 4 },
      ],
      [{ key: 'Accuracy', score: false }],
    ]);
  });

  test('of a RAG source has a row for each turn, asked with what was said before', async () => {
    const { results, experiments } = await readFile(fixture('rag_output.jsonl'));

    expect(experiments).toEqual({ 'my-app · policies': 2 });
    expect(results).toMatchObject([
      { inputs: { prompt: 'What is my deductible?' }, referenceOutputs: { output: 'It is $750.' } },
      {
        inputs: {
          messages: [
            { role: 'user', content: 'What is my deductible?' },
            { role: 'assistant', content: '$750.' },
            { role: 'user', content: 'And for theft?' },
          ],
        },
        outputs: { output: 'The same.' },
      },
    ]);
  });

  test('does not guess which of several responses was scored', async () => {
    const record = {
      automatedEvaluationResult: { scores: [{ metricName: 'Accuracy', result: 1 }] },
      inputRecord: { prompt: 'Hello?' },
      modelResponses: [{ response: 'Hi' }, { response: 'Ho' }],
    };

    const { problems } = await readFile(fileOf(`${JSON.stringify(record)}\n`, 'output.jsonl'));

    expect(problems).toEqual([
      'row: found 2 modelResponses, expected one, of which the scores are',
    ]);
  });
});
