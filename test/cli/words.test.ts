import { describe, expect, test } from 'vitest';
import { ProgressWords } from '../../src/cli/progress.js';
import { stemOf } from '../../src/cli/stem.js';
import { count, quoteForShell, showBytes, showSeconds, showTime } from '../../src/cli/words.js';

test.for([
  [count(1, 'row'), '1 row'],
  [count(0, 'row'), '0 rows'],
  [count(2000, 'retry', 'retries'), '2,000 retries'],
  [showTime('2026-11-24T15:08:45.123456Z'), '2026-11-24 15:08'],
  [showTime('yesterday'), 'yesterday'],
  [showSeconds(0.8504), '850 ms'],
  [showSeconds(1.2345), '1.23 s'],
  [showBytes(0), '0 B'],
  [showBytes(999), '999 B'],
  [showBytes(12_540_000), '12.5 MB'],
  [quoteForShell('a/b-1.jsonl'), 'a/b-1.jsonl'],
  [quoteForShell("it's $HOME"), `'it'\\''s $HOME'`],
  [quoteForShell(''), "''"],
] as const)('%s is %s', ([words, expected]) => {
  expect(words).toBe(expected);
});

test.for([
  ['runs/may.jsonl', 'may'],
  ['may.csv.gz', 'may'],
  ['v1.2.json', 'v1.2'],
  ['.jsonl', '.jsonl'],
  ['-', 'stdin'],
] as const)('the stem of %s is %s', ([name, stem]) => {
  expect(stemOf(name)).toBe(stem);
});

describe('progress', () => {
  const at = { phase: 'runs', rows: 0, totalRows: 5000, bytes: 0, retries: 0 } as const;

  test('says how far it is, how fast, and how long it will take', () => {
    const words = new ProgressWords('a.jsonl');
    words.describe(at, 0);

    expect(words.describe({ ...at, rows: 1000 }, 2000)).toBe(
      'Recording a.jsonl: 1,000 of 5,000 rows, 500 rows/s, 8 s to go',
    );
  });

  test('says no rate before there is one', () => {
    const words = new ProgressWords('a.jsonl');
    words.describe(at, 0);

    expect(words.describe({ ...at, rows: 100 }, 500)).toBe('Recording a.jsonl: 100 of 5,000 rows');
  });

  test('counts the rate of each phase by itself', () => {
    const words = new ProgressWords('a.jsonl');
    words.describe({ ...at, phase: 'examples', rows: 5000 }, 0);
    words.describe({ ...at, rows: 0 }, 10_000);

    expect(words.describe({ ...at, rows: 100 }, 12_000)).toContain('50 rows/s');
  });

  test('says how much of a file is read, and what was tried again', () => {
    const reading = { phase: 'reading', rows: 10, bytes: 25, totalBytes: 100, retries: 1 } as const;

    expect(new ProgressWords('a.jsonl').describe(reading, 0)).toBe(
      'Reading a.jsonl: 10 rows, 25%, 1 retry',
    );
  });
});
