import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import type { Row, Source } from '../../src/input/row.js';
import { sniff } from '../../src/input/sniff.js';
import { JsonNumber } from '../../src/json/value.js';
import { fileOf, rowsOf, sourceOf, spoolFolder, streamOf } from '../support/rows.js';

/** POSIX's command; Node has no call for it. */
const MAKE_PIPE = 'mkfifo';
const ROW = '{"inputs":{"q":1},"outputs":{"a":"é😀"}}';
const VALUE = { inputs: { q: 1 }, outputs: { a: 'é😀' } };

describe('the format is recognised by content', () => {
  test.for([
    ['JSON Lines', `${ROW}\n${ROW}\n`, 'jsonl'],
    ['one line', ROW, 'jsonl'],
    ['JSON Lines with a broken first line', `{"inputs":{"q":1},"outputs":\n${ROW}\n`, 'jsonl'],
    ['JSON Lines whose first is a number', `7\n${ROW}\n`, 'jsonl'],
    ['JSON Lines whose first is a text', `"x"\n${ROW}\n`, 'jsonl'],
    ['an array', `[${ROW}]`, 'json'],
    ['a printed row', '{\n  "inputs": {"q": 1},\n  "outputs": {}\n}', 'json'],
    ['an object that holds the rows', `{"version":1,"results":[${ROW}]}`, 'json'],
    [
      'rows that hold lists of objects',
      '{"messages":[{"a":1}]}\n{"messages":[{"a":2}]}\n',
      'jsonl',
    ],
    ['an object that holds rows, a line each', `{"results":[${ROW},\n${ROW},\n${ROW}\n]}`, 'json'],
    ['a row of two lines', '{"inputs":{"q":1},\n"outputs":{}}', 'json'],
    ['a row broken within its line, and no other', '{"inputs":{"q":nope}}\n', 'jsonl'],
    [
      'a long first row',
      `{"n":"\\"inputs\\":[","inputs":"${'x'.repeat(70_000)}"}\n${ROW}\n`,
      'jsonl',
    ],
    ['a long line that holds rows', `{"rows":[${`${ROW},`.repeat(2000)}${ROW}]}`, 'json'],
    ['commas', 'inputs.q,outputs.a\n1,2\n', 'csv'],
    ['tabs', 'inputs.q\toutputs.a\n1\t2\n', 'tsv'],
  ] as const)('%s', async ([, content, format]) => {
    expect(sniff(Buffer.from(content), true)).toMatchObject({ format });
  });

  test.for([['binary data', Buffer.from([1, 2, 0, 3])]] as const)(
    '%s is refused in words',
    async ([what, content]) => {
      await expect(sourceOf(content)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining(what),
      });
    },
  );
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

    expect(rows.map(({ value }) => value)).toMatchObject([VALUE, VALUE]);
    expect(rows.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('one after another, of objects that hold lists of objects', async () => {
    const value = { messages: [{ role: 'user' }], score: 1 };
    const printed = JSON.stringify(value, null, 2);

    const rows = await rowsOf(await sourceOf(`${printed}\n${printed}\n`));

    expect(rows.map((row) => row.value)).toEqual([value, value]);
  });

  test.for(['utf16le', 'utf16be'] as const)('%s', async (encoding) => {
    const bytes = Buffer.from(`\ufeff${ROW}\n${ROW}\n`, 'utf16le');

    const rows = await rowsOf(await sourceOf(encoding === 'utf16le' ? bytes : bytes.swap16()));

    expect(rows.map(({ value }) => value)).toEqual([VALUE, VALUE]);
  });

  test.for(['utf8', 'utf16le', 'utf16be'] as const)(
    '%s cut into two chunks after any byte, within characters too',
    async (encoding) => {
      for (const content of [
        `${ROW}\n{"a":}\r\n${ROW}`,
        `[${ROW},\n {"a":"\\"\\\\"}]`,
        'a,b\r\n"1\n""2",é😀\r\n3,"4"""\r\n',
      ]) {
        const units = Buffer.from(`\ufeff${content}`, encoding === 'utf8' ? 'utf8' : 'utf16le');
        const bytes = encoding === 'utf16be' ? units.swap16() : units;
        const whole = await rowsOf(await streamOf([bytes]));

        for (let at = 1; at < bytes.length; at++) {
          const rows = await rowsOf(await streamOf([bytes.subarray(0, at), bytes.subarray(at)]));

          expect(rows, `cut after ${at} bytes of ${content}`).toEqual(whole);
        }
        expect(whole.length).toBeGreaterThan(1);
      }
    },
  );

  test('in chunks cut anywhere and often', async () => {
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
  test('in one line is a row with a problem, with its column, and reading continues', async () => {
    const rows = await rowsOf(await sourceOf(`${ROW}\n{"inputs": nope}\n${ROW}\n`));

    expect(rows.map(({ problem }) => problem !== undefined)).toEqual([false, true, false]);
    expect(rows[1]).toMatchObject({
      origin: { line: 2, column: 12 },
      problem: 'expected a value but found "n"',
      text: '{"inputs": nope}',
    });
  });

  test('within an array is a row with a problem, with line and column', async () => {
    const rows = await rowsOf(await sourceOf(`[${ROW},\n  {"outputs":\n   01},\n ${ROW}]`));

    expect(rows.map(({ problem }) => problem !== undefined)).toEqual([false, true, false]);
    expect(rows[1]?.origin).toMatchObject({ line: 3, column: 5 });
  });

  test('that ends half-way is refused, where and what', async () => {
    const source = await sourceOf(`[${ROW},\n{"inputs":`);

    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(
        /rows:2:11: the file ends inside the value that starts at line 2, column 1$/,
      ),
    });
  });

  test('of bytes that are not text is refused, with the line', async () => {
    const source = await sourceOf(
      Buffer.concat([Buffer.from(`${ROW}\n{"a":"`), Buffer.from([0xff, 0xfe, 0x80])]),
    );

    await expect(rowsOf(source)).rejects.toMatchObject({
      message: expect.stringMatching(/rows:2:7: not valid UTF-8/),
    });
  });

  test.for([
    ['UTF-8', Buffer.from([0xff, 0x0a])],
    ['UTF-8 that ends within a character', Buffer.from([0xe2, 0x82])],
    ['UTF-16', Buffer.from([0x00, 0xdc, 0x0a, 0x00])],
  ] as const)('rows before bytes that are not %s are given', async ([name, bad]) => {
    const isWide = name === 'UTF-16';
    const good = Buffer.from(
      `${isWide ? '\ufeff' : ''}${ROW}\n${ROW}\n`,
      isWide ? 'utf16le' : 'utf8',
    );
    const source = await sourceOf(Buffer.concat([good, bad]));
    const values: unknown[] = [];
    const read = async () => {
      for await (const { value } of source.rows()) values.push(value);
    };

    await expect(read()).rejects.toThrow(/rows:3:1: not valid UTF-/);
    expect(values).toEqual([VALUE, VALUE]);
  });

  test.for([
    [
      'a row with too few fields',
      'inputs.q,outputs.a\n1\n2,3\n',
      'found 1 field, expected 2 as in the header',
    ],
    [
      'a row with too many fields',
      'inputs.q,outputs.a\n1,2,3\n2,3\n',
      'found 3 fields, expected 2 as in the header',
    ],
  ] as const)('%s is a row with a problem', async ([, content, problem]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows[0]).toMatchObject({
      problem: `${problem}; a comma is assumed to separate them (--delimiter overrides)`,
      origin: { line: 2 },
    });
    expect(rows[1]?.value).toEqual({ 'inputs.q': '2', 'outputs.a': '3' });
  });

  test.for([
    ['a quote that is never closed', 'inputs.q,outputs.a\n1,2\n"3,4\n5,6\n', /rows:3: a quote/],
    ['two columns of one name', 'inputs.q,inputs.q\n1,2\n', /two columns are named "inputs.q"/],
    ['a column without a name', 'inputs.q,,outputs.a\n1,2,3\n', /column 2 has no name/],
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

describe('what is not a plain file', () => {
  test.skipIf(process.platform === 'win32')('a pipe is read like stdin', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ls-record-pipe-')), 'pipe');
    execFileSync(MAKE_PIPE, [path]);
    const written = writeFile(path, `${ROW}\n${ROW}\n`);

    const [source] = await openSources([path], { spoolFolder });
    const rows = await rowsOf(source as Source);
    await written;

    expect(source).toMatchObject({ name: path, live: true, kind: 'list' });
    expect(rows.map(({ value, origin }) => [value, origin])).toEqual([
      [VALUE, { file: path, line: 1 }],
      [VALUE, { file: path, line: 2 }],
    ]);
  });

  test.skipIf(!existsSync('/proc/self/mem'))('a device that fails is told in words', async () => {
    await expect(openSources(['/proc/self/mem'], { spoolFolder })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('cannot read /proc/self/mem'),
      hint: expect.any(String),
    });
  });

  test.skipIf(process.getuid?.() === 0)('a file of another is told in words', async () => {
    const path = fileOf(ROW);
    chmodSync(path, 0);

    await expect(openSources([path], { spoolFolder })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: `cannot read ${path}: permission denied`,
    });
  });
});

