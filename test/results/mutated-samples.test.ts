import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { openSources } from '../../src/input/open.js';
import { checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import { hasSamples, samplePath } from '../support/read-format.js';

/** More of them, or others, find more: LS_RECORD_MUTATIONS=5000 npx vitest run … */
const RUNS = Number(process.env.LS_RECORD_MUTATIONS ?? 400);
const SEED = Number(process.env.LS_RECORD_SEED ?? 20_260_501);

const root = mkdtempSync(join(tmpdir(), 'ls-record-mutated-'));
const spoolFolder = join(root, 'spool');
const samples = join(root, 'samples');
const FIXTURES = fileURLToPath(new URL('../../fixtures/formats', import.meta.url));
const FOLDERS = hasSamples ? [FIXTURES, samplePath('')] : [FIXTURES];
for (const folder of FOLDERS) cpSync(folder, samples, { recursive: true });
const names = readdirSync(samples, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => relative(samples, join(parentPath, name)))
  .sort();

/** Where: a fraction of the whole, so that it fits any file. */
const place = fc.noBias(fc.nat(0xffffff)).map((n) => n / 0x1000000);
const WRONG: readonly unknown[] = [
  '',
  'x',
  0,
  -1,
  1.5,
  1e300,
  true,
  false,
  null,
  [],
  {},
  [null],
  [[]],
  { a: null },
  { toString: 1, valueOf: 1 },
  'NaN',
];

type Mutation =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bits: number }
  | { readonly kind: 'repeat'; readonly at: number }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'swap'; readonly at: number; readonly with: number }
  | { readonly kind: 'replace'; readonly at: number; readonly by: unknown };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('replace'),
      at: place,
      by: fc.constantFrom(...WRONG, undefined),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), at: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flip'),
      at: place,
      bits: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('repeat', 'remove'), at: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swap'), at: place, with: place }) },
);

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = Math.floor(change.at * bytes.length);
  if (change.kind === 'cut') return bytes.subarray(0, at);
  if (change.kind === 'flip') {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ change.bits;
    return flipped;
  }
  if (change.kind === 'replace') return replaceValue(bytes, change);
  const lines = bytes.toString('latin1').split('\n');
  const line = Math.floor(change.at * lines.length);
  if (change.kind === 'repeat') lines.splice(line, 0, lines[line] ?? '');
  else if (change.kind === 'remove') lines.splice(line, 1);
  else {
    const other = Math.floor(change.with * lines.length);
    [lines[line], lines[other]] = [lines[other] ?? '', lines[line] ?? ''];
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** Puts a value of another type in the place of one, in a document or in a line; undefined takes it away. */
function replaceValue(bytes: Buffer, { at, by }: { at: number; by: unknown }): Buffer {
  const text = bytes.toString();
  const whole = tryParse(text);
  if (whole !== undefined) return Buffer.from(JSON.stringify(replaceIn(whole, at, by)) ?? '');
  const lines = text.split('\n');
  const number = Math.floor(at * lines.length);
  const value = tryParse(lines[number] ?? '');
  if (value === undefined) return bytes;
  lines[number] = JSON.stringify(replaceIn(value, at * lines.length - number, by)) ?? '';
  return Buffer.from(lines.join('\n'));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Goes down from the top, so that what stands high is met as often as what is deep. */
function replaceIn(value: unknown, at: number, by: unknown): unknown {
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const step = at * (keys.length + 0.2);
  const key = keys[Math.floor(step)];
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = replaceIn(copy[key], step % 1, by);
  return copy;
}

/** Reads a file as whatever it is: what a person may be told is fine, anything else is thrown. */
async function read(path: string): Promise<void> {
  try {
    const sources = await openSources([path], { spoolFolder });
    for (const source of sources) {
      try {
        for await (const row of (await recognise(source)).rows()) {
          const checked = checkRow(row);
          if ('problems' in checked) expect(checked.problems.length).toBeGreaterThan(0);
        }
      } finally {
        await source.close?.();
      }
    }
  } catch (error) {
    if (!(error instanceof LsRecordError)) throw error;
    expect(error.message).not.toBe('');
  }
}

describe('samples of all formats', () => {
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('that are broken in any way give rows, rows with problems or an error in words, never a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        async (name, mutations, which) => {
          const path = join(samples, name);
          const original = readFileSync(path);
          writeFileSync(path, mutations.reduce(mutate, original));
          // The file itself mostly, sometimes one next to it that may look at it.
          const folder = dirname(name);
          const beside = names.filter((other) => dirname(other) === folder);
          const opened = which % 4 === 0 ? (beside[which % beside.length] ?? name) : name;

          try {
            await read(join(samples, opened));
          } finally {
            writeFileSync(path, original);
          }
        },
      ),
      { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});
