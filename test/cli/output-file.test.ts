import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

    await writeFile(path, lines(), { signal: never, isPrivate: false });

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
    await expect(writeFile(path, failing(), { signal: never, isPrivate: false })).rejects.toThrow(
      'lost',
    );
    await expect(
      writeFile(path, stopped(), { signal: stop.signal, isPrivate: false }),
    ).rejects.toThrow('stopped');

    expect(readdirSync(folder)).toEqual([]);
  });

  test('that came to be there meanwhile is kept', async () => {
    const path = join(folder, 'out.jsonl');
    const lines = async function* () {
      yield 'ours';
      writeFileSync(path, 'theirs');
    };

    await expect(writeFile(path, lines(), { signal: never, isPrivate: false })).rejects.toThrow(
      'already',
    );

    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
  });
});

describe('the mode of a file', () => {
  const line = async function* () {
    yield 'line';
  };
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  test.for([
    ['what comes from this machine is for its owner only', true, 0o600],
    ['what comes from LangSmith is like any other file', false, 0o666 & ~process.umask()],
  ] as const)('%s', async ([, isPrivate, mode]) => {
    const path = join(folder, 'out.jsonl');

    await writeFile(path, line(), { signal: never, isPrivate });

    expect(modeOf(path)).toBe(mode);
  });

  test('is that of the file that it replaces', async () => {
    const path = join(folder, 'out.jsonl');
    writeFileSync(path, 'old', { mode: 0o640 });

    await writeFile(path, line(), { signal: never, isPrivate: false, force: true });

    expect(modeOf(path)).toBe(0o640);
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