describe('a stream', () => {
  test('cannot be read twice', async () => {
    await expect(openSources(['-', '-'], { spoolFolder })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('that breaks off is reported in words, after the rows before', async () => {
    const source = await streamOf(
      (async function* () {
        yield `${ROW}\n`;
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      })(),
    );
    const rows = source.rows()[Symbol.asyncIterator]();

    const first = await rows.next();

    expect(first.value?.value).toEqual(VALUE);
    await expect(rows.next()).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: 'cannot read stdin: EIO: i/o error, read',
    });
  });

  test('that says nothing can be stopped while it is opened', async () => {
    const stop = new AbortController();
    const stdin = new Readable({ read() {} });

    const opened = openSources(['-'], { spoolFolder, stdin, signal: stop.signal });
    stop.abort(new Error('enough'));

    await expect(opened).rejects.toThrow('enough');
  });

  test('that falls silent can be stopped while it is read', async () => {
    const stop = new AbortController();
    const stdin = new Readable({ read() {} });
    stdin.push(`${ROW}\n`);
    const [source] = await openSources(['-'], { spoolFolder, stdin });
    const rows = (source as Source).rows({ signal: stop.signal })[Symbol.asyncIterator]();
    await rows.next();

    const next = rows.next();
    stop.abort(new Error('enough'));

    await expect(next).rejects.toThrow('enough');
  });

  test('that was spooled is cleaned up when another input cannot be opened', async () => {
    const before = readdirSync(spoolFolder);
    const stdin = Readable.from([`[${ROW}]`], { objectMode: false });

    const opened = openSources(['-', '/nowhere/at-all'], { spoolFolder, stdin });

    await expect(opened).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    expect(readdirSync(spoolFolder)).toEqual(before);
  });

  test('that cannot be spooled is reported with the folder', async () => {
    const stdin = Readable.from([`[${ROW}]`], { objectMode: false });
    const folder = join(fileOf('a file is in its place'), 'spool');

    await expect(openSources(['-'], { spoolFolder: folder, stdin })).rejects.toMatchObject({
      code: 'HOME_UNAVAILABLE',
      message: expect.stringContaining(folder),
    });
  });

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

test('reading a file stops on request', async () => {
  const stop = new AbortController();
  const source = await sourceOf(`${ROW}\n`.repeat(10_000));
  const read = async () => {
    for await (const { index } of source.rows({ signal: stop.signal })) {
      if (index === 2) stop.abort(new Error('enough'));
    }
  };

  await expect(read()).rejects.toThrow('enough');
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
