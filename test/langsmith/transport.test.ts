import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/langsmith/clock.js';
import { parseEndpoint } from '../../src/langsmith/endpoint.js';
import { Pace } from '../../src/langsmith/pace.js';
import { RateLimits } from '../../src/langsmith/rate-limits.js';
import { type Retry, Transport } from '../../src/langsmith/transport.js';
import {
  type Answer,
  type ReceivedRequest,
  startScriptedServer,
} from '../support/scripted-server.js';

const MINUTE = 60_000;
const HOURLY = { status: 429, json: { detail: 'Hourly usage limit exceeded: 50000 events' } };
const USAGE = '/api/v1/workspaces/current/usage_limits';

/** A clock on which waiting takes no time, and says how long it would have. */
class TestClock implements Clock {
  readonly waits: number[] = [];
  #nowMs = 1;

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    this.#nowMs += ms;
  }
}

/** A transport whose server answers questions about usage with `usage`, all else as told. */
async function transportTo(
  answer: (request: ReceivedRequest, count: number) => Answer,
  {
    usage = { in_reject_set: false },
    retryForMs = 5 * MINUTE,
    firstContactMs = retryForMs,
    signal,
  }: {
    usage?: object;
    retryForMs?: number;
    firstContactMs?: number;
    signal?: AbortSignal;
  } = {},
) {
  let count = 0;
  const server = await startScriptedServer((request) =>
    request.path === USAGE ? { json: usage } : answer(request, ++count),
  );
  const clock = new TestClock();
  const retries: Retry[] = [];
  const transport = new Transport(parseEndpoint(server.url), {
    headers: {},
    retryForMs,
    firstContactMs,
    timeoutMs: MINUTE,
    clock,
    ...(signal && { signal }),
    onRetry: (retry) => retries.push(retry),
  });
  onTestFinished(async () => {
    await transport.close();
    await server.close();
  });
  const paths = () => server.requests.map(({ path }) => path);
  return { transport, clock, retries, paths };
}

describe('the wait before another try', () => {
  test('is what the server asks for, in seconds', async () => {
    const { transport, clock } = await transportTo((_, count) =>
      count === 1 ? { status: 503, headers: { 'retry-after': '17' } } : {},
    );

    await transport.send('GET', '/x');

    expect(clock.waits).toEqual([17_000]);
  });

  test('is until the date that the server names, by its own clock', async () => {
    const [date, until] = ['Thu, 01 Jan 2026 00:00:00 GMT', 'Thu, 01 Jan 2026 00:00:30 GMT'];
    const { transport, clock } = await transportTo((_, count) =>
      count === 1 ? { status: 503, headers: { date, 'retry-after': until } } : {},
    );

    await transport.send('GET', '/x');

    // The milliseconds since the answer came are part of the 30 s.
    const [waitMs = 0, ...others] = clock.waits;
    expect(others).toEqual([]);
    expect(waitMs).toBeLessThanOrEqual(30_000);
    expect(waitMs).toBeGreaterThan(29_000);
  });

  test('doubles up to 30 s otherwise, and ends when patience is over', async () => {
    const { transport, clock } = await transportTo(() => ({ status: 500 }));

    await expect(transport.send('GET', '/x')).rejects.toMatchObject({ code: 'API_UNREACHABLE' });

    const total = clock.waits.reduce((sum, ms) => sum + ms, 0);
    expect(clock.waits.every((ms, tries) => ms <= Math.min(30_000, 500 * 2 ** tries))).toBe(true);
    expect(total).toBeLessThanOrEqual(5 * MINUTE);
    expect(total).toBeGreaterThan(4 * MINUTE);
  });
});

