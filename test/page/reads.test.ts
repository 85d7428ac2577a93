import { describe, expect } from 'vitest';
import { compare } from '../../src/experiments/compare.js';
import { readSubjects } from '../../src/experiments/read-subjects.js';
import { rulesFrom } from '../../src/experiments/rules.js';
import { textsOf } from '../../src/experiments/texts.js';
import { countNumbers, packNumbers, unpackNumbers } from '../../src/server/page/reads/numbers.js';
import { PageReads } from '../../src/server/page/reads.js';
import type { Recorded } from '../experiments/recorded.js';
import { recordRows } from '../experiments/recorded.js';
import { agentRows } from '../support/agent-rows.js';
import { type TestHome, test } from '../support/home.js';

async function recordVersions(home: TestHome): Promise<[Recorded, Recorded, Recorded]> {
  const record = (experiment: string, rows: readonly object[]) =>
    recordRows(home.url, rows, { experiment });
  return [
    await record('base', agentRows({ version: 0, count: 60 })),
    await record('cand', agentRows({ version: 1, count: 60 })),
    await record('reps', agentRows({ version: 2, count: 40, repetitions: 3 })),
  ];
}

/** As `experiments compare` reads and counts. */
async function comparedByClient(a: Recorded, b: Recorded) {
  const { client, datasetId } = a;
  const experiments = [a.experiment, b.experiment];
  const { signal } = new AbortController();
  const [ofA, ofB] = await readSubjects({ client, datasetId, experiments, signal });
  if (!ofA || !ofB) throw new Error('they were not read');
  const comparison = await compare(
    { subject: ofA, texts: textsOf(client, datasetId, a.experiment) },
    { subject: ofB, texts: textsOf(client, datasetId, b.experiment) },
    { rules: rulesFrom(new Map(), []) },
  );
  // The lists of v1 always bring the metadata of runs; a page reads it only where it groups by it.
  const without = { metadata: new Map() };
  return {
    ...comparison,
    a: { ...comparison.a, ...without },
    b: { ...comparison.b, ...without },
  };
}

/** A map, or columns that are read like one. */
function isByExample(value: object): value is Iterable<[string, unknown]> {
  return Symbol.iterator in value;
}

