import { describe, expect, onTestFinished } from 'vitest';
import { compare } from '../../src/experiments/compare.js';
import { differingSettings } from '../../src/experiments/settings.js';
import { summarise } from '../../src/experiments/summarise.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { openExperiment, run, sendRuns, uuid } from '../server/requests.js';
import { test } from '../support/home.js';
import { readingOf, recordRows } from './recorded.js';

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
const options = { lowerIsBetter: new Set<string>(), named: 5 };

describe('two experiments', () => {
  test('are compared by matched example, repetitions as their mean', async ({ home }) => {
    const a = await recordRows(home.url, [
      row('up', { ok: false }),
      row('down', { ok: true }),
      row('same', { ok: true }),
      row('twice', { ok: true }),
      row('twice', { ok: false }, { outputs: { a: 'again' } }),
    ]);
    const b = await recordRows(home.url, [
      row('up', { ok: true }),
      row('down', { ok: false }),
      row('same', { ok: true }),
      row('twice', { ok: 0.5 }),
    ]);

    const { examples, scores, changed } = await compare(readingOf(a, b), options);

    expect(examples).toEqual({ both: 4, onlyA: 0, onlyB: 0 });
    expect(scores).toEqual([
      {
        key: 'ok',
        lowerIsBetter: false,
        a: { n: 5, mean: 0.6, values: [] },
        b: { n: 4, mean: 0.625, values: [] },
        difference: expect.closeTo(0.025, 10),
        matched: { n: 4, difference: 0, improved: 1, regressed: 1, same: 2 },
      },
    ]);
    expect(changed).toMatchObject([
      { input: 'down', key: 'ok', a: 1, b: 0, better: false },
      { input: 'up', key: 'ok', a: 0, b: 1, better: true },
    ]);
  });

  test('count less as better where that is said', async ({ home }) => {
    const a = await recordRows(home.url, [row('q', { toxicity: 0.1 })]);
    const b = await recordRows(home.url, [row('q', { toxicity: 0.9 })]);

    const plain = await compare(readingOf(a, b), options);
    const lower = await compare(readingOf(a, b), {
      ...options,
      lowerIsBetter: new Set(['toxicity']),
    });

    expect(plain.scores).toMatchObject([{ matched: { improved: 1, regressed: 0 } }]);
    expect(lower.scores).toMatchObject([{ matched: { improved: 0, regressed: 1 } }]);
    expect(lower.changed).toMatchObject([{ better: false }]);
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

    const { changed } = await compare(readingOf(a, b), options);

    expect(changed.map(({ input, key }) => [input, key])).toEqual([
      ['much', 'ok'],
      ['little', 'length'],
    ]);
  });

  test('name the rows that only one of them has, and scores in words by how often', async ({
    home,
  }) => {
    const a = await recordRows(home.url, [
      row('old', { tone: 'kind' }),
      row('q', { tone: 'rude' }),
    ]);
    const b = await recordRows(home.url, [
      row('new', { tone: 'kind' }),
      row('q', { tone: 'kind' }),
    ]);

    const { examples, lone, scores } = await compare(readingOf(a, b), options);

    expect(examples).toEqual({ both: 1, onlyA: 1, onlyB: 1 });
    expect(lone).toMatchObject([
      { side: 'a', input: 'old' },
      { side: 'b', input: 'new' },
    ]);
    expect(scores).toMatchObject([
      {
        key: 'tone',
        a: {
          mean: undefined,
          values: [
            { value: 'kind', n: 1 },
            { value: 'rude', n: 1 },
          ],
        },
        b: { values: [{ value: 'kind', n: 2 }] },
        matched: { n: 0 },
      },
    ]);
  });

  test('name rows by their own ids, and compare no latency of rows without times', async ({
    home,
  }) => {
    const named = { id: 'case-17', metadata: { row_id: 'case-17' } };
    const a = await recordRows(home.url, [row('q', { ok: 1 }, named), row('old', {}, named)], kept);
    const b = await recordRows(home.url, [untimed('q', { ok: 0 }), untimed('new', {})]);

    const { changed, lone, ...sides } = await compare(readingOf(a, b), options);

    expect(changed).toMatchObject([{ rowId: 'case-17', input: 'q' }]);
    expect(lone).toMatchObject([
      { side: 'a', rowId: 'case-17' },
      { side: 'b', rowId: undefined },
    ]);
    expect(sides).toMatchObject({ a: { latencyP50: 1 }, b: { rows: 2, latencyP50: undefined } });
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
