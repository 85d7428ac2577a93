import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fault, seededRandom } from '../support/fault-proxy.js';
import { openFaultyHome, rowOf, rowsOf } from '../support/faulty-home.js';
import { type TestRow, wantedLines } from '../support/recorded-rows.js';

const isUpload = (path: string) => path.endsWith('/runs/multipart');
const uploads = (log: readonly string[]) => log.filter(isUpload).length;

/** A row that the server refuses, with `refusal`. */
const badRow = (n: number) => ({ ...rowOf(n), name: 'poison' });
const refusal: Fault = { kind: 'status', status: 422, when: 'before', words: 'bad name' };
const isRefused = (path: string, body: Buffer) => isUpload(path) && body.includes('poison');

describe('a row that the server refuses', () => {
  test('costs at most about 2·log2 of a batch more requests, and no other row', async () => {
    const rows: TestRow[] = rowsOf(3_000).map(({ inputs, outputs }) => ({ inputs, outputs }));
    const { proxy, recordRows, held } = await openFaultyHome(({ path, body }) =>
      isRefused(path, body) ? refusal : undefined,
    );

    const recording = await recordRows(rows.with(1321, { ...badRow(1321), scores: {} }));

    expect(recording.rows).toEqual({
      read: 3_000,
      recorded: 2_999,
      refused: 1,
      skipped: 0,
      left: 0,
    });
    expect(recording.problems).toMatchObject([{ line: 1322, message: 'bad name (422)' }]);
    expect(uploads(proxy.log)).toBeLessThanOrEqual(3_000 / 100 + 2 * Math.ceil(Math.log2(100)));
    const lines = wantedLines(rows.filter((_, n) => n !== 1321));
    const more = (await held(recording)).filter((line) => !lines.includes(line));
    expect(more).toEqual([expect.stringContaining('example')]);
  });

  test('is named, and the others of its batch are recorded whole, though an answer was lost', async () => {
    const { recordRows, held } = await openFaultyHome(({ path, count, body }) => {
      if (isRefused(path, body)) return refusal;
      return isUpload(path) && count % 3 === 0 ? { kind: 'reset', when: 'after' } : undefined;
    });
    const rows = rowsOf(60);

    const recording = await recordRows([...rows, badRow(7), badRow(31)]);

    expect(recording.rows).toEqual({ read: 62, recorded: 60, refused: 2, skipped: 0, left: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });
});

describe('a refusal that is about no row', () => {
  test('ends the recording with its words, and nothing is lost by doing it again', async () => {
    let isForbidden = true;
    const { recordRows, held } = await openFaultyHome(({ path, count }) =>
      isUpload(path) && isForbidden && count >= 3
        ? { kind: 'status', status: 403, when: 'before', words: 'Forbidden' }
        : undefined,
    );
    const rows = rowsOf(400);

    await expect(recordRows(rows)).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
      message: expect.stringContaining('Forbidden'),
    });
    isForbidden = false;
    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: 400, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });

  test('but about an experiment that was deleted meanwhile, says so', async () => {
    const query = { sortBy: 'name', descending: false, limit: 10, offset: 0 } as const;
    const { home, recordRows } = await openFaultyHome(({ path, count }) => {
      if (isUpload(path) && count === 0)
        home.store.sessions.delete(home.store.sessions.list(query).map(({ id }) => id));
      return undefined;
    });

    await expect(recordRows(rowsOf(100))).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });
});

describe('a server that takes less than it says', () => {
  test('and has no forms gets runs alone, and scores one by one', async () => {
    const rows = rowsOf(40);
    const { recordRows, held } = await openFaultyHome(
      ({ path }) =>
        isUpload(path)
          ? { kind: 'status', status: 404, when: 'before', words: 'Not Found' }
          : undefined,
      { maxBatchOperations: 20 },
    );

    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: 40, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });

  test('in bytes is given smaller requests from then on', async () => {
    const rows = rowsOf(200).map((row) => ({ ...row, outputs: { text: 'x'.repeat(2_000) } }));
    const { proxy, recordRows, held } = await openFaultyHome(({ path, body }) =>
      isUpload(path) && body.length > 20_000
        ? { kind: 'status', status: 413, when: 'before' }
        : undefined,
    );

    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: 200, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
    expect(uploads(proxy.log)).toBeLessThan(150);
  });

  test('in bytes takes a large row in pieces, and a run too large for it is refused alone', async () => {
    const child_runs = Array.from({ length: 30 }, (_, n) => ({ name: `step ${n}` }));
    const rows = [rowOf(1), { ...rowOf(2), child_runs, outputs: { text: 'x'.repeat(3_000) } }];
    const giant = { ...rowOf(4), outputs: { text: 'x'.repeat(9_000) } };
    const { recordRows, held } = await openFaultyHome(({ path, body }) =>
      isUpload(path) && body.length > 8_000
        ? { kind: 'status', status: 413, when: 'before' }
        : undefined,
    );

    const recording = await recordRows([...rows, giant]);

    expect(recording.rows).toMatchObject({ recorded: 2, refused: 1 });
    const lines = await held(recording);
    expect(lines).toEqual(expect.arrayContaining(wantedLines(rows)));
    expect(lines.length).toBe(wantedLines(rows).length + 1);
  });

  test.for([
    [
      '/runs/multipart',
      /^413: larger than the server, or a proxy in front of it, accepts \(16\.9 KB\)$/,
    ],
    ['/examples', /^its example was refused: 413: larger than .* \(8\.\d KB\)$/],
  ] as const)('in bytes names the size of what a page refused on %s', async ([path, words]) => {
    const text = 'x'.repeat(8_000);
    const giant = { inputs: { text }, outputs: { text } };
    const { recordRows } = await openFaultyHome((asked) =>
      asked.path.endsWith(path) && asked.body.length > 8_000
        ? { kind: 'page', status: 413, when: 'before' }
        : undefined,
    );

    const recording = await recordRows([rowOf(1), giant]);

    expect(recording.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(words),
    ]);
  });

  test('in age gets old rows moved to the present, without asking for each', async () => {
    const rows = rowsOf(300).map((row, n) => ({
      ...row,
      start_time: new Date(Date.UTC(2025, 0, 1) + n * 1000).toISOString(),
      latency: 1,
    }));
    const { proxy, recordRows, held } = await openFaultyHome(() => undefined, {
      enforceTimeWindowHours: 24,
    });

    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: 300, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
    expect(uploads(proxy.log)).toBeLessThan(40);
  });
});

