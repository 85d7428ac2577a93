import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import type { Row } from '../../src/input/row.js';
import { JsonNumber } from '../../src/json/value.js';
import { fileOf, rowsOf, sourceOf, spoolFolder, streamOf } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":"é😀"}}';
const VALUE = { inputs: { q: 1 }, outputs: { a: 'é😀' } };

describe('the format is told by content', () => {
  test.for([
    ['JSON Lines', `${ROW}\n${ROW}\n`, 'jsonl'],
    ['one line', ROW, 'jsonl'],
    ['JSON Lines with a broken first line', `{"inputs":{"q":1},"outputs":\n${ROW}\n`, 'jsonl'],
    ['an array', `[${ROW}]`, 'json'],
    ['a printed row', '{\n  "inputs": {"q": 1},\n  "outputs": {}\n}', 'json'],
    ['an object that holds the rows', `{"version":1,"results":[${ROW}]}`, 'json'],
    ['commas', 'inputs.q,outputs.a\n1,2\n', 'csv'],
    ['tabs', 'inputs.q\toutputs.a\n1\t2\n', 'tsv'],
  ] as const)('%s', async ([, content, format]) => {
    expect((await sourceOf(content)).format).toBe(format);
  });

  test.for([
    ['gzip data', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])],
    ['binary data', Buffer.from([1, 2, 0, 3])],
    ['a zip archive', Buffer.from('PK\u0003\u0004rest')],
  ] as const)('%s is refused in words', async ([what, content]) => {
    await expect(sourceOf(content)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(what),
    });
  });
});

