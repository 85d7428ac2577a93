import { describe, expect, test } from 'vitest';
import {
  CODECS,
  ENCODINGS,
  i32,
  page,
  parquet,
  struct,
  TYPES,
  varint,
  withFooter,
  zigzag,
} from '../../support/parquet-bytes.js';
import { rowsOf, sourceOf } from '../../support/rows.js';

const ONE = Buffer.from([1, 0, 0, 0]);
const MANY = 2 ** 31 - 1;

/** Of a first version, with as many values as are claimed. */
function values(count: number, encoding = ENCODINGS.PLAIN) {
  return struct({ 1: i32(count), 2: i32(encoding), 3: i32(3), 4: i32(3) });
}

function levels(...runs: Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.concat(runs).length);
  return Buffer.concat([length, ...runs]);
}

/** A run of one value, in a byte. */
function run(count: number, value: number): Buffer {
  return Buffer.concat([varint(2 * count), Buffer.from([value])]);
}

/** How differences begin: values in a block, parts of a block, values in all, and the first. */
function deltas(block: number, parts: number, count: number, first: number): Buffer {
  return Buffer.concat([varint(block), varint(parts), varint(count), zigzag(first)]);
}

/** 128 KB of zeros in four bytes, again and again. */
function zeros(blocks: number): Buffer {
  const block = Buffer.from([((1 << 20) | 2) & 255, 0, 16, 0]);
  const last = Buffer.from([((1 << 20) | 3) & 255, 0, 16, 0]);
  const frame = Buffer.from('28b52ffd0038', 'hex');
  return Buffer.concat([frame, ...Array.from({ length: blocks - 1 }, () => block), last]);
}

test('Parquet of one page is read', async () => {
  const rows = await rowsOf(await sourceOf(parquet(page(ONE))));

  expect(rows.map(({ value }) => value)).toEqual([{ a: 1 }]);
});

test('Parquet packed with LZ4 may have an empty page', async () => {
  const none = { 1: i32(2), 2: i32(0), 5: undefined, 7: struct({ 1: i32(0), 2: i32(0) }) };
  const pages = [
    page(Buffer.from([0]), none),
    page(Buffer.concat([Buffer.from([64]), ONE]), { 2: i32(4) }),
  ];

  const rows = await rowsOf(
    await sourceOf(parquet(Buffer.concat(pages), { codec: CODECS.LZ4_RAW })),
  );

  expect(rows.map(({ value }) => value)).toEqual([{ a: 1 }]);
});

describe('Parquet is refused at once, in words, if it has', () => {
  const optional = { isOptional: true };
  const bytes = { type: TYPES.BYTE_ARRAY, rows: 1_000_000 };
  test.for([
    ['a page of no size', page(ONE, { 3: undefined }), { rows: 2 }],
    ['a page that is longer than its column', page(ONE, { 3: i32(MANY) })],
    ['a page of two gigabytes', page(ONE, { 2: i32(MANY) })],
    ['a page of billions of values', page(levels(run(MANY, 0)), { 5: values(MANY) }), optional],
    ['a run that is longer than its page', page(levels(run(2 ** 28, 1))), optional],
    [
      'a page of the second version without the size of its levels',
      page(Buffer.alloc(4), {
        1: i32(3),
        5: undefined,
        8: struct({ 1: i32(9), 2: i32(0), 3: i32(9), 4: i32(0) }),
      }),
      optional,
    ],
    [
      'packed values that take no room',
      page(Buffer.concat([Buffer.from([0]), varint(2 ** 32 - 1)]), {
        1: i32(3),
        5: undefined,
        8: struct({ 1: i32(1), 2: i32(0), 3: i32(1), 4: i32(8), 5: i32(0), 6: i32(0) }),
      }),
    ],
    [
      'differences in blocks of a negative size',
      page(Buffer.concat([deltas(2 ** 32 - 16, 1, 9, 0), Buffer.from([0, 1, 0, 0])]), {
        5: values(9, ENCODINGS.DELTA_BINARY_PACKED),
      }),
      { rows: 9 },
    ],
    [
      'texts that repeat each other up to terabytes',
      page(
        Buffer.concat([
          deltas(2 ** 20, 1, 1_000_000, 0),
          Buffer.from([...zigzag(1), 0]),
          deltas(2 ** 20, 1, 1_000_000, 1),
          Buffer.from([0, 0]),
          Buffer.alloc(1_000_000),
        ]),
        { 5: values(1_000_000, ENCODINGS.DELTA_BYTE_ARRAY) },
      ),
      bytes,
    ],
    [
      'Zstandard that unpacks to more than it says',
      page(zeros(100_000), { 2: i32(4) }),
      { codec: CODECS.ZSTD },
    ],
    [
      'LZ4 of a frame that ends where it begins',
      page(Buffer.from('00000000fffffff80000000000', 'hex'), { 2: i32(4) }),
      { codec: CODECS.LZ4 },
    ],
  ] as const)('%s', async ([, pages, column]) => {
    await expect(sourceOf(parquet(pages, column)).then(rowsOf)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(
        /is (?:a truncated or invalid Parquet file: |not read: a row group of it takes too much)/,
      ),
      hint: expect.any(String),
    });
  });

  test('a number of a million bytes in its footer', async () => {
    const footer = Buffer.concat([Buffer.from([0x16]), Buffer.alloc(1_000_000, 255)]);

    await expect(sourceOf(withFooter(ONE, footer))).rejects.toMatchObject({
      message: expect.stringContaining('a number in it is too long'),
    });
  });

  test('more rows than can be held, be it without columns', async () => {
    const content = parquet(ONE, { rows: 2 ** 50, noColumns: true });

    await expect(sourceOf(content).then(rowsOf)).rejects.toMatchObject({
      message: expect.stringContaining('the row group that starts at row 1 has over 33554432 rows'),
    });
  });
});
