import { request } from 'node:http';
import { describe, expect, test as plainTest, vi } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { createApp } from '../../src/server/app.js';
import { serveHome } from '../../src/server/serve.js';
import { openStore } from '../../src/server/store.js';
import { openTestHome, test } from '../support/home.js';
import { openExperiment, send, uuid } from './requests.js';

/** fetch does not let a test choose these headers. */
function statusOf(port: number, method: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/datasets', method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(method === 'POST' ? '{"name":"x"}' : undefined);
  });
}

describe('a home', () => {
  test('says that it is one', async ({ home }) => {
    const response = await fetch(`${home.url}/ok`);

    expect(response.headers.get('ls-record-home')).toBe('1');
    expect(response.headers.get('date')).toMatch(/GMT$/);
  });

  test.for(['', '/api/v1', '/api', '/v1'])('is served below "%s"', async (prefix, { home }) => {
    expect((await send(home, `GET ${prefix}/info`)).json.batch_ingest_config).toMatchObject({
      size_limit: 100,
      size_limit_bytes: 20_971_520,
    });
  });

  test.for(['/v1/platform', '/api/v1/platform', '/platform', '/api/v1/v1/platform'])(
    'serves the platform below "%s"',
    async (prefix, { home }) => {
      await openExperiment(home);
      const body = { example_ids: [uuid(2)] };
      const path = `POST ${prefix}/datasets/examples/delete`;

      expect((await send(home, path, body)).status).toBe(
        prefix === '/api/v1/v1/platform' ? 404 : 200,
      );
    },
  );

  test('says in JSON what it does not have', async ({ home }) => {
    expect(await send(home, 'GET /api/v1/charts')).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining('this home has no GET') },
    });
  });

  test('knows who and where it is', async ({ home }) => {
    const id = home.store.tenantId;

    expect((await send(home, 'GET /auth/public')).json).toMatchObject({ tenant_id: id });
    expect((await send(home, 'GET /settings')).json).toMatchObject({ id });
    expect((await send(home, 'GET /workspaces')).json).toMatchObject([{ id }]);
    expect((await send(home, 'GET /workspaces/current/usage_limits')).json).toMatchObject({
      in_reject_set: false,
    });
    expect((await send(home, 'GET /runs/rules')).json).toEqual([]);
  });

  test.for([
    ['GET', { host: 'evil.example' }, 403],
    ['GET', { host: 'evil.example:1234' }, 403],
    ['GET', { host: '127.0.0.1.evil.example' }, 403],
    ['GET', { host: 'localhost' }, 200],
    ['GET', { host: '[::1]:4984' }, 200],
    ['POST', { host: 'localhost', origin: 'http://evil.example' }, 403],
    ['POST', { host: 'localhost', origin: 'null' }, 403],
    ['POST', { host: 'localhost:1', origin: 'http://localhost:2' }, 403],
    ['POST', { host: 'localhost:1', origin: 'http://localhost:1' }, 200],
  ] as const)('answers %s with %j by %i', async ([method, headers, status], { home }) => {
    expect(await statusOf(home.port, method, { ...headers })).toBe(status);
  });

  plainTest('can ask for a key', async () => {
    const home = await openTestHome({ requireKey: 'secret' });

    const answers = await Promise.all([
      send(home, 'GET /datasets'),
      send(home, 'GET /datasets', undefined, { 'x-api-key': 'wrong' }),
      send(home, 'GET /datasets', undefined, { 'x-api-key': 'secret' }),
      send(home, 'GET /info'),
    ]);
    await home.close();

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200]);
  });

  plainTest('answers 507 when its disk is full', async () => {
    const store = openStore({ file: ':memory:' });
    vi.spyOn(store.datasets, 'list').mockImplementation(() => {
      throw new LsRecordError('HOME_UNAVAILABLE', 'the disk is full', { hint: 'Make room.' });
    });

    const response = await createApp(store).request('/datasets', {
      headers: { host: 'localhost' },
    });

    expect(response.status).toBe(507);
    expect(await response.json()).toEqual({ error: 'the disk is full. Make room.' });
    store.close();
  });

  test('tells when its port is taken', async ({ home }) => {
    const again = serveHome({ store: home.store, port: home.port });

    await expect(again).rejects.toMatchObject({
      code: 'HOME_UNAVAILABLE',
      cause: { code: 'EADDRINUSE' },
    });
  });

  plainTest('closes at once, idle connections too', async () => {
    const home = await openTestHome();
    await send(home, 'GET /info');
    const started = performance.now();

    await home.close();

    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(fetch(`${home.url}/info`)).rejects.toThrow();
  });
});
