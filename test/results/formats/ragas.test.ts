import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { ragas } from '../../../src/results/formats/ragas.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

const listOf = (...rows: JsonObject[]) =>
  ({ name: 'x.json', kind: 'list', document: {}, rows, columns: [] }) as const;

describe('results of Ragas', () => {
  test('as CSV have contexts that Python printed as lists, and no index of pandas', async () => {
    const { source, problems, results } = await readFile(fixture('ragas.csv'));

    expect(source.described).toBe('Ragas results: columns user_input, response and faithfulness');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: {
        user_input: 'Capital of France?',
        retrieved_contexts: ['Paris is in France.', "It's the capital."],
      },
      outputs: { response: 'Paris' },
      referenceOutputs: { reference: 'Paris' },
      metadata: { pipeline_name: 'dense' },
    });
    expect(results[1]?.inputs).toMatchObject({ retrieved_contexts: "['The Nile' 'The Amazon']" });
  });

  test('have a score per metric, also of columns that were added; nan and empty are none', async () => {
    const { results } = await readFile(fixture('ragas.csv'));

    expect(scoresOf(results, 'faithfulness')).toEqual({ n: 2, mean: 0.625 });
    expect(scoresOf(results, 'factual_correctness(mode=f1)')).toEqual({ n: 2, mean: 0.25 });
    expect(scoresOf(results, 'fc_corrected')).toEqual({ n: 3, mean: 1 / 3 });
    expect(results[1]?.feedback).toEqual([{ key: 'fc_corrected', score: 0 }]);
  });

  test('are an experiment per pipeline, and the same question is the same example', async () => {
    const { experiments, results } = await readFile(fixture('ragas.csv'));

    expect(experiments).toEqual({ dense: 2, sparse: 1 });
    expect(results[2]?.inputs).toEqual(results[0]?.inputs);
    expect(results[2]?.referenceOutputs).toEqual(results[0]?.referenceOutputs);
  });

  test('as JSON by columns are put together, with the old names', async () => {
    const { source, results } = await readFile(fixture('ragas-columns.json'));

    expect(source.format).toBe('ragas');
    expect(results).toMatchObject([
      {
        inputs: { question: 'Capital of France?', contexts: ['Paris is the capital.'] },
        outputs: { answer: 'Paris' },
        referenceOutputs: { ground_truth: 'Paris' },
        feedback: [{ key: 'answer_relevancy', score: 0.9 }],
      },
      { inputs: { question: 'Longest river?', contexts: [] }, feedback: [] },
    ]);
  });

  test('of dialogues have the last message of the AI as the answer', async () => {
    const { source, results } = await readFile(fixture('ragas.jsonl'));

    expect(source.format).toBe('ragas');
    expect(results.map(({ outputs }) => outputs)).toEqual([
      { response: 'Hello! How can I help?' },
      { response: 'Done' },
    ]);
    expect(scoresOf(results, 'topic_adherence')).toEqual({ n: 1, mean: 1 });
  });

  test('without answers are read only if no column could be one', () => {
    const scored = { question: 'a', faithfulness: 1, answer_correctness: 1, pipeline_name: 'p' };

    expect(ragas.recognise(listOf(scored))?.assumptions).toEqual([]);
    expect(ragas.recognise(listOf({ ...scored, model_answer: 'b' }))?.assumptions).toEqual([]);
    expect(ragas.recognise(listOf({ ...scored, remark: 'It may be one.' }))).toBe(undefined);
  });

  test('that crashed keep their zeros and are errors', async () => {
    const row = { question: 'a', answer: 'b', faithfulness: 0, context_recall: 0, success: false };
    const reading = ragas.recognise(listOf(row));
    const origin = { file: 'x.json', line: 1 };
    const records = (async function* () {
      yield { origin, index: 0, shape: 'document', value: row } as const;
    })();
    const file = { name: 'x.json', header: {}, columns: [], joined: new Map(), records };

    const rows = reading?.rows({ ...file, companions: async () => [] });
    const { value: read } = (await rows?.[Symbol.asyncIterator]().next()) ?? {};
    expect(read).toMatchObject({
      value: {
        error: 'the row failed: success is False, and all its scores are 0',
        scores: {
          faithfulness: { score: 0 },
          context_recall: { score: 0 },
          success: { score: false },
        },
      },
    });
  });

  test('have no score of a year or a temperature, as in any other table', async () => {
    const row = { question: 'a', answer: 'b', faithfulness: 0.5 };
    const reading = ragas.recognise(listOf({ ...row, year: 2001, temperature: 0.2, n_docs: 3 }));

    expect(reading?.columns?.described).toEqual([
      'question → inputs.question',
      'answer → outputs.answer',
      'faithfulness → scores.faithfulness',
      'year, temperature, n_docs → metadata',
    ]);
  });

  test('have the reason of a metric as its comment', async () => {
    const row = { question: 'a', answer: 'b', faithfulness: 0.5, faithfulness_reason: 'half' };

    expect(ragas.recognise(listOf(row))?.columns?.described).toContain(
      'faithfulness → scores.faithfulness, faithfulness_reason → scores.faithfulness.comment',
    );
  });

  test.for<[string, JsonObject]>([
    ['scores without rows', { 0: { faithfulness: 1, context_recall: 1 } }],
    ['a question bank', { question: 'a', answer: 'b' }],
    ['ratings of Azure', { question: 'a', answer: 'b', gpt_relevance: 5 }],
  ])('are not %s', ([, row]) => {
    expect(ragas.recognise(listOf(row))).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of Ragas (next to the checkout)', () => {
  test('ragas_results.records.json: where the judge failed, NaN is not a score', async () => {
    const { source, results, problems } = await readFile(
      samplePath('ragas/ragas_results.records.json'),
    );

    expect(source.format).toBe('ragas');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(25);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: {
        user_input: 'What is the Year 1 tuition fee for BSc Computer Science at JKUAT?',
        retrieved_contexts: { length: 3 },
      },
      outputs: { response: expect.stringMatching(/^The Year\u202f1 tuition feefor the/) },
      referenceOutputs: { reference: 'KES 148,000.' },
    });
    expect(scoresOf(results, 'faithfulness').n).toBe(0);
    expect(scoresOf(results, 'answer_correctness').n).toBe(0);
    expect(scoresOf(results, 'answer_relevancy')).toEqual({
      n: 6,
      mean: expect.closeTo(0.940624190046, 10),
    });
    expect(scoresOf(results, 'context_recall')).toEqual({ n: 6, mean: expect.closeTo(5 / 6, 10) });
  });

  test('ragas_detailed_results_20250915_215923.csv: three pipelines, no answers', async () => {
    const { source, results, problems, experiments } = await readFile(
      samplePath('ragas/ragas_detailed_results_20250915_215923.csv'),
    );

    expect(source.format).toBe('ragas');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ current_graphrag: 8, merged_graphrag: 8, basic_rag: 8 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: {
        question: 'What are the primary mechanisms of insulin resistance in type 2 diabetes?',
      },
      latencyUs: 371_796,
      id: 'test_001',
    });
    const means = {
      answer_correctness: 0.818092667613,
      faithfulness: 0.822535732414,
      context_precision: 0.829034535458,
      context_recall: 0.830131810037,
      answer_relevance: 0.823325506103,
      overall_score: 0.82462405032,
      success: 1,
    };
    for (const [key, mean] of Object.entries(means))
      expect(scoresOf(results, key)).toEqual({ n: 24, mean: expect.closeTo(mean, 10) });
    expect(new Set(results.flatMap(({ feedback }) => feedback.map(({ key }) => key))).size).toBe(7);
  });
});
