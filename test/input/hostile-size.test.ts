import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderTable } from '../../src/cli/screen/table.js';
import { LsRecordError } from '../../src/errors.js';
import { openSources } from '../../src/input/open.js';
import { checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import { build, ended, startNode } from '../cli/built.js';
import { zstdBomb } from '../support/containers.js';
import { fileOf, rowsOf, spoolFolder } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":2}}';
const MANY = 5_000_000;
const MB = 1024 * 1024;

/** What is small to write, and would be long to read, and what comes of it: words, or the lines of its rows. */
const TABLE: readonly (readonly [
  title: string,
  name: string,
  content: () => string | Uint8Array,
  outcome: RegExp | { readonly lines: readonly number[] },
])[] = [
  [
    'millions of blank lines before a row',
    'a.jsonl',
    () => `${'\n'.repeat(MANY)}${ROW}\n`,
    { lines: [MANY + 1] },
  ],
  [
    'millions of blank lines between rows',
    'a.jsonl',
    () => `${ROW}\n${' \r\n'.repeat(MANY)}${ROW}\n`,
    { lines: [1, MANY + 2] },
  ],
  [
    'millions of blank lines in a table',
    'a.csv',
    () => `inputs.q,outputs.a\n1,2\n${'\n'.repeat(MANY)}3,4\n`,
    { lines: [2, MANY + 3] },
  ],
  ['nothing but blank lines', 'a.jsonl', () => '\r\n'.repeat(MANY), { lines: [] }],
  ['a bomb of gzip', 'a.jsonl.gz', () => gzipSync(Buffer.alloc(110 * MB, '\n')), /1000 times/],
  ['a bomb of Zstandard', 'a.jsonl.zst', () => zstdBomb(20_000), /1000 times its size/],
  [
    'a bomb of brackets',
    'a.json.gz',
    () => gzipSync(Buffer.alloc(110 * MB, '[')),
    /more than 200000 arrays/,
  ],
  [
    'brackets without end',
    'a.json',
    () => '['.repeat(MANY),
    /a\.json:1:\d+: more than 200000 arrays and objects are open/,
  ],
  [
    'a million columns',
    'a.csv',
    () => `${columns(1_000_000)}\n${columns(1_000_000)}\n`,
    /a\.csv:1: row has 1,000,000 columns; the limit is 20,000/,
  ],
  [
    'a million columns in quotes',
    'a.csv',
    () => `${columns(1_000_000, '"x,"')}\n1\n`,
    /a\.csv:1: row has 1,000,000 columns; the limit is 20,000/,
  ],
  [
    'as many as 20,000 columns',
    'a.csv',
    () => `inputs.q,outputs.a,${columns(19_998)}\n${columns(20_000)}\n`,
    { lines: [2] },
  ],
  [
    'a text of commas',
    'a.csv',
    () => `inputs.q,outputs.a\n"${','.repeat(MANY)}",1\n`,
    { lines: [2] },
  ],
  [
    'a number of a million digits',
    'a.jsonl',
    () => `{"inputs":{"q":${'9'.repeat(1_000_000)}},"outputs":{"a":1}}\n`,
    { lines: [1] },
  ],
  ['200,000 scores in a row', 'a.jsonl', () => `${scores(200_000, '0.5')}\n`, { lines: [1] }],
];

test.for(TABLE)(
  '%s: read or refused in seconds',
  { timeout: 30_000 },
  async ([, name, content, outcome]) => {
    const path = fileOf(content(), name);
    const startedMs = performance.now();

    const read = await linesOf(path).catch((error: unknown) => error);

    if (outcome instanceof RegExp) {
      expect(read).toBeInstanceOf(LsRecordError);
      expect((read as LsRecordError).message).toMatch(outcome);
    } else expect(read).toEqual(outcome.lines);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  },
);

async function linesOf(path: string): Promise<number[]> {
  const [source] = await openSources([path], { spoolFolder });
  const recognised = await recognise(source as NonNullable<typeof source>, {});
  return (await rowsOf(recognised)).map(({ origin }) => origin.line);
}

function columns(count: number, name = 'c'): string {
  return Array.from({ length: count }, (_, n) => (name === 'c' ? `c${n}` : name)).join(',');
}

function scores(count: number, score: string): string {
  const members = Array.from({ length: count }, (_, n) => `"k${n}":${score}`);
  return `{"inputs":{"q":1},"outputs":{"a":2},"scores":{${members.join(',')}}}`;
}

test.for([
  ['good', '0.5', 'result'],
  ['bad', '[1]', 'problems'],
] as const)('a row of 200,000 %s scores is checked', async ([, score, outcome]) => {
  const [source] = await openSources([fileOf(`${scores(200_000, score)}\n`)], { spoolFolder });
  const [row] = await rowsOf(source as NonNullable<typeof source>);

  expect(checkRow(row as NonNullable<typeof row>)).toHaveProperty(outcome);
});

test('a table of 200,000 rows is shown', () => {
  const rows = Array.from({ length: 200_000 }, (_, n) => n);

  expect(renderTable([{ title: 'N', show: String }], rows, 80).lines).toHaveLength(200_001);
});

describe.skipIf(process.platform === 'win32')('a stream of blank lines without end', () => {
  const root = mkdtempSync(join(tmpdir(), 'ls-record-blank-'));
  beforeAll(() => build(root), 60_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('ends at the first signal', { timeout: 30_000 }, async () => {
    const child = startNode([join(root, 'bin/ls-record.js'), 'validate', '-'], {
      LS_RECORD_HOME: join(root, 'home'),
    });
    const lines = spawn('yes', [''], { stdio: ['ignore', 'pipe', 'ignore'] });
    lines.stdout.pipe(child.stdin as NonNullable<typeof child.stdin>).on('error', () => {});
    await wait(1_500);

    const stopped = ended(child);
    child.kill('SIGTERM');
    const { status } = await stopped;

    lines.kill();
    expect(status).toBe(143);
  });
});
