import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect, onTestFinished } from 'vitest';
import type { ErrorCode } from '../../../src/errors.js';
import { AnswerCache } from '../../../src/scoring/judges/answer-cache.js';
import { Chat, type ChatOptions } from '../../../src/scoring/judges/chat.js';
import { buildRule, readDefinition } from '../../../src/scoring/judges/definition.js';
import { findEndpoint } from '../../../src/scoring/judges/endpoint.js';
import { readNewJudge } from '../../../src/scoring/judges/judge.js';
import { JudgeScorer } from '../../../src/scoring/judges/judge-scorer.js';
import type { Answer, RowToScore } from '../../../src/scoring/scorer.js';
import { refuses, says, startScriptedModel } from '../../support/scripted-model.js';
import type { Answer as Reply } from '../../support/scripted-server.js';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from here.
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'ls-record-judges-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

const KEY = 'sk-secret-0123456789abcdef';
const DEFINITION = {
  name: 'right',
  prompt: 'Is {{output}} right? {{reference}}',
  model: 'openai:gpt-4o-mini',
  map: { output: 'outputs.answer', reference: 'reference.answer' },
};

const row = (n: number, answer = `answer ${n}`): RowToScore => ({
  row: n,
  id: `row-${n}`,
  exampleId: undefined,
  inputs: { question: `question ${n}` },
  outputs: { answer },
  referenceOutputs: { answer: 'truth' },
  error: undefined,
  metadata: {},
});

interface Bench extends Partial<Omit<ChatOptions, 'endpoint' | 'model'>> {
  readonly baseUrl: string;
  readonly folder: string;
  readonly definition?: object;
}

function openScorer({ baseUrl, folder, definition = DEFINITION, ...options }: Bench): JudgeScorer {
  const judge = readNewJudge(buildRule(readDefinition(definition, 'test')));
  if ('problem' in judge) throw new Error(judge.problem);
  const { model } = judge;
  const endpoint = findEndpoint(model, { environment: { OPENAI_API_KEY: KEY }, baseUrl });
  if ('problem' in endpoint) throw new Error(endpoint.problem);
  const signal = new AbortController().signal;
  const chat = new Chat({ endpoint, model, network: {}, signal, firstWaitMs: 1, ...options });
  onTestFinished(() => chat.close());
  return new JudgeScorer(judge, chat, AnswerCache.of(join(folder, 'judges'), judge, endpoint.url));
}

async function judge(scorer: JudgeScorer, rows: readonly RowToScore[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of scorer.score(each(rows))) answers.push(answer);
  return answers;
}

async function* each(rows: readonly RowToScore[]): AsyncGenerator<RowToScore> {
  yield* rows;
}

async function openModel(reply: Parameters<typeof startScriptedModel>[0]) {
  const model = await startScriptedModel(reply);
  onTestFinished(() => model.close());
  return model;
}

const RIGHT = { comment: 'It is.', right: true };
const SCORED = { row: 0, feedback: { key: 'right', score: true, comment: 'It is.' } };

