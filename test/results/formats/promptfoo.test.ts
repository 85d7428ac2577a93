import { describe, expect, test } from 'vitest';
import { promptfoo } from '../../../src/results/formats/promptfoo/promptfoo.js';
import {
  hasSamples,
  type ReadFile,
  readFile,
  samplePath,
  scoresOf,
  tokensOf,
} from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

const errorsOf = ({ results }: ReadFile) =>
  results.flatMap(({ error }) => (error === undefined ? [] : [error]));

describe('a promptfoo JSON', () => {
  test('gives a row per test, provider and prompt, with times, tokens, cost and scores', async () => {
    const { source, results, problems } = await readFile(fixture('promptfoo.json'));

    expect(source.described).toBe('promptfoo results: results.version is 3');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      inputs: { question: 'Highest mountain?', expected: 'Everest' },
      referenceOutputs: { expected: 'Everest' },
      outputs: { output: 'K2' },
      startTime: Date.UTC(2026, 0, 31, 12) * 1000,
      latencyUs: 1_500_000,
      feedback: [
        { key: 'score', score: 0.5 },
        { key: 'pass', score: false, comment: 'Expected output to contain "Everest"' },
        { key: 'right', score: 0, comment: 'no Everest' },
        { key: 'llm-rubric', score: 1, comment: 'polite' },
      ],
    });
  });

  test('keeps what else it says in metadata, and the grader’s tokens out of the model’s', async () => {
    const { results } = await readFile(fixture('promptfoo.json'));

    expect(results[0]?.metadata).toMatchObject({
      ls_provider: 'openai',
      ls_model_name: 'gpt-4o-mini',
      usage_metadata: {
        input_tokens: 10,
        output_tokens: 2,
        total_tokens: 12,
        output_token_details: { reasoning: 1 },
        total_cost: 0.0001,
      },
      topic: 'earth',
      source_session_id: 's-1',
      description: 'mountains',
      prompt: { raw: 'Answer: Highest mountain?', label: 'short' },
      gradingResult: { tokensUsed: { total: 900 } },
      evalId: 'eval-abc-2026-01-31T12:00:00',
    });
    expect(results[0]?.metadata).not.toHaveProperty('_promptfooFileMetadata');
    expect(results[0]?.metadata).not.toHaveProperty('error');
  });

  test('takes for an error only that the provider failed, and has no scores then', async () => {
    const { results } = await readFile(fixture('promptfoo.json'));

    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      'API call error: 504 Gateway Timeout',
      undefined,
    ]);
    expect(results[2]).toMatchObject({ outputs: undefined, feedback: [] });
  });

  test('takes empty and missing answers for what they are', async () => {
    const { results } = await readFile(fixture('promptfoo.json'));

    expect(results.map(({ outputs }) => outputs)).toEqual([
      { output: 'K2' },
      { output: '' },
      undefined,
      { output: null },
    ]);
    expect(results[3]?.metadata).toMatchObject({ raw: '{"error":"overloaded"}' });
  });

  test('counts only what is known of a cached answer, and no cost', async () => {
    const { results } = await readFile(fixture('promptfoo.json'));

    expect(results[1]?.metadata).toMatchObject({
      usage_metadata: { total_tokens: 12 },
      cached: true,
    });
    expect(results[1]?.metadata.usage_metadata).toEqual({ total_tokens: 12 });
  });

  test('is an experiment per provider and prompt; a script goes by its label', async () => {
    const { experiments, results } = await readFile(fixture('promptfoo.json'));

    expect(experiments).toEqual({
      'openai:chat:gpt-4o-mini · short': 1,
      'openai:chat:gpt-4o-mini · long': 1,
      'our RAG · short': 2,
    });
    expect(results[2]?.metadata).toMatchObject({
      ls_model_name: 'our RAG',
      provider: { id: 'file://rag.js' },
    });
    expect(results[2]?.metadata).not.toHaveProperty('ls_provider');
  });

  test('of version 2 tells errors by what was not graded, and scores in Python’s spelling', async () => {
    const { results, experiments } = await readFile(fixture('promptfoo-v2.json'));

    expect(results).toMatchObject([
      {
        inputs: { a: 1, b: 2 },
        outputs: { output: ['3'] },
        feedback: [
          { key: 'score', score: 0.5 },
          { key: 'pass', score: true },
          { key: 'Recall', score: 0.5, comment: 'Recall is 0.5' },
        ],
        metadata: { ls_provider: 'anthropic', ls_model_name: 'claude-3-haiku-20240307' },
      },
      { outputs: { output: '5' }, error: undefined },
      { error: '529 overloaded', feedback: [] },
    ]);
    expect(experiments).toEqual({ 'anthropic:messages:claude-3-haiku-20240307': 3 });
  });
});

