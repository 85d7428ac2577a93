import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Whether tests in a browser have to be skipped. */
export const isBrowserMissing = !existsSync(CHROMIUM);
if (isBrowserMissing)
  process.stderr.write(`Skipped: tests in a browser need Debian's ${CHROMIUM}\n`);

/** Close it after the tests. */
export function launchBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...args] });
}
