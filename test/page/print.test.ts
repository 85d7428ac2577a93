import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { agentRows } from '../support/agent-rows.js';
import { isBrowserMissing } from '../support/browser.js';
import { pdfText } from '../support/pdf-text.js';
import { test, type Visit } from './page.js';

const NAMES = ['base', 'cand', 'reps'];
const LONG = Array.from({ length: 1500 }, (_, n) => `word${n}`).join(' ');

async function compareThree(visit: Visit): Promise<string> {
  const ids: string[] = [];
  let dataset = '';
  for (const [version, experiment] of NAMES.entries()) {
    const rows = agentRows({ version, count: 12, repetitions: experiment === 'reps' ? 2 : 1 });
    const long = { id: 'long', inputs: { question: LONG }, outputs: { answer: `${LONG} end` } };
    const recorded = await visit.record([...rows, long], { dataset: 'agent', experiment });
    ids.push(recorded.experiment);
    dataset = recorded.dataset;
  }
  return `/o/${visit.home.store.tenantId}/datasets/${dataset}/compare?selectedSessions=${ids}`;
}

const plain = (text: string) => text.normalize('NFKD').replaceAll(/\s/g, '');

/** What of the page's texts is not on paper. */
async function missingOnPaper(page: Page, selector: string): Promise<string[]> {
  await page.emulateMedia({ media: 'print' });
  const texts = await page.locator(selector).allTextContents();
  const paper = plain(pdfText(await page.pdf({ format: 'A4' })));
  expect(texts.length).toBeGreaterThan(0);
  return texts.filter((text) => !paper.includes(plain(text)));
}

describe.skipIf(isBrowserMissing)('on paper', () => {
  test('a comparison has all that its rows show', { timeout: 60_000 }, async ({ visit }) => {
    const page = await visit.open(await compareThree(visit));

    expect(await page.locator('.rows tbody tr').count()).toBe(13);
    expect(
      await missingOnPaper(
        page,
        '.strip b, .strip small, .strip a, .rows th a, .rows td p, .rows td i',
      ),
    ).toEqual([]);
    const paper = plain(pdfText(await page.pdf({ format: 'A4' })));
    for (const name of NAMES)
      expect(paper.split(`${name}:`).length - 1, name).toBeGreaterThanOrEqual(13);
    expect(paper).toContain('judge:Itsayswhatthepolicysays.');
    expect(paper).toContain('Rows1to13of13');
  });

  test('a dataset has all columns', { timeout: 60_000 }, async ({ visit }) => {
    const path = (await compareThree(visit)).split('/compare')[0] ?? '';
    // Between the margins of A4.
    const page = await visit.open(path, { viewport: { width: 718, height: 1000 } });
    await page.emulateMedia({ media: 'print' });

    const headers = page.locator('thead th');
    expect(await headers.last().innerText()).toBe('Started');
    const box = await headers.last().boundingBox();
    expect((box?.x ?? 999) + (box?.width ?? 999)).toBeLessThanOrEqual(718);
  });

  test('a report has whole rows', { timeout: 60_000 }, async ({ visit }) => {
    const page = await visit.open(`${await compareThree(visit)}&as=report`);

    expect(await missingOnPaper(page, '.whole h2, .whole h3, .whole .error, .feedback b')).toEqual(
      [],
    );
    const underlined = await page.evaluate(
      "[...document.querySelectorAll('.strip a')].filter((link) => getComputedStyle(link).textDecorationLine !== 'none').length",
    );
    expect(underlined, 'links that lead nowhere').toBe(0);
    const words = LONG.split(' ');
    const paper = plain(pdfText(await page.pdf({ format: 'A4' })));
    expect(words.filter((word) => !paper.includes(word))).toEqual([]);
    // The inputs once, and what each experiment answered.
    expect(paper.split('word1499').length - 1).toBe(1 + NAMES.length);
  });
});