describe('a promptfoo JSON Lines file', () => {
  test('has the same rows, and a record without variables is a problem', async () => {
    const { source, results, problems, experiments } = await readFile(fixture('promptfoo.jsonl'));

    expect(source.format).toBe('promptfoo');
    expect(results).toMatchObject([
      { outputs: { greeting: 'Hello' }, metadata: { ls_model_name: 'gpt-4o' }, latencyUs: 12_000 },
      { outputs: { output: 'Hey' }, metadata: { ls_model_name: 'gpt-4o-mini' } },
    ]);
    expect(scoresOf(results, 'warm')).toEqual({ n: 2, mean: 0.5 });
    expect(problems).toEqual(['row: vars are missing; expected an object of a test’s variables']);
    expect(experiments).toEqual({ big: 1, 'openai:gpt-4o-mini': 1, '': 1 });
  });
});

test.for(['{"foo":1}', '7', '"x"', 'null', '{bad'])(
  'an odd record among promptfoo’s is one bad row with its place, first or not: %s',
  async (odd) => {
    const good = '{"testIdx":0,"promptIdx":0,"vars":{"q":"a"},"response":{"output":"A"}}';

    for (const [at, lines] of [
      [odd, good, good],
      [good, odd, good],
    ].entries()) {
      const { source, rows } = await readFile(fileOf(`${lines.join('\n')}\n`, 'rows.jsonl'));

      expect(source.format).toBe('promptfoo');
      expect(rows.map((row) => 'problems' in row && row.row.origin.line)).toEqual(
        lines.map((line) => line === odd && at + 1),
      );
    }
  },
);

test('a single row of promptfoo’s is read without its envelope', async () => {
  const document = { testIdx: 0, promptIdx: 0, vars: { name: 'Ann' } };
  const sample = { name: 'one.jsonl', kind: 'document', document, rows: [], columns: [] } as const;

  expect(promptfoo.recognise(sample)).toMatchObject({ why: 'rows have testIdx and promptIdx' });
  expect(promptfoo.recognise(sample)?.recordsAt).toBeUndefined();
});

describe('a promptfoo CSV', () => {
  test('is read by position, as its column names repeat', async () => {
    const { results, problems, experiments } = await readFile(fixture('promptfoo.csv'));

    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'our RAG': 2, 'openai:gpt-4o': 2 });
    expect(results).toMatchObject([
      {
        inputs: { question: 'Highest mountain?', expected: 'Everest' },
        referenceOutputs: { expected: 'Everest' },
        outputs: { peak: 'K2' },
        feedback: [
          { key: 'score', score: 0.33 },
          { key: 'pass', score: false, comment: 'no Everest' },
          { key: 'right', score: 0.3333 },
        ],
        metadata: { description: 'mountains', prompt: 'short', comment: 'look again' },
      },
      { outputs: { output: 'Everest' }, metadata: { ls_provider: 'openai' } },
      { inputs: { question: 'Deepest lake?' }, error: '504 Gateway Timeout', feedback: [] },
      { outputs: { output: 'Baikal' }, error: undefined },
    ]);
    expect(results[2]?.inputs).toEqual({ question: 'Deepest lake?' });
    expect(scoresOf(results, 'right').n).toBe(3);
  });

  test('of old has all in one cell, and a failure that was not graded is an error', async () => {
    const { results, experiments } = await readFile(fixture('promptfoo-legacy.csv'));

    expect(experiments).toEqual({ '3 Haiku · short': 2, long: 2 });
    expect(results).toMatchObject([
      {
        inputs: { question: 'Highest mountain?' },
        outputs: { output: 'K2' },
        feedback: [
          { key: 'score' },
          { key: 'pass', score: false, comment: 'no Everest' },
          { key: 'right' },
        ],
        metadata: { ls_model_name: '3 Haiku' },
      },
      {
        outputs: { output: 'Everest' },
        feedback: [{ key: 'score' }, { key: 'pass', score: true }],
      },
      { error: '504 Gateway Timeout', feedback: [] },
      { error: '529 overloaded', feedback: [] },
    ]);
    expect(scoresOf(results, 'score')).toEqual({ n: 2, mean: 0.75 });
    expect(scoresOf(results, 'right')).toEqual({ n: 1, mean: 0.25 });
  });

  test('of the beginning has no scores in its cells', async () => {
    const cells = ['[PASS] (a) She', '"[FAIL] Expected London\n---\nParis"'];
    const path = fileOf(
      `question,[openai:gpt-4] Say it\nWho?,${cells.join('\nWhere?,')}\n`,
      'old.csv',
    );

    const { results } = await readFile(path);

    expect(results).toMatchObject([
      { outputs: { output: '(a) She' }, feedback: [{ key: 'pass', score: true }] },
      { outputs: { output: 'Paris' }, feedback: [{ key: 'pass', score: false }] },
    ]);
  });
});

