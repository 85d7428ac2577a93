import { afterEach, beforeEach, expect, test } from 'vitest';
import { FORMATS } from '../../src/results/formats/all.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const NAMES = [...FORMATS.map(({ name }) => name), 'native', 'columns'];

test('lists every format that --format takes, one a line', async () => {
  const { status, stdout, stderr } = await machine.run(['formats']);

  const [titles, ...lines] = stdout.trimEnd().split('\n');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(titles).toMatch(/^FORMAT +WRITTEN BY +FILES +WHAT IS READ$/);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(NAMES);
});

test('on a terminal wraps what is read, so that nothing is cut off', async () => {
  const { stdout } = await machine.run(['formats'], { terminal: { columns: 80 } });

  expect(stdout).not.toContain('…\n');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const words = stdout.replace(/\s+/g, ' ');
  for (const { reads, files } of FORMATS) {
    expect(words).toContain(reads);
    expect(words).toContain(files);
  }
});

test('with --json answers with one object', async () => {
  const { status, stdout } = await machine.run(['formats', '--json']);

  const { version, formats } = JSON.parse(stdout);
  expect({ status, version }).toEqual({ status: 0, version: 1 });
  expect(formats.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  for (const format of formats) {
    expect(format).toEqual({
      name: expect.stringMatching(/^[a-z0-9-]+$/),
      title: expect.stringMatching(/\S/),
      files: expect.stringMatching(/\S/),
      reads: expect.stringMatching(/\S/),
    });
  }
});
