import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { Network } from '../../src/langsmith/network.js';
import type { LangSmithOptions } from '../../src/langsmith/rest.js';
import { AUTHORITY, certificate } from '../support/certificates.js';
import { startConnectProxy } from '../support/connect-proxy.js';
import { type Answer, INFO, startScriptedServer } from '../support/scripted-server.js';

const trusted = { authorities: () => [readFileSync(AUTHORITY, 'utf8')] };

async function serve(name: Parameters<typeof certificate>[0], answer: Answer = { json: INFO }) {
  const server = await startScriptedServer(() => answer, certificate(name));
  onTestFinished(() => server.close());
  return server;
}

async function proxyTo(port: number | undefined, refusal?: number) {
  const proxy = await startConnectProxy(() => port, refusal);
  onTestFinished(() => proxy.close());
  return proxy;
}

function clientOf(endpoint: string, network: LangSmithOptions['network']) {
  const client = new LangSmith({ endpoint, key: 'k', retryForMs: 1, ...(network && { network }) });
  onTestFinished(() => client.close());
  return client;
}

function failureOf(client: LangSmith) {
  return client.limits().then(
    () => expect.fail('it got through'),
    (error: unknown) => error,
  );
}

describe('a server with a certificate of its own authority', () => {
  test('is trusted when that authority is', async () => {
    const server = await serve('langsmith');

    const limits = await clientOf(server.url, trusted).limits();

    expect(limits.version).toBe(INFO.version);
  });

  test('is not trusted otherwise, and the remedy is named', async () => {
    const server = await serve('langsmith');

    expect(await failureOf(clientOf(server.url, undefined))).toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringContaining('an unknown authority'),
      hint: expect.stringContaining('--ca-cert'),
    });
    expect(server.requests).toEqual([]);
  });

  test.for([
    ['expired', 'its certificate has expired', 'clock'],
    ['other-host', 'its certificate is for another host', 'endpoint'],
    ['self-signed', 'its certificate is self-signed', '--ca-cert'],
  ] as const)('is refused when the certificate is %s: "%s"', async ([name, words, remedy]) => {
    const server = await serve(name);

    expect(await failureOf(clientOf(server.url, trusted))).toMatchObject({
      message: expect.stringContaining(words),
      hint: expect.stringContaining(remedy),
    });
  });
});

describe('a proxy', () => {
  test('tunnels to the server, and the key is not among what it sees', async () => {
    const server = await serve('langsmith');
    const proxy = await proxyTo(server.port);

    await clientOf('https://eu.api.smith.langchain.com', { ...trusted, proxy: proxy.url }).limits();

    expect(proxy.tunnels.at(-1)).toEqual({
      target: 'eu.api.smith.langchain.com:443',
      authorization: undefined,
    });
    expect(server.requests).toMatchObject([
      { path: '/api/v1/info', headers: { 'x-api-key': 'k' } },
    ]);
  });

  test('is told the user and password of its own address', async () => {
    const server = await serve('langsmith');
    const proxy = await proxyTo(server.port);
    const url = `http://me:p%40ss@${proxy.host}`;

    await clientOf('https://api.smith.langchain.com', { ...trusted, proxy: url }).limits();

    expect(proxy.tunnels.at(-1)).toMatchObject({
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  test.for([
    [407, 'HTTPS_PROXY=http://user:password@host:port'],
    [403, 'NO_PROXY'],
  ] as const)(
    'that answers %i is named without its password, and so is the remedy',
    async ([status, remedy]) => {
      const proxy = await proxyTo(undefined, status);
      const client = clientOf('https://api.smith.langchain.com', {
        proxy: `http://me:secret@${proxy.host}`,
      });

      const error = await failureOf(client);

      expect(error).toMatchObject({
        code: 'API_UNREACHABLE',
        message: expect.stringContaining(`by the proxy ${proxy.url}: the proxy answered ${status}`),
        hint: expect.stringContaining(remedy),
      });
      expect(String(error)).not.toContain('secret');
    },
  );

  test('that shows a page of its own instead of LangSmith is not a refusal of the key', async () => {
    const server = await serve('langsmith', { status: 403, text: '<h1>Blocked by policy</h1>' });

    expect(await failureOf(clientOf(server.url, trusted))).toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringContaining('403 from a proxy or gateway, not from LangSmith'),
      hint: expect.stringContaining('ask the network administrator to allow localhost'),
    });
  });
});

describe('a key is refused because', () => {
  test.for([
    [401, { detail: 'Invalid token' }, 'unknown', 'ls-record doctor tries the others'],
    [401, { detail: 'API key has expired' }, 'expired', 'Create a new one'],
    [403, { error: 'org_scoped_key_requires_workspace' }, 'workspace', '--workspace'],
    [403, { detail: 'Forbidden' }, 'rights', 'its permissions'],
  ] as const)('%i %j: %s', async ([status, json, why, remedy]) => {
    const server = await serve('langsmith', { status, json });
    const proxy = await proxyTo(server.port);
    const client = clientOf('https://api.smith.langchain.com', { ...trusted, proxy: proxy.url });

    expect(await failureOf(client)).toMatchObject({
      code: 'AUTH_REJECTED',
      why,
      hint: expect.stringContaining(remedy),
    });
  });
});

test('more authorities are looked up once, and only when those of Node do not suffice', async () => {
  let asked = 0;
  const network = new Network({
    authorities: () => {
      asked++;
      return trusted.authorities();
    },
  });
  const plain = await startScriptedServer(() => ({}));
  const own = await serve('langsmith');
  onTestFinished(async () => {
    await network.close();
    await plain.close();
  });
  const statusOf = async (url: string) => {
    const { statusCode } = await network.request(url, {
      method: 'GET',
      withinMs: 10_000,
      longestAnswerBytes: 1_000,
    });
    return statusCode;
  };

  await statusOf(plain.url);
  expect(asked).toBe(0);

  expect(await Promise.all([own.url, own.url, own.url].map(statusOf))).toEqual([200, 200, 200]);
  expect(asked).toBe(1);
});

test('an answer that does not end is not read to its end', async () => {
  const answer = { json: { ...INFO, more: 'x'.repeat(33 * 1024 * 1024) } };
  const server = await startScriptedServer(() => answer);
  onTestFinished(() => server.close());

  const failure = await failureOf(clientOf(server.url, undefined));

  expect(failure).toMatchObject({
    code: 'API_UNREACHABLE',
    message: expect.stringContaining('its answer is larger than expected'),
  });
});
