import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject } from '../../src/json/value.js';
import { RecordReader } from '../../src/results/format-kit/reader.js';
import { readLooseUsage, readUsage } from '../../src/results/format-kit/usage.js';
import { checkRow } from '../../src/results/parse.js';

const read = (...usages: JsonObject[]) =>
  readUsage(usages.map((usage) => new RecordReader(usage))).usage_metadata;

describe('tokens are counted as LangSmith counts them', () => {
  test.for<[string, JsonObject, JsonObject]>([
    [
      'OpenAI, chat completions',
      {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 8, audio_tokens: 2 },
      },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64, audio: 1 },
        output_token_details: { reasoning: 8, audio: 2 },
      },
    ],
    [
      'OpenAI, responses',
      {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 8 },
        total_tokens: 120,
      },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64 },
        output_token_details: { reasoning: 8 },
      },
    ],
    [
      'Anthropic, whose input leaves out what was cached',
      {
        input_tokens: 10,
        output_tokens: 5,
        cache_read_input_tokens: 70,
        cache_creation_input_tokens: 20,
        service_tier: 'standard',
      },
      {
        input_tokens: 100,
        output_tokens: 5,
        total_tokens: 105,
        input_token_details: { cache_read: 70, cache_creation: 20 },
      },
    ],
    [
      'Anthropic, which tells how long a cache is kept',
      {
        input_tokens: 10,
        output_tokens: 5,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      },
      {
        input_tokens: 40,
        output_tokens: 5,
        total_tokens: 45,
        input_token_details: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      },
    ],
    [
      'Gemini, whose output leaves out what was only thought',
      {
        promptTokenCount: 100,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        cachedContentTokenCount: 64,
        totalTokenCount: 150,
      },
      {
        input_tokens: 100,
        output_tokens: 50,
        total_tokens: 150,
        input_token_details: { cache_read: 64 },
        output_token_details: { reasoning: 30 },
      },
    ],
    [
      'Gemini without a total',
      { prompt_token_count: 100, candidates_token_count: 20, thoughts_token_count: 30 },
      {
        input_tokens: 100,
        output_tokens: 50,
        total_tokens: 150,
        output_token_details: { reasoning: 30 },
      },
    ],
    [
      'Bedrock, whose total says that cached tokens are apart',
      {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 105,
        cacheReadInputTokens: 70,
        cacheWriteInputTokens: 20,
      },
      {
        input_tokens: 100,
        output_tokens: 5,
        total_tokens: 105,
        input_token_details: { cache_read: 70, cache_creation: 20 },
      },
    ],
    [
      'LangChain',
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64, cache_creation: 0 },
        output_token_details: { reasoning: 8 },
      },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64, cache_creation: 0 },
        output_token_details: { reasoning: 8 },
      },
    ],
    [
      'LiteLLM, which has Anthropic’s names for what its input includes',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        cache_read_input_tokens: 70,
        cost: 0.5,
      },
      {
        input_tokens: 100,
        output_tokens: 5,
        total_tokens: 105,
        input_token_details: { cache_read: 70 },
        total_cost: 0.5,
      },
    ],
    [
      'the AI SDK',
      {
        inputTokens: 100,
        outputTokens: 20,
        totalTokens: 120,
        reasoningTokens: 8,
        cachedInputTokens: 64,
      },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64 },
        output_token_details: { reasoning: 8 },
      },
    ],
    [
      'the AI SDK since version 6',
      {
        inputTokens: 100,
        inputTokenDetails: { noCacheTokens: 36, cacheReadTokens: 64 },
        outputTokens: 20,
        outputTokenDetails: { textTokens: 12, reasoningTokens: 8 },
      },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_token_details: { cache_read: 64 },
        output_token_details: { reasoning: 8 },
      },
    ],
    [
      'Ollama',
      { prompt_eval_count: 100, eval_count: 20 },
      { input_tokens: 100, output_tokens: 20, total_tokens: 120 },
    ],
    [
      'short names, with a cost of each',
      { input: 100, output: 20, cost: { input: 0.1, output: 0.2, total: 0.3 } },
      {
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        total_cost: 0.3,
        input_cost: 0.1,
        output_cost: 0.2,
      },
    ],
    [
      'text, as in a table, and whole numbers with a point',
      { input_tokens: '100', output_tokens: 20.0, total_cost: '0.5' },
      { input_tokens: 100, output_tokens: 20, total_tokens: 120, total_cost: 0.5 },
    ],
  ])('%s', ([, usage, counted]) => {
    expect(read(usage)).toEqual(counted);
  });

  test.for<JsonObject>([
    { input_tokens: -1 },
    { input_tokens: 1.5 },
    { input_tokens: 'many' },
    { queue: 'fast', retries: 2 },
    {},
  ])('%j counts nothing', (usage) => {
    expect(read(usage)).toBeUndefined();
  });

  test('of several calls, together', () => {
    expect(
      read(
        { input_tokens: 1, cache_read_input_tokens: 9, output_tokens: 2, cost: 0.25 },
        { input_tokens: 5, output_tokens: 3, cost: 0.5 },
      ),
    ).toEqual({
      input_tokens: 15,
      output_tokens: 5,
      total_tokens: 20,
      input_token_details: { cache_read: 9 },
      total_cost: 0.75,
    });
  });

  test('what is not a count stays with its object, and so does a second spelling that differs', () => {
    const usage = new RecordReader({
      prompt_tokens: 10,
      input_tokens: 12,
      prompt_tokens_details: { cached_tokens: 4, text_tokens: 6 },
      service_tier: 'standard',
    });

    readUsage(usage);

    expect(usage.rest()).toEqual({
      prompt_tokens: 10,
      prompt_tokens_details: { text_tokens: 6 },
      service_tier: 'standard',
    });
  });

  test('among other members, short names mean other things', () => {
    const record = new RecordReader({
      input: 3,
      output: 4,
      usage: { input: 100, output: 20 },
      costUsd: 0.5,
    });

    expect(readLooseUsage(record).usage_metadata).toEqual({
      input_tokens: 100,
      output_tokens: 20,
      total_tokens: 120,
      total_cost: 0.5,
    });
    expect(record.rest()).toEqual({ input: 3, output: 4 });
  });
});

