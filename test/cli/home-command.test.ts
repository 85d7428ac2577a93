import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveUnfinished as leave } from '../support/unfinished.js';
import { Machine } from './command-line.js';
import { KEYS, Typist } from './typist.js';

let machine: Machine;
let folder: string;
beforeEach(() => {
  machine = new Machine();
  folder = join(machine.root, 'data');
});
afterEach(() => machine.remove());

/** A stream whose process was killed, with a row of 5 KB that no server has. */
function leaveUnfinished(): Promise<string> {
  return leave(machine, `{"inputs":{"n":"${'x'.repeat(5_000)}"},"outputs":1}\n`);
}

async function home() {
  const { stdout } = await machine.run(['home', '--json']);
  return JSON.parse(stdout).home;
}

describe('home', () => {
  test('shows the folder, and makes none', async () => {
    const { status, stdout } = await machine.run(['home']);

    expect(status).toBe(0);
    expect(stdout).toContain(`folder      ${folder}`);
    expect(stdout).toContain('unfinished  none');
    expect(existsSync(folder)).toBe(false);
  });

  test('shows what is unfinished, with the size of the rows that it keeps', async () => {
    const id = await leaveUnfinished();

    const { stdout } = await machine.run(['home']);

    expect(stdout).toContain('unfinished  1 recording, 5.');
    expect(stdout).toMatch(new RegExp(`${id}  \\d{4}-.* kB  stdin`));
    expect(await home()).toMatchObject({
      folder,
      served_at: null,
      unfinished: [{ id, source: '-', dataset: 'numbers', rows_done: 0 }],
    });
  });
});

describe('home clean', () => {
  test('asks, and removes the unfinished recordings with their rows', async () => {
    await leaveUnfinished();

    const typist = new Typist(machine, ['home', 'clean']);
    await typist.sees('Delete unfinished recordings: 1 recording');
    typist.types(`y${KEYS.enter}`);

    expect(await typist.end).toBe(0);
    expect(await home()).toMatchObject({ unfinished: [] });
    expect((await home()).bytes).toBeLessThan(5_000);
  });

  test('lists what models answered to judges, and removes it', async () => {
    const judges = join(folder, 'judges');
    mkdirSync(judges, { recursive: true, mode: 0o700 });
    writeFileSync(join(judges, 'a.jsonl'), 'x'.repeat(2000));

    const unasked = await machine.run(['home', 'clean']);
    const before = (await home()).judges;
    const cleaned = await machine.run(['home', 'clean', '--yes']);

    expect(unasked.status).toBe(2);
    expect(unasked.stderr).toContain('answers of judges: 2 kB');
    expect(before).toBe(2000);
    expect(cleaned.status).toBe(0);
    expect(existsSync(judges)).toBe(false);
  });

  test('removes nothing without a yes', async () => {
    await leaveUnfinished();

    const { status, stderr } = await machine.run(['home', 'clean']);

    expect(status).toBe(2);
    expect(stderr).toContain('--yes');
    expect((await home()).unfinished).toHaveLength(1);
  });

  test('leaves what was recorded where it is', async () => {
    const files = { 'a.jsonl': '{"inputs":{"q":1},"outputs":{"a":1}}\n' };
    await machine.run(['record', 'a.jsonl', '-d', 'capitals', '--local'], { files });

    expect((await machine.run(['home', 'clean'])).status).toBe(0);

    const { stdout } = await machine.run(['datasets', 'list', '--local', '--json']);
    expect(JSON.parse(stdout).datasets).toMatchObject([{ name: 'capitals', examples: 1 }]);
  });

  test('gives back the free space of a home of version 0.1.0', async () => {
    mkdirSync(folder, { mode: 0o700 });
    const file = join(folder, 'home.sqlite');
    const kept = join(import.meta.dirname, '../../fixtures/homes/0.1.0.sqlite.gz');
    writeFileSync(file, gunzipSync(readFileSync(kept)));
    const files = { 'a.jsonl': `{"inputs":{"q":"${'x'.repeat(1_000_000)}"},"outputs":1}\n` };
    await machine.run(['record', 'a.jsonl', '-d', 'large', '--local'], { files });
    await machine.run(['datasets', 'delete', 'large', '--local', '--yes']);
    const before = statSync(file).size;

    const { stdout } = await machine.run(['home', 'clean', '--json']);

    const freed = before - statSync(file).size;
    expect(freed).toBeGreaterThan(900_000);
    expect(JSON.parse(stdout).cleaned).toEqual({ recordings: 0, bytes: freed });
  });

  test('removes what a killed process had read from stdin, after a day', async () => {
    const spool = join(folder, 'spool');
    mkdirSync(spool, { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(spool, name), 'rows');
    utimesSync(join(spool, 'old'), 0, 0);

    await machine.run(['home', 'clean']);

    expect(['old', 'new'].map((name) => existsSync(join(spool, name)))).toEqual([false, true]);
  });

  test('knows no other word', async () => {
    expect(await machine.run(['home', 'burn'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('clean'),
    });
  });
});
