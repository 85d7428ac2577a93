import { appendFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { cutParts, type Part } from '../../src/recorder/parts.js';
import { fileOf, spoolFolder } from '../support/rows.js';

const lines = (answer: string) => `{"inputs":"q","outputs":"${answer}"}\n`.repeat(5000);

async function partOf(path: string): Promise<Part> {
  const [source] = await openSources([path], { spoolFolder });
  for await (const part of cutParts(source as NonNullable<typeof source>)) return part;
  throw new Error('no part');
}

async function countRows(part: Part): Promise<number> {
  let rows = 0;
  for await (const _ of part.rows()) rows++;
  return rows;
}

describe('a file', () => {
  test('is one part, which can be read again', async () => {
    const part = await partOf(fileOf(lines('right')));

    expect(part.isWhole).toBe(true);
    expect([await countRows(part), await countRows(part)]).toEqual([5000, 5000]);
  });

  test('that changed since it was first read hands on none of the other rows', async () => {
    const path = fileOf(lines('right'));
    const part = await partOf(path);
    await countRows(part);

    // Neither its size nor its inputs tell.
    await writeFile(path, lines('wrong'));

    await expect(part.rows()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
      message: `${path} changed while it was recorded`,
    });
  });

  test('that has grown since it was first read is refused', async () => {
    const path = fileOf(lines('right'));
    const part = await partOf(path);
    await countRows(part);

    await appendFile(path, lines('right'));

    await expect(countRows(part)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });
});
