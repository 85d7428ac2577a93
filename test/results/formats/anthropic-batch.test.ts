import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { anthropicBatch } from '../../../src/results/formats/anthropic-batch.js';
import { hasSamples, readFile, samplePath, tokensOf } from '../../support/read-format.js';

const fixture = new URL('../../../fixtures/formats/anthropic-batch.jsonl', import.meta.url)
  .pathname;

const recognise = (...rows: JsonObject[]) =>
  anthropicBatch.recognise({ name: 'a.jsonl', kind: 'list', document: {}, rows, columns: [] });

describe('Anthropic batch results', () => {
  test('give a row per request, its text, its tokens with the cached ones among the input', async () => {
    const { source, results, problems } = await readFile(fixture);

    expect(source.described).toBe('Anthropic batch results: rows have custom_id and result.type');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'b',
      inputs: { custom_id: 'b' },
      outputs: { output: 'Lima' },
      startTime: undefined,
      latencyUs: undefined,
      metadata: {
        ls_provider: 'anthropic',
        ls_model_name: 'claude-3-5-haiku-20241022',
        usage_metadata: {
          input_tokens: 1111,
          output_tokens: 3,
          total_tokens: 1114,
          input_token_details: { cache_read: 1000, cache_creation: 100 },
        },
        id: 'msg_1',
        stop_reason: 'end_turn',
        usage: { service_tier: 'batch' },
      },
    });
  });

  test('keep thinking and calls of tools next to the text', async () => {
    const { results } = await readFile(fixture);

    expect(results[1]?.outputs).toMatchObject({
      output: 'I look it up.',
      content: [{ type: 'thinking' }, { type: 'text' }, { type: 'tool_use', name: 'look_up' }],
    });
  });

  test('of requests that failed, were canceled or expired are errors of the only model there is', async () => {
    const { results, experiments } = await readFile(fixture);

    expect(results.slice(2)).toMatchObject([
      {
        id: 'c',
        outputs: undefined,
        error: 'max_tokens: must be positive',
        metadata: { error: { error: { type: 'invalid_request_error' } } },
      },
      { id: 'd', error: 'the request was not answered: canceled' },
      { id: 'e', error: 'the request was not answered: expired' },
    ]);
    expect(experiments).toEqual({ 'claude-3-5-haiku-20241022': 5 });
  });

  test('take the prompt from the requests that are joined', async () => {
    const params = {
      model: 'claude-3-5-haiku-latest',
      max_tokens: 10,
      system: 'One word.',
      messages: [{ role: 'user', content: 'Capital?' }],
    };
    const joined = new Map(
      ['a', 'b', 'c', 'd', 'e'].map((id) => [id, { custom_id: id, params }] as const),
    );

    const { results, experiments } = await readFile(fixture, { joined });

    expect(results[0]).toMatchObject({
      inputs: { system: 'One word.', messages: [{ role: 'user', content: 'Capital?' }] },
      metadata: { custom_id: 'b', max_tokens: 10, ls_model_name: 'claude-3-5-haiku-20241022' },
    });
    expect(results[0]?.inputs).not.toHaveProperty('model');
    expect(experiments).toEqual({ 'claude-3-5-haiku-latest': 5 });
  });

  test('are recognised by result.type of every row', () => {
    const canceled = { custom_id: 'a', result: { type: 'canceled' } };

    expect(recognise(canceled)).toBeDefined();
    expect(recognise(canceled, { custom_id: 'b', result: 'succeeded' })).toBeUndefined();
    expect(recognise({ custom_id: 'a', result: { type: 'passed' } })).toBeUndefined();
    expect(recognise({ id: 'a', result: { type: 'canceled' } })).toBeUndefined();
  });
});

test.skipIf(!hasSamples)(
  'the documentation’s example has the totals of its two lines (../shared is there)',
  async () => {
    const { source, results, experiments } = await readFile(
      samplePath('anthropic-batch/results.jsonl'),
    );

    expect(source.format).toBe('anthropic-batch');
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(tokensOf(results, 'input_tokens')).toBe(21);
    expect(tokensOf(results, 'output_tokens')).toBe(70);
    expect(results[0]).toMatchObject({
      inputs: { custom_id: 'my-second-request' },
      outputs: {
        output:
          "Hello again! It's nice to see you. How can I assist you today? Is there anything specific you'd like to chat about or any questions you have?",
      },
    });
    expect(experiments).toEqual({ 'claude-3-5-sonnet-20240620': 2 });
  },
);
