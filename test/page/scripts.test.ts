import { describe, expect, test as plain } from 'vitest';
import { ASSETS } from '../../src/server/page/assets.js';
import { isBrowserMissing } from '../support/browser.js';
import { test, type Visit } from './page.js';

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

plain('scripts and style are small', () => {
  const sizeOf = (ending: string) =>
    [...ASSETS].reduce(
      (sum, [path, { text }]) => sum + (path.endsWith(ending) ? text.length : 0),
      0,
    );

  expect(sizeOf('.js')).toBeLessThan(15_000);
  expect(sizeOf('.css')).toBeLessThan(15_000);
});

describe.skipIf(isBrowserMissing)('keys', () => {
  test('go from row to row, show differences, and say what they do', async ({ visit }) => {
    const { path, examples } = await recorded(visit);
    const page = await visit.open(`${path}/e/${examples[0]}`);
    const heading = page.locator('h1');

    await page.keyboard.press('j');
    await expect.poll(() => heading.innerText()).toBe('row-1');
    await page.keyboard.press('k');
    await expect.poll(() => heading.innerText()).toBe('row-0');
    await page.keyboard.press('d');
    await expect.poll(() => page.locator('ins').allInnerTexts()).toEqual(['four']);
    await page.keyboard.press('?');
    expect(await page.locator('dialog').innerText()).toContain('Next row');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').count()).toBe(0);
  });

  test('go through a table, and open a row', async ({ visit }) => {
    await recorded(visit);
    const page = await visit.open('/');

    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await expect.poll(() => page.locator('h1').innerText()).toBe('days');
    await page.keyboard.press('/');
    await page.keyboard.type('jk');

    expect(await page.locator('[name=q]').inputValue()).toBe('jk');
  });
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
    await page.locator('.pill').waitFor({ timeout: 15_000 });
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

    expect(await drawer.count()).toBe(0);
    expect(page.url()).toContain('?tab=examples');
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
