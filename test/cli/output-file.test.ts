import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFile, writeLines } from '../../src/cli/screen/output-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ls-record-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

describe('a file', () => {
  test('has its name only once it is whole', async () => {
    const path = join(folder, 'out.jsonl');
    const meanwhile: string[][] = [];
    const lines = async function* () {
      yield 'first';
      // More than a stream holds back, so that some of it is on disk.
      yield 'x'.repeat(1_000_000);
      meanwhile.push(readdirSync(folder));
      yield 'last';
    };

    await writeFile(path, lines(), { signal: never });

    expect(meanwhile).toEqual([[expect.stringMatching(/^\.out\.jsonl\.[0-9a-f]{8}$/)]]);
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
    expect(readFileSync(path, 'utf8')).toMatch(/^first\nx+\nlast\n$/);
  });

  test('is not there at all if its lines fail, or a signal stops them', async () => {
    const stop = new AbortController();
    const failing = async function* () {
      yield 'x'.repeat(1_000_000);
      throw new Error('lost');
    };
    const stopped = async function* () {
      yield 'x'.repeat(1_000_000);
      stop.abort(new Error('stopped'));
      yield 'more';
    };

    const path = join(folder, 'out.jsonl');
    await expect(writeFile(path, failing(), { signal: never })).rejects.toThrow('lost');
    await expect(writeFile(path, stopped(), { signal: stop.signal })).rejects.toThrow('stopped');

    expect(readdirSync(folder)).toEqual([]);
  });

  test('that came to be there meanwhile is kept', async () => {
    const path = join(folder, 'out.jsonl');
    const lines = async function* () {
      yield 'ours';
      writeFileSync(path, 'theirs');
    };

    await expect(writeFile(path, lines(), { signal: never })).rejects.toThrow('already');

    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
  });
});

describe('lines to stdout', () => {
  const endless = async function* () {
    for (;;) yield 'x'.repeat(100_000);
  };

  test('wait until they are read, and end when nobody reads on', async () => {
    let written = 0;
    const slow = new Writable({
      write(_chunk, _encoding, done) {
        if (++written === 20) this.destroy(new Error('EPIPE'));
        setImmediate(done);
      },
    }).on('error', () => {});

    await expect(writeLines(slow, endless())).resolves.toBe(false);

    expect(written).toBe(20);
  });
});
