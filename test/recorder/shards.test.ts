import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import type { Source } from '../../src/input/row.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { prepare } from '../../src/library.js';
import type { Prepared } from '../../src/prepare/prepared.js';
import { Journals } from '../../src/recorder/journal/journals.js';
import type { JournalOwner } from '../../src/recorder/journal/lock.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import type { Recording } from '../../src/recorder/recording.js';
import { openTestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { fileOf } from '../support/rows.js';

const ME: JournalOwner = { pid: 1000, host: 'here', startOf: () => 'now' };
const newDisk = () => new Journals(join(mkdtempSync(join(tmpdir(), 'ls-record-')), 'j'), ME);

const SHARDS = 8;
const ROWS_A_SHARD = 40;

/** Each shard asks some questions of its own, and some that all ask. */
const rowsOf = (shard: number) =>
  Array.from({ length: ROWS_A_SHARD }, (_, n) => ({
    inputs: { n: n % 2 === 0 ? n : shard * 1000 + n },
    outputs: { shard, n },
    scores: { s: n },
  }));

function recordShard(url: string, shard: number, journals: Journals) {
  return recordShardOf(url, fromRows(rowsOf(shard), `shard-${shard}`), String(shard), journals);
}

function recordShardOf(url: string, source: Source, shard: string, journals: Journals) {
  const client = new LangSmith({ endpoint: url });
  onTestFinished(() => client.close());
  return record(source, {
    client,
    dataset: 'sharded',
    experiment: 'all of them',
    append: true,
    shard,
    journals,
  });
}

test('machines that fill one experiment at once, new dataset and all, make one whole, closed experiment', async ({
  home,
}) => {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);

  const disk = newDisk();

  const recordings = await Promise.all(shards.map((shard) => recordShard(home.url, shard, disk)));

  const [first] = recordings;
  if (!first) throw new Error('nothing recorded yet');
  const { roots, feedback, examples, session } = await readBack(
    home.url,
    first.experiment,
    first.dataset,
  );
  const expected = shards.flatMap((shard) => rowsOf(shard).map(({ outputs }) => outputs));
  const key = (outputs: unknown) => JSON.stringify(outputs);
  expect(new Set(recordings.map(({ experiment }) => experiment.id)).size).toBe(1);
  expect(roots.map((run) => key(run.outputs)).sort()).toEqual(expected.map(key).sort());
  expect(feedback.length).toBe(SHARDS * ROWS_A_SHARD);
  expect(examples.length).toBe(ROWS_A_SHARD / 2 + (SHARDS * ROWS_A_SHARD) / 2);
  expect(session.end_time).not.toBeNull();
  const version = await fetch(`${home.url}/api/v1/datasets/${first.dataset.id}/version?tag=latest`);
  expect((session.extra as { metadata: object }).metadata).toMatchObject({
    dataset_version: ((await version.json()) as { as_of: string }).as_of,
  });
});

test('a machine that records its shard once more, on a fresh disk, adds nothing', async ({
  home,
}) => {
  const first = await recordShard(home.url, 0, newDisk());
  const again = await recordShard(home.url, 0, newDisk());

  const { roots } = await readBack(home.url, first.experiment, first.dataset);
  expect(again).toMatchObject({ status: 'complete', runs: 0, feedback: 0 });
  expect(roots.length).toBe(ROWS_A_SHARD);
});

test.each(['a file', 'a stream'])(
  '%s joins what another machine made while it was read',
  async (kind) => {
    const home = await openTestHome();
    onTestFinished(() => home.close());
    const rows = rowsOf(1);
    let other: Promise<Recording> | undefined;
    const source: Source = {
      ...fromRows(rows, 'mine'),
      live: kind === 'a stream',
      async *rows(options) {
        other ??= recordShard(home.url, 2, newDisk());
        await other;
        yield* fromRows(rows, 'mine').rows(options);
      },
    };

    const mine = await recordShardOf(home.url, source, '1', newDisk());

    const { roots, examples } = await readBack(home.url, mine.experiment, mine.dataset);
    expect(mine).toMatchObject({
      experiment: (await other)?.experiment,
      dataset: { created: false },
      rows: { read: ROWS_A_SHARD, recorded: ROWS_A_SHARD },
      errors: 0,
      scores: [{ key: 's', n: ROWS_A_SHARD }],
    });
    expect(roots.length).toBe(2 * ROWS_A_SHARD);
    expect(examples.length).toBe(ROWS_A_SHARD + ROWS_A_SHARD / 2);
  },
);

