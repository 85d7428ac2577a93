import { describe, expect, test } from 'vitest';
import {
  AmountWords,
  addWait,
  fitStatus,
  isOver,
  ProgressWords,
  type Status,
  showDuration,
  tellAmounts,
  type Wait,
} from '../../src/cli/screen/progress.js';
import { widthOf } from '../../src/cli/screen/width.js';
import type { Progress } from '../../src/recorder/recording.js';

const at: Progress = { phase: 'runs', rows: 0, totalRows: 5000, bytes: 0, retries: 0 };

function textOf(words: AmountWords | ProgressWords): string {
  return fitStatus(words.describe(), 1000);
}

describe('progress', () => {
  test('says how far it is, how long it will take, how fast it is, and how much was sent', () => {
    const words = new ProgressWords('a.jsonl');
    words.note(at, 0);
    words.note({ ...at, rows: 1000, bytes: 12_500_000, retries: 1 }, 2000);

    expect(textOf(words)).toBe(
      'Recording a.jsonl: 64%, 1,000 of 5,000 rows, 8 s to go, 500 rows/s, 12.5 MB, 1 retry',
    );
  });

  test('says no rate before there is one', () => {
    const words = new ProgressWords('a.jsonl');
    words.note(at, 0);
    words.note({ ...at, rows: 100 }, 500);

    expect(textOf(words)).toBe('Recording a.jsonl: 55%, 100 of 5,000 rows');
  });

  test('counts the rate of each phase by itself', () => {
    const words = new ProgressWords('a.jsonl');
    words.note({ ...at, phase: 'examples', rows: 5000 }, 0);
    words.note(at, 10_000);
    words.note({ ...at, rows: 100 }, 12_000);

    expect(textOf(words)).toContain('50 rows/s');
  });

  test('counts the rate of the last seconds, not of a pause before them', () => {
    const words = new ProgressWords('a.jsonl');
    words.note(at, 0);
    for (let second = 100; second <= 120; second++)
      words.note({ ...at, rows: (second - 100) * 10 }, second * 1000);

    expect(textOf(words)).toContain('10 rows/s');
  });

  test('tells the time to go of a file from its bytes, while its rows are not counted yet', () => {
    const words = new ProgressWords('a.jsonl');
    const reading = { phase: 'reading', totalBytes: 100_000_000, retries: 0 } as const;
    words.note({ ...reading, rows: 0, bytes: 0 }, 0);
    words.note({ ...reading, rows: 1000, bytes: 25_000_000 }, 2000);

    expect(textOf(words)).toBe(
      'Reading a.jsonl: 8%, 1,000 rows, 6 s to go, 500 rows/s, 25 MB of 100 MB',
    );
  });

  test('is one share of the whole, which never falls, whatever the phase and the experiment', () => {
    const words = new ProgressWords('a.jsonl');
    const shares: number[] = [];
    const note = (progress: Progress) => {
      words.note(progress, shares.length * 1000);
      shares.push(Number(/(\d+)%/.exec(textOf(words))?.[1] ?? 0));
    };
    for (const bytes of [0, 50, 100])
      note({ phase: 'reading', rows: bytes, bytes, totalBytes: 100, retries: 0 });
    for (const number of [0, 1]) {
      words.place(number, 2);
      for (const phase of ['examples', 'runs', 'verifying'] as const)
        for (const rows of [0, 50, 100])
          note({ phase, rows, totalRows: 100, bytes: 0, retries: 0 });
    }

    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(100);
    expect(new Set(shares).size).toBeGreaterThan(10);
  });

  test('of a stream tells what is recorded, not how each part of it is read', () => {
    const words = new ProgressWords('stdin', true);
    words.note({ phase: 'runs', rows: 70, bytes: 0, retries: 0 }, 0);
    words.note({ phase: 'reading', rows: 3, bytes: 0, retries: 0 }, 100);

    expect(textOf(words)).toBe('Recording stdin: 70 rows');
  });
});

