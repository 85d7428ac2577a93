import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import type { Source } from '../../src/input/row.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { Journals } from '../../src/recorder/journal/journals.js';
import type { JournalOwner } from '../../src/recorder/journal/lock.js';
import type { Recording } from '../../src/recorder/recording.js';
import { openTestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';

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
  if (!first) throw new Error('nothing was recorded');
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