describe('patience before the first success', () => {
  const firstContactMs = 10_000;
  const later = { 'retry-after': '12' };

  test.for<[string, Answer]>([
    ['a 429', { status: 429, json: { detail: 'Rate limit exceeded' }, headers: later }],
    ['a 429 of a gateway', { status: 429, text: '<h1>busy</h1>', headers: later }],
    ['a 503 of LangSmith', { status: 503, json: { detail: 'busy' }, headers: later }],
  ])('is all there is after %s, since that proves the address', async ([, busy]) => {
    const { transport, clock } = await transportTo((_, count) => (count <= 2 ? busy : {}), {
      firstContactMs,
    });

    await transport.send('GET', '/info');

    expect(clock.waits).toEqual([12_000, 12_000]);
  });

  test.for<[string, Answer]>([
    ['silence', 'destroy'],
    ['a web page', { status: 503, text: '<h1>busy</h1>' }],
  ])('is short after %s, and the error says so', async ([, answer]) => {
    const { transport, clock } = await transportTo(() => answer, { firstContactMs });

    await expect(transport.send('GET', '/info')).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringMatching(/tried \d+ times within 10 s\)$/),
    });

    expect(clock.now()).toBeLessThanOrEqual(1 + firstContactMs);
  });
});

describe('a retry tells', () => {
  test.for([
    ['limit', { status: 429, headers: { 'retry-after': '12' } }],
    ['server', { status: 503 }],
    ['network', 'destroy'],
  ] as [Retry['cause'], Answer][])('that it is because of the %s', async ([cause, fault]) => {
    const { transport, retries } = await transportTo((_, count) => (count === 1 ? fault : {}));

    await transport.send('GET', '/x');

    expect(retries.map((retry) => retry.cause)).toEqual([cause]);
  });

  test('how much patience is left', async () => {
    const { transport, retries } = await transportTo((_, count) =>
      count < 3 ? { status: 503, headers: { 'retry-after': '20' } } : {},
    );

    await transport.send('GET', '/x');

    expect(retries.map(({ patienceMs }) => patienceMs)).toEqual([300_000, 280_000]);
  });
});

describe('a quota of the hour', () => {
  test('is waited for beyond all patience, asking every minute, and said in words', async () => {
    const { transport, clock, retries } = await transportTo((_, count) =>
      count <= 58 ? HOURLY : { json: { ok: true } },
    );

    const answer = await transport.send('POST', '/runs/multipart');

    expect(answer).toEqual({ ok: true });
    expect(clock.waits).toEqual(Array(58).fill(MINUTE));
    expect(retries[0]).toEqual({
      request: 'POST /runs/multipart',
      reason: expect.stringContaining('50000 events'),
      cause: 'quota',
      waitMs: MINUTE,
      patienceMs: 65 * MINUTE,
    });
  });

  test('is given up once it should have come back', async () => {
    const { transport, clock } = await transportTo(() => HOURLY);

    await expect(transport.send('POST', '/x')).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringMatching(/is limiting requests.*50000 events/),
    });

    expect(clock.waits.filter((ms) => ms === MINUTE).length).toBe(65);
  });

  test('is waited for by all requests together', async () => {
    const { transport, clock, retries } = await transportTo((_, count) =>
      count <= 4 ? HOURLY : { json: {} },
    );
    clock.sleep = () => new Promise((resolve) => setTimeout(resolve, 300));

    await Promise.all([1, 2, 3, 4].map(() => transport.send('POST', '/x')));

    expect(retries.length).toBe(1);
  });
});

describe('a limit of the month', () => {
  const monthly = { status: 429, json: { detail: 'Monthly unique traces usage limit exceeded' } };

  test('stops at once, and says what to do', async () => {
    const { transport, clock } = await transportTo(() => monthly, {
      usage: { in_reject_set: true },
    });

    await expect(transport.send('POST', '/x')).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
      message: expect.stringContaining('Monthly unique traces'),
      hint: expect.stringMatching(/limit.*same command again/),
    });
    expect(clock.waits).toEqual([]);
  });

  test('is requested once, if the server is just busy', async () => {
    const { transport, paths } = await transportTo((_, count) =>
      count <= 3 ? { status: 429, json: { detail: 'Rate limit exceeded' } } : {},
    );

    await transport.send('POST', '/x');

    expect(paths().filter((path) => path === USAGE).length).toBe(1);
  });
});