describe('a judge', () => {
  test('asks once for each row, and nothing when it is asked again', async ({ folder }) => {
    const model = await openModel(() => says(RIGHT));
    const rows = Array.from({ length: 100 }, (_, n) => row(n));

    const first = openScorer({ ...model, folder });
    const answers = await judge(first, rows);
    const again = openScorer({ ...model, folder });
    const sameAnswers = await judge(again, rows);

    expect(answers).toHaveLength(100);
    expect(answers).toContainEqual(SCORED);
    expect(first.requests).toBe(100);
    expect(first.usage).toMatchObject({ rows: 100, inputTokens: 10_000, outputTokens: 1_000 });
    expect(sameAnswers).toHaveLength(100);
    expect(again.requests).toBe(0);
    expect(again.usage).toMatchObject({ rows: 100, cached: 100, inputTokens: 0 });
    expect(model.requests).toHaveLength(100);
  });

  test('sends the key, the prompt and the shape of the answer', async ({ folder }) => {
    const model = await openModel(() => says(RIGHT));

    await judge(openScorer({ ...model, folder }), [row(0, 'Paris {{reference}}')]);

    const [asked] = model.asked();
    expect(model.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(asked).toMatchObject({
      model: 'gpt-4o-mini',
      temperature: 0,
      messages: [{ role: 'user', content: 'Is Paris {{reference}} right? truth' }],
      response_format: { type: 'json_schema', json_schema: { strict: true } },
    });
  });

  test('keeps answers where only their owner can read them, without the key', async ({
    folder,
  }) => {
    const model = await openModel(() => says(RIGHT));

    await judge(openScorer({ ...model, folder }), [row(0)]);

    const [name = ''] = readdirSync(join(folder, 'judges'));
    const file = join(folder, 'judges', name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
  });

  test('asks again where the prompt or the model is another one', async ({ folder }) => {
    const model = await openModel(() => says(RIGHT));
    await judge(openScorer({ ...model, folder }), [row(0)]);

    const other = openScorer({
      ...model,
      folder,
      definition: { ...DEFINITION, model: 'openai:o3' },
    });
    await judge(other, [row(0)]);

    expect(other.requests).toBe(1);
    expect(model.asked()[1]).not.toHaveProperty('temperature');
  });

  test('passes over rows without what the prompt shows', async ({ folder }) => {
    const model = await openModel(() => says(RIGHT));
    const scorer = openScorer({ ...model, folder });

    const answers = await judge(scorer, [{ ...row(0), outputs: undefined }, row(1)]);

    expect(answers).toMatchObject([{ row: 1 }]);
    expect(scorer.usage).toMatchObject({ rows: 1, skipped: 1 });
  });

  test('samples the same rows each time', async ({ folder }) => {
    const model = await openModel(() => says(RIGHT));
    const definition = { ...DEFINITION, sampling: 0.3 };
    const rows = Array.from({ length: 200 }, (_, n) => row(n));
    const numbers = async () => {
      const answers = await judge(openScorer({ ...model, folder, definition }), rows);
      return answers.map((answer) => ('row' in answer ? answer.row : -1)).sort();
    };

    const first = await numbers();

    expect(first.length).toBeGreaterThan(30);
    expect(first.length).toBeLessThan(90);
    expect(await numbers()).toEqual(first);
  });
});

describe('a judge gets a score in spite of', () => {
  test.for<[string, (count: number) => Reply, requests: number]>([
    [
      'a limit, after the wait it names',
      (n) => (n === 1 ? refuses(429, 'slow down', { 'retry-after': '0' }) : says(RIGHT)),
      2,
    ],
    ['a server in trouble', (n) => (n < 3 ? refuses(503, 'overloaded') : says(RIGHT)), 3],
    ['a connection that is cut', (n) => (n === 1 ? 'destroy' : says(RIGHT)), 2],
    ['an answer that never comes', (n) => (n === 1 ? 'hang' : says(RIGHT)), 2],
    [
      'words around the answer',
      () => says(`Sure!\n\`\`\`json\n${JSON.stringify(RIGHT)}\n\`\`\``),
      1,
    ],
    [
      'thoughts before the answer',
      () => says(`<think>{"right":</think>${JSON.stringify(RIGHT)}`),
      1,
    ],
    ['an answer that is no JSON, once', (n) => (n === 1 ? says('It is right.') : says(RIGHT)), 2],
    [
      'an answer of another type, once',
      (n) => (n === 1 ? says({ comment: '', right: 'yes' }) : says(RIGHT)),
      2,
    ],
  ])('%s', async ([, reply, requests], { folder }) => {
    const model = await openModel((_, count) => reply(count));

    const answers = await judge(openScorer({ ...model, folder, timeoutMs: 1_500 }), [row(0)]);

    expect(answers).toEqual([SCORED]);
    expect(model.requests).toHaveLength(requests);
  });

  test('a model without JSON Schema, which it remembers', async ({ folder }) => {
    const model = await openModel(({ response_format: format }) =>
      format === undefined ? says(RIGHT) : refuses(400, `unknown response_format ${format.type}`),
    );
    const scorer = openScorer({ ...model, folder });

    await judge(scorer, [row(0)]);
    await judge(scorer, [row(1)]);

    const formats = model.asked().map(({ response_format: format }) => format?.type);
    expect(formats).toEqual(['json_schema', 'json_object', undefined, undefined]);
    expect(model.asked()[2]?.messages[0]?.content).toContain('JSON Schema');
  });

  test('parameters that the model does not take', async ({ folder }) => {
    const model = await openModel(({ temperature, max_tokens: tokens }) => {
      if (temperature !== undefined) return refuses(400, "'temperature' does not support 0");
      if (tokens !== undefined) return refuses(400, "'max_tokens' is not supported");
      return says(RIGHT);
    });
    const definition = { ...DEFINITION, max_tokens: 50 };

    const answers = await judge(openScorer({ ...model, folder, definition }), [row(0)]);

    expect(answers).toEqual([SCORED]);
    expect(model.asked().at(-1)).toMatchObject({
      max_completion_tokens: 50,
      response_format: { type: 'json_schema' },
    });
  });
});

describe('a judge fails on a row, and goes on', () => {
  test.for<[string, Reply, words: string]>([
    [
      'where the model refuses',
      says('', { refusal: 'I cannot judge that.' }),
      'I cannot judge that.',
    ],
    ['where the answer is cut off', says('{"comm', { finish: 'length' }), 'cut off'],
    ['where a filter stops it', says('', { finish: 'content_filter' }), 'content filter'],
    ['where there is no score twice', says('no idea'), 'no score: it is not a JSON object'],
    [
      'where the prompt is too long',
      refuses(400, 'context length exceeded'),
      'context length exceeded',
    ],
  ])('%s', async ([, reply, words], { folder }) => {
    const model = await openModel(({ messages }) =>
      JSON.stringify(messages).includes('bad') ? reply : says(RIGHT),
    );
    const scorer = openScorer({ ...model, folder });

    const answers = await judge(scorer, [row(0, 'bad'), row(1)]);
    const again = await judge(scorer, [row(0, 'bad')]);

    expect(answers).toContainEqual({
      row: 0,
      feedback: { key: 'right', isError: true, comment: expect.stringContaining(words) },
    });
    expect(answers).toContainEqual({ ...SCORED, row: 1 });
    expect(again).toMatchObject([{ feedback: { isError: true } }]);
  });
});

describe('a judge scores nothing', () => {
  test.for<[string, Reply, code: ErrorCode, words: RegExp]>([
    [
      'with a wrong key, which it does not quote',
      refuses(401, `Incorrect API key: ${KEY}`),
      'MODEL_KEY',
      /401 Incorrect API key: …/,
    ],
    [
      'with a model that is not there',
      refuses(404, 'no such model'),
      'SCORER_FAILED',
      /404 no such model/,
    ],
    [
      'with an account that is used up',
      { status: 429, json: { error: { message: 'no quota left', code: 'insufficient_quota' } } },
      'LIMIT_REACHED',
      /no quota left/,
    ],
    ['at an address of something else', { text: '<html>' }, 'SCORER_FAILED', /no chat completion/],
    ['while every connection is cut', 'destroy', 'API_UNREACHABLE', /at 127\.0\.0\.1:\d+: /],
    [
      'while the limit lasts',
      refuses(429, 'busy', { 'retry-after': '600' }),
      'API_UNREACHABLE',
      /429 busy/,
    ],
  ])('%s, which its code tells', async ([, reply, code, words], { folder }) => {
    const model = await openModel(() => reply);
    const scorer = openScorer({ ...model, folder, retryForMs: 50 });

    await expect(judge(scorer, [row(0), row(1)])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
      hint: expect.stringContaining('answers so far are kept'),
    });
  });

  test('from a model whose bytes drip', async ({ folder }) => {
    const server = createServer((_, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const scorer = openScorer({ baseUrl, folder, timeoutMs: 200, retryForMs: 1 });

    await expect(judge(scorer, [row(0)])).rejects.toThrow(/too slowly/);
  });

  test('once it is stopped', async ({ folder }) => {
    const stop = new AbortController();
    const model = await openModel(() => {
      stop.abort(new Error('stopped by hand'));
      return 'hang';
    });

    await expect(
      judge(openScorer({ ...model, folder, signal: stop.signal }), [row(0)]),
    ).rejects.toThrow('stopped by hand');
  });
});

test('a limit of the model is waited out, and the wait is announced', async ({ folder }) => {
  let isBusy = true;
  const model = await openModel(() => {
    const answer = isBusy ? refuses(429, 'busy') : says(RIGHT);
    isBusy = false;
    return answer;
  });
  const retries: object[] = [];
  const scorer = openScorer({ ...model, folder, onRetry: (retry) => retries.push(retry) });

  expect(await judge(scorer, [row(0)])).toEqual([SCORED]);

  expect(model.requests).toHaveLength(2);
  expect(retries).toMatchObject([
    { server: scorer.judge.model.name, cause: 'limit', reason: '429 busy' },
  ]);
});
