import { createServer } from 'node:http';
import { Client } from 'langsmith';
import { test as base, describe, expect } from 'vitest';
import { pageHost, withCode } from '../../src/server/access.js';
import { assetPath } from '../../src/server/page/assets.js';
import { serveHome } from '../../src/server/serve.js';
import { openTestHome, type TestHome } from '../support/home.js';
import { ask, visit } from '../support/visit.js';
import { send, uuid } from './requests.js';

const TOKEN = 'lsr_home_of-this-test';

const test = base.extend<{ home: TestHome }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from here.
  home: async ({}, use) => {
    const home = await openTestHome({ requireKey: TOKEN });
    await use(home);
    await home.close();
  },
});

/** The cookie of a browser that was let in, and the origin where it was. */
async function enter(home: TestHome, host = pageHost(TOKEN)) {
  const origin = `http://${host}:${home.port}`;
  const { cookie = '' } = await visit(withCode(`${origin}/`, home.store.passes.issueCode()));
  return { origin, cookie };
}

describe('without the token', () => {
  test.for([
    'GET /api/v1/datasets',
    'POST /api/v1/datasets',
    'DELETE /api/v1/datasets/00000000-0000-4000-8000-000000000000',
    'POST /runs/multipart',
    'POST /runs/query',
    'GET /attachments/00000000-0000-4000-8000-000000000000/a.png',
    'GET /datasets/ok',
    'GET /settings/info',
    'GET /no-such-path',
  ])('%s is refused, whatever else is sent', async (request, { home }) => {
    const attempts: Record<string, string>[] = [
      {},
      { 'x-api-key': 'any' },
      { authorization: `Bearer ${TOKEN}x` },
      { cookie: `ls_record=${TOKEN}` },
    ];
    for (const headers of attempts)
      expect(await send(home, request, undefined, headers)).toMatchObject({
        status: 401,
        text: expect.stringContaining('Invalid token'),
      });
  });

  test.for(['/info', '/ok', '/api/v1/info'])(
    '%s says what this is, as LangSmith does',
    async (path, { home }) => {
      expect((await send(home, `GET ${path}`)).status).toBe(200);
    },
  );

  test('a page says what to type, in words that no address turns into another command', async ({
    home,
  }) => {
    const { status, text } = await ask(`${home.url}/o/1/datasets?q=';touch x;'`);

    expect(status).toBe(401);
    expect(text).toContain(
      `ls-record open &#39;${home.url}/o/1/datasets?q=%27%3Btouch+x%3B%27&#39;</code>`,
    );
  });
});

test.for([
  ['x-api-key', TOKEN],
  ['authorization', `Bearer ${TOKEN}`],
] as const)('the token opens all, as %s', async ([name, value], { home }) => {
  const headers = { [name]: value };

  expect(await send(home, 'GET /datasets', undefined, headers)).toMatchObject({ status: 200 });
  expect((await fetch(home.url, { headers })).status).toBe(200);
});

test('an attachment is read by its presigned address, which is good for nothing else', async ({
  home,
}) => {
  const headers = { 'x-api-key': TOKEN };
  await send(home, 'POST /datasets', { id: uuid(1), name: 'd' }, headers);
  await send(home, 'POST /examples', { id: uuid(2), dataset_id: uuid(1), inputs: {} }, headers);
  const file = { name: 'a b.txt', mime_type: 'text/plain', content: Buffer.from('hello') };
  home.store.attachments.write(uuid(2), file);
  const { json } = await send(
    home,
    `GET /examples?dataset=${uuid(1)}&select=attachment_urls`,
    undefined,
    headers,
  );
  const address: string = json[0].attachment_urls['attachment.a b.txt'].presigned_url;

  expect(await ask(address)).toMatchObject({ status: 200, text: 'hello' });
  expect((await ask(address.replace(uuid(2), uuid(3)))).status).toBe(401);
  expect((await ask(address, {}, { method: 'DELETE' })).status).toBe(401);
});

test('the official SDK is let in by the token', async ({ home }) => {
  const client = new Client({ apiUrl: home.url, apiKey: TOKEN });

  await client.createDataset('capitals');

  expect((await client.readDataset({ datasetName: 'capitals' })).name).toBe('capitals');
});

