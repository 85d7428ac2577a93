import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/json/parse.js';
import type { JsonObject } from '../../../src/json/value.js';
import { openaiBatch } from '../../../src/results/formats/openai-batch.js';
import { hasSamples, readFile, samplePath, tokensOf } from '../../support/read-format.js';

const fixture = new URL('../../../fixtures/formats/openai-batch.jsonl', import.meta.url).pathname;
const requests = new URL('../../../fixtures/formats/openai-batch-requests.jsonl', import.meta.url);

const recognise = (...rows: JsonObject[]) =>
  openaiBatch.recognise({ name: 'a.jsonl', kind: 'list', document: {}, rows, columns: [] });

describe('an OpenAI Batch output', () => {
  test('gives a row per request, with time, tokens and model', async () => {
    const { source, results, problems } = await readFile(fixture);

    expect(source.described).toBe(
      'OpenAI Batch output: rows have custom_id and the response of an API',
    );
    expect(problems).toEqual([]);
    const [first] = results;
    expect(first).toMatchObject({
      id: 'q-1',
      inputs: { custom_id: 'q-1' },
      outputs: { output: 'Paris' },
      error: undefined,
      startTime: Date.UTC(2026, 0, 1) * 1000,
      feedback: [],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o-mini-2024-07-18',
        usage_metadata: {
          input_tokens: 10,
          output_tokens: 2,
          total_tokens: 12,
          input_token_details: { cache_read: 4, audio: 0 },
          output_token_details: { reasoning: 1, audio: 0 },
        },
        id: 'batch_req_1',
        request_id: 'r1',
        status_code: 200,
        finish_reason: 'stop',
        service_tier: 'default',
        response_id: 'chatcmpl-1',
      },
    });
  });

  test('keeps calls of tools, all choices, embeddings, and what a response has next to its text', async () => {
    const { results } = await readFile(fixture);

    expect(results.flatMap(({ outputs }) => outputs ?? [])).toMatchObject([
      { output: 'Paris' },
      { output: null, tool_calls: [{ function: { name: 'look_up' } }] },
      { output: 'Rome', items: [{ type: 'reasoning' }] },
      { embedding: [0.25, expect.anything()] },
      { output: 'Paris', choices: [{ text: 'Paris' }, { text: 'Lyon' }] },
    ]);
    expect(results[2]).toMatchObject({ endTime: (Date.UTC(2026, 0, 1) + 5000) * 1000 });
  });

  test('takes a refused or expired request for an error', async () => {
    const { results } = await readFile(fixture);

    expect(results.filter(({ error }) => error !== undefined)).toMatchObject([
      { id: 'q-3', error: 'max_tokens is too large', outputs: undefined },
      {
        id: 'q-4',
        error: 'This request could not be executed before the completion window expired.',
        metadata: { error: { code: 'batch_expired' } },
      },
    ]);
  });

  test('is an experiment per model; what has no model stands alone where there are several', async () => {
    const { experiments } = await readFile(fixture);

    expect(experiments).toEqual({
      'gpt-4o-mini-2024-07-18': 3,
      'text-embedding-3-small': 1,
      'llama-3.1-8b': 1,
      '': 2,
    });
  });

  test('takes prompts and parameters from the requests that are joined', async () => {
    const lines = readFileSync(requests, 'utf8').trim().split('\n');
    const asked = lines.map((line) => parseJson(line) as JsonObject);
    const joined = new Map(asked.map((request) => [String(request.custom_id), request]));

    const { results, problems, experiments } = await readFile(fixture, { joined });

    expect(results.map(({ inputs }) => inputs)).toMatchObject([
      { messages: [{ role: 'user', content: 'Capital of France?' }] },
      { messages: [{ content: 'Capital of Peru?' }], tools: [{ type: 'function' }] },
      { messages: [{ content: 'Capital of Chile?' }] },
      { messages: [{ content: 'Capital of Cuba?' }] },
      { instructions: 'One word.', input: 'Capital of Italy?' },
      { messages: [{ content: 'Capital of France?' }] },
    ]);
    expect(results[0]?.metadata).toMatchObject({ custom_id: 'q-1', temperature: 0 });
    expect(results[2]?.metadata).toMatchObject({
      ls_model_name: 'gpt-4o-mini',
      max_tokens: 99_999_999,
    });
    expect(experiments).toEqual({ 'gpt-4o-mini': 6, '': 1 });
    expect(problems).toEqual(['row: no request that is joined has the custom_id q-6']);
  });

  test('is recognised by every row, also one of errors only, and not by custom_id alone', () => {
    const failed = { custom_id: 'a', response: null, error: { code: 'batch_expired' } };

    expect(recognise(failed)).toBeDefined();
    expect(recognise(failed, { custom_id: 'b', response: 'Paris' })).toBeUndefined();
    expect(recognise({ custom_id: 'a', response: null, error: null })).toBeUndefined();
    expect(recognise({ id: 'a', response: { body: {} } })).toBeUndefined();
    expect(recognise()).toBeUndefined();
  });
});

describe.skipIf(!hasSamples)('the sample of OpenAI Batch (../shared is there)', () => {
  test('has the totals that its lines add up to', async () => {
    const { source, results, experiments } = await readFile(
      samplePath('openai-batch/batch_output.jsonl'),
    );

    expect(source.format).toBe('openai-batch');
    expect(results).toHaveLength(6);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(tokensOf(results, 'input_tokens')).toBe(20_248);
    expect(tokensOf(results, 'output_tokens')).toBe(17);
    expect(tokensOf(results, 'total_tokens')).toBe(20_265);
    expect(results[0]).toMatchObject({
      inputs: { custom_id: 'task_0' },
      outputs: { output: '1' },
      startTime: 1_751_464_618_000_000,
    });
    expect(experiments).toEqual({ 'gpt-4o-mini-2024-07-18': 6 });
  });

  test('is not mistaken for a file of plain rows that is named like one', () => {
    const path = samplePath('plain/hallucination_batch_results.jsonl');
    const lines = readFileSync(path, 'utf8').trim().split('\n');

    expect(recognise(...lines.map((line) => parseJson(line) as JsonObject))).toBeUndefined();
  });
});
