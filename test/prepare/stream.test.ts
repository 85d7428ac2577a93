import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { unpackRow } from '../../src/prepare/packed-row.js';
import { nameByContent, prepare } from '../../src/prepare/prepare.js';
import type { Part } from '../../src/prepare/prepared.js';
import { partPath, prepareStream, type StreamOptions } from '../../src/prepare/stream.js';
import { recognise } from '../../src/results/recognise.js';
import type { RecognisedSource } from '../../src/results/recognised.js';
import { newPackages, rowsOfPackage } from '../support/packages.js';
import { fileOf, spoolFolder, streamOf } from '../support/rows.js';

const lines = (answer: string, rows = 5000) =>
  `{"inputs":"q","outputs":"${answer}"}\n`.repeat(rows);

async function sourceAt(path: string): Promise<RecognisedSource> {
  const [source] = await openSources([path], { spoolFolder });
  return recognise(source as NonNullable<typeof source>);
}

/** Prepares a file to which something happens while it is read. */
async function prepareWhile(path: string, happens: () => void) {
  const newPackage = newPackages();
  const paths: string[] = [];
  const preparing = prepare([await sourceAt(path)], {
    newPackage: () => {
      paths.push(newPackage());
      return paths.at(-1) ?? '';
    },
    onProgress: ({ rows }) => {
      if (rows === 1000) happens();
    },
  });
  return { preparing, paths };
}

/** Bytes that are read from disk while something is done. */
async function bytesReadBy(work: () => Promise<unknown>): Promise<number> {
  const file = await open('/dev/null');
  const read = vi.spyOn(Object.getPrototypeOf(file), 'read');
  await file.close();
  try {
    await work();
    const results = await Promise.all(read.mock.results.map(({ value }) => value));
    return results.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  } finally {
    read.mockRestore();
  }
}

describe('a file', () => {
  test.for([
    // Neither its size nor its inputs tell.
    ['that changed', (path: string) => writeFileSync(path, lines('wrong'))],
    ['that has grown', (path: string) => appendFileSync(path, lines('right'))],
    ['that was cut short', (path: string) => writeFileSync(path, lines('right', 100))],
  ] as const)('%s while it is read is refused, and nothing is kept of it', async ([, happens]) => {
    const path = fileOf(lines('right'));

    const { preparing, paths } = await prepareWhile(path, () => happens(path));

    await expect(preparing).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
      message: `${path} changed while being read`,
    });
    expect(paths).toHaveLength(1);
    expect(paths.filter((one) => existsSync(`${one}.heads`))).toEqual([]);
  });

  test('that changed after its format was detected is refused', async () => {
    const path = fileOf(lines('right'));
    const source = await sourceAt(path);

    writeFileSync(path, lines('wrong'));
    await sleep(5);

    await expect(prepare([source])).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });

  test.for([
    ['JSONL', lines('right', 30_000)],
    ['CSV', `inputs,outputs\n${'q,right\n'.repeat(100_000)}`],
  ] as const)(
    'of %s is read from disk once, including the beginning that shows its format',
    async ([, text]) => {
      const path = fileOf(text);

      const bytes = await bytesReadBy(async () => prepare([await sourceAt(path)]));

      expect(bytes).toBe(text.length);
    },
  );

  test('that is a JSON document is read from disk once, though its rows have to be found first', async () => {
    const text = `{"rows":[${lines('right', 30_000).trim().replaceAll('\n', ',\n')}],"n":1}`;
    const path = fileOf(text);

    const bytes = await bytesReadBy(async () => prepare([await sourceAt(path)]));

    expect(bytes).toBe(text.length);
  });
});

/** The parts of a stream, and what was on disk when each came. */
async function partsOf(
  chunks: Iterable<string> | AsyncIterable<string>,
  options: Partial<StreamOptions> = {},
) {
  const path = newPackages()();
  const found: { part: Part; inputs: unknown[]; numbers: number[]; kept: number }[] = [];
  let failure: unknown;
  try {
    const source = await recognise(await streamOf(chunks), { format: 'native' });
    for await (const part of prepareStream(source, {
      nameExample: nameByContent,
      path,
      ...options,
    })) {
      const rows = [];
      for await (const some of part.read()) rows.push(...some);
      const kept = await rowsOfPackage(partPath(path, found.length)).catch(() => []);
      found.push({
        part,
        inputs: rows.map((row) => unpackRow(row).inputs),
        numbers: rows.map(({ head }) => head.row),
        kept: kept.length,
      });
    }
  } catch (error) {
    failure = error;
  }
  return { found, path, failure };
}

