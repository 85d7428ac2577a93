import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCompanions } from '../../src/input/companions.js';

const folderOf = (name: string, content: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-beside-'));
  writeFileSync(join(folder, name), content);
  return folder;
};

test.for([
  ['a document', '{"a":1}', { a: 1 }],
  ['JSON Lines, as a list', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
] as const)('a file that belongs to results is read: %s', async ([, content, value]) => {
  const folder = folderOf('stats.json', content);

  expect(await readCompanions(folder, /^stats\.json$/)).toEqual([{ name: 'stats.json', value }]);
});

test('a file whose name does not match does not matter', async () => {
  const folder = folderOf('stats.json', '{"a":');

  expect(await readCompanions(folder, /^run\.json$/)).toEqual([]);
});

test('one that is not JSON is refused: without it scores would be missing', async () => {
  const folder = folderOf('stats.json', '{"a":');

  await expect(readCompanions(folder, /^stats\.json$/)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/stats\.json, .* is neither JSON nor JSON Lines/),
    hint: expect.stringContaining('another folder'),
  });
});

test('one that is too large to be held is refused', async () => {
  const folder = folderOf('stats.json', '');
  truncateSync(join(folder, 'stats.json'), 65 * 1024 * 1024);

  await expect(readCompanions(folder, /^stats\.json$/)).rejects.toThrow('more than 64 MB');
});