describe('a session', () => {
  test('comes from a code, which is good once', async ({ home }) => {
    const address = withCode(`${home.url}/?page=2`, home.store.passes.issueCode());

    const first = await ask(address);
    const second = await ask(address);

    expect(first).toMatchObject({ status: 303, headers: { location: '/?page=2' } });
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^ls_record_[0-9a-f]{8}=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(second.status).toBe(401);
    expect(second.cookie).toBeUndefined();
  });

  test('does not come from a code that is older than ten minutes', async ({ home }) => {
    const code = home.store.passes.issueCode(Date.now() - 601_000);

    expect((await ask(withCode(`${home.url}/`, code))).status).toBe(401);
  });

  test('ends after 30 days', async ({ home }) => {
    const { passes } = home.store;
    const session = passes.exchange(passes.issueCode()) ?? '';
    const days = (n: number) => Date.now() + n * 24 * 3_600_000;

    expect([passes.isSession(session, days(29)), passes.isSession(session, days(31))]).toEqual([
      true,
      false,
    ]);
  });

  test('is not the token, and the token is not a session', async ({ home }) => {
    const { cookie } = await enter(home);
    const [name = ''] = cookie.split('=');

    expect(cookie).not.toContain(TOKEN);
    expect((await ask(home.url, { cookie: `${name}=${TOKEN}` })).status).toBe(401);
  });

  test('leads nowhere but to this home', async ({ home }) => {
    const code = home.store.passes.issueCode();

    const { status, headers } = await ask(`${home.url}//evil.example/?code=${code}`);

    expect([status, headers.location]).not.toContain('//evil.example/');
  });

  const JSON_BODY = { method: 'POST', body: '{"name":"x"}' };
  test.for([
    ['the page itself', 'same-origin', true, 200, 200],
    ['a typed address', 'none', false, 401, 401],
    ['another port of this machine', 'same-site', false, 403, 403],
    ['another site', 'cross-site', false, 403, 403],
    ['a browser that says nothing', undefined, true, 401, 401],
    ['the page, without saying so in a write', 'same-origin', false, 200, 401],
  ] as const)(
    'lets %s use the API as it should',
    async ([, site, hasOrigin, reads, writes], { home }) => {
      const { origin, cookie } = await enter(home);
      const headers = {
        cookie,
        ...(site && { 'sec-fetch-site': site }),
        ...(hasOrigin && { origin }),
      };

      expect((await ask(`${origin}/datasets`, headers)).status).toBe(reads);
      expect((await ask(`${origin}/datasets`, headers, JSON_BODY)).status).toBe(writes);
    },
  );

  test('writes to a page only from a page', async ({ home }) => {
    const { origin, cookie } = await enter(home);
    const path = `${origin}/o/${home.store.tenantId}/datasets/${uuid(1)}/e/${uuid(2)}/feedback`;

    expect((await ask(path, { cookie }, { method: 'POST' })).status).toBe(401);
    const own = { cookie, origin, 'sec-fetch-site': 'same-origin' };
    expect((await ask(path, own, { method: 'POST' })).status).toBe(404);
  });

  test('of one port does not write at another', async ({ home }) => {
    const { origin, cookie } = await enter(home);
    const headers = { cookie, 'sec-fetch-site': 'same-origin', origin: `${origin}0` };

    expect((await ask(`${origin}/datasets`, headers, JSON_BODY)).status).toBe(403);
  });
});

describe('requests that another page made', () => {
  test.for(['cross-site', 'same-site'])(
    'are refused with the token, too, if they are %s',
    async (site, { home }) => {
      const headers = { 'x-api-key': TOKEN, 'sec-fetch-site': site };

      for (const path of ['/datasets', '/info', '/', assetPath('style.css')])
        expect((await ask(home.url + path, headers)).status).toBe(403);
    },
  );
});

describe('the name of the pages', () => {
  test('is taken next to those of this machine, and no other like it', async ({ home }) => {
    const own = pageHost(TOKEN);
    const statusAt = async (host: string) => (await ask(`http://${host}:${home.port}/info`)).status;

    expect(own).toMatch(/^[0-9a-f]{8}\.localhost$/);
    expect(await statusAt(own)).toBe(200);
    for (const host of ['00000000.localhost', `x.${own}`, `${own}.evil.example`, `${own}.`])
      expect(await statusAt(host)).toBe(403);
  });
});

test.for(['/info', '/datasets', '/', '/no-such-path'])(
  '%s is not sniffed, kept, framed, or embedded by others',
  async (path, { home }) => {
    for (const key of [TOKEN, 'wrong']) {
      const { headers } = await ask(home.url + path, { 'x-api-key': key });

      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  },
);

test('a port is not shared with somebody at the other address of this machine', async ({
  home,
}) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '::1', resolve));
  const { port } = other.address() as { port: number };

  await expect(serveHome({ store: home.store, port })).rejects.toMatchObject({
    code: 'HOME_UNAVAILABLE',
    message: expect.stringContaining('something else listens there'),
  });
  other.close();
});
