import { describe, expect, onTestFinished } from 'vitest';
import { type CompareOptions, compare } from '../../src/experiments/compare.js';
import { type RowFilter, readTexts, rowsOf } from '../../src/experiments/compared-rows.js';
import { readSubjects } from '../../src/experiments/read-subjects.js';
import { differingSettings } from '../../src/experiments/settings.js';
import type { Rules } from '../../src/experiments/statistics.js';
import { summarise } from '../../src/experiments/summarise.js';
import { type Compared, textsOf } from '../../src/experiments/texts.js';
import { parseWhere, wordsIn } from '../../src/experiments/where.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { Experiment } from '../../src/langsmith/wire.js';
import { openExperiment, run, sendRuns, uuid } from '../server/requests.js';
import { test } from '../support/home.js';
import { type Recorded, readingOf, recordRows } from './recorded.js';

const row = (q: string, scores: object, more: object = {}) => ({
  inputs: { question: q, more: 'x' },
  outputs: { a: q },
  start_time: '2026-05-01T09:00:00Z',
  end_time: '2026-05-01T09:00:01Z',
  scores,
  ...more,
});
const untimed = (q: string, scores: object, more: object = {}) => ({
  inputs: { question: q, more: 'x' },
  outputs: { a: q },
  metadata: { untimed: true },
  scores,
  ...more,
});
const kept = { keepTimes: true };

const rules: Rules = {
  alternative: 'two-sided',
  directions: { typed: new Map(), kept: new Map() },
  ranges: new Map(),
  tolerances: new Map(),
};

/** Compares B with A, as a server holds them. */
async function compared(a: Recorded, b: Recorded, more: Partial<CompareOptions> = {}) {
  const { client, datasetId } = a;
  const experiments = [a.experiment, b.experiment];
  const { signal } = new AbortController();
  const asked = more.where ? wordsIn(more.where).map((word) => ({ ...word, isScore: false })) : [];
  const reading = { client, datasetId, experiments, signal, asked, metadata: true };
  const subjects = await readSubjects(reading);
  const [sideA, sideB] = subjects.map((subject, at) => ({
    subject,
    texts: textsOf(client, datasetId, experiments[at] as Experiment),
  })) as [Compared, Compared];
  const comparison = await compare(sideA, sideB, { rules, ...more });
  return { comparison, sides: [sideA, sideB] as const };
}

/** The rows that are worth a look, by their input. */
async function namedRows(
  { comparison, sides }: Awaited<ReturnType<typeof compared>>,
  filter?: RowFilter,
) {
  const rows = [];
  for await (const { status, scores, a, b } of readTexts(rowsOf(comparison, filter), sides, filter))
    rows.push([status, (b ?? a)?.inputs.question, ...scores.map((score) => [score.a, score.b])]);
  return rows;
}