describe('a row with inputs and outputs', () => {
  function check(fields: string) {
    const value = parseJson(`{"inputs":{"q":1},"outputs":{"a":1},${fields}}`);
    const checked = checkRow({
      origin: { file: 'f', line: 1 },
      index: 0,
      shape: 'document',
      value,
    });
    if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
    return { metadata: checked.result.metadata, notes: checked.notes };
  }

  test('has an object of tokens counted, which stays in metadata', () => {
    const { metadata, notes } = check(
      '"usage":{"prompt_tokens":10,"prompt_tokens_details":{"cached_tokens":8}}',
    );

    expect(metadata).toEqual({
      usage: { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 8 } },
      usage_metadata: { input_tokens: 10, input_token_details: { cache_read: 8 } },
    });
    expect(notes).toEqual(['field "usage" is read as metadata.usage_metadata']);
  });

  test('has tokens and cost next to its other fields counted', () => {
    const { metadata, notes } = check('"prompt_tokens":10,"completion_tokens":5,"cost":0.5,"k":1');

    expect(metadata).toEqual({
      usage_metadata: { input_tokens: 10, output_tokens: 5, total_tokens: 15, total_cost: 0.5 },
      k: 1,
    });
    expect(notes).toEqual([
      'field "prompt_tokens" is read as metadata.usage_metadata',
      'field "completion_tokens" is read as metadata.usage_metadata',
      'field "cost" is read as metadata.usage_metadata',
      'field "k" is kept in the run’s metadata',
    ]);
  });

  test('keeps its own usage_metadata, to which what it does not say is added', () => {
    const { metadata } = check(
      '"usage_metadata":{"input_tokens":10,"output_tokens":5},"cost":0.5,"input_tokens":99',
    );

    expect(metadata).toEqual({
      usage_metadata: { input_tokens: 10, output_tokens: 5, total_cost: 0.5 },
      input_tokens: 99,
    });
  });

  test.for([
    ['"model":"gpt-4o"', { ls_provider: 'openai', ls_model_name: 'gpt-4o' }],
    ['"model_name":"m"', { ls_model_name: 'm' }],
    [
      '"model":"openai:chat:gpt-4o"',
      { ls_provider: 'openai', ls_model_name: 'gpt-4o', model: 'openai:chat:gpt-4o' },
    ],
    ['"model":"m","metadata":{"ls_model_name":"n"}', { ls_model_name: 'n', model: 'm' }],
    ['"model":{"size":7}', { model: { size: 7 } }],
  ] as const)('with %s names its model so that LangSmith knows it', ([fields, expected]) => {
    expect(check(fields).metadata).toEqual(expected);
  });

  test.for([
    ['{"input_tokens":"100","output_tokens":20.0}', { input_tokens: 100, output_tokens: 20 }],
    ['{"prompt_tokens":100,"completion_tokens":20}', { input_tokens: 100, output_tokens: 20 }],
    ['{"input_tokens":100,"output_tokens":20,"queue":"x"}', { input_tokens: 100 }],
  ] as const)(
    'whose usage_metadata is %s has it put into words that count, which is said',
    ([usage, counted]) => {
      const { metadata, notes } = check(`"metadata":{"usage_metadata":${usage}}`);

      expect(metadata.usage_metadata).toMatchObject(counted);
      expect(metadata.source_usage_metadata).toEqual(parseJson(usage));
      expect(notes).toEqual([
        'usage_metadata is put into the words and whole numbers that LangSmith counts',
      ]);
    },
  );

  test('whose usage_metadata counts nothing says so', () => {
    const { metadata, notes } = check('"metadata":{"usage_metadata":"many"}');

    expect(metadata).toEqual({ source_usage_metadata: 'many' });
    expect(notes).toEqual(['usage_metadata holds no number that LangSmith counts']);
  });

  test('whose outputs have a usage_metadata in other words keeps them, and is counted', () => {
    const value = parseJson(
      '{"inputs":1,"outputs":{"usage_metadata":{"prompt_tokens":"7","completion_tokens":1}}}',
    );
    const checked = checkRow({
      origin: { file: 'f', line: 1 },
      index: 0,
      shape: 'document',
      value,
    });

    expect(checked).toMatchObject({
      result: {
        outputs: { usage_metadata: { prompt_tokens: '7', completion_tokens: 1 } },
        metadata: { usage_metadata: { input_tokens: 7, output_tokens: 1, total_tokens: 8 } },
      },
    });
  });
});
