import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder } from '../src/make-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ls-record-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a folder is made with those above it, for their owner only', () => {
  const folder = join(root, 'a', 'b', 'c');

  expect(makeFolder(folder)).toBe(true);

  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
});

test('one that is there is left as it is', () => {
  const folder = join(root, 'a');
  mkdirSync(folder, { mode: 0o755 });

  expect(makeFolder(folder)).toBe(false);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});

test.for([['a file'], ['a file/below']])('%s in the way is an error', ([path = '']) => {
  writeFileSync(join(root, 'a file'), '');

  expect(() => makeFolder(join(root, path))).toThrow(/EEXIST|ENOTDIR/);
});

describe.skipIf(!existsSync('/proc/self'))('below /proc, which holds no folders of ours', () => {
  test.for([['/proc/ls-record'], ['/proc/ls-record/a/b'], ['/proc/self/ls-record']])(
    '%s is an error at once',
    ([folder = '']) => {
      expect(() => makeFolder(folder)).toThrow('ENOENT');
    },
  );
});
