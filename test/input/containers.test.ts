import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource } from '../../src/input/row.js';
import { zipOf, zstdBomb, zstdOf } from '../support/containers.js';
import { fileOf, rowsOf, sourceOf, spoolFolder, streamOf } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":"é😀"}}';
const VALUE = JSON.parse(ROW);
const LINES = `${ROW}\n${ROW}\n`;

async function hashOf(source: OpenedSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const _ of source.rows({ onBytes: (chunk) => hash.update(chunk) }));
  return hash.digest('hex');
}

describe('what is packed is read as what is in it', () => {
  const packed = [
    ['gzip', gzipSync(LINES)],
    ['gzip in two members', Buffer.concat([gzipSync(`${ROW}\n`), gzipSync(`${ROW}\n`)])],
    ['zstd', zstdOf(Buffer.from(LINES))],
    [
      'zstd in two frames, and one to be skipped',
      Buffer.concat([
        zstdOf(Buffer.from(`${ROW}\n`)),
        Buffer.from('502a4d1803000000010203', 'hex'),
        zstdOf(Buffer.from(`${ROW}\n`)),
      ]),
    ],
    ['gzip of an array', gzipSync(`[${ROW},${ROW}]`)],
    ['gzip of gzip', gzipSync(gzipSync(LINES))],
    ['gzip of YAML', gzipSync(`-\n  ${ROW}\n-\n  ${ROW}\n`)],
  ] as const;

  test.for(packed)('%s, from a file', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value }) => value)).toEqual([VALUE, VALUE]);
  });

  test.for(packed)('%s, from stdin, and cleaned up', async ([, content]) => {
    const before = readdirSync(spoolFolder);

    const source = await streamOf([content]);
    const rows = await rowsOf(source);
    await source.close?.();

    expect(source.live).toBe(false);
    expect(rows.map(({ value }) => value)).toEqual([VALUE, VALUE]);
    expect(readdirSync(spoolFolder)).toEqual(before);
  });

  test('a row longer than a piece of the file', async () => {
    const long = `{"inputs":{"q":"${'x'.repeat(500_000)}"},"outputs":{}}`;

    const rows = await rowsOf(await sourceOf(zstdOf(Buffer.from(`${long}\n${long}\n`))));

    expect(rows.map(({ value }) => value)).toEqual([JSON.parse(long), JSON.parse(long)]);
  });

  test('and is the same source, by the bytes that come out', async () => {
    const plain = await hashOf(await sourceOf(LINES));

    expect(await hashOf(await sourceOf(gzipSync(LINES)))).toBe(plain);
    expect(await hashOf(await sourceOf(zstdOf(Buffer.from(LINES))))).toBe(plain);
  });

  test('and a row knows its line in it', async () => {
    const path = fileOf(gzipSync(`\n${LINES}`), 'rows.jsonl.gz');

    const [source] = await openSources([path], { spoolFolder });

    expect((await rowsOf(source as OpenedSource))[0]?.origin).toEqual({ file: path, line: 2 });
  });
});