const row = (n: number) => `{"inputs":${n},"outputs":${n}}\n`;
const inputsOf = (...numbers: number[]) => numbers.map((input) => ({ input }));
const cut = { maxRows: 1000, maxBytes: 1_000_000, maxMs: 60_000 };

describe('a stream', () => {
  test('that ends before its first part is cut is one part, and whole', async () => {
    const { found } = await partsOf([row(1), row(2)]);

    expect(found).toMatchObject([{ part: { isWhole: true, rows: 2 }, inputs: inputsOf(1, 2) }]);
  });

  test('is cut by the number of rows, which are counted through', async () => {
    const { found } = await partsOf([row(1) + row(2) + row(3)], { cut: { ...cut, maxRows: 2 } });

    expect(found.map(({ part, numbers }) => [part.isWhole, numbers])).toEqual([
      [false, [0, 1]],
      [false, [2]],
    ]);
  });

  test('is cut by time after the first row of a part', async () => {
    async function* slowly() {
      yield row(1);
      await sleep(150);
      yield row(2);
    }

    const { found } = await partsOf(slowly(), { cut: { ...cut, maxMs: 40 } });

    expect(found.map(({ inputs }) => inputs)).toEqual([inputsOf(1), inputsOf(2)]);
  });

  test('is kept on disk, a package a part, until the part is dropped', async () => {
    const { found, path } = await partsOf([row(1) + row(2) + row(3)], {
      cut: { ...cut, maxRows: 2 },
    });

    expect(found.map(({ kept }) => kept)).toEqual([2, 1]);
    await found[0]?.part.drop?.();
    await expect(rowsOfPackage(partPath(path, 0))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await rowsOfPackage(partPath(path, 1))).toHaveLength(1);
  });

  test('reports bad rows with the part that has them, and continues', async () => {
    const { found } = await partsOf([row(1), '{"inputs":\n', row(3)], {
      cut: { ...cut, maxRows: 2 },
    });

    expect(found).toMatchObject([
      { part: { rows: 2, badRows: 1, problems: [{ line: 2 }] } },
      { part: { rows: 1, badRows: 0, problems: [] } },
    ]);
  });

  test.for([
    ['its rows', ['inputs,outputs\n1,1\n', ',\n2,2\n,\n'], 3, [2]],
    ['rows of a part that is recorded already', ['inputs,outputs\n1,1\n2,2\n,\n,\n'], 2, [2, 0]],
  ] as const)('says at its end what was left out between %s', async ([, chunks, maxRows, rows]) => {
    const { found } = await partsOf(chunks, { cut: { ...cut, maxRows } });

    expect(found.map(({ part }) => part.rows)).toEqual(rows);
    expect(found.flatMap(({ part }) => part.notes)).toEqual([['2 empty rows left out', 1]]);
  });

  test('that breaks off gives what was read before', async () => {
    async function* breaking() {
      yield row(1);
      throw new Error('the pipe broke');
    }

    const { found, failure } = await partsOf(breaking());

    expect(found).toMatchObject([{ part: { isWhole: false, rows: 1 } }]);
    expect(failure).toMatchObject({ message: expect.stringContaining('the pipe broke') });
  });

  test('that is stopped gives what was read before, and is not whole', async () => {
    const stop = new AbortController();
    async function* endless() {
      yield row(1);
      setTimeout(() => stop.abort(), 100);
      await sleep(10_000, undefined, { ref: false });
    }

    const { found, failure } = await partsOf(endless(), { signal: stop.signal });

    expect(found).toMatchObject([{ part: { isWhole: false, rows: 1 } }]);
    expect(failure).toBeUndefined();
  });

  test('is recorded as far as it was read when the disk is full, and then fails', async () => {
    const { found, failure } = await partsOf([row(1)], { path: '/nowhere/at/all' });

    expect(found.map(({ inputs }) => inputs)).toEqual([inputsOf(1)]);
    expect(failure).toMatchObject({ code: 'HOME_UNAVAILABLE' });
  });
});
