import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBrowserMissing, launchBrowser } from '../support/browser.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const rows = (answer: string, correct: (n: number) => boolean) =>
  Array.from({ length: 30 }, (_, n) =>
    JSON.stringify({
      id: `q${n}`,
      inputs: { question: `question ${n} <img src=x onerror=alert(1)>` },
      outputs: { answer: `${answer} ${n}` },
      scores: { correct: { score: correct(n), comment: `judged ${n}` } },
    }),
  ).join('\n');
const files = { 'before.jsonl': rows('old', () => true), 'after.jsonl': rows('new', (n) => n > 9) };

const report = (...argv: string[]) => machine.run(['report', ...argv, '--local'], { files });
const written = (name = 'report.html') => readFileSync(join(machine.workingFolder, name), 'utf8');

describe('a report', () => {
  test('holds summary and whole rows of files, and nothing that leads out of it', async () => {
    const { status, stdout } = await report('before.jsonl', 'after.jsonl');

    expect(status).toBe(0);
    expect(stdout.trim()).toBe(join(machine.workingFolder, 'report.html'));
    const html = written();
    for (let n = 0; n < 30; n++) expect(html).toContain(`new ${n}`);
    expect(html).toContain('30 of 30 rows');
    expect(html).toContain('−0.33');
    expect(html).not.toMatch(/<script|<img src=x|<link|<form/);
    const addresses = [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, to]) => to);
    expect(addresses.filter((to) => !/^(?:#|data:)/.test(to ?? ''))).toEqual([]);
  });

  test('is of recorded experiments, too, and of the rows that a condition chooses', async () => {
    for (const name of ['before', 'after'])
      await machine.run(['record', `${name}.jsonl`, '-d', 'd', '-e', name, '--local'], { files });

    const argv = ['before', 'after', '-o', 'r.html', '--where', 'score.correct<1'];
    expect((await report(...argv)).status).toBe(0);
    expect(written('r.html')).toContain('10 of 10 rows');
    expect(written('r.html')).toContain('judged 3');

    const names = [...written('r.html').matchAll(/<h2>Row (q\d+)/g)].map(([, name]) => name);
    expect(names).toEqual(Array.from({ length: 10 }, (_, n) => `q${n}`));

    const again = await report(...argv);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('already exists');
  });

  test('is not written for a condition that is none', async () => {
    const { status, stderr } = await report('before.jsonl', '--where', 'skore.correct<1');
    expect(status).toBe(2);
    expect(stderr).toContain('skore');
    expect(() => written()).toThrow();
  });
});

test.skipIf(isBrowserMissing)(
  'a report opens offline, its rows lead to themselves, and it prints',
  async () => {
    await report('before.jsonl', 'after.jsonl');
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.context().setOffline(true);
      await page.goto(`file://${join(machine.workingFolder, 'report.html')}`);
      await page.getByRole('link', { name: 'q7', exact: true }).click();
      expect(page.url()).toMatch(/#whole-/);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);