describe('what cannot be unpacked is refused in words', () => {
  test.for([
    ['gzip that is cut off', gzipSync(LINES).subarray(0, -12), /is damaged/],
    ['gzip with a byte changed', flip(gzipSync(LINES), -3), /is damaged.*incorrect/],
    ['gzip of nothing', gzipSync(''), /is empty/],
    ['gzip of a binary', gzipSync(Buffer.from([1, 2, 0, 3])), /is binary data/],
    [
      'gzip, three times',
      gzipSync(gzipSync(gzipSync(LINES))),
      /more than two layers of compression/,
    ],
    ['gzip of a zip', gzipSync(zipOf([{ name: 'a.jsonl', content: LINES }])), /an archive inside/],
    ['zstd that is cut off', zstdOf(Buffer.from(LINES)).subarray(0, -5), /ends too soon/],
    ['zstd with a bad block', Buffer.from('28b52ffd0058ffffff', 'hex'), /block is not of any/],
    ['zstd with a window of 1 GB', Buffer.from('28b52ffd00a0010000', 'hex'), /window of over 128/],
    ['zstd of 1 GB at once', Buffer.from('28b52ffda000000040010000', 'hex'), /window of over 128/],
    ['zstd with a dictionary', Buffer.from('28b52ffd015807010000', 'hex'), /dictionary/],
    ['zstd of one weight', sameWeights('f003'), /its weights are all the same/],
    ['zstd of one weight after another', sameWeights('10f801'), /its weights are all the same/],
    ['zstd of one weight after some', sameWeights('10e607'), /its weights are all the same/],
    [
      'zstd, then something else',
      Buffer.concat([zstdOf(Buffer.from(LINES)), Buffer.from('tail')]),
      /other bytes/,
    ],
  ] as const)('%s', async ([, content, message]) => {
    const opened = sourceOf(content).then(rowsOf);

    await expect(opened).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  test('after the rows that are whole', async () => {
    const many = `${ROW}\n`.repeat(20_000);
    const packed = zstdOf(Buffer.from(many));
    const source = await sourceOf(packed.subarray(0, -100_000));
    let rows = 0;
    const read = async () => {
      for await (const _ of source.rows()) rows++;
    };

    await expect(read()).rejects.toThrow(/is damaged/);
    expect(rows).toBeGreaterThan(10_000);
  });

  test('from stdin, and nothing is left behind', async () => {
    const before = readdirSync(spoolFolder);
    const stdin = Readable.from([gzipSync(LINES).subarray(0, -12)], { objectMode: false });

    await expect(openSources(['-'], { spoolFolder, stdin })).rejects.toThrow('stdin is damaged');
    expect(readdirSync(spoolFolder)).toEqual(before);
  });

  test('a bomb passes in pieces, never held at once', async () => {
    const bomb = zstdBomb(700);
    const source = await sourceOf(Buffer.concat([zstdOf(Buffer.from(LINES)), bomb]));
    const problems: (string | undefined)[] = [];
    let bytes = 0;
    let largest = 0;
    const onBytes = (chunk: Uint8Array) => {
      bytes += chunk.length;
      largest = Math.max(largest, chunk.length);
    };

    for await (const { problem } of source.rows({ onBytes })) problems.push(problem);

    expect(bomb.length).toBeLessThan(10_000);
    expect(bytes).toBe(Buffer.byteLength(LINES) + 700 * 128 * 1024);
    expect(largest).toBeLessThanOrEqual(128 * 1024);
    expect(problems).toEqual([undefined, undefined, expect.stringContaining('MB')]);
  });
});

test.for([
  ['rows.jsonl', 'list'],
  ['rows.jsonl.gz', 'list'],
  ['rows.json', 'document'],
] as const)('one object in one line of %s is a %s', async ([name, kind]) => {
  const content = '{"doc_id":1,"target":"x"}\n';
  const path = fileOf(name.endsWith('.gz') ? gzipSync(content) : content, name);

  const [source] = await openSources([path], { spoolFolder });

  expect(source?.kind).toBe(kind);
});

test('reading what is packed stops on request', async () => {
  const stop = new AbortController();
  const source = await sourceOf(gzipSync(`${ROW}\n`.repeat(100_000)));
  const read = async () => {
    for await (const { index } of source.rows({ signal: stop.signal })) {
      if (index === 2) stop.abort(new Error('enough'));
    }
  };

  await expect(read()).rejects.toThrow('enough');
});

test('a document is looked through once, however often it is asked what it is', async () => {
  const source = await sourceOf(`{"results":[${ROW}],"version":1}`);

  const [one, other] = [await source.sample(), await source.sample()];

  expect(one.document).toBe(other.document);
});

test('whatever bytes are changed, the failure is one that a person can act on', async () => {
  const originals = [
    gzipSync(LINES),
    zstdOf(Buffer.from(LINES)),
    zipOf([
      { name: 'a.jsonl', content: LINES },
      { name: 'b.json', content: `[${ROW}]`, method: 93 },
    ]),
  ];
  const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat()),
      async (original, changes, cut) => {
        const bytes = Buffer.from(original);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const content = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);

        const outcome = await read(content);

        expect(outcome === 'read' || outcome instanceof LsRecordError, String(outcome)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever follows the mark of a container, the failure is one that a person can act on', async () => {
  const marks = ['1f8b08', '28b52ffd', '504b0304', '504b0506', '50415231'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...marks),
      fc.uint8Array({ maxLength: 200 }),
      async (mark, bytes) => {
        const outcome = await read(Buffer.concat([Buffer.from(mark, 'hex'), bytes]));

        expect(outcome === 'read' || outcome instanceof LsRecordError, String(outcome)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

async function read(content: Uint8Array): Promise<unknown> {
  try {
    for (const source of await openSources([fileOf(content)], { spoolFolder }))
      await rowsOf(source);
    return 'read';
  } catch (error) {
    return error;
  }
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  const index = changed.length + at;
  changed[index] = (changed[index] ?? 0) ^ 0xff;
  return changed;
}

/** Zstandard whose literals are packed by weights; `table` says how often there is which. */
function sameWeights(table: string): Buffer {
  const weights = Buffer.from(`${table}5581`, 'hex');
  const literals = Buffer.from([0x22, 0x03, 0x05, weights.length, ...weights]);
  const block = Buffer.concat([literals, Buffer.alloc(20, 0x81), Buffer.from([0])]);
  const header = Buffer.from([(block.length << 3) | 5, block.length >> 5, 0]);
  return Buffer.concat([Buffer.from('28b52ffd20c8', 'hex'), header, block]);
}