describe('two experiments', () => {
  test('are compared by example, repetitions as their mean, failed rows first', async ({
    home,
  }) => {
    const a = await recordRows(home.url, [
      row('up', { ok: false }),
      row('down', { ok: true }),
      row('same', { ok: true }),
      row('twice', { ok: true }),
      row('twice', { ok: false }, { outputs: { a: 'again' } }),
      row('crash', { ok: true }),
    ]);
    const b = await recordRows(home.url, [
      row('up', { ok: true }),
      row('down', { ok: false }),
      row('same', { ok: true }),
      row('twice', { ok: 0.5 }),
      { inputs: { question: 'crash', more: 'x' }, error: 'Boom' },
    ]);

    const found = await compared(a, b);

    expect(found.comparison).toMatchObject({
      lost: 1,
      scores: [
        { key: 'ok', better: 1, worse: 1, same: 2, lost: 1, difference: 0 },
        { key: 'error', worse: 1, same: 4, difference: 0.2 },
      ],
    });
    expect(await namedRows(found)).toEqual([
      ['failed', 'crash', [1, undefined], [0, 1]],
      ['worse', 'down', [1, 0]],
      ['better', 'up', [0, 1]],
      ['same', expect.any(String), [expect.any(Number), expect.any(Number)]],
      ['same', expect.any(String), [expect.any(Number), expect.any(Number)]],
    ]);
  });

  test('weigh a change by the range of its score', async ({ home }) => {
    const a = await recordRows(home.url, [
      row('little', { length: 1000, ok: 1 }),
      row('much', { length: 0, ok: 1 }),
    ]);
    const b = await recordRows(home.url, [
      row('little', { length: 990, ok: 1 }),
      row('much', { length: 0, ok: 0 }),
    ]);

    const rows = await namedRows(await compared(a, b), 'worse');

    expect(rows.map(([, question]) => question)).toEqual(['much', 'little']);
  });

  test('tell examples that were edited from those that are lost', async ({ home }) => {
    const a = await recordRows(home.url, [
      row('kept', { ok: 1 }),
      row('edited', { ok: 0 }, { reference_outputs: { a: 'old' } }),
      row('gone', { ok: 1 }),
    ]);
    const b = await recordRows(home.url, [
      row('kept', { ok: 1 }),
      row('edited', { ok: 1 }, { reference_outputs: { a: 'new' } }),
      row('new', { ok: 1 }),
    ]);

    const found = await compared(a, b);

    expect(found.comparison).toMatchObject({
      lost: 1,
      alignment: {
        both: [expect.any(String)],
        absent: [expect.any(String)],
        changed: [{ a: expect.any(String), b: expect.any(String) }],
        added: [expect.any(String)],
      },
    });
    expect(await namedRows(found)).toEqual([
      ['absent', 'gone', [1, undefined]],
      ['changed', 'edited', [0, 1]],
      ['new', 'new', [undefined, 1]],
      ['same', 'kept', [1, 1]],
    ]);
  });

  test('have their categories as counts, without a verdict', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', { tone: 'rude' }), row('r', { tone: 'kind' })]);
    const b = await recordRows(home.url, [row('q', { tone: 'kind' }), row('r', { tone: 'kind' })]);

    const { comparison } = await compared(a, b);

    expect(comparison.scores).toEqual([]);
    expect(comparison.categories).toEqual([
      {
        key: 'tone',
        a: [
          { value: 'kind', n: 1 },
          { value: 'rude', n: 1 },
        ],
        b: [{ value: 'kind', n: 2 }],
      },
    ]);
  });

  test('compare no latency of rows without times', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', { ok: 1 }), row('r', { ok: 1 })], kept);
    const b = await recordRows(home.url, [untimed('q', { ok: 0 }), untimed('r', { ok: 1 })]);

    const { comparison } = await compared(a, b);

    expect(comparison).toMatchObject({ a: { latencyP50: 1 }, b: { latencyP50: undefined } });
    expect(comparison.measures).toMatchObject([
      { key: 'latency', judgement: { verdict: 'not comparable' } },
    ]);
  });

  test('count rows whose example is deleted', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', { ok: 1 }), row('r', { ok: 1 })]);
    const b = await recordRows(home.url, [row('q', { ok: 0 }), row('r', { ok: 1 })]);
    const [example] = (await compared(a, b)).comparison.alignment.both;
    await fetch(`${home.url}/api/v1/examples/${example}`, { method: 'DELETE' });

    const { comparison } = await compared(a, b);

    expect(comparison.alignment.both).toHaveLength(2);
  });

  test('are compared where a condition holds, and by group', async ({ home }) => {
    const topics = ['billing', 'refund'];
    const rows = (ok: (n: number) => boolean) =>
      Array.from({ length: 16 }, (_, n) =>
        row(`q${n}`, { ok: ok(n) }, { example_metadata: { topic: topics[n % 2] }, split: 'test' }),
      );
    const a = await recordRows(
      home.url,
      rows(() => true),
    );
    const b = await recordRows(
      home.url,
      rows((n) => n % 2 === 1),
    );

    const grouped = await compared(a, b, { by: 'metadata.topic' });
    const chosen = await compared(a, b, { where: parseWhere('meta.topic=refund split=test') });

    expect(
      grouped.comparison.groups?.map(({ group, scores: [ok] }) => [group, ok?.judgement.verdict]),
    ).toEqual([
      ['billing', 'worse'],
      ['refund', 'same'],
    ]);
    expect(chosen.comparison).toMatchObject({
      chosen: { examples: 8, of: 16 },
      scores: [{ key: 'ok', same: 8, worse: 0 }],
    });
    await expect(compared(a, b, { by: 'metadata.nothing' })).rejects.toThrow(
      'no example has metadata.nothing',
    );
  });

  test('list the rows whose outputs differ', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', { ok: 1 }), row('r', { ok: 1 })]);
    const b = await recordRows(home.url, [
      row('q', { ok: 1 }, { outputs: { a: 'otherwise' } }),
      row('r', { ok: 1 }),
    ]);

    const rows = await namedRows(await compared(a, b), 'different');

    expect(rows.map(([, question]) => question)).toEqual(['q']);
  });

  test('whose settings differ say in which', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', {})], {
      experiment: 'a',
      metadata: { prompt: 'v1', model: 'm' },
    });
    const b = await recordRows(home.url, [row('q', {})], {
      experiment: 'b',
      metadata: { prompt: 'v2', model: 'm', git: { branch: 'main' } },
    });

    const differing = differingSettings(a.experiment, b.experiment);

    expect(differing).toContainEqual({ name: 'prompt', a: 'v1', b: 'v2' });
    expect(differing).toContainEqual({ name: 'git.branch', a: undefined, b: 'main' });
    expect(differing.map(({ name }) => name)).not.toContain('model');
  });
});

