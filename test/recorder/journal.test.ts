import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { openSources } from '../../src/input/open.js';
import type { Source } from '../../src/input/row.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { PackageWriter } from '../../src/prepare/package.js';
import { Journals } from '../../src/recorder/journal/journals.js';
import type { JournalOwner } from '../../src/recorder/journal/lock.js';
import { type FaultPlan, startFaultProxy } from '../support/fault-proxy.js';
import { test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { fileOf, spoolFolder, streamOf } from '../support/rows.js';

const ME: JournalOwner = {
  pid: 1000,
  host: 'here',
  startOf: (pid) => (pid === 1000 ? 'now' : undefined),
};
const ROWS = Array.from({ length: 350 }, (_, n) => ({
  inputs: { n },
  outputs: { n },
  scores: { s: n },
}));
const SECRET = 'lsv2_pt_not-to-be-seen';

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'ls-record-journal-')), 'recordings');
const journalsIn = (folder: string, owner = ME) => new Journals(folder, owner);

/** Records through a network with these faults; each call is a process of its own. */
async function recordAt(
  url: string,
  folder: string,
  options: Partial<Parameters<typeof record>[1]> & {
    source?: Parameters<typeof record>[0];
    plan?: FaultPlan;
  } = {},
) {
  const { source = fromRows(ROWS, 'rows'), plan = () => undefined, ...rest } = options;
  const proxy = await startFaultProxy(url, plan);
  const client = new LangSmith({ endpoint: proxy.url, key: SECRET, retryForMs: 100 });
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
  });
  const recording = record(source, {
    client,
    dataset: 'numbers',
    place: 'the server',
    journals: journalsIn(folder),
    ...rest,
  });
  return { recording, proxy };
}

/** The network goes away after so many requests with runs. */
const cutAfter = (requests: number): FaultPlan => {
  let sent = 0;
  return ({ path }) => {
    if (path.endsWith('/runs/multipart')) sent++;
    return sent > requests ? { kind: 'reset', when: 'before' } : undefined;
  };
};

async function expectWhole(url: string, recording: Awaited<ReturnType<typeof record>>) {
  const { roots, feedback } = await readBack(url, recording.experiment, recording.dataset);
  expect(roots.map((run) => run.inputs.n as number).sort((a, b) => a - b)).toEqual(
    ROWS.map((_, n) => n),
  );
  expect(feedback.length).toBe(ROWS.length);
}