/** Sums depend on the order of what is added, in their last digits. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(10)) + 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  if (isByExample(value)) return new Map([...value].map(([id, one]) => [id, rounded(one)]));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}

describe('a summary', () => {
  test('has the very figures of `experiments compare`', async ({ home }) => {
    const [base, cand, reps] = await recordVersions(home);
    const reads = new PageReads(home.store);

    const summary = await reads.summary({
      datasetId: base.datasetId,
      ids: [reps, cand, base].map(({ experiment }) => experiment.id),
      baselineId: undefined,
    });

    const [first, second, third] = summary?.experiments ?? [];
    expect(summary?.reason).toBe('the earliest');
    expect(first?.session.name).toBe('base');
    expect(rounded(second?.comparison)).toEqual(rounded(await comparedByClient(base, cand)));
    expect(rounded(third?.comparison)).toEqual(rounded(await comparedByClient(base, reps)));
  });

  test('of experiments that have ended is counted before anybody looks', async ({ home }) => {
    const versions = await recordVersions(home);

    const marks = versions.map(({ experiment }) => home.store.figures.mark(experiment.id));

    expect(marks).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
  });

  test('is the same after the home was closed, and another after a score came in', async ({
    home,
  }) => {
    const [base, cand] = await recordVersions(home);
    const query = {
      datasetId: base.datasetId,
      ids: [base.experiment.id, cand.experiment.id],
      baselineId: undefined,
    };
    const judge = async (reads: PageReads) => (await reads.summary(query))?.experiments[1];
    const reads = new PageReads(home.store);
    const before = await judge(reads);
    const again = await judge(new PageReads(home.store));
    const [run] = home.store.runs.query({ sessions: [cand.experiment.id], isRoot: true, limit: 1 });
    await fetch(`${home.url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ run_id: run?.id, key: 'by_hand', score: 1 }),
    });

    const after = await judge(reads);

    expect(again).toEqual(before);
    expect(before?.scores.has('by_hand')).toBe(false);
    expect(after?.scores.get('by_hand')).toMatchObject({ n: 1, mean: 1 });
  });

  test('takes the named baseline, else the blessed one', async ({ home }) => {
    const [base, cand, reps] = await recordVersions(home);
    const { datasetId, client } = base;
    const reads = new PageReads(home.store);
    const ids = [base, cand, reps].map(({ experiment }) => experiment.id);
    await client.updateDataset(datasetId, { baselineId: cand.experiment.id });

    const blessed = await reads.summary({ datasetId, ids, baselineId: undefined });
    const named = await reads.summary({ datasetId, ids, baselineId: reps.experiment.id });

    const names = (of: typeof named) => of?.experiments.map(({ session }) => session.name);
    expect([blessed?.reason, names(blessed)]).toEqual(['blessed', ['cand', 'base', 'reps']]);
    expect([named?.reason, names(named)]).toEqual(['named', ['reps', 'base', 'cand']]);
  });
});

test('an example is followed over all experiments of its dataset', async ({ home }) => {
  const [base] = await recordVersions(home);
  const [exampleId = ''] = home.store.examples.inOrder(base.datasetId);

  const history = new PageReads(home.store).historyOf(base.datasetId, exampleId);

  expect(history.map(({ name, runIds }) => [name, runIds.length])).toEqual([
    ['base', 1],
    ['cand', 1],
    ['reps', 3],
  ]);
  expect(history[2]?.scores.get('correct')).toMatchObject({ n: 3 });
});

test('the experiments of a dataset come with their results, the latest first', async ({ home }) => {
  const [base] = await recordVersions(home);

  const trend = new PageReads(home.store).trend(base.datasetId, { offset: 0, limit: 2 });

  expect(trend.map(({ name, runs, examples }) => [name, runs, examples])).toEqual([
    ['reps', 120, 40],
    ['cand', 60, 60],
  ]);
  expect(trend[0]?.categories.get('tone')?.[0]?.n).toBeGreaterThan(30);
});

test('a trace lists each run below the one that called it', async ({ home }) => {
  const [base] = await recordVersions(home);
  const [root] = home.store.runs.query({ sessions: [base.experiment.id], isRoot: true, limit: 1 });

  const spans = new PageReads(home.store).traceOf(root?.trace_id ?? '');

  expect(spans.map(({ name, depth }) => [name, depth])).toEqual([
    [root?.name, 0],
    ['retrieve', 1],
    ['embed', 2],
  ]);
});

test('an address names experiments by the beginnings of their ids, unless two begin alike', async ({
  home,
}) => {
  const [{ datasetId, experiment }] = await recordVersions(home);
  const reads = new PageReads(home.store);
  const short = experiment.id.slice(0, 8);

  expect(reads.shortIds(datasetId, [experiment.id])).toEqual([short]);
  expect(reads.experimentIds(datasetId, [short, 'nosuch'])).toEqual([experiment.id, 'nosuch']);

  const twin = `${experiment.id.slice(0, -4)}0000`;
  const { id: _, ...session } = home.store.sessions.get(experiment.id);
  home.store.sessions.create({ ...session, id: twin, name: 'twin' });

  expect(reads.shortIds(datasetId, [experiment.id, twin])).toEqual([experiment.id, twin]);
  expect(reads.experimentIds(datasetId, [short])).toEqual([short]);
});

test('a change is seen, whoever makes it', async ({ home }) => {
  const reads = new PageReads(home.store);
  const before = reads.changes();
  const same = reads.changes();
  await recordRows(home.url, agentRows({ version: 0, count: 1 }));

  expect(same).toBe(before);
  expect(reads.changes()).not.toBe(before);
});

test('figures are kept as they are counted, those that overflow too', () => {
  const run = { latency: null, tokens: null, cost: null, isFailed: false, said: null };
  const runs = ['a', 'b'].map((id) => ({ ...run, id, exampleId: id }));
  const huge = { key: 'huge', runIds: ['a', 'b'], scores: [1e308, 1e308], values: [null, null] };

  const { ids, ...packed } = packNumbers(countNumbers(runs, [huge]));
  const places = new Map((JSON.parse(ids) as string[]).map((id, at) => [id, at]));
  const { scores, subject } = unpackNumbers(packed, places);

  expect(scores.get('huge')).toMatchObject({ n: 2, mean: Number.NaN, min: 1e308, max: 1e308 });
  expect([...(subject.scores.get('huge') ?? [])].map(([id, { mean }]) => [id, mean])).toEqual([
    ['a', 1e308],
    ['b', 1e308],
  ]);
});
