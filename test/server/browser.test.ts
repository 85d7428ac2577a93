import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { record as recordFrom } from '../../src/library.js';
import { pageHost, withCode } from '../../src/server/access.js';
import { isBrowserMissing, launchBrowser } from '../support/browser.js';
import { openTestHome, type TestHome } from '../support/home.js';
import { send, uuid } from './requests.js';

const TOKEN = 'lsr_home_of-this-test';
const HOST = pageHost(TOKEN);

let browser: Browser;
let home: TestHome;
let page: Page;
let other: Server;
/** What the other port was asked. */
let asked: IncomingHttpHeaders[];
let otherPage: string;

beforeAll(async () => {
  if (isBrowserMissing) return;
  browser = await launchBrowser('--host-resolver-rules=MAP evil.example 127.0.0.1');
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  if (isBrowserMissing) return;
  home = await openTestHome({ requireKey: TOKEN });
  asked = [];
  otherPage = '';
  other = createServer((request, response) => {
    asked.push(request.headers);
    response.setHeader('content-type', 'text/html').end(otherPage);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  page = await (await browser.newContext()).newPage();
});
afterEach(async () => {
  if (isBrowserMissing) return;
  await page.context().close();
  other.close();
  other.closeAllConnections();
  await home.close();
});

const at = (host: string, path = '/') => `http://${host}:${home.port}${path}`;
const atOther = (host: string) => `http://${host}:${(other.address() as AddressInfo).port}/`;

/** Lets the browser in. */
async function enter(host = HOST): Promise<number | undefined> {
  const answer = await page.goto(withCode(at(host), home.store.passes.issueCode()));
  return answer?.status();
}

async function datasets(): Promise<unknown> {
  return (await send(home, 'GET /datasets', undefined, { 'x-api-key': TOKEN })).json;
}

describe.skipIf(isBrowserMissing)('in Chromium', () => {
  test('an address with a code shows the page, and the browser stays let in', async () => {
    expect(await enter()).toBe(200);
    expect(page.url()).toBe(at(HOST));

    expect((await page.goto(at(HOST, `/o/${home.store.tenantId}/datasets`)))?.status()).toBe(200);
    expect(await page.locator('h1').textContent()).toBeTruthy();
  });

  test('who is let in blesses, scores, and sees what is recorded meanwhile', async () => {
    const client = new LangSmith({ endpoint: home.url, key: TOKEN });
    const record = (experiment: string) =>
      recordFrom([{ inputs: { q: 'a' }, outputs: {} }], { client, dataset: 'd', experiment });
    const [first] = await record('first');
    const path = `/o/${home.store.tenantId}/datasets/${first?.dataset.id}`;
    await enter();

    await page.goto(at(HOST, path));
    await page.getByRole('button', { name: 'bless first' }).click();
    await expect.poll(() => page.locator('tbody').innerText()).toContain('★ blessed');
    await record('second');
    await expect.poll(() => page.locator('tbody tr').count(), { timeout: 10_000 }).toBe(2);
    await page.locator('tbody tr', { hasText: 'first' }).getByRole('link').click();
    await page.locator('.rows tbody th a').click();
    await page.locator('.score-form summary').click();
    await page.locator('[name=key]').fill('nuance');
    await page.locator('[name=score]').fill('0.5');
    await page.getByRole('button', { name: 'Save' }).click();

    await expect.poll(() => page.locator('.feedback').innerText()).toContain('nuance 0.5');
    await client.close();
  });

  test('a page without a session shows what to type', async () => {
    expect((await page.goto(at('localhost')))?.status()).toBe(401);
    expect(await page.locator('pre').textContent()).toContain(
      `ls-record open '${at('localhost')}'`,
    );
  });

  test('the session goes to no other name of this machine', async () => {
    await enter();

    for (const host of ['localhost', '127.0.0.1', '00000000.localhost'])
      await page.goto(atOther(host));

    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.filter(({ cookie }) => cookie !== undefined)).toEqual([]);
  });

  test.for([
    ['of the same name', HOST],
    ['of this machine', '127.0.0.1'],
  ])('a form at another port %s cannot write', async ([, host = '']) => {
    await enter(host);
    otherPage = `<form method="post" enctype="text/plain" action="${at(host, '/api/v1/datasets')}">
      <input name='{"id":"${uuid(1)}","name":"forged","description":"' value='"}'></form>`;
    await page.goto(atOther(host));

    const [answer] = await Promise.all([
      page.waitForResponse(at(host, '/api/v1/datasets')),
      page.evaluate('document.forms[0].submit()'),
    ]);

    expect(answer.status()).toBe(403);
    expect(await datasets()).toEqual([]);
  });

  test('a script at another port of the same name can neither read nor write', async () => {
    await enter();
    await page.goto(atOther(HOST));
    const attempt = (path: string, options: object) =>
      page.evaluate(
        ([url, more]) =>
          fetch(url as string, more as RequestInit).then((answer) => answer.type, String),
        [at(HOST, path), options],
      );

    const answers = await Promise.all([
      attempt('/', { credentials: 'include' }),
      attempt('/api/v1/datasets', { credentials: 'include' }),
      attempt('/api/v1/datasets', {
        credentials: 'include',
        mode: 'no-cors',
        method: 'POST',
        body: '{"name":"forged"}',
      }),
    ]);

    expect(answers).toEqual([
      'TypeError: Failed to fetch',
      'TypeError: Failed to fetch',
      'TypeError: Failed to fetch',
    ]);
    expect(await datasets()).toEqual([]);
  });

  test('a link at another site does not open a page', async () => {
    await enter();
    otherPage = `<a href="${at(HOST)}">look</a>`;
    await page.goto(atOther('evil.example'));

    const [answer] = await Promise.all([page.waitForResponse(at(HOST)), page.click('a')]);

    expect(answer.status()).toBe(403);
  });

  test('a name that was made to point to this machine is refused', async () => {
    await enter();

    for (const path of ['/', '/api/v1/datasets', '/info'])
      expect((await page.goto(at('evil.example', path)))?.status()).toBe(403);
  });
});
