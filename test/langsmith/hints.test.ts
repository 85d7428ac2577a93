import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';

type Played = readonly [status: number, headers: Record<string, string>, body?: string | Buffer];

/** What comes of GET /sessions when a server plays this. */
async function failureOf([status, headers, body]: Played) {
  let asked = 0;
  const server = createServer({ maxHeaderSize: 1_000_000 }, (_, response) => {
    asked++;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new LangSmith({ endpoint: `http://127.0.0.1:${port}`, retryForMs: 5_000 });
  onTestFinished(async () => {
    await client.close();
    server.close();
    server.closeAllConnections();
  });
  const failure = await client.findExperiment('x').then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  return { failure, asked };
}

const MANY = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, n) => [`x-${n}`, 'y'.repeat(50)]),
);
const FAULTS: readonly (readonly [string, Played, RegExp, RegExp])[] = [
  [
    'a redirect is named with its host',
    [307, { location: 'https://elsewhere.example/x?key=secret' }],
    /it redirects to elsewhere\.example \(307\)/,
    /--endpoint/,
  ],
  [
    'a redirect on the same host is named',
    [301, { location: '/login' }],
    /it redirects to another address \(301\)/,
    /--endpoint/,
  ],
  [
    'an answer that is compressed unasked is named as that',
    [200, { 'content-encoding': 'gzip' }, gzipSync('[]')],
    /its answer is compressed \(gzip\)/,
    /proxy/,
  ],
  ['headers without end are named as that', [200, MANY, '[]'], /too many headers/, /./],
  [
    'a damaged home says what to do, and nothing of room',
    [507, {}, '{"error":"cannot use home.sqlite: the file is damaged. Move it away"}'],
    /the file is damaged\. Move it away/,
    /^Fix that, then run the same command again/,
  ],
];

test.for(FAULTS)('%s', async ([, played, message, hint]) => {
  const { failure, asked } = await failureOf(played);

  expect(failure).toMatchObject({
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
  expect(String(failure)).not.toContain('secret');
  // It would be the same again.
  expect(asked).toBe(1);
});