test('a row whose runs are there without all their feedback is completed by doing it again', async () => {
  const scores = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`s${n}`, 0.5]));
  const rows = [rowOf(1), { ...rowOf(2), scores }, rowOf(4)];
  let isBroken = true;
  const { recordRows, held } = await openFaultyHome(
    ({ path, count }) =>
      isUpload(path) && isBroken && count > 1
        ? { kind: 'status', status: 403, when: 'before' }
        : undefined,
    { maxBatchOperations: 20 },
  );

  await expect(recordRows(rows)).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
  isBroken = false;
  const recording = await recordRows(rows);

  expect(await held(recording)).toEqual(wantedLines(rows));
});

test('scores that a server lost on the way, though it kept their runs, are sent again', async () => {
  const rows = rowsOf(20);
  const { home, recordRows, held } = await openFaultyHome(({ path, count }) => {
    if (!isUpload(path)) return undefined;
    if (count === 0) return { kind: 'reset', when: 'after' };
    const lost = count === 1 ? home.store.feedback.list({ limit: 5, offset: 0 }) : [];
    for (const { id } of lost) home.store.feedback.delete(id);
    return undefined;
  });

  const recording = await recordRows(rows);

  expect(recording.rows).toMatchObject({ recorded: 20, refused: 0 });
  expect(await held(recording)).toEqual(wantedLines(rows));
});

test('a fresh machine that runs the same command again adds nothing, and asks little', async () => {
  const rows = rowsOf(300);
  const { proxy, recordRows, held } = await openFaultyHome(() => undefined);
  await recordRows(rows);
  const first = proxy.log.length;

  const recording = await recordRows(rows);

  expect(recording).toMatchObject({ status: 'complete', runs: 0, feedback: 0 });
  expect(await held(recording)).toEqual(wantedLines(rows));
  expect(proxy.log.slice(first).filter(isUpload)).toEqual([]);
  expect(proxy.log.length - first).toBeLessThanOrEqual(first);
});

const scores = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 9 })),
  { noNullPrototype: true },
);
const child = fc.record({ name: fc.constantFrom('search', 'index'), scores });
const row: fc.Arbitrary<Omit<TestRow, 'outputs'>> = fc.record({
  inputs: fc.record({ q: fc.integer({ min: 0, max: 5 }) }),
  reference_outputs: fc.record({ a: fc.constantFrom(1, 2) }),
  scores,
  child_runs: fc.array(child, { maxLength: 5 }),
});
const FAULTS: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'status', status: 429, when: 'before' },
  { kind: 'page' },
  { kind: 'truncate' },
];

test('whatever the rows, the limits and the faults, what is recorded is what was read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        given: fc.array(row, { minLength: 1, maxLength: 25 }),
        maxBatchOperations: fc.integer({ min: 1, max: 20 }),
        maxBatchBytes: fc.integer({ min: 1_500, max: 20_000 }),
        multipartRuns: fc.boolean(),
        chance: fc.double({ min: 0, max: 0.4, noNaN: true }),
        seed: fc.nat(),
        runsTwice: fc.boolean(),
      }),
      async ({ given, chance, seed, runsTwice, ...homeOptions }) => {
        // Each row has an answer of its own, so that what is lost cannot hide behind what is there twice.
        const rows = given.map((one, answer) => ({ ...one, outputs: { answer } }));
        const random = seededRandom(seed);
        const { recordRows, held, close } = await openFaultyHome(
          ({ path }) =>
            random() < chance && !path.endsWith('/info')
              ? FAULTS[Math.floor(random() * FAULTS.length)]
              : undefined,
          homeOptions,
        );

        const first = await recordRows(rows);
        const recording = runsTwice ? await recordRows(rows) : first;

        expect(recording.rows).toMatchObject({ recorded: rows.length, refused: 0 });
        expect(await held(recording)).toEqual(wantedLines(rows));
        await close();
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
