import { describe, expect, test as plain } from 'vitest';
import { ASSETS } from '../../src/server/page/assets.js';
import { isBrowserMissing } from '../support/browser.js';
import { arriveAt, test, type Visit } from './page.js';

const ROWS = ['How long?', 'Why?', 'When?'].map((question, number) => ({
  id: `row-${number}`,
  inputs: { question },
  outputs: { output: 'You have four days.' },
  reference_outputs: { output: 'You have three days.' },
  scores: { correct: number === 0 },
}));

async function recorded(visit: Visit) {
  const { dataset } = await visit.record(ROWS, { dataset: 'days', experiment: 'first' });
  const path = `/o/${visit.home.store.tenantId}/datasets/${dataset}`;
  return { path, examples: visit.home.store.examples.inOrder(dataset) };
}

/** Two experiments, of which the second is wrong about the first row. */
async function compared(visit: Visit) {
  const { path } = await recorded(visit);
  const worse = ROWS.map((row) => ({ ...row, scores: { correct: false } }));
  await visit.record(worse, { dataset: 'days', experiment: 'second' });
  const ids = ['first', 'second'].map((name) => {
    const query = { name, sortBy: 'name', descending: false, limit: 1, offset: 0 } as const;
    return visit.home.store.sessions.list(query)[0]?.id;
  });
  return { path, first: ids[0], second: ids[1] };
}

plain('scripts and style are small', () => {
  const sizeOf = (ending: string) =>
    [...ASSETS].reduce(
      (sum, [path, { text }]) => sum + (path.endsWith(ending) ? text.length : 0),
      0,
    );

  expect(sizeOf('.js')).toBeLessThan(15_000);
  expect(sizeOf('.css')).toBeLessThan(14_000);
});

describe.skipIf(isBrowserMissing)('keys', () => {
  test('go from row to row, show differences, and say what they do', async ({ visit }) => {
    const { path, examples } = await recorded(visit);
    const page = await visit.open(`${path}/e/${examples[0]}`);

    await page.keyboard.press('j');
    await arriveAt(page, /^row-1/);
    await page.keyboard.press('k');
    await arriveAt(page, /^row-0/);
    await page.keyboard.press('d');
    await expect.poll(() => page.locator('ins').allInnerTexts()).toEqual(['four']);
    await page.keyboard.press('?');
    expect(await page.locator('dialog').innerText()).toContain('Next row');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  test('go through a table, and open a row', async ({ visit }) => {
    await recorded(visit);
    const page = await visit.open('/');

    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await arriveAt(page, /^days/);
    await page.keyboard.press('/');
    await page.keyboard.type('jk');

    expect(await page.locator('[name=q]').inputValue()).toBe('jk');
  });
});

test('a page hears of what was recorded between being read and listening', async ({ visit }) => {
  const { path } = await recorded(visit);
  const page = await (await fetch(visit.home.url + path)).text();
  const [, shown] = /data-live="([^"]+)"/.exec(page) ?? [];
  await visit.record(ROWS, { dataset: 'days', experiment: 'second' });

  const listening = new AbortController();
  const changes = `${visit.home.url}/pages/changes?since=${shown}`;
  const { body } = await fetch(changes, { signal: listening.signal });
  const first = await body?.getReader().read();
  listening.abort();

  expect(new TextDecoder().decode(first?.value)).toContain('data: changed');
});

describe.skipIf(isBrowserMissing)('a page that is open', () => {
  test('shows what is recorded meanwhile', async ({ visit }) => {
    const { path } = await recorded(visit);
    const page = await visit.open(path);

    await visit.record(ROWS, { dataset: 'days', experiment: 'second' });

    await expect
      .poll(() => page.locator('tbody th a').allInnerTexts(), { timeout: 15_000 })
      .toEqual(['second', 'first']);
  });

  test('only offers it to somebody who has ticked something', async ({ visit }) => {
    const { path } = await recorded(visit);
    const page = await visit.open(path);
    await page.getByLabel('Compare first').check();

    await visit.record(ROWS, { dataset: 'days', experiment: 'second' });
    await expect
      .poll(() => page.locator('.pill').allInnerTexts(), { timeout: 15_000 })
      .toEqual(['3 new rows: show']);
    const before = await page.locator('tbody th a').allInnerTexts();
    await page.click('.pill');

    expect(before).toEqual(['first']);
    await expect.poll(() => page.locator('tbody th a').count()).toBe(2);
  });
});

