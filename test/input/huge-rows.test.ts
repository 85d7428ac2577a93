import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../src/input/csv.js';
import { readHeader, readValues } from '../../src/input/document.js';
import { JsonText } from '../../src/input/json-text.js';
import { readJsonLines } from '../../src/input/jsonl.js';
import type { Row } from '../../src/input/row.js';
import { build, ended, startNode } from '../cli/built.js';

const MEGABYTE = 1024 * 1024;
const ROW = '{"inputs":{"q":1},"outputs":{"a":2}}';
const VALUE = { inputs: { q: 1 }, outputs: { a: 2 } };
const PIECE = 'lorem ipsum dolo'.repeat(4096);

/** Text with a long stretch in it, of so many megabytes. */
function* withLong(before: string, megabytes: number, after: string, piece = PIECE) {
  yield before;
  for (let n = 0; n < (megabytes * MEGABYTE) / PIECE.length; n++) yield piece;
  yield after;
}

async function gather(rows: AsyncIterable<Omit<Row, 'index'>>) {
  const gathered: unknown[] = [];
  for await (const { origin, value, problem, text } of rows) {
    gathered.push(problem === undefined ? value : { line: origin.line, problem, text });
  }
  return gathered;
}

const TOO_LONG = (text: string) => ({
  line: 2,
  problem: expect.stringMatching(/^row is 60(\.1)? MB; the limit is 48 MB/),
  text: text + PIECE.slice(0, 1000 - text.length),
});

describe('a row that is too long to be read is a row with a problem, and the others are read', () => {
  test('in JSON Lines', async () => {
    const before = `${ROW}\n{"inputs":"`;
    const rows = readJsonLines(toAsync(withLong(before, 60, `"}\n${ROW}`)), 'rows.jsonl');

    expect(await gather(rows)).toEqual([VALUE, TOO_LONG('{"inputs":"'), VALUE]);
  });

  test('in an array', async () => {
    const text = toAsync(withLong(`[${ROW},\n{"inputs":"`, 60, `"},${ROW}]`));

    expect(await gather(readValues(new JsonText(text, 'rows.json')))).toEqual([
      VALUE,
      TOO_LONG('{"inputs":"'),
      VALUE,
    ]);
  });

  test('in a table, with line breaks and quotes in it', async () => {
    const piece = `${PIECE.slice(0, -20)},""quoted""\n, cell\n`;
    const text = toAsync(withLong('a,b\n1,"', 60, '"\n3,4\n', piece));

    const [long, ...others] = await gather(readCsv(text, 'rows.csv'));
    expect(long).toEqual(TOO_LONG('1,"'));
    expect(others).toEqual([{ a: '3', b: '4' }]);
  });

  test('in a table, without quotes, and lines are counted on', async () => {
    const text = toAsync(withLong('a,b\r\n1,', 60, '\r\n3\r\n'));

    const rows = await gather(readCsv(text, 'rows.csv'));
    expect(rows).toEqual([
      TOO_LONG('1,'),
      { line: 3, problem: expect.stringContaining('found 1 field'), text: '3' },
    ]);
  });

  test('at the end of a table', async () => {
    const text = toAsync(withLong('a,b\n1,', 60, ''));

    expect(await gather(readCsv(text, 'rows.csv'))).toEqual([TOO_LONG('1,')]);
  });
});

test('a row of more values than can be held at once is a row with a problem', async () => {
  const numbers = '1.0,'.repeat(1_100_000);
  const texts = `"${'a,'.repeat(1_100_000)}"`;
  const lines = `{"inputs":[${numbers}1],"outputs":{}}\n{"inputs":${texts}}\n`;

  const [many, one] = await gather(readJsonLines(toAsync([lines]), 'rows.jsonl'));

  expect(many).toMatchObject({
    problem: expect.stringMatching(/^row contains more than 1,000,000/),
  });
  expect(one).toEqual({ inputs: 'a,'.repeat(1_100_000) });
});

test('lists and objects count as values too', async () => {
  const line = `{"inputs":[${'{"a":[[]]},'.repeat(300_000)}1],"outputs":{}}`;

  const rows = await gather(readJsonLines(toAsync([line]), 'rows.jsonl'));

  expect(rows).toMatchObject([
    { problem: expect.stringMatching(/^row contains more than 1,000,000/) },
  ]);
});

test('a document with more values besides its rows than can be held is refused', async () => {
  const numbers = `[${'1.0,'.repeat(600_000)}1]`;
  const text = toAsync([`{"a":${numbers},"b":${numbers},"rows":[]}`]);

  const read = readHeader(new JsonText(text, 'rows.json'), ['rows'], []);

  await expect(read).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'rows.json contains more than 1,000,000 values besides its rows',
  });
});

test('a quote that is never closed in a long table is reported with its line', async () => {
  const read = gather(readCsv(toAsync(withLong('a,b\n1,2\n3,"', 60, '\n5,6\n')), 'rows.csv'));

  await expect(read).rejects.toThrow('rows.csv:3: a quote opened here');
});

async function* toAsync<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe.skipIf(process.platform !== 'linux')('a file with a row of 200 MB', () => {
  const root = mkdtempSync(join(tmpdir(), 'ls-record-huge-'));
  beforeAll(() => build(root), 60_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Says at its end, after all else, how much memory it took. */
  const REPORT =
    'data:text/javascript,process.on("exit",()=>process.stderr.write("\\nKB "+process.resourceUsage().maxRSS))';

  async function run(name: string, content: Iterable<string>, ...more: string[]) {
    const file = join(root, name);
    await pipeline(Readable.from(content), createWriteStream(file));
    const bin = join(root, 'bin/ls-record.js');
    const child = startNode(
      ['--import', REPORT, bin, 'record', file, '-d', 'huge', '--local', ...more],
      { LS_RECORD_HOME: join(root, 'home') },
    );
    child.stdin?.end();
    const { status, stderr } = await ended(child);
    rmSync(file);
    return { status, stderr, megabytes: Number(/\nKB (\d+)$/.exec(stderr)?.[1]) / 1024 };
  }

  test.for([
    ['line.jsonl', withLong(`${ROW}\n{"inputs":{"q":"`, 200, `"},"outputs":{}}\n${ROW}\n`)],
    ['table.csv', withLong('inputs.q,outputs.a\n"', 200, '",2\n1,2\n')],
  ] as const)(
    '%s is refused with its place and size, in at most 400 MB of memory',
    { timeout: 60_000 },
    async ([name, content]) => {
      const { status, stderr, megabytes } = await run(name, content);

      expect(stderr).toMatch(new RegExp(`${name}:2(:1)?: row is 200(\\.\\d)? MB; `));
      expect(stderr).toContain('nothing was written');
      expect(status).toBe(3);
      expect(megabytes).toBeLessThanOrEqual(400);
    },
  );
});
