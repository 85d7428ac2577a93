import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { agentRows } from '../support/agent-rows.js';
import { isBrowserMissing } from '../support/browser.js';
import { follow, test, type Visit } from './page.js';

const NAMES = ['base', 'cand', 'reps', 'next'];

/** Four experiments of fifty examples, as one page shows them. */
async function compareFour(visit: Visit): Promise<string> {
  const ids: string[] = [];
  let dataset = '';
  for (const [version, experiment] of NAMES.entries()) {
    const rows = agentRows({ version, count: 50, repetitions: experiment === 'reps' ? 2 : 1 });
    const recorded = await visit.record(rows, { dataset: 'agent', experiment });
    ids.push(recorded.experiment);
    dataset = recorded.dataset;
  }
  return `/o/${visit.home.store.tenantId}/datasets/${dataset}/compare?selectedSessions=${ids}`;
}

describe.skipIf(isBrowserMissing)('the page of a comparison', () => {
  test('fits each screen, with verdicts on the first, on paper, and within its budget', {
    timeout: 120_000,
  }, async ({ visit }) => {
    const path = await compareFour(visit);
    const page = await visit.open(path);

    for (const width of [390, 1024, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      const scrolled = 'document.documentElement.scrollWidth - innerWidth';
      expect(await page.evaluate(scrolled), `at ${width}`).toBeLessThanOrEqual(0);
      const verdict = page.locator(
        '.strip [role=img][title*="of 50"], .strip [role=img][title*="(n "]',
      );
      const box = await verdict.first().boundingBox();
      expect(box?.y ?? 9999, `at ${width}`).toBeLessThan(844);
    }

    // A score is a line.
    for (const line of await page.locator('.strip tbody tr').all())
      expect((await line.boundingBox())?.height).toBeLessThan(34);

    const answer = await page.request.get(visit.home.url + path);
    const body = await answer.body();
    expect(body.length).toBeLessThan(120_000);
    expect(gzipSync(body).length).toBeLessThan(20_000);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(4000);

    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    for (const name of NAMES) {
      const cells = page.locator(`.rows td[data-name=${name}]`);
      expect(await cells.count()).toBe(50);
      const box = await cells.first().boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 9999)).toBeLessThanOrEqual(794);
    }
  });

  test('has the whole verdict and four rows on the first screen, and what chooses rows on one line', {
    timeout: 60_000,
  }, async ({ visit }) => {
    const path = await compareFour(visit);
    const page = await visit.open(path, { viewport: { width: 1440, height: 900 } });

    const fourth = await page.locator('.rows tbody tr').nth(3).boundingBox();
    expect((fourth?.y ?? 999) + (fourth?.height ?? 999)).toBeLessThanOrEqual(900);
    for (const view of ['compact', 'full', 'diff']) {
      await page.goto(`${visit.home.url}${path}&view=${view}`);
      expect((await page.locator('.filters').boundingBox())?.height, view).toBeLessThan(45);
    }
  });

  test('has the whole verdict and the first row on the first screen of a phone', {
    timeout: 60_000,
  }, async ({ visit }) => {
    const path = await compareFour(visit);
    const [baseline, second] = path.split('=')[1]?.split(',') ?? [];
    const page = await visit.open(`${path.split('=')[0]}=${baseline},${second}`, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
    });

    const row = await page.locator('.rows tbody tr').first().boundingBox();
    expect(row?.y).toBeLessThan(844);
    expect(await page.getByRole('link', { name: 'make baseline cand' }).count()).toBe(1);
  });

  test('has an address that says all of it in few words', { timeout: 60_000 }, async ({
    visit,
  }) => {
    const path = await compareFour(visit);
    const page = await visit.open(`${path}&q=&show=all&baseline=`);
    const ids = path
      .split('=')[1]
      ?.split(',')
      .map((id) => id.slice(0, 8));

    await expect.poll(() => new URL(page.url()).search).toBe(`?selectedSessions=${ids}`);
    await page.reload();
    expect(await page.locator('.strip thead th').allInnerTexts()).toEqual([
      'paired with the baseline',
      ...NAMES,
    ]);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('dialog.drawer').getByText('Full page').click();
    await page.waitForURL('**/e/**');
    expect(await page.locator('h2 a').allInnerTexts()).toEqual(NAMES);
  });

  test('has the comments of scores, by keyboard and by touch', async ({ visit }) => {
    const rows = [
      {
        inputs: { q: 'a' },
        outputs: { output: 'b' },
        scores: { judge: { score: 4, comment: 'Cites <b>the policy</b>.' } },
      },
      { inputs: { q: 'c' }, outputs: { output: 'd' }, scores: { judge: 1 } },
    ];
    const { dataset, experiment } = await visit.record(rows, { dataset: 'd', experiment: 'e' });
    const page = await visit.open(
      `/o/${visit.home.store.tenantId}/datasets/${dataset}/compare?selectedSessions=${experiment}`,
      { javaScriptEnabled: false, hasTouch: true },
    );
    const comments = page.locator('.rows details');

    expect(await page.locator('.rows summary').allInnerTexts()).toEqual(['1 comment']);
    await page.locator('.rows summary').focus();
    await page.keyboard.press('Enter');
    expect(await comments.innerText()).toContain('judge: Cites <b>the policy</b>.');
    await page.locator('.rows summary').tap();
    expect(await comments.innerText()).toBe('1 comment');
  });

  test('keeps the names of columns in sight, and is used without scripts', {
    timeout: 120_000,
  }, async ({ visit }) => {
    const path = await compareFour(visit);
    const page = await visit.open(path, {
      javaScriptEnabled: false,
      viewport: { width: 1440, height: 900 },
    });

    for (const key of ['Tab', 'Enter', 'Tab', 'Enter', 'Tab']) await page.keyboard.press(key);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('ticket-1');
    await page.mouse.wheel(0, 3000);
    await expect
      .poll(async () => (await page.locator('.rows thead th').nth(4).boundingBox())?.y)
      .toBe(0);
    await follow(page.getByRole('link', { name: /better by correct/ }).first());
    await page.getByLabel('Words or a condition').fill('score.judge<5');
    await follow(page.getByRole('button', { name: 'Show', exact: true }).first());

    const address = new URL(page.url()).searchParams;
    expect(address.get('show')).toBe('improved');
    expect(address.get('metric')).toBe('correct');
    expect(address.get('q')).toBe('score.judge<5');
    expect(await page.locator('.rows tbody tr').count()).toBeGreaterThan(3);
  });
});
