import { describe, expect } from 'vitest';
import { isBrowserMissing } from '../support/browser.js';
import { test } from './page.js';

const ROWS = [{ inputs: { q: 'a' }, outputs: { output: 'b' }, scores: { correct: true } }];

describe.skipIf(isBrowserMissing)('every page', () => {
  test('shows times of the reader, and UTC without scripts', async ({ visit }) => {
    const { experiment } = await visit.record(ROWS, { dataset: 'times', experiment: 'only' });
    const startTime = Date.UTC(2026, 0, 31, 22) * 1000;
    visit.home.store.sessions.update(experiment, { start_time: startTime });
    const options = { timezoneId: 'Asia/Tokyo', locale: 'de-DE' };

    const scripted = await visit.open('/', options);
    const plain = await visit.open('/', { ...options, javaScriptEnabled: false });

    expect(await scripted.locator('time').first().textContent()).toBe('1 Feb 2026, 07:00');
    expect(await plain.locator('time').first().textContent()).toBe('31 Jan 2026, 22:00 UTC');
    expect(await scripted.locator('time').first().getAttribute('title')).toContain('2026-01-31T22');
  });

  test('can be left for its content with one key', async ({ visit }) => {
    const page = await visit.open('/');

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    expect(new URL(page.url()).hash).toBe('#main');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
  });
});