test('promptfoo’s tests are not read as its results', async () => {
  const sample = {
    name: 'tests.csv',
    kind: 'table',
    document: {},
    rows: [{ question: 'Highest mountain?', __expected: 'contains: Everest' }],
    columns: ['question', '__expected'],
  } as const;

  expect(promptfoo.recognise(sample)).toBeUndefined();
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real promptfoo files', () => {
  test('a smoke test has three rows', async () => {
    const read = await readFile(samplePath('promptfoo/v3-regex-smoke.json'));

    expect(errorsOf(read)).toEqual([]);
    expect(read.experiments).toEqual({ 'openai:chat:gpt-4o-mini': 3 });
    expect(scoresOf(read.results, 'score')).toEqual({ n: 3, mean: 2 / 3 });
    expect(tokensOf(read.results, 'input_tokens')).toBe(126);
    expect(tokensOf(read.results, 'output_tokens')).toBe(3);
    expect(read.results[0]).toMatchObject({
      outputs: { output: '64' },
      latencyUs: 573_000,
      metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o-mini' },
    });
    expect(read.results[0]?.inputs).toEqual({
      question: 'Compute 8 multiplied by 8. Reply with digits only (the number), nothing else.',
    });
  });

  test('one of early version 3 has no failureReason', async () => {
    const read = await readFile(samplePath('promptfoo/v3-no-failureReason.json'));

    expect(errorsOf(read)).toEqual([]);
    expect(read.experiments).toEqual({ 'openai:gpt-4o': 6 });
    expect(scoresOf(read.results, 'pass')).toEqual({ n: 6, mean: 1 });
    expect(tokensOf(read.results, 'total_tokens')).toBe(6767);
    expect(tokensOf(read.results, 'total_cost')).toBeCloseTo(0.038305, 9);
    expect(read.results[0]?.inputs).toMatchObject({
      query: 'Show me all active tasks in the Inbox from last week',
    });
  });

  test.for(['json', 'jsonl', 'yaml'])(
    'three providers with two prompts are six experiments, in .%s',
    async (extension) => {
      const path = samplePath(`promptfoo/v3-multi-provider-errors.${extension}`);
      const read = await readFile(path);

      expect(read.problems).toEqual([]);
      expect(read.experiments).toEqual(SIX_EXPERIMENTS);
      expect(errorsOf(read)).toHaveLength(4);
      expect(scoresOf(read.results, 'score').n).toBe(38);
      expect(scoresOf(read.results, 'score').mean).toBeCloseTo(0.6798245614, 9);
      expect(scoresOf(read.results, 'pass').mean).toBeCloseTo(26 / 38, 9);
      expect(scoresOf(read.results, 'mentions_answer').n).toBe(12);
      expect(scoresOf(read.results, 'mentions_answer').mean).toBeCloseTo(1 / 3, 9);
      expect(scoresOf(read.results, 'brevity')).toEqual({ n: 6, mean: 0.875 });
      expect(scoresOf(read.results, 'edit distance').n).toBe(6);
      expect(tokensOf(read.results, 'input_tokens')).toBe(399);
      expect(tokensOf(read.results, 'output_tokens')).toBe(234);
      expect(tokensOf(read.results, 'total_tokens')).toBe(633);
      expect(tokensOf(read.results, 'total_cost')).toBeCloseTo(0.13274, 9);
      expect(read.results[0]).toMatchObject({
        inputs: { question: 'What is the capital of France?', expected: 'Paris' },
        referenceOutputs: { expected: 'Paris' },
        outputs: { output: 'Answer in one sentence: What is the capital of France?' },
        metadata: { ls_model_name: 'echo' },
      });
    },
  );

  test('the CSV of the same evaluation says the same, in order and rounded', async () => {
    const read = await readFile(samplePath('promptfoo/v3-multi-provider-errors.csv'));

    expect(read.experiments).toEqual(SIX_EXPERIMENTS);
    // This file has no messages of errors, though the column Grader Reason would have room.
    expect(errorsOf(read)).toEqual(
      Array(4).fill('the provider failed, and promptfoo’s file does not say why'),
    );
    expect(scoresOf(read.results, 'score').n).toBe(38);
    expect(scoresOf(read.results, 'score').mean).toBeCloseTo(0.68, 9);
    expect(scoresOf(read.results, 'brevity')).toEqual({ n: 6, mean: 0.875 });
    expect(read.results[0]).toMatchObject({
      inputs: { question: 'What is the capital of France?', expected: 'Paris' },
      outputs: { output: 'Paris is the capital of France.' },
    });
    const givenJson = read.results.find(({ inputs }) => inputs?.question === 'give json');
    expect(givenJson?.outputs).toEqual({
      answer: 42,
      unit: 'km',
      nested: { ok: true, list: [1, 2] },
    });
  });

  test('version 2 has three retrievers and the scores that they name', async () => {
    const read = await readFile(samplePath('promptfoo/v2-retrieval-3providers.json'));

    expect(errorsOf(read)).toEqual([]);
    expect(read.experiments).toEqual({
      'python:provider_retrieval.py:retrieve_base': 13,
      'python:provider_retrieval.py:retrieve_level_two': 12,
      'python:provider_retrieval.py:retrieve_level_three': 11,
    });
    expect(scoresOf(read.results, 'score').mean).toBeCloseTo(0.5305555556, 9);
    expect(scoresOf(read.results, 'pass').mean).toBeCloseTo(32 / 36, 9);
    expect(scoresOf(read.results, 'MRR').n).toBe(36);
    expect(scoresOf(read.results, 'MRR').mean).toBeCloseTo(0.7685185185, 9);
    expect(scoresOf(read.results, 'Recall').mean).toBeCloseTo(0.6944444444, 9);
    expect(read.results[0]).toMatchObject({
      inputs: {
        query:
          'How can you create multiple test cases for an evaluation in the Anthropic Evaluation tool?',
      },
      latencyUs: 96_901_000,
    });
    expect(read.results[0]?.outputs?.output).toHaveLength(3);
  });

  test('a grid of old has ten experiments of three rows', async () => {
    const read = await readFile(samplePath('promptfoo/csv-legacy-pass-prefix.csv'));

    expect(Object.values(read.experiments)).toEqual(Array(10).fill(3));
    expect(errorsOf(read)).toEqual([]);
    expect(scoresOf(read.results, 'pass')).toEqual({ n: 30, mean: 0.6 });
    expect(scoresOf(read.results, 'score').mean).toBeCloseTo(0.6, 9);
    expect(read.results[0]?.inputs).toEqual({
      user_query:
        "What's the average salary for employees in New York-based departments that have more than 5 staff members?",
    });
    const texts = read.results.map(({ outputs }) => String(outputs?.output));
    expect(texts[0]).toMatch(/^Here is the SQL query[\s\S]*<\/sql>$/);
    expect(texts.filter((text) => /Reason: |^SQL failed/.test(text))).toEqual([]);
  });

  test('a grid of summaries has long cells and scores above 1', async () => {
    const read = await readFile(samplePath('plain/cookbook_summarization_promptfoo_grid.csv'));

    expect(read.source.format).toBe('promptfoo');
    expect(Object.values(read.experiments)).toEqual(Array(6).fill(2));
    expect(scoresOf(read.results, 'pass')).toEqual({ n: 12, mean: 0.5 });
    expect(scoresOf(read.results, 'score').mean).toBeCloseTo(1.4341666667, 9);
    expect(Object.keys(read.results[0]?.referenceOutputs ?? {})).toEqual(['ground_truth']);
  });

  test('one whose list is empty is said to be so, and gives no rows', async () => {
    const { source, rows } = await readFile(samplePath('promptfoo/empty-results.json'));

    expect(source.described).toBe('promptfoo results: results.results is there, and empty');
    expect(rows).toEqual([]);
  });
});

const SIX_EXPERIMENTS = {
  'alpha-large · terse': 7,
  'alpha-large · verbose': 7,
  'beta-mini · terse': 7,
  'beta-mini · verbose': 7,
  'echo · terse': 7,
  'echo · verbose': 7,
};
