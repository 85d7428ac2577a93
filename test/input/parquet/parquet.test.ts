import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LsRecordError } from '../../../src/errors.js';
import { openSources } from '../../../src/input/open.js';
import type { OpenedSource } from '../../../src/input/row.js';
import { printJson } from '../../../src/json/print.js';
import { zipOf } from '../../support/containers.js';
import { hasSamples, samplePath } from '../../support/read-format.js';
import { fileOf, rowsOf, sourceOf, spoolFolder } from '../../support/rows.js';

/** Two row groups, written by pyarrow 25, one column for each type that is treated in its own way. */
const PATH = fileURLToPath(new URL('../../../fixtures/every-type.parquet', import.meta.url));
const BYTES = readFileSync(PATH);

async function open(path: string): Promise<OpenedSource> {
  const [source] = await openSources([path], { spoolFolder });
  return source as OpenedSource;
}

describe('Parquet', () => {
  test('is a list of rows, each with its number as its line', async () => {
    const source = await open(PATH);

    const rows = await rowsOf(source);

    expect(source).toMatchObject({ kind: 'list', live: false, bytes: BYTES.length });
    expect(rows.map(({ origin, index }) => [origin, index])).toEqual([
      [{ file: PATH, line: 1 }, 0],
      [{ file: PATH, line: 2 }, 1],
      [{ file: PATH, line: 3 }, 2],
    ]);
  });

  test.for([
    ['inputs', '{"question":"one"}', '{"question":"two é😀"}', 'null'],
    ['tags', '["a","b"]', '[]', 'null'],
    ['big', '9007199254740993', '1', 'null'],
    ['score', '0.5', 'NaN', '-Infinity'],
    ['micros', '"2026-01-02T03:04:05.678901Z"', '"1969-12-31T23:59:59.999Z"', 'null'],
    ['day', '"2026-01-02"', '"1969-12-31"', 'null'],
    ['price', '0.7', '12345.67', 'null'],
    ['raw', '"text"', '"/wA="', 'null'],
    ['ok', 'true', 'false', 'null'],
    ['__proto__', '"x"', '"y"', '"z"'],
    ['map', '{"k":1}', '{}', 'null'],
    ['deep', '[{"a":[1,2]}]', '[{"a":null}]', 'null'],
  ] as const)('of a column %s keeps each value', async ([name, ...expected]) => {
    const rows = await rowsOf(await open(PATH));

    const values = rows.map(({ value }) =>
      Object.entries(value ?? {}).find(([key]) => key === name),
    );

    expect(values.map((entry) => printJson(entry?.[1] ?? null))).toEqual(expected);
  });

  test.for([
    ['in gzip', gzipSync(BYTES)],
    ['in a zip', zipOf([{ name: 'rows.parquet', content: BYTES }])],
  ] as const)('is read %s too', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value }) => value)).toEqual(
      (await rowsOf(await open(PATH))).map(({ value }) => value),
    );
  });

  test('shows all its bytes to each reading', async () => {
    const source = await open(PATH);
    const read = async () => {
      const hash = createHash('sha256');
      for await (const _ of source.rows({ onBytes: (chunk) => hash.update(chunk) }));
      return hash.digest('hex');
    };

    const whole = createHash('sha256').update(BYTES).digest('hex');

    expect([await read(), await read()]).toEqual([whole, whole]);
  });

  test.skipIf(!hasSamples)('of lighteval is read', async () => {
    const rows = await rowsOf(await open(samplePath('lighteval/details_anli_r1.parquet')));

    expect(rows).toHaveLength(2);
    expect(rows[0]?.value).toMatchObject({
      doc: { id: '776', choices: [' True', ' Neither', ' False'], gold_index: 2 },
    });
  });
});

describe('Parquet that is damaged is refused in words:', () => {
  test.for([
    ['cut off at its end', BYTES.subarray(0, -20)],
    ['cut off at its beginning', Buffer.concat([BYTES.subarray(0, 4), BYTES.subarray(400)])],
    ['only a mark', Buffer.from('PAR1')],
    ['marks around nothing', Buffer.from('PAR1\0\0\0\0PAR1')],
    ['a footer that is longer than the file', Buffer.from('PAR1\xff\xff\xff\0PAR1', 'latin1')],
    ['a footer that is too long', Buffer.from('PAR1\xff\xff\xff\x7fPAR1', 'latin1')],
  ] as const)('%s', async ([, content]) => {
    await expect(sourceOf(content).then(rowsOf)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('is a truncated or invalid Parquet file'),
      hint: expect.any(String),
    });
  });

  test('whatever bytes are changed, the failure is one that a person can act on', async () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(BYTES);
        for (const [at, byte] of changes) bytes[4 + (at % (bytes.length - 8))] = byte;

        const outcome = await open(fileOf(bytes))
          .then(rowsOf)
          .catch((error: unknown) => error);

        expect(Array.isArray(outcome) || outcome instanceof LsRecordError, String(outcome)).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });
});