describe('an amount', () => {
  test('is reported in the unit of the work, never of fewer than were seen', () => {
    const words = new AmountWords('Exporting capitals', 'example');
    words.note({ rows: 0, totalRows: 150 }, 0);
    words.note({ rows: 200, totalRows: 150 }, 2000);

    expect(textOf(words)).toBe('Exporting capitals: 200 of 200 examples, 100 examples/s');
  });

  test('that begins again has a new rate', () => {
    const words = new AmountWords('Exporting capitals', 'example');
    words.note({ rows: 0, totalRows: 1000 }, 0);
    words.note({ rows: 1000, totalRows: 1000 }, 2000);
    words.note({ rows: 100, totalRows: 1000 }, 3000);
    words.note({ rows: 200, totalRows: 1000 }, 5000);

    expect(textOf(words)).toBe(
      'Exporting capitals: 200 of 1,000 examples, 16 s to go, 50 examples/s',
    );
  });

  test('is shown as told last, whenever it is looked at', () => {
    let look: () => Status = () => ({ title: '', facts: [] });
    const tell = tellAmounts((status) => {
      look = status;
    }, 'Pulling nightly');
    const before = look();

    tell({ rows: 100, totalRows: 250, retries: 1 });

    expect(before).toEqual({ title: 'Pulling nightly', facts: [] });
    expect(look()).toEqual({ title: 'Pulling nightly', facts: ['100 of 250 rows', '1 retry'] });
  });
});

describe('a line', () => {
  const status = {
    title: 'Recording results.jsonl',
    facts: ['1,000 of 5,000 rows', '8 s to go', '500 rows/s', '12.5 MB'],
  };

  test.for([
    [200, 'Recording results.jsonl: 1,000 of 5,000 rows, 8 s to go, 500 rows/s, 12.5 MB'],
    [60, 'Recording results.jsonl: 1,000 of 5,000 rows, 8 s to go'],
    [40, 'Recording results.…: 1,000 of 5,000 rows'],
    [25, '1,000 of 5,000 rows'],
    [10, '1,000 of …'],
  ] as const)('of %i columns leaves out what matters least', ([columns, expected]) => {
    expect(fitStatus(status, columns)).toBe(expected);
  });

  test('of wide characters takes no more columns than there are', () => {
    const wide = { ...status, title: 'Recording 評価結果評価結果評価結果評価結果.jsonl' };

    for (let columns = 1; columns < 100; columns++)
      expect(widthOf(fitStatus(wide, columns))).toBeLessThanOrEqual(columns);
  });
});

describe('a wait', () => {
  const status = { title: 'Recording a.jsonl', facts: ['10 rows', '5 rows/s'] };
  const wait = { reason: '503 no upstream', sinceMs: 0, untilMs: 12_000, patienceUntilMs: 240_000 };

  test.for([
    ['limit', 'LangSmith says slow down: 12 s, 10 rows, 5 rows/s'],
    ['quota', 'hourly quota used up, retrying in 12 s, 10 rows, 5 rows/s, 503 no upstream'],
    ['network', 'offline, retrying for 4 min more, 10 rows, 5 rows/s, 503 no upstream'],
    [
      'server',
      'LangSmith has server errors, retrying for 4 min more, 10 rows, 5 rows/s, 503 no upstream',
    ],
  ] as [Wait['cause'], string][])(
    'because of %s is said before everything else',
    ([cause, words]) => {
      expect(fitStatus(addWait(status, { ...wait, cause }, 0), 200)).toBe(
        `Recording a.jsonl: ${words}`,
      );
    },
  );

  test('is what is left on a narrow terminal', () => {
    const offline = addWait(status, { ...wait, cause: 'network' }, 0);

    expect(fitStatus(offline, 57)).toBe('Recording a.jsonl: offline, retrying for 4 min more');
  });
});

describe('a wait is over', () => {
  const long = { reason: '', sinceMs: 10_000, untilMs: 22_000, patienceUntilMs: 300_000 };
  const asked = { ...long, cause: 'limit' } as const;
  const offline = { ...long, cause: 'network' } as const;

  test('that the server asked for, when its time is, though other requests got through', () => {
    expect(isOver(asked, 11_000, 21_000)).toBe(false);
    expect(isOver(asked, 11_000, 22_000)).toBe(true);
  });

  test('that was too short to be noticed, at once', () => {
    expect(isOver({ ...asked, untilMs: 10_500 }, 10_000, 10_100)).toBe(true);
  });

  test('of a broken network, when something got through, however long it takes', () => {
    expect(isOver(offline, 9_000, 100_000)).toBe(false);
    expect(isOver(offline, 10_001, 10_002)).toBe(true);
  });

  test('of one request, as long as others get through', () => {
    expect(isOver(offline, 9_900, 10_000)).toBe(true);
  });
});

test.for([
  [0.2, '1 s'],
  [59, '59 s'],
  [59.6, '1 min'],
  [240, '4 min'],
  [3600, '1 h'],
  [4800, '1 h 20 min'],
] as const)('%f seconds are %s', ([seconds, words]) => {
  expect(showDuration(seconds)).toBe(words);
});