describe('parts of one file', () => {
  const ROWS = Array.from({ length: 50 }, (_, n) => ({
    inputs: { n: n % 40 },
    outputs: { n },
    scores: { s: n },
  }));
  const recordPart = (
    url: string,
    part: RecordOptions['part'],
    { rows = ROWS, ...options }: Partial<RecordOptions> & { rows?: readonly object[] } = {},
  ) => {
    const client = new LangSmith({ endpoint: url });
    onTestFinished(() => client.close());
    const journals = newDisk();
    return record(fromRows(rows, 'big'), { client, dataset: 'big', part, journals, ...options });
  };
  const partsOf = (of: number) => Array.from({ length: of }, (_, at) => ({ number: at + 1, of }));

  test.for([
    [3, 50],
    [8, 5],
  ] as const)(
    'fill one experiment, each row once: %i of %i rows',
    async ([of, count], { home }) => {
      const disk = newDisk();
      const rows = ROWS.slice(0, count);

      const recordings = await Promise.all(
        partsOf(of).map((part) =>
          recordPart(home.url, part, { rows, journals: disk, verify: 'strict' }),
        ),
      );

      const [first] = recordings as [Recording];
      const { roots, feedback, examples, session } = await readBack(
        home.url,
        first.experiment,
        first.dataset,
      );
      expect(new Set(recordings.map(({ experiment }) => experiment.id)).size).toBe(1);
      const answers = roots.map(({ outputs }) => outputs?.n as number).sort((a, b) => a - b);
      expect(answers).toEqual(rows.map((_, n) => n));
      expect([feedback.length, examples.length]).toEqual([count, Math.min(count, 40)]);
      expect(session.end_time).not.toBeNull();
      for (const [at, { rows: counts, scores }] of recordings.entries()) {
        const own = rows.filter((_, n) => n % of === at).length;
        expect(counts).toMatchObject({ read: count, recorded: own, left: 0, others: count - own });
        expect(scores[0]?.n ?? 0).toBe(own);
      }
    },
  );

  test('are the same rows however the file is divided', async ({ home }) => {
    for (const part of partsOf(3)) await recordPart(home.url, part);

    const again = [];
    for (const part of [...partsOf(2), undefined]) again.push(await recordPart(home.url, part));

    expect(again).toMatchObject(
      [1, 2, 3].map(() => ({ status: 'complete', runs: 0, feedback: 0 })),
    );
  });

  test('answer for their own bad rows only', async ({ home }) => {
    const rows = ROWS.map((row, n) => (n === 4 ? { outputs: 'no inputs' } : row));

    const bad = recordPart(home.url, { number: 1, of: 2 }, { rows });
    await expect(bad).rejects.toMatchObject({ code: 'RESULT_INVALID' });
    const good = await recordPart(home.url, { number: 2, of: 2 }, { rows });

    expect(good).toMatchObject({ rows: { recorded: 25, skipped: 0 }, problems: [] });
  });

  test('of variants are told apart by all rows, as in the whole file', async () => {
    const row = (n: number) => ({
      inputs: { n: n % 1500 },
      outputs: { n },
      metadata: { prompt_version: n < 1500 ? 'a' : 'b' },
    });
    const lines = Array.from({ length: 3000 }, (_, n) => `${JSON.stringify(row(n))}\n`);
    const file = fileOf(lines.join(''), 'big.jsonl');
    const prepared: Prepared[] = [];
    for (const part of [undefined, ...partsOf(3)]) prepared.push(await prepare(file, { part }));

    const namesOf = ({ experiments }: Prepared) =>
      experiments.map(({ label, sources }) => ({ label, sources }));
    const [whole, ...parts] = prepared.map(namesOf);
    expect(whole?.length).toBe(2);
    for (const part of parts) expect(part).toEqual(whole);
  });

  test.for([
    ['a shard', { shard: 'a' }],
    ['another experiment each', { new: true }],
  ] as const)('cannot be %s', async ([, options], { home }) => {
    const recording = recordPart(home.url, { number: 1, of: 2 }, options);
    await expect(recording).rejects.toMatchObject({ code: 'USAGE' });
  });
});
