import { describe, expect } from 'vitest';
import { readBlessing } from '../../src/experiments/baseline.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { send } from '../server/requests.js';
import { isBrowserMissing } from '../support/browser.js';
import { arriveAt, follow, test, type Visit } from './page.js';

const NO_SCRIPT = { javaScriptEnabled: false };

/** A dataset with experiments that answer these shares of ten rows right. @returns its path. */
async function recorded(visit: Visit, shares: readonly number[]): Promise<string> {
  let dataset = '';
  for (const [number, share] of shares.entries()) {
    const rows = Array.from({ length: 10 }, (_, row) => ({
      inputs: { row },
      outputs: { output: `${number}-${row}` },
      scores: { correct: row < share * 10 },
    }));
    const names = { dataset: 'ten', experiment: `take-${number}` };
    ({ dataset } = await visit.record(rows, names));
  }
  return `/o/${visit.home.store.tenantId}/datasets/${dataset}`;
}

describe.skipIf(isBrowserMissing)('the page of a dataset', () => {
  test('compares what is ticked, with ticks from before a sort', async ({ visit }) => {
    const path = await recorded(visit, [0.5, 0.7, 0.2]);
    const page = await visit.open(path, NO_SCRIPT);

    await page.getByLabel('Compare take-0').check();
    await follow(page.locator('button:has-text("correct")'));
    const names = await page.locator('tbody th a').allInnerTexts();
    await page.getByLabel('Compare take-2').check();
    await follow(page.locator('text=Compare ticked'));

    expect(names).toEqual(['take-1', 'take-0', 'take-2']);
    const selected = new URL(page.url()).searchParams.get('selectedSessions')?.split(',');
    expect(selected).toHaveLength(2);
  });

  test('says what to do where nothing is ticked', async ({ visit }) => {
    const page = await visit.open(await recorded(visit, [0.5, 0.7]), NO_SCRIPT);

    await follow(page.locator('text=Compare ticked'));

    expect(await page.locator('[role=alert]').innerText()).toContain('Tick the experiments');
  });

  test('says what to do where one is ticked, and how many are', async ({ visit }) => {
    const page = await visit.open(await recorded(visit, [0.5, 0.7]));

    await page.getByLabel('Compare take-1').check();
    await follow(page.locator('text=Compare 1 ticked'));

    expect(await page.locator('[role=alert]').innerText()).toBe(
      'Tick another one, or open take-1 alone.',
    );
    await page.getByLabel('Compare take-0').check();
    await follow(page.locator('text=Compare 2 ticked'));
    expect(await page.locator('.chips > li').count()).toBeGreaterThan(1);
  });

  test.for([390, 1024])('keeps names in sight, %i wide', async (width, { visit }) => {
    const keys = Array.from({ length: 9 }, (_, n) => `a_long_name_of_a_score_${n}`);
    const scores = Object.fromEntries(keys.map((key) => [key, 0.5]));
    const { dataset } = await visit.record([{ inputs: { n: 1 }, outputs: {}, scores }], {
      dataset: 'wide',
      experiment: 'nightly',
    });
    const path = `/o/${visit.home.store.tenantId}/datasets/${dataset}`;
    const page = await visit.open(path, { viewport: { width, height: 800 } });

    await page.evaluate("document.querySelector('.scroll').scrollTo(2000, 0)");

    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const left = await page.evaluate("document.querySelector('.scroll').scrollLeft");
    expect(left).toBeGreaterThan(100);
    const box = await page.getByRole('link', { name: 'nightly' }).boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect(box?.x).toBeLessThan(120);
  });

  test('keeps the button to compare in sight', async ({ visit }) => {
    const path = await recorded(
      visit,
      Array.from({ length: 12 }, () => 0.5),
    );
    const page = await visit.open(path, { viewport: { width: 1024, height: 400 } });

    await page.mouse.wheel(0, 2000);

    await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(100);
    const box = await page.getByText('Compare ticked').boundingBox();
    expect(box?.y).toBeLessThan(100);
  });

  test('shows differences to the baseline over shared rows', async ({ visit }) => {
    const page = await visit.open(await recorded(visit, [0.5, 0.7]), NO_SCRIPT);

    expect(await page.locator('tbody tr').first().innerText()).toMatch(/0\.70 \+0\.20\b/);
    expect(await page.locator('main').innerText()).toContain(
      'Differences are to take-0, the earliest',
    );
  });

  test('blesses an experiment as `bless` does, and takes it back', async ({ visit }) => {
    const path = await recorded(visit, [0.5, 0.7, 0.2]);
    const client = new LangSmith({ endpoint: visit.home.url });
    const blessing = async () => {
      const dataset = await client.findDataset('ten');
      return dataset && readBlessing(dataset);
    };
    const page = await visit.open(`${path}?sort=-name`, NO_SCRIPT);

    await page.getByRole('button', { name: 'bless take-1' }).click();
    await expect
      .poll(() => page.locator('tbody tr').allInnerTexts())
      .toEqual([
        expect.stringContaining('take-2'),
        expect.stringMatching(/take-1 ★ blessed unbless/),
        expect.stringContaining('take-0'),
      ]);
    expect(await blessing()).toMatchObject({ name: 'take-1', by: 'ada' });

    await page.getByLabel('Compare take-1').check();
    await page.getByLabel('Compare take-2').check();
    await page.click('button[name=compare]');
    await expect
      .poll(() => page.locator('.chips li').allInnerTexts())
      .toEqual([
        expect.stringMatching(/take-1\s*baseline\s*★ blessed/),
        expect.stringContaining('take-2'),
        '+ add',
      ]);
    const address = page.url();
    await page.getByRole('button', { name: 'unbless take-1' }).click();

    await expect.poll(() => page.locator('.chips').innerText()).not.toContain('★');
    expect(page.url()).toBe(address);
    expect(await blessing()).toBeUndefined();
    await client.close();
  });

  test('refuses to bless what is no experiment of it, or for another origin', async ({ visit }) => {
    const path = await recorded(visit, [0.5]);
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${visit.home.url}${path}/baseline`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });

    const unknown = await post('experiment=00000000-0000-4000-8000-000000000000');
    const foreign = await post('experiment=', { origin: 'http://evil.example' });

    expect([unknown.status, foreign.status]).toEqual([404, 403]);
  });

  test('says which experiment is being recorded, and which was left', async ({ visit }) => {
    const path = await recorded(visit, [0.5, 0.7, 0.2]);
    const { sessions } = visit.home.store;
    const ids = sessions.ofDataset(String(path.split('/').at(-1)));
    for (const id of ids.slice(1)) sessions.update(id, { end_time: null });
    sessions.written(ids.slice(2), Date.UTC(2026, 0, 31) * 1000);

    const page = await visit.open(path, NO_SCRIPT);
    const rows = page.locator('tbody tr');

    expect(await rows.nth(2).innerText()).not.toMatch(/recording|unfinished/);
    expect(await rows.nth(1).innerText()).toContain('recording 10/10');
    expect(await rows.nth(0).innerText()).toContain(
      'unfinished: 10 of 10 examples, last written 31 Jan 2026',
    );
    await page.click('text=take-2');
    await expect
      .poll(() => page.locator('.chips').innerText())
      .toContain('unfinished: 10 of 10 examples');
  });

  test('lists examples that no experiment answered', async ({ visit }) => {
    const { json } = await send(visit.home, 'POST /datasets', { name: 'bare' });
    const { id } = json as { id: string };
    await send(visit.home, 'POST /examples', { dataset_id: id, inputs: { question: 'Why?' } });

    const page = await visit.open(`/o/${visit.home.store.tenantId}/datasets/${id}`, NO_SCRIPT);
    await follow(page.locator('text=Examples'));
    await follow(page.locator('tbody a'));

    expect(await page.locator('main').innerText()).toContain('Why?');
  });

  test('draws a score over time, each point a link', async ({ visit }) => {
    const path = await recorded(visit, [0.5, 0.7, 0.2]);
    const page = await visit.open(`${path}?tab=trend`, NO_SCRIPT);

    expect(await page.locator('.line-chart circle').count()).toBe(3);
    await page.locator('.line-chart a').nth(1).focus();
    await page.keyboard.press('Enter');

    await arriveAt(page, /^take-1/);
    await page.goBack();
    await page.selectOption('[name=metric]', 'errors');
    await follow(page.locator('text=Show'));
    expect(await page.locator('.line-chart title').first().textContent()).toContain('errors');
  });
});

describe.skipIf(isBrowserMissing)('a small or a worded score', () => {
  test('keeps its digits, or its shares, on every page', async ({ visit }) => {
    const rows = ['kind', 'kind', 'rude'].map((tone, n) => ({
      inputs: { n },
      outputs: {},
      scores: { toxicity: 0.0047, tone },
    }));
    const { experiment } = await visit.record(rows, { dataset: 'small', experiment: 'only' });
    const workspace = `/o/${visit.home.store.tenantId}`;

    const first = await visit.open('/', NO_SCRIPT);
    const runs = await visit.open(`${workspace}/projects/p/${experiment}?page=9`, NO_SCRIPT);

    expect(await first.locator('tbody tr').innerText()).toContain('0.0047 toxicity');
    const figures = await runs.locator('.figures').first().innerText();
    expect(figures).toContain('0.0047');
    expect(figures).toContain('kind 67% · rude 33%');
    expect(await runs.locator('tbody tr').count()).toBe(3);
  });
});

describe.skipIf(isBrowserMissing)('the first page', () => {
  test('finds datasets by name, with how the main score went', async ({ visit }) => {
    await recorded(visit, [0.5, 0.7]);
    await send(visit.home, 'POST /datasets', { name: 'other' });
    const page = await visit.open('/', NO_SCRIPT);

    await page.fill('[name=q]', 'te');
    await page.click('text=Search');

    await expect
      .poll(() => page.locator('tbody tr').allInnerTexts())
      .toEqual([expect.stringMatching(/ten\s+10\s+2\s+0\.70 correct/)]);
    expect(await page.locator('.sparkline title').textContent()).toBe('correct over 2 experiments');
  });
});
