import { expect, test } from 'vitest';
import { stemOf } from '../../src/cli/recording/stem.js';
import { asArgument, count, showBytes, showSeconds, showTime } from '../../src/cli/screen/words.js';
import { quoteForShell } from '../../src/quote-for-shell.js';

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
  [asArgument('--json'), './--json'],
  [asArgument('-rf.jsonl'), './-rf.jsonl'],
  [asArgument('-'), '-'],
  [asArgument('a-b'), 'a-b'],
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
