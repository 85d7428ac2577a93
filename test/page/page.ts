import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { test as base, expect } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { record } from '../../src/library.js';
import { launchBrowser } from '../support/browser.js';
import { openTestHome, type TestHome } from '../support/home.js';

/** A home, what it takes to record into it, and pages of it in a browser. */
export interface Visit {
  readonly home: TestHome;
  /** Records rows as an experiment. @returns its ids. */
  record(
    rows: readonly object[],
    names: { readonly dataset: string; readonly experiment: string },
  ): Promise<{ readonly dataset: string; readonly experiment: string }>;
  /** Opens a path of the home. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
}

/** Waits for the page of this title, and for its script: keys pressed before it runs are lost. */
export async function arriveAt(page: Page, title: RegExp): Promise<void> {
  await expect.poll(() => page.title(), { timeout: 10_000 }).toMatch(title);
  await page.waitForLoadState();
}

/** Clicks on what leads to another page, and waits for that page. */
export async function follow(link: Locator): Promise<void> {
  await Promise.all([link.page().waitForEvent('load'), link.click()]);
}

/** vitest's `test`, with a home in memory and a browser, started when a page is opened. Fails if a page logs an error. */
export const test = base.extend<{ visit: Visit; browser: () => Promise<Browser> }>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from here.
    async ({}, use) => {
      let browser: Promise<Browser> | undefined;
      await use(() => {
        browser ??= launchBrowser();
        return browser;
      });
      await (await browser)?.close();
    },
    { scope: 'file' },
  ],
  visit: async ({ browser }, use) => {
    const home = await openTestHome({ userName: 'ada' });
    const client = new LangSmith({ endpoint: home.url });
    const pages: Page[] = [];
    const complaints: string[] = [];
    await use({
      home,
      record: async (rows, names) => {
        const [recording] = await record(rows, { client, isHome: true, ...names });
        if (!recording) throw new Error('nothing recorded yet');
        return { dataset: recording.dataset.id, experiment: recording.experiment.id };
      },
      open: async (path, options) => {
        const page = await (await browser()).newPage(options);
        pages.push(page);
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().includes('status of 422'))
            complaints.push(message.text());
        });
        await page.goto(home.url + path);
        return page;
      },
    });
    await Promise.all(pages.map((page) => page.close()));
    await client.close();
    await home.close();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  },
});