describe('a recording that was cut off', () => {
  test('continues with the same command, and sends only what is not acknowledged', async ({
    home,
  }) => {
    const folder = newFolder();
    const first = await recordAt(home.url, folder, { plan: cutAfter(3) });
    await expect(first.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const [unfinished] = await journalsIn(folder).list();

    const second = await recordAt(home.url, folder);
    const recording = await second.recording;

    expect(unfinished).toMatchObject({
      source: 'rows',
      dataset: 'numbers',
      finished: undefined,
      live: false,
    });
    expect(unfinished?.rowsDone).toBeGreaterThan(0);
    expect(recording.rows).toEqual({ read: 350, recorded: 350, refused: 0, skipped: 0, left: 0 });
    expect(recording.runs).toBe(350 - (unfinished?.rowsDone ?? 0));
    expect(second.proxy.log.filter((sent) => sent.includes('/runs/query'))).toEqual([]);
    await expectWhole(home.url, recording);
  });

  test('continues without its journal, too', async ({ home }) => {
    const first = await recordAt(home.url, newFolder(), { plan: cutAfter(3) });
    await expect(first.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });

    const second = await recordAt(home.url, newFolder());

    await expectWhole(home.url, await second.recording);
  });

  test('continues though the last line of its journal was cut off', async ({ home }) => {
    const folder = newFolder();
    const first = await recordAt(home.url, folder, { plan: cutAfter(2) });
    await expect(first.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    appendFileSync(join(folder, name ?? ''), '{"rows":[[0,34');

    const second = await recordAt(home.url, folder);

    await expectWhole(home.url, await second.recording);
  });

  test('with --new continues with the experiment that it had begun', async ({ home }) => {
    const folder = newFolder();
    await (await recordAt(home.url, folder)).recording;
    const cut = await recordAt(home.url, folder, { new: true, plan: cutAfter(2) });
    await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const [unfinished] = await journalsIn(folder).list();

    const recording = await (await recordAt(home.url, folder, { new: true })).recording;

    expect(recording.experiment.name).toBe(unfinished?.experiment);
    await expectWhole(home.url, recording);
  });

  test('starts over when its experiment was deleted', async ({ home }) => {
    const folder = newFolder();
    const first = await recordAt(home.url, folder, { experiment: 'e', plan: cutAfter(2) });
    await expect(first.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const session = home.store.sessions.findByName('e');
    await fetch(`${home.url}/api/v1/sessions/${session?.id}`, { method: 'DELETE' });

    const recording = await (await recordAt(home.url, folder, { experiment: 'e' })).recording;

    await expectWhole(home.url, recording);
  });
});

describe('a file', () => {
  /** A file as a later process finds it; counts the rows that are parsed. */
  async function openCounted(path: string) {
    const [opened] = await openSources([path], { spoolFolder });
    const source = opened as NonNullable<typeof opened>;
    const counts = { rows: 0 };
    const counted: Source = {
      ...source,
      async *rows(options) {
        for await (const row of source.rows(options)) {
          counts.rows++;
          yield row;
        }
      },
    };
    return { source: counted, counts };
  }
  const write = () => fileOf(ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''), 'rows.jsonl');

  test('that was cut off continues from its package: none of it is parsed again', async ({
    home,
  }) => {
    const [folder, path] = [newFolder(), write()];
    const first = await openCounted(path);
    const cut = await recordAt(home.url, folder, { source: first.source, plan: cutAfter(3) });
    await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });

    const second = await openCounted(path);
    const { recording } = await recordAt(home.url, folder, { source: second.source });

    await expectWhole(home.url, await recording);
    expect([first.counts.rows, second.counts.rows]).toEqual([350, 0]);
  });

  test('that is recorded already is not parsed again', async ({ home }) => {
    const [folder, path] = [newFolder(), write()];
    const { source } = await openCounted(path);
    await (await recordAt(home.url, folder, { source })).recording;

    const again = await openCounted(path);
    const { recording } = await recordAt(home.url, folder, { source: again.source });

    expect(await recording).toMatchObject({ status: 'complete', rows: { recorded: 350 } });
    expect(again.counts.rows).toBe(0);
  });

  test.for(['heads', 'payloads'])(
    'is parsed again where the %s of its package were cut off',
    async (end, { home }) => {
      const [folder, path] = [newFolder(), write()];
      const first = await openCounted(path);
      const cut = await recordAt(home.url, folder, { source: first.source, plan: cutAfter(3) });
      await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
      const [name = ''] = readdirSync(folder).filter((one) => one.endsWith(`.${end}`));
      truncateSync(join(folder, name), statSync(join(folder, name)).size / 2);

      const second = await openCounted(path);
      const { recording } = await recordAt(home.url, folder, { source: second.source });

      await expectWhole(home.url, await recording);
      expect(second.counts.rows).toBe(350);
    },
  );

  test('is parsed again where its package is gone, or it has other bytes', async ({ home }) => {
    const [folder, path] = [newFolder(), write()];
    const first = await openCounted(path);
    const cut = await recordAt(home.url, folder, { source: first.source, plan: cutAfter(3) });
    await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    for (const name of readdirSync(folder))
      if (!name.endsWith('.jsonl')) rmSync(join(folder, name));

    const second = await openCounted(path);
    const { recording } = await recordAt(home.url, folder, { source: second.source });
    await expectWhole(home.url, await recording);
    appendFileSync(path, '{"inputs":{"n":350},"outputs":{}}\n');
    const third = await openCounted(path);
    const other = await recordAt(home.url, folder, { source: third.source });

    expect(second.counts.rows).toBe(350);
    expect(await other.recording).toMatchObject({ status: 'recorded', rows: { read: 351 } });
    expect(third.counts.rows).toBe(351);
  });
});

