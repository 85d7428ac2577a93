import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { azure } from '../../../src/results/formats/azure.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('results of Azure’s RAG evaluator', () => {
  test('have ratings with their reasons, and seconds of latency', async () => {
    const { source, problems, results } = await readFile(fixture('azure.jsonl'));

    expect(source.described).toBe(
      'Azure RAG evaluation: rows have question, answer and gpt_groundedness',
    );
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: {
        question: 'Is there parking?',
        context: 'house.pdf: parking is behind the house',
      },
      outputs: { answer: 'Yes [house.pdf]' },
      referenceOutputs: { truth: 'Yes, behind the house.' },
      latencyUs: 1_500_000,
      metadata: { answer_length: 15 },
      feedback: [
        { key: 'gpt_groundedness', score: 5 },
        { key: 'gpt_relevance_score', score: 4, comment: 'short' },
        { key: 'has_citation', score: true },
      ],
    });
  });

  test('take a rating of -1 or null for none', async () => {
    const { results } = await readFile(fixture('azure.jsonl'));

    expect(results[1]?.feedback).toEqual([
      { key: 'gpt_relevance_score', comment: 'the judge timed out' },
      { key: 'has_citation', score: false },
    ]);
    expect(scoresOf(results, 'gpt_groundedness')).toEqual({ n: 2, mean: 3 });
  });

  test('take a latency of -1 for an error of the target', async () => {
    const { results } = await readFile(fixture('azure.jsonl'));

    expect(results[2]).toMatchObject({
      inputs: { question: 'Is there a sauna?' },
      error: 'Connection refused',
      outputs: undefined,
      latencyUs: undefined,
    });
  });

  test('of azure-ai-evaluation are told apart by dotted names', async () => {
    const { source, problems, results } = await readFile(fixture('azure-sdk.json'));

    expect(source.format).toBe('azure');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { query: 'Is there parking?' },
        outputs: { response: 'Yes, behind the house.' },
        referenceOutputs: { ground_truth: 'Yes' },
        metadata: { line_number: 0, 'outputs.relevance.relevance_threshold': 3 },
      },
    ]);
    expect(scoresOf(results, 'relevance')).toEqual({ n: 1, mean: 4 });
    expect(scoresOf(results, 'relevance.relevance_result')).toEqual({ n: 1, mean: 1 });
    expect(results[0]?.feedback.map(({ key }) => key)).toEqual([
      'relevance',
      'relevance.relevance_result',
    ]);
    expect(results[0]?.feedback[0]).toMatchObject({ comment: 'to the point' });
    expect(source.summaries).toMatchObject([{ scores: [{ key: 'relevance.relevance' }] }]);
  });

  test('of promptflow are lines with such names', async () => {
    const row = {
      'inputs.question': 'Is there parking?',
      'inputs.ground_truth': 'Yes',
      'outputs.answer': 'Behind the house.',
      'outputs.coherence.coherence': 4,
    };
    const { results } = await readFile(fileOf(JSON.stringify(row), 'flow.jsonl'));

    expect(results).toMatchObject([
      {
        inputs: { question: 'Is there parking?' },
        outputs: { answer: 'Behind the house.' },
        referenceOutputs: { ground_truth: 'Yes' },
        feedback: [{ key: 'coherence', score: 4 }],
      },
    ]);
  });

  test.for<[string, JsonObject]>([
    ['a question bank', { question: 'a', answer: 'b', truth: 'c' }],
    ['judgements without answers', { question: 'a', truth: 'c', gpt_relevance: 5 }],
    [
      'rows of other judges',
      { question_number: 1, question: 'a', qwen_answer: 'b', gemini_judgement: 'c' },
    ],
  ])('are not %s', ([, row]) => {
    const sample = { name: 'x.jsonl', kind: 'list', document: {}, columns: [] } as const;

    expect(azure.recognise({ ...sample, rows: [row] })).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of Azure’s RAG evaluator (next to the checkout)', () => {
  test('eval_results.jsonl: the judge is not a model, and the run’s time is in a file next to it', async () => {
    const { source, results, problems, experiments } = await readFile(
      samplePath('azure-rag-evaluator/eval_results.jsonl'),
    );

    expect(source.format).toBe('azure');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ '': 25 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: {
        question: expect.stringMatching(/^What is the importance of choosing the right provider/),
        context: expect.stringMatching(/^Northwind_Health_Plus_Benefits_Details.pdf#page=4: /),
      },
      outputs: { answer: expect.stringMatching(/^Choosing the right provider is important in/) },
      startTime: 1_724_265_437_000_000,
      latencyUs: 3_348_087,
      metadata: { evaluation_gpt_model: 'gpt-4', answer_length: 740 },
    });
    expect(results[0]?.metadata).not.toHaveProperty('ls_model_name');
    expect(scoresOf(results, 'gpt_groundedness')).toEqual({ n: 25, mean: 5 });
    expect(scoresOf(results, 'gpt_relevance')).toEqual({ n: 25, mean: expect.closeTo(4.92, 10) });
    expect(source.summaries).toEqual([
      {
        scores: [
          { key: 'gpt_groundedness.pass_rate', score: 0.96 },
          { key: 'gpt_groundedness.mean_rating', score: 4.87 },
          { key: 'gpt_relevance.pass_rate', score: 0.98 },
          { key: 'gpt_relevance.mean_rating', score: 4.92 },
        ],
      },
    ]);
  });

  test.for(['config.json', 'summary.json'])('%s alone contains no rows', async (name) => {
    await expect(readFile(samplePath(`azure-rag-evaluator/${name}`))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});
