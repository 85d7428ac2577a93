import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { mtBench } from '../../../src/results/formats/mt-bench.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/mt-bench/${name}`, import.meta.url).pathname;

const recognise = (...rows: JsonObject[]) =>
  mtBench.recognise({ name: 'a.jsonl', kind: 'list', document: {}, rows, columns: [] });

const haiku = { question_id: 81, turns: ['Write a haiku.', 'Now without e.'] };

describe('answers to MT-bench', () => {
  test('give a row per question and choice, with the question that is next to it', async () => {
    const { source, results, problems, experiments } = await readFile(fixture('answers.jsonl'));

    expect(source.described).toBe('MT-bench: rows have question_id, answer_id and turns');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        id: '81',
        inputs: haiku,
        outputs: { turns: ['Old pond', 'A pond'] },
        startTime: 1_767_225_600_500_000,
        metadata: {
          ls_provider: 'openai',
          ls_model_name: 'gpt-4o-mini',
          category: 'writing',
          answer_id: 'a1',
          index: 0,
        },
      },
      { inputs: haiku, outputs: { turns: ['A frog', 'Splash'] }, metadata: { index: 1 } },
      {
        inputs: { question_id: 101, turns: ['2 + 2?', 'And 3 more?'] },
        referenceOutputs: { turns: ['4', '7'] },
        metadata: { ls_model_name: 'meta-llama/Llama-3-8B' },
      },
    ]);
    expect(experiments).toEqual({ 'gpt-4o-mini': 2, 'meta-llama/Llama-3-8B': 1 });
  });

  test('are told from questions, which have no answers', () => {
    const answer = { question_id: 1, answer_id: 'a', choices: [{ index: 0, turns: ['x'] }] };

    expect(recognise(answer)).toBeDefined();
    expect(recognise({ question_id: 1, category: 'math', turns: ['x'] })).toBeUndefined();
    expect(recognise({ ...answer, choices: [{ message: 'x' }] })).toBeUndefined();
  });
});

describe('judgments of MT-bench', () => {
  test('of both turns are scores of one row, whose answer is in the judge’s prompt', async () => {
    const { source, results, problems } = await readFile(fixture('judgments.jsonl'));

    expect(source.described).toBe('MT-bench: rows have question_id, judge and judgment');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: '81',
      inputs: haiku,
      outputs: { turns: ['Old pond', 'A pond'] },
      startTime: undefined,
      feedback: [
        { key: 'score', score: 8, comment: 'Fine. [[8]]' },
        { key: 'score', score: 9.5, comment: 'Good. [[9.5]]' },
      ],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o-mini',
        category: 'writing',
        judgments: [
          { judge: ['gpt-4', 'single-v1'], turn: 1, tstamp: 1_767_225_700 },
          { judge: ['gpt-4', 'single-v1-multi-turn'], turn: 2 },
        ],
        'scores.score.details': { turn: 1 },
        'scores.score.details.2': { turn: 2 },
      },
    });
  });

  test('have no score where the judge gave none: -1', async () => {
    const { results } = await readFile(fixture('judgments.jsonl'));

    expect(results[1]).toMatchObject({ error: undefined, outputs: { output: null } });
    expect(results[1]?.feedback).toEqual([{ key: 'score', comment: 'I cannot say.' }]);
  });

  test('are an experiment per model that is judged; another judge’s is a row of its own', async () => {
    const { results, experiments } = await readFile(fixture('judgments.jsonl'));

    expect(experiments).toEqual({ 'gpt-4o-mini': 3, llama: 1 });
    expect(results[3]).toMatchObject({
      inputs: haiku,
      outputs: { turns: ['Old pond'] },
      feedback: [{ key: 'score', score: 3 }],
      metadata: { judgments: [{ judge: ['claude-3-opus', 'single-v1'] }] },
    });
  });

  test('of pairs are won in both games, or a draw, or nothing if one failed', async () => {
    const { results, experiments } = await readFile(fixture('pairs.jsonl'));

    expect(results.map(({ feedback }) => feedback)).toMatchObject([
      [
        { key: 'win', score: 1 },
        { key: 'g1_winner', value: 'model_1', comment: 'A' },
        { key: 'g2_winner', value: 'model_1', comment: 'B' },
      ],
      [{ key: 'win', score: 0.5 }, { value: 'model_1' }, { value: 'model_2' }],
      [{ key: 'win', score: 0 }, { value: 'model_2' }, { value: 'model_2' }],
      [{ value: 'tie' }, { value: 'error' }],
    ]);
    expect(results[0]).toMatchObject({
      outputs: { turns: ['Old pond'] },
      metadata: { ls_model_name: 'a', model_2: 'gpt-3.5-turbo' },
    });
    expect(Object.keys(experiments)).toEqual(
      ['a', 'b', 'c', 'd'].map((model) => `${model} vs gpt-3.5-turbo`),
    );
  });

  test('are recognised by a judge and what is judged', () => {
    const judged = { question_id: 1, model: 'a', judge: ['b', 'c'], judgment: '[[1]]', score: 1 };

    expect(recognise(judged)).toBeDefined();
    expect(recognise({ ...judged, judge: null })).toBeUndefined();
    expect(recognise({ ...judged, judgment: null })).toBeUndefined();
  });
});

describe.skipIf(!hasSamples)('the samples of MT-bench (../shared is there)', () => {
  test('have 12 answers, whose questions are next to them', async () => {
    const { source, results, experiments } = await readFile(
      samplePath('mt-bench/model_answer.Griffin.jsonl'),
    );

    expect(source.format).toBe('mt-bench');
    expect(results.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 81),
    );
    expect(results[0]).toMatchObject({
      inputs: {
        turns: [
          'Compose an engaging travel blog post about a recent trip to Hawaii, highlighting cultural experiences and must-see attractions.',
          'Rewrite your previous response. Start every sentence with the letter A.',
        ],
      },
      startTime: 1_718_407_909_378_239,
    });
    expect(JSON.stringify(results[0]?.outputs)).toMatch(
      /^\{"turns":\["Here's a travel blog post about a recent trip to Hawaii/,
    );
    expect(experiments).toEqual({ 'meta-llama/Meta-Llama-3-8B-Instruct-Griffin': 12 });
  });

  test('have 20 judgments of first turns, 3.975 on average', async () => {
    const { source, results, experiments } = await readFile(
      samplePath('mt-bench/model_judgment.gpt-4_single.jsonl'),
    );

    expect(source.format).toBe('mt-bench');
    expect(scoresOf(results, 'score')).toEqual({ n: 20, mean: 3.975 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(tokensOf(results, 'total_tokens')).toBe(0);
    expect(JSON.stringify(results[0]?.outputs)).toMatch(/^\{"turns":\["Here's a travel blog post/);
    expect(experiments).toEqual({ 'Meta-Llama-3-8B-Instruct-Griffin': 20 });
  });

  test('have reference answers, which are those of a model', async () => {
    const { results, experiments } = await readFile(
      samplePath('mt-bench/reference_answer.gpt-4.jsonl'),
    );

    expect(results).toHaveLength(10);
    expect(results[0]?.inputs).toEqual({ question_id: 101 });
    expect(experiments).toEqual({ 'gpt-4': 10 });
  });
});