describe.skipIf(isBrowserMissing)('a row', () => {
  test('opens next to its table, and leads to the next one', async ({ visit }) => {
    const { path } = await recorded(visit);
    const page = await visit.open(`${path}?tab=examples`);
    const drawer = page.locator('dialog.drawer');

    await page.click('tbody th a');
    await expect.poll(() => drawer.locator('h1').innerText()).toBe('row-0');
    await page.keyboard.press('j');
    await expect.poll(() => drawer.locator('h1').innerText()).toBe('row-1');
    await page.keyboard.press('Escape');

    await expect.poll(() => drawer.count()).toBe(0);
    expect(page.url()).toContain('?tab=examples');
    expect(await page.title()).toBe('Examples · days · ls-record');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('2');
  });

  test('is in the address: copied, reloaded, back and forward', async ({ visit }) => {
    const { path, first, second } = await compared(visit);
    const page = await visit.open(`${path}/compare?selectedSessions=${first},${second}&view=full`);
    await page.evaluate('window.isTheSame = true');
    const name = page.locator('dialog.drawer h1');

    await page.locator('tbody th a').nth(1).click();
    await expect.poll(() => name.innerText()).toBe('row-1');
    const address = page.url();
    await page.keyboard.press('?');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(2);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(1);
    await page.keyboard.press('j');
    await expect.poll(() => name.innerText()).toBe('row-2');
    await page.goBack();
    await expect.poll(() => name.innerText()).toBe('row-1');
    await page.goForward();
    await expect.poll(() => name.innerText()).toBe('row-2');
    await page.keyboard.press('Escape');
    await expect.poll(() => name.count()).toBe(0);
    await page.goBack();
    await expect.poll(() => name.innerText()).toBe('row-2');
    expect(await page.evaluate('window.isTheSame')).toBe(true);
    await page.reload();
    expect(await name.innerText()).toBe('row-2');
    expect(await page.title()).toBe('row-2 · second against first · days · ls-record');

    const copy = await visit.open(address.replace(visit.home.url, ''), {
      javaScriptEnabled: false,
    });
    expect(await copy.locator('dialog.drawer h1').innerText()).toBe('row-1');
    await copy.click('text=Next row');
    await expect.poll(() => copy.locator('dialog.drawer h1').innerText()).toBe('row-2');
    await copy.click('text=Close');
    await expect.poll(() => copy.locator('dialog').count()).toBe(0);
    expect(copy.url()).toContain('view=full');
  });

  test('shows all of a run of its trace, which is in the address, too', async ({ visit }) => {
    const { path, first } = await compared(visit);
    const page = await visit.open(`${path}/compare?selectedSessions=${first}`);

    await page.click('tbody th a');
    await page.click('dialog.drawer >> text=All of this run');
    await expect.poll(() => page.locator('#run').innerText()).toContain('Metadata');
    expect(new URL(page.url()).searchParams.get('run')).toMatch(/^[0-9a-f-]{36}$/);
    await page.reload();

    expect(await page.locator('#run').innerText()).toContain('Metadata');
    await page.goBack();
    await expect.poll(() => page.locator('#run').count()).toBe(0);
    expect(await page.locator('dialog.drawer').count()).toBe(1);
  });

  test('keeps the drawer when it is scored without scripts', async ({ visit }) => {
    const { path, first } = await compared(visit);
    const page = await visit.open(`${path}/compare?selectedSessions=${first}`, {
      javaScriptEnabled: false,
    });
    await page.click('tbody th a');

    await page.click('.score-form summary');
    await page.fill('.score-form [name=key]', 'nuance');
    await page.fill('.score-form [name=score]', '0.5');
    await page.click('.score-form button');

    await expect
      .poll(() => page.locator('dialog.drawer .feedback').innerText())
      .toContain('nuance 0.5');
  });

  test('opens next to a comparison, among the rows that it lists', async ({ visit }) => {
    const { path, first, second } = await compared(visit);
    const selected = `selectedSessions=${first},${second}`;
    const page = await visit.open(`${path}/compare?${selected}&show=regressed&metric=correct`);
    const drawer = page.locator('dialog.drawer');

    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => drawer.locator('.kind').first().innerText())
      .toBe('Row 1 of 1 regressed');
    await page.keyboard.press('d');
    await expect
      .poll(() => drawer.locator('[aria-current]').allInnerTexts())
      .toContain('Diff to baseline');
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await arriveAt(page, /^second against first/);
    await page.goto(`${page.url()}&view=full`);
    await page.keyboard.press('d');
    await expect.poll(() => page.locator('.rows').getAttribute('class')).toBe('rows diff');
    await page.keyboard.press('b');

    await expect.poll(() => page.url()).toContain(`baseline=${second}`);
  });

  test('is scored without loading the page again', async ({ visit }) => {
    const { path, examples } = await recorded(visit);
    const page = await visit.open(`${path}/e/${examples[0]}`);
    await page.evaluate('window.isTheSame = true');
    const form = page.locator('.score-form');

    await form.locator('summary').click();
    await form.locator('[name=key]').fill('nuance');
    await form.locator('[name=score]').fill('0.5');
    await form.locator('button').click();

    await expect.poll(() => page.locator('.feedback').innerText()).toContain('nuance 0.5 by ada');
    expect(await page.evaluate('window.isTheSame')).toBe(true);
  });
});