describe('a package that no journal has taken over', () => {
  test('is removed once its process is gone, and not before', async () => {
    const folder = newFolder();
    const mine = journalsIn(folder).newPackage();
    const dead = journalsIn(folder, { ...ME, pid: 999 }).newPackage();
    const elsewhere = journalsIn(folder, { ...ME, pid: 999, host: 'there' }).newPackage();
    for (const path of [mine, dead, elsewhere]) new PackageWriter(path).flush();

    await journalsIn(folder).sweep();

    const kept = (path: string) => existsSync(`${path}.heads`);
    expect([mine, dead, elsewhere].map(kept)).toEqual([true, false, true]);
  });

  test('is removed once its recording is finished, if that was cut off while it was removed', async ({
    home,
  }) => {
    const folder = newFolder();
    await (await recordAt(home.url, folder)).recording;
    const [{ id = '' } = {}] = await journalsIn(folder).list();
    new PackageWriter(join(folder, id)).flush();

    await journalsIn(folder).sweep();

    expect(readdirSync(folder)).toEqual([`${id}.jsonl`]);
  });

  test('is not left behind by a recording that is refused', async ({ home }) => {
    const folder = newFolder();
    const source = fromRows([...ROWS, { inputs: 1 }], 'rows');

    const { recording } = await recordAt(home.url, folder, { source });

    await expect(recording).rejects.toMatchObject({ code: 'RESULT_INVALID' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a recording that is finished', () => {
  test('shrinks to one line, and is reported again without anything being sent', async ({
    home,
  }) => {
    const folder = newFolder();
    const first = await (await recordAt(home.url, folder)).recording;
    const lines = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

    const again = await recordAt(home.url, folder);
    const second = await again.recording;

    expect(lines.map((text) => text.split('\n').length - 1)).toEqual([1]);
    expect(second).toMatchObject({ status: 'complete', runs: 0 });
    expect(second.rows).toEqual(first.rows);
    expect(second.experiment.id).toBe(first.experiment.id);
    expect(again.proxy.log.filter((request) => !request.startsWith('GET'))).toEqual([]);
  });

  test('is done once more when its experiment was deleted', async ({ home }) => {
    const folder = newFolder();
    const first = await (await recordAt(home.url, folder)).recording;
    await fetch(`${home.url}/api/v1/sessions/${first.experiment.id}`, { method: 'DELETE' });

    const second = await (await recordAt(home.url, folder)).recording;

    expect(second.status).toBe('recorded');
    await expectWhole(home.url, second);
  });
});

describe('a stream that was cut off', () => {
  test('gives what is left of it, though a part was being removed when it died', async ({
    home,
  }) => {
    const folder = newFolder();
    const source = await streamOf([ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')]);
    const cut = await recordAt(home.url, folder, { source, experiment: 'live', plan: cutAfter(2) });
    await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const [unfinished] = await journalsIn(folder).list();
    writeFileSync(join(folder, `${unfinished?.id}.part-000000009.payloads`), '{}{}');
    const journal = await journalsIn(folder).take(unfinished?.id ?? '');

    const { recording } = await recordAt(home.url, folder, {
      source: journal.leftover(),
      journal,
      experiment: 'live',
    });

    await expectWhole(home.url, await recording);
  });

  test('has its experiment ended where all of its rows were recorded', async ({ home }) => {
    const folder = newFolder();
    const source = await streamOf([ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')]);
    const cut = await recordAt(home.url, folder, {
      source,
      plan: ({ method, path }) =>
        method === 'PATCH' && path.includes('/sessions/')
          ? { kind: 'status', status: 403, when: 'before' }
          : undefined,
    });
    await expect(cut.recording).rejects.toMatchObject({ code: 'AUTH_REJECTED' });
    const [unfinished] = await journalsIn(folder).list();
    const journal = await journalsIn(folder).take(unfinished?.id ?? '');

    const { recording } = await recordAt(home.url, folder, { source: journal.leftover(), journal });

    const { status, experiment } = await recording;
    expect(status).toBe('complete');
    const url = `${home.url}/api/v1/sessions/${experiment.id}?include_stats=true`;
    expect(await (await fetch(url)).json()).toMatchObject({
      run_count: 350,
      end_time: expect.any(String),
    });
    expect(await journalsIn(folder).list()).toMatchObject([{ finished: { status: 'complete' } }]);
  });

  test('is recorded to where it was read, from what was written down', async ({ home }) => {
    const folder = newFolder();
    const source = await streamOf([ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')]);
    const cut = await recordAt(home.url, folder, { source, experiment: 'live', plan: cutAfter(2) });
    await expect(cut.recording).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    const [unfinished] = await journalsIn(folder).list();
    const journal = await journalsIn(folder).take(unfinished?.id ?? '');

    const { recording } = await recordAt(home.url, folder, {
      source: journal.leftover(),
      journal,
      experiment: 'live',
    });

    expect(unfinished).toMatchObject({ live: true, experiment: 'live' });
    await expectWhole(home.url, await recording);
    expect(readdirSync(folder).filter((name) => name.includes('.part-'))).toEqual([]);
  });

  test('leaves no payload behind when it came to its end', async ({ home }) => {
    const folder = newFolder();
    const source = await streamOf(['{"inputs":{"n":"a-payload"},"outputs":1}\n']);

    await (await recordAt(home.url, folder, { source })).recording;

    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(kept.join('')).not.toContain('a-payload');
  });
});

test('files that do not fit on the disk are refused before they are read', async () => {
  const journals = journalsIn(newFolder());

  await expect(journals.checkRoom(1)).resolves.toBeUndefined();
  await expect(journals.checkRoom(1e18)).rejects.toMatchObject({
    code: 'HOME_UNAVAILABLE',
    message: expect.stringContaining('not enough disk space'),
  });
});

describe('a journal', () => {
  const key = { place: 'p', dataset: 'd', experiment: null, shard: '', options: {}, sourceId: 's' };
  const about = {
    label: '',
    isOneOfSeveral: false,
    files: ['f'],
    sources: [],
    group: null,
    live: false,
    command: null,
  };

  test('is held by one process at a time, and the second is told which', async () => {
    const folder = newFolder();
    const held = await journalsIn(folder).begin(key, about);

    const second = journalsIn(folder, { ...ME, pid: 1000 }).begin(key, about);

    await expect(second).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('process 1000 on here'),
    });
    await held.close();
    await (await journalsIn(folder).begin(key, about)).close();
  });

  test('is held by one of many that want it at once', async () => {
    const folder = newFolder();

    const wants = Array.from({ length: 12 }, () => journalsIn(folder).begin(key, about));
    const outcomes = await Promise.allSettled(wants);

    const held = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    onTestFinished(async () => {
      for (const journal of held) await journal.close();
    });
    expect(held.length).toBe(1);
    expect(readdirSync(folder).filter((name) => name.includes('.lock')).length).toBe(1);
  });

  test.for([
    ['whose process is gone', { pid: 999, host: 'here', start: 'then' }],
    ['whose process’s number went to another', { pid: 1000, host: 'here', start: 'then' }],
    ['that was not even written', 'half a l'],
  ] as const)('with a lock %s is free', async ([, lock]) => {
    const folder = newFolder();
    const journal = await journalsIn(folder).begin(key, about);
    await journal.close();
    writeFileSync(
      join(folder, `${journal.id}.lock`),
      typeof lock === 'string' ? lock : JSON.stringify(lock),
    );

    await expect(
      journalsIn(folder)
        .begin(key, about)
        .then((taken) => taken.close()),
    ).resolves.toBeUndefined();
  });

  test('that another machine holds is not taken from it', async () => {
    const folder = newFolder();
    const journal = await journalsIn(folder).begin(key, about);
    await journal.close();
    writeFileSync(
      join(folder, `${journal.id}.lock`),
      JSON.stringify({ pid: 999, host: 'there', start: null }),
    );

    await expect(journalsIn(folder).begin(key, about)).rejects.toMatchObject({
      code: 'BUSY',
      hint: expect.stringContaining('there'),
    });
  });

  test('can be read by its owner alone', async ({ home }) => {
    const folder = newFolder();
    const cut = await recordAt(home.url, folder, { plan: cutAfter(1) });
    await cut.recording.catch(() => {});

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('holds neither key nor payload; payloads lie in its package until all are acknowledged', async ({
    home,
  }) => {
    const folder = newFolder();
    const source = fromRows([{ inputs: { secret: 'a-payload' }, outputs: 1 }, ...ROWS]);
    const cut = await recordAt(home.url, folder, { source, plan: cutAfter(1) });
    await cut.recording.catch(() => {});

    const holding = (text: string) =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
    expect(holding(SECRET)).toEqual([]);
    expect(holding('a-payload')).toEqual([expect.stringMatching(/^[0-9a-f]+\.payloads$/)]);

    await (await recordAt(home.url, folder, { source })).recording;
    expect(holding('a-payload')).toEqual([]);
  });

  test('is not left behind where nothing was begun', async ({ home }) => {
    const folder = newFolder();
    const bad = await recordAt(home.url, folder, { source: fromRows([{ inputs: 1 }]) });
    await expect(bad.recording).rejects.toMatchObject({ code: 'RESULT_INVALID' });

    expect(await journalsIn(folder).list()).toEqual([]);
  });

  test('of a stream of which no row was kept is gone after resume', async ({ home }) => {
    const folder = newFolder();
    const journal = await journalsIn(folder).begin(key, { ...about, live: true, files: ['-'] });

    const { recording } = await recordAt(home.url, folder, { source: journal.leftover(), journal });

    await expect(recording).rejects.toMatchObject({ message: 'stdin contains no rows' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that is discarded is gone', async () => {
    const folder = newFolder();
    const journal = await journalsIn(folder).begin(key, about);
    await journal.close();

    await journalsIn(folder).discard(journal.id);

    expect(readdirSync(folder)).toEqual([]);
    await expect(journalsIn(folder).take(journal.id)).rejects.toMatchObject({
      code: 'RECORDING_NOT_FOUND',
    });
  });
});