describe('an experiment', () => {
  test('has no negative latency where the end of a run is a microsecond before its start', async ({
    home,
  }) => {
    await openExperiment(home);
    const times = {
      start_time: '2026-01-31T12:00:00.000001Z',
      end_time: '2026-01-31T12:00:00.000000Z',
      dotted_order: `20260131T120000000001Z${uuid(10)}`,
    };
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10, times) });
    const client = new LangSmith({ endpoint: home.url });
    onTestFinished(() => client.close());
    const experiment = await client.experimentStats(uuid(3));
    if (!experiment) throw new Error('it was not recorded');

    const figures = await summarise(readingOf({ client, experiment, datasetId: uuid(1) }));

    expect(figures).toMatchObject({ latency: { min: 0, p50: 0 }, slowest: [{ latency: 0 }] });
  });

  test('comes to what its rows say', async ({ home }) => {
    const recorded = await recordRows(
      home.url,
      [
        row('a', { f1: 0.25, tone: 'kind' }),
        row('b', { f1: 0.75, tone: 'kind' }),
        row('b', { f1: 0.5, tone: 'rude' }, { end_time: '2026-05-01T09:00:09Z' }),
        { inputs: { question: 'c' }, error: 'Boom', latency: 2 },
      ],
      kept,
    );

    const figures = await summarise(readingOf(recorded));

    expect(figures).toMatchObject({
      rows: 4,
      examples: 3,
      errors: 1,
      withoutExample: 0,
      latency: { n: 4, p50: 1.5, p95: expect.closeTo(7.95, 9), min: 1, max: 9 },
      failed: [{ input: 'c', error: 'Boom', latency: 2 }],
    });
    expect(figures.slowest[0]).toMatchObject({ input: 'b', latency: 9 });
    expect(figures.scores).toMatchObject([
      { key: 'f1', rows: 3, numbers: { n: 3, mean: 0.5, stdev: 0.25 } },
      {
        key: 'tone',
        rows: 3,
        numbers: undefined,
        values: [
          { value: 'kind', n: 2 },
          { value: 'rude', n: 1 },
        ],
      },
    ]);
  });

  test('names rows by their own ids, and leaves those without times out of its latency', async ({
    home,
  }) => {
    const named = { id: 'case-17', metadata: { row_id: 'case-17' } };
    const recorded = await recordRows(
      home.url,
      [row('timed', {}, named), untimed('untimed', {}), untimed('failed', {}, { error: 'Boom' })],
      kept,
    );

    const figures = await summarise(readingOf(recorded));

    expect(figures).toMatchObject({
      rows: 3,
      latency: { n: 1, mean: 1 },
      slowest: [{ input: 'timed', rowId: 'case-17' }],
      failed: [{ input: 'failed', rowId: undefined, latency: undefined }],
    });
  });

  test('counts rows whose example is deleted, too', async ({ home }) => {
    const recorded = await recordRows(home.url, [row('a', { f1: 1 }), row('b', { f1: 0 })]);
    const before = await summarise(readingOf(recorded));
    const id = before.slowest[0]?.exampleId;
    await fetch(`${home.url}/api/v1/examples/${id}`, { method: 'DELETE' });

    const after = await summarise(readingOf(recorded));

    expect(after).toMatchObject({ rows: 2, scores: [{ key: 'f1', numbers: { n: 2, mean: 0.5 } }] });
  });

  test('is read page after page, and says how far', async ({ home }) => {
    const rows = Array.from({ length: 250 }, (_, n) => row(`q${n}`, { n }));
    const recorded = await recordRows(home.url, rows);
    const told: number[] = [];

    const figures = await summarise({
      ...readingOf(recorded),
      onProgress: (runs) => told.push(runs),
    });

    expect(figures).toMatchObject({ rows: 250, scores: [{ numbers: { mean: 124.5 } }] });
    expect(told.at(-1)).toBe(250);
  });

  test('stops where it is told to', async ({ home }) => {
    const recorded = await recordRows(home.url, [row('a', {})]);
    const reading = { ...readingOf(recorded), signal: AbortSignal.abort(new Error('stopped')) };

    await expect(summarise(reading)).rejects.toThrow('stopped');
  });
});
