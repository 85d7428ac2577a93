import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RejectsFile } from '../../src/cli/recording/rejects-file.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

test.for([
  ['runs.jsonl', undefined, 'runs.rejects.jsonl'],
  ['may.csv.gz', undefined, 'may.rejects.jsonl'],
  ['-', undefined, 'stdin.rejects.jsonl'],
  ['runs.jsonl', 'bad.jsonl', 'bad.jsonl'],
] as const)('rows of %s with --rejects %s go to %s', async ([source, typed, name]) => {
  const rejects = new RejectsFile(machine.workingFolder, source, typed);

  await rejects.add('{"a":1}');
  await rejects.add('{"a":2}');
  await rejects.close();

  expect(rejects.path).toBe(join(machine.workingFolder, name));
  expect(readFileSync(join(machine.workingFolder, name), 'utf8')).toBe('{"a":1}\n{"a":2}\n');
});

test.for([
  ['runs.jsonl', 0o600],
  ['runs.jsonl', 0o644],
  ['-', 0o600],
] as const)(
  'rows of %s with mode %o can be read by no more users than the source',
  async ([source, mode]) => {
    machine.write('work/runs.jsonl', '');
    chmodSync(join(machine.workingFolder, 'runs.jsonl'), mode);
    const rejects = new RejectsFile(machine.workingFolder, source, undefined);

    await rejects.add('{}');
    await rejects.close();

    expect(statSync(rejects.path ?? '').mode & 0o777).toBe(mode);
  },
);

test('rows go into the folder that --rejects names', async () => {
  machine.write('work/refused/kept.txt', '');
  const rejects = new RejectsFile(machine.workingFolder, 'runs.jsonl', 'refused');

  await rejects.add('{}');
  await rejects.close();

  expect(rejects.path).toBe(join(machine.workingFolder, 'refused/runs.rejects.jsonl'));
});

test.for(['may.jsonl', 'runs/may.jsonl', '../../may.jsonl', '../../../../../../tmp/may.jsonl'])(
  'rows of %s in an archive go next to the archive',
  async (member) => {
    machine.write('work/sub/all.zip', 'PK');
    const rejects = new RejectsFile(machine.workingFolder, `sub/all.zip/${member}`, undefined);

    await rejects.add('{}');
    await rejects.close();

    expect(rejects.path).toBe(join(machine.workingFolder, 'sub/all.zip.rejects.jsonl'));
  },
);

test('no such file: as long as no row is refused', async () => {
  const rejects = new RejectsFile(machine.workingFolder, 'runs.jsonl', undefined);

  await rejects.close();

  expect(rejects.path).toBeUndefined();
  expect(existsSync(join(machine.workingFolder, 'runs.rejects.jsonl'))).toBe(false);
});

test('a file that is there is never overwritten', async () => {
  writeFileSync(join(machine.workingFolder, 'runs.rejects.jsonl'), 'first');
  writeFileSync(join(machine.workingFolder, 'runs.rejects-2.jsonl'), 'second');
  const rejects = new RejectsFile(machine.workingFolder, 'runs.jsonl', undefined);

  await rejects.add('{}');
  await rejects.close();

  expect(rejects.path).toBe(join(machine.workingFolder, 'runs.rejects-3.jsonl'));
  expect(readFileSync(join(machine.workingFolder, 'runs.rejects.jsonl'), 'utf8')).toBe('first');
});

test('a place where no file can be made is named, with the way out', async () => {
  const rejects = new RejectsFile(machine.workingFolder, 'no/such/folder/runs.jsonl', undefined);

  await expect(rejects.add('{}')).rejects.toMatchObject({
    code: 'HOME_UNAVAILABLE',
    message: expect.stringContaining('no/such/folder'),
    hint: expect.stringContaining('--rejects'),
  });
});

test('a folder that is not there is reported before anything is recorded', () => {
  const open = () => new RejectsFile(machine.workingFolder, 'runs.jsonl', 'none/rejects.jsonl');

  expect(open).toThrow('none is not a writable folder');
});
