import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { test } from '../support/home.js';
import { openExperiment, send, uuid } from './requests.js';

const MB = 1024 * 1024;
/** On a busy machine; what grows faster than its input would take minutes. */
const SOON_MS = 6_000;
const GZIP = { 'content-encoding': 'gzip' };
const many = (count: number, text: string) => Array.from({ length: count }, () => text).join(',');

describe('home answers 413 soon', () => {
  test('to 16 bombs at once, in little memory, and continues answering', async ({ home }) => {
    const bomb = gzipSync(Buffer.alloc(127 * MB, ' '));
    const before = process.memoryUsage.rss();
    const startedMs = performance.now();

    const bombs = Array.from({ length: 16 }, () =>
      send(home, 'POST /datasets', bomb as unknown as string, GZIP),
    );
    const ok = await send(home, 'GET /ok');
    const answers = await Promise.all(bombs);

    expect(ok.status).toBe(200);
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(413));
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MB);
    expect(performance.now() - startedMs).toBeLessThan(2 * SOON_MS);
  });

  test('to a body that says that it is too long', async ({ home }) => {
    const { status } = await send(home, 'POST /datasets', 'x'.repeat(129 * MB));

    expect(status).toBe(413);
  });
});

test('bodies wait for each other where there is no room for all', { timeout: 20_000 }, async ({
  home,
}) => {
  const body = 'x'.repeat(40 * MB);

  const answers = await Promise.all(
    Array.from({ length: 5 }, () => send(home, 'POST /datasets', body)),
  );

  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
});

test('a body that is never sent to its end keeps no small one waiting', async ({ home }) => {
  const stop = new AbortController();
  const never = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
  });
  const hanging = fetch(`${home.url}/datasets`, {
    method: 'POST',
    body: never,
    duplex: 'half',
    signal: stop.signal,
  } as RequestInit).catch(() => undefined);

  const { status } = await send(home, 'POST /datasets', { name: 'd' });
  stop.abort();
  await hanging;

  expect(status).toBe(200);
});

test.for([1_000_000, 5_000_000])(
  'an integer of %i digits is refused in linear time',
  async (digits, { home }) => {
    const startedMs = performance.now();

    const { status, text } = await send(home, 'POST /datasets', `{"name":${'9'.repeat(digits)}}`);

    expect(status).toBe(422);
    expect(text.length).toBeLessThan(1_000);
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
  },
);

describe('a filter is answered with 400', () => {
  const one = 'eq(name, "x")';
  test.for([
    ['of 2,000 conditions', `and(${many(2_000, one)})`],
    ['of 2,000 alternatives', `or(${many(2_000, one)})`],
    ['of 40,000 ids', `in(id, [${many(40_000, '"x"')}])`],
    ['of 3,000 feedback keys', `and(${many(3_000, 'eq(feedback_key, "x")')})`],
    ['of 45 denials', `${'not('.repeat(45)}${one}${')'.repeat(45)}`],
    ['of 100,000 brackets', 'and('.repeat(100_000)],
    ['of one text of 10 MB', `eq(name, "${'x'.repeat(10 * MB)}")`],
    ['of one text of escapes', `eq(name, "${'\\"'.repeat(5 * MB)}")`],
    ['of 5,000 members', `has(metadata, ${JSON.stringify(members(5_000))})`],
    ['of a name that every object has', 'eq(__proto__, 1)'],
    ['of another', 'eq(constructor, 1)'],
    ['of a third', 'and(eq(feedback_key, "x"), eq(toString, 1))'],
  ] as const)('%s', async ([, filter], { home }) => {
    const startedMs = performance.now();

    const { status, text } = await send(home, 'POST /runs/query', { filter });

    expect(status).toBe(400);
    expect(text.length).toBeLessThan(5_000);
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
  });

  test.for([
    ['300 conditions', `and(${many(300, one)})`],
    ['300 alternatives', `or(${many(300, one)})`],
    ['900 ids', `in(id, [${many(900, '"x"')}])`],
    ['300 feedback keys', `and(${many(300, 'eq(feedback_key, "x")')})`],
    ['18 denials', `${'not('.repeat(18)}${one}${')'.repeat(18)}`],
    ['100 members', `has(metadata, ${JSON.stringify(members(100))})`],
  ] as const)('unless it is of %s or fewer', async ([, filter], { home }) => {
    expect((await send(home, 'POST /runs/query', { filter })).status).toBe(200);
  });
});

function members(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n])));
}

test.for([
  ['GET /datasets?offset=9223372036854775808', undefined, 422],
  ['GET /datasets?limit=9223372036854775808', undefined, 422],
  ['POST /runs/query', { limit: 1e300 }, 422],
  [`POST /datasets/${uuid(1)}/runs`, { session_ids: Array(600).fill(uuid(3)) }, 422],
  [
    `POST /datasets/${uuid(1)}/runs`,
    { session_ids: [uuid(3)], filters: { [uuid(3)]: Array(2_000).fill('eq(name, "x")') } },
    400,
  ],
] as const)(
  '%s is refused where a number of it is too large',
  async ([request, body, wanted], { home }) => {
    await openExperiment(home);

    expect((await send(home, request, body)).status).toBe(wanted);
  },
);

test('a bug of home is not asked for again', async ({ home }) => {
  const client = new LangSmith({ endpoint: home.url });
  await client.limits();
  home.store.close();

  const asked = client.findDataset('d').catch((error: unknown) => error);

  expect(await asked).toMatchObject({ code: 'API_REFUSED', message: expect.stringMatching(/bug/) });
  expect(client.retries).toBe(0);
  await client.close();
});
