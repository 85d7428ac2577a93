import { expect, onTestFinished, test, vi } from 'vitest';
import { parseEndpoint } from '../../src/langsmith/endpoint.js';
import { type Sent, Transport } from '../../src/langsmith/transport.js';
import { type Answer, startScriptedServer } from '../support/scripted-server.js';

const KEY = 'lsv2_pt_secret';

async function transportTo(answer: (count: number) => Answer) {
  const server = await startScriptedServer((_, count) => answer(count));
  const sent: Sent[] = [];
  const transport = new Transport(parseEndpoint(server.url), {
    headers: { 'x-api-key': KEY },
    retryForMs: 10_000,
    firstContactMs: 10_000,
    timeoutMs: 10_000,
    waitMs: { first: 1, longest: 1 },
    onRequest: (one) => sent.push(one),
  });
  onTestFinished(async () => {
    // One of the tests has closed both.
    await transport.close().catch(() => {});
    await server.close();
  });
  return { transport, sent, server };
}

test('each request is reported with its status, the time it took, and what was sent', async () => {
  const { transport, sent } = await transportTo(() => ({ status: 202 }));

  const bytes = Buffer.from('{"name":"a dataset"}');
  await transport.send('POST', '/datasets?upsert=true', { type: 'application/json', bytes });

  expect(sent).toEqual([
    { request: 'POST /datasets', outcome: 202, ms: expect.any(Number), bytes: bytes.length },
  ]);
});

test('of a request without a body, what came back', async () => {
  const { transport, sent } = await transportTo(() => ({ json: { version: '1' } }));

  await transport.send('GET', '/info');

  expect(sent).toMatchObject([{ request: 'GET /info', outcome: 200, bytes: 15 }]);
});

test('a request that is sent again is reported each time, and why it came to nothing', async () => {
  const { transport, sent } = await transportTo(
    (count) => (['destroy', { status: 503 }] as const)[count - 1] ?? {},
  );

  await transport.send('GET', '/info');

  expect(sent.map(({ outcome }) => outcome)).toEqual(['the connection was closed', 503, 200]);
});

test('a refused one is reported, without the key that the server repeats', async () => {
  const detail = `Invalid token ${KEY}`;
  const { transport, sent } = await transportTo(() => ({ status: 401, json: { detail } }));

  await expect(transport.send('GET', '/info')).rejects.toThrow();

  expect(sent).toMatchObject([{ request: 'GET /info', outcome: 401 }]);
  expect(JSON.stringify(sent)).not.toContain(KEY);
});

test('a request that is not answered does not keep a transport from closing, and is not repeated', async () => {
  const { transport, server } = await transportTo((count) => (count === 1 ? {} : 'hang'));
  await transport.send('GET', '/info');
  const request = transport.send('GET', '/datasets');
  const outcome = expect(request).rejects.toMatchObject({ code: 'STOPPED' });
  await vi.waitFor(() => expect(server.requests).toHaveLength(2));

  await transport.close();
  await server.close();

  await outcome;
});