describe('rows are the same however they are written', () => {
  test.for([
    ['JSON Lines', `${ROW}\n\n${ROW}\n`],
    ['with CRLF', `${ROW}\r\n${ROW}\r\n`],
    ['with a byte order mark', `\ufeff${ROW}\n${ROW}`],
    ['an array', `[${ROW},\n ${ROW}]`],
    ['one after another', `{\n"inputs":{"q":1},\n"outputs":{"a":"é😀"}}\n${ROW}`],
    ['within an object', `{"a":[1,"}]"],"b":{"c":[{}]},"rows":[${ROW},${ROW}],"z":"\\"]"}`],
    ['under a repeated key, where the last counts', `{"rows":[{"x":1}],"rows":[${ROW},${ROW}]}`],
  ] as const)('%s', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value }) => value)).toEqual([VALUE, VALUE]);
    expect(rows.map(({ index }) => index)).toEqual([0, 1]);
  });

  test.for(['utf16le', 'utf16be'] as const)('%s', async (encoding) => {
    const bytes = Buffer.from(`\ufeff${ROW}\n${ROW}\n`, 'utf16le');

    const rows = await rowsOf(await sourceOf(encoding === 'utf16le' ? bytes : bytes.swap16()));

    expect(rows.map(({ value }) => value)).toEqual([VALUE, VALUE]);
  });

  test('in chunks cut anywhere, within characters too', async () => {
    const contents = [
      `${ROW}\n${ROW}\n`,
      `[${ROW},${ROW}]`,
      'inputs.q,outputs.a\r\n"1\n2",é😀\r\n3,"4"""\r\n',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...contents),
        fc.array(fc.integer({ min: 1, max: 7 })),
        async (content, sizes) => {
          const bytes = Buffer.from(content);
          const chunks: Buffer[] = [];
          let at = 0;
          for (let n = 0; at < bytes.length; n++) {
            const size = sizes.length > 0 ? (sizes[n % sizes.length] as number) : bytes.length;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }

          const streamed = await rowsOf(await streamOf(chunks));

          const whole = await rowsOf(await sourceOf(content));
          expect(streamed.map(({ value }) => value)).toEqual(whole.map(({ value }) => value));
          expect(streamed.map(({ origin }) => origin.line)).toEqual(
            whole.map(({ origin }) => origin.line),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a row knows its place', () => {
  test('in JSON Lines', async () => {
    const rows = await rowsOf(await sourceOf(`\n${ROW}\n\n${ROW}`));

    expect(rows.map(({ origin }) => origin.line)).toEqual([2, 4]);
  });

  test('in a printed array', async () => {
    const rows = await rowsOf(
      await sourceOf('[\n  {\n    "outputs": 1\n  },\n  {"outputs": 2}\n]'),
    );

    expect(rows.map(({ origin }) => origin.line)).toEqual([2, 5]);
  });

  test('in a table with line breaks in cells', async () => {
    const rows = await rowsOf(await sourceOf('inputs.q,outputs.a\n"1\n2\n3",4\n5,6\n\n7,8\n'));

    expect(rows.map(({ origin }) => origin.line)).toEqual([2, 5, 7]);
  });
});

describe('broken input', () => {
  test('in one line is a row with a problem, its column told, and reading goes on', async () => {
    const rows = await rowsOf(await sourceOf(`${ROW}\n{"inputs": nope}\n${ROW}\n`));

    expect(rows.map(({ problem }) => problem !== undefined)).toEqual([false, true, false]);
    expect(rows[1]).toMatchObject({
      origin: { line: 2, column: 12 },
      problem: 'expected a value but found "n"',
      text: '{"inputs": nope}',
    });
  });

  test('within an array is a row with a problem, line and column told', async () => {
    const rows = await rowsOf(await sourceOf(`[${ROW},\n  {"outputs":\n   01},\n ${ROW}]`));

    expect(rows.map(({ problem }) => problem !== undefined)).toEqual([false, true, false]);
    expect(rows[1]?.origin).toMatchObject({ line: 3, column: 5 });
  });

  test('that ends half-way is refused, where and what', async () => {
    const source = await sourceOf(`[${ROW},\n{"inputs":`);

    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(
        /rows:2:11: the file ends within what begins at line 2, column 1$/,
      ),
    });
  });

  test('of bytes that are not text is refused, with the line', async () => {
    const source = await sourceOf(
      Buffer.concat([Buffer.from(`${ROW}\n{"a":"`), Buffer.from([0xff, 0xfe, 0x80])]),
    );

    await expect(rowsOf(source)).rejects.toMatchObject({
      message: expect.stringMatching(/rows:2: these bytes are not UTF-8/),
    });
  });

  test.for([
    [
      'a row with too few fields',
      'inputs.q,outputs.a\n1\n2,3\n',
      'found 1 fields, expected 2 as in the header',
    ],
    [
      'a row with too many fields',
      'inputs.q,outputs.a\n1,2,3\n2,3\n',
      'found 3 fields, expected 2 as in the header',
    ],
  ] as const)('%s is a row with a problem', async ([, content, problem]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows[0]).toMatchObject({ problem, origin: { line: 2 } });
    expect(rows[1]?.value).toEqual({ 'inputs.q': '2', 'outputs.a': '3' });
  });

  test.for([
    ['a quote that is never closed', 'inputs.q,outputs.a\n1,2\n"3,4\n5,6\n', /rows:3: a quote/],
    ['two columns of one name', 'inputs.q,inputs.q\n1,2\n', /two columns are named "inputs.q"/],
    ['a column without a name', 'inputs.q,,outputs.a\n1,2,3\n', /column 2 has no name/],
    [
      'an object that holds no rows',
      '{"a":\n1}',
      /holds no rows that can be told: it is an object with a/,
    ],
    ['an object that holds two lists of objects', '{"a":[{}],"b":[{}]}', /could be the rows: a, b/],
  ] as const)('%s is refused', async ([, content, message]) => {
    const source = await sourceOf(content);

    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test.for([
    ['no file', '/nowhere/at-all.jsonl', 'INPUT_NOT_FOUND'],
    ['a folder', spoolFolder, 'INPUT_UNREADABLE'],
    ['an empty file', fileOf(''), 'INPUT_INVALID'],
    ['a blank file', fileOf(' \n\n'), 'INPUT_INVALID'],
  ] as const)('%s is refused', async ([, path, code]) => {
    await expect(openSources([path], { spoolFolder })).rejects.toMatchObject({
      code,
      hint: expect.any(String),
    });
  });
});

describe('a stream', () => {
  test('of lines is live: a row is there as soon as its line is', async () => {
    let open: (() => void) | undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const source = await streamOf(
      (async function* () {
        yield `${ROW}\n`;
        await opened;
        yield `${ROW}\n`;
      })(),
    );
    const rows = source.rows()[Symbol.asyncIterator]();

    const first = await rows.next();
    open?.();
    const second = await rows.next();

    expect(source.live).toBe(true);
    expect([first.value?.value, second.value?.value]).toEqual([VALUE, VALUE]);
  });

  test('that holds a document is spooled privately, read twice, and cleaned up', async () => {
    const source = await streamOf([`[${ROW},`, `${ROW}]`]);

    const twice = [await rowsOf(source), await rowsOf(source)];
    const spooled = readdirSync(spoolFolder).length;
    await source.close?.();

    expect(source.live).toBe(false);
    expect(twice.map((rows) => rows.length)).toEqual([2, 2]);
    expect(spooled - readdirSync(spoolFolder).length).toBe(1);
  });
});

test.for(['jsonl', 'json', 'csv'] as const)(
  'every byte of a %s file is seen once, for its hash',
  async (format) => {
    const content = {
      jsonl: `${ROW}\n\n `,
      json: `[${ROW}]\n\n`,
      csv: 'inputs.q,outputs.a\n1,2\n\n',
    }[format];
    const hash = createHash('sha256');

    for await (const _ of (await sourceOf(content)).rows({
      onBytes: (chunk) => hash.update(chunk),
    })) {
      // Only the bytes matter here.
    }

    expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  },
);

test('numbers keep their text, and __proto__ is a key like any other', async () => {
  const [row] = await rowsOf(
    await sourceOf('{"inputs":{"n":9007199254740993,"f":1.0,"__proto__":1},"outputs":1}\n'),
  );

  const { inputs } = (row as Row).value as { inputs: Record<string, unknown> };
  expect(inputs.n).toEqual(new JsonNumber('9007199254740993'));
  expect(inputs.f).toEqual(new JsonNumber('1.0'));
  expect(Object.keys(inputs)).toContain('__proto__');
});

/** Their JSON does not say what their tables hold: an object instead of a list, another phone number. */
const NOT_ITS_TABLE = new Set(['empty.csv', 'location_coordinates.csv']);
const spectrum = new URL('../../../shared/nasty/csv-spectrum/', import.meta.url);
const spectrumNames = existsSync(spectrum)
  ? readdirSync(spectrum).filter((name) => name.endsWith('.csv') && !NOT_ITS_TABLE.has(name))
  : [];
test.skipIf(spectrumNames.length === 0)(
  'csv-spectrum is read as its JSON says (skipped without ../shared)',
  async () => {
    for (const name of spectrumNames) {
      const rows = await rowsOf(await sourceOf(readFileSync(new URL(name, spectrum))));

      const expected = JSON.parse(
        readFileSync(new URL(name.replace('.csv', '.json'), spectrum), 'utf8'),
      );
      expect(
        rows.map(({ value }) => value),
        name,
      ).toEqual(expected);
    }
    expect(spectrumNames.length).toBeGreaterThan(3);
  },
);

test('a folder for the spool is made when it is needed, not before', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'ls-record-')), 'spool');

  await openSources([fileOf(ROW)], { spoolFolder: folder });

  expect(existsSync(folder)).toBe(false);
});