test('many requests at once that can all be stopped raise no warning', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  const { transport } = await transportTo(() => ({}), { signal: new AbortController().signal });

  await Promise.all(Array.from({ length: 30 }, () => transport.send('GET', '/x')));
  await new Promise(setImmediate);

  expect(warnings).toEqual([]);
});

test('an answer that is empty where there was a question is cut off, and asked for again', async () => {
  const { transport } = await transportTo((_, count) =>
    count === 1 ? { text: '', type: 'application/json' } : { json: { n: 1 } },
  );

  expect(await transport.send('GET', '/x')).toEqual({ n: 1 });
});

describe('a stop', () => {
  test('does not wait for the answer to a question', async () => {
    const stop = new AbortController();
    const { transport } = await transportTo(
      (_, count) => {
        if (count === 1) return {};
        stop.abort();
        return 'hang';
      },
      { signal: stop.signal },
    );
    await transport.send('GET', '/x');

    const asked = transport.send('GET', '/x');

    await expect(asked).rejects.toMatchObject({ code: 'STOPPED' });
  });

  test('waits for what is being written, and lets questions about it through', async () => {
    const stop = new AbortController();
    const { transport } = await transportTo(
      () => {
        stop.abort();
        return { json: { n: 1 } };
      },
      { signal: stop.signal },
    );

    const written = await transport.send('POST', '/x');
    const asked = await transport.send('GET', '/x');

    expect([written, asked]).toEqual([{ n: 1 }, { n: 1 }]);
  });
});

describe('requests under way at once', () => {
  test('are more with each success, up to 16', () => {
    const pace = new Pace();
    const first = pace.limit;

    pace.speedUp();
    expect(pace.limit).toBe(first + 1);

    for (let n = 0; n < 100; n++) pace.speedUp();
    expect(pace.limit).toBe(16);
  });

  test('are half as many after a failure, and then one more each round trip', () => {
    const pace = new Pace();
    for (let n = 0; n < 8; n++) pace.speedUp();
    pace.slowDown(0, 100);
    expect(pace.limit).toBe(8);

    for (let n = 0; n < 8; n++) pace.speedUp();
    expect(pace.limit).toBe(8);
    pace.speedUp();
    expect(pace.limit).toBe(9);
  });

  test('that fail together count as one failure', () => {
    const pace = new Pace();
    for (let n = 0; n < 24; n++) pace.speedUp();

    for (let n = 0; n < 20; n++) pace.slowDown(50, 100 + n);

    expect(pace.limit).toBe(8);
  });

  test('are never less than two', () => {
    const pace = new Pace();

    for (let n = 0; n < 20; n++) pace.slowDown(n, n);

    expect(pace.limit).toBe(2);
  });

  test('are as many as the server bears', async () => {
    const { transport } = await transportTo((_, count) => (count <= 2 ? { status: 503 } : {}));

    await transport.send('GET', '/x');

    expect(transport.pace.limit).toBe(2);
  });
});

test.for([
  ['POST /runs/query', 15, 10_000],
  ['GET /examples', 5000, 60_000],
  ['POST /runs/multipart', 6000, 10_000],
  ['POST /feedback', 2000, 10_000],
  ['PATCH /sessions', 1000, 10_000],
] as const)('%s goes out at most %i times in any %i ms', async ([request, most, perMs]) => {
  const clock = new TestClock();
  const limits = new RateLimits(clock);
  const sentMs: number[] = [];

  for (let n = 0; n < most * 3; n++) {
    await limits.take(request);
    sentMs.push(clock.now());
  }

  const tooMany = sentMs.filter(
    (ms, n) => (sentMs[n + most] ?? Number.POSITIVE_INFINITY) - ms < perMs,
  );
  expect(tooMany).toEqual([]);
  expect((sentMs.at(-1) ?? 0) - (sentMs[0] ?? 0)).toBeLessThan(perMs * 4);
});
