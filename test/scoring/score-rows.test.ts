import { Readable } from 'node:stream';
import { describe, expect } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import type { Feedback } from '../../src/results/feedback.js';
import { scoringOf } from '../../src/scoring/score-rows.js';
import { scoreRuns } from '../../src/scoring/score-runs.js';
import { failedOn, type RowToScore, type Scorer } from '../../src/scoring/scorer.js';
import { type TestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    inputs: { n },
    outputs: { answer: n * 2 },
    reference_outputs: { answer: n },
    scores: { correct: n === 0 },
  }));

/** Doubles the input; fails on the row of input 1 if `fails`. */
function doubling({ fails = false } = {}) {
  let scored = 0;
  const scorer: Scorer = {
    name: 'doubling',
    definition: {},
    async *score(rows) {
      for await (const { row, inputs } of rows) {
        scored++;
        const feedback: Feedback = { key: 'twice', score: Number(inputs.n) * 2, comment: 'twice' };
        yield fails && inputs.n === 1 ? failedOn(row, 'twice', 'no idea') : { row, feedback };
      }
    },
  };
  return { scorer, scored: () => scored };
}

const { signal } = new AbortController();

async function recordScored(
  home: TestHome,
  scorer: Scorer,
  rows: readonly object[],
  options: Partial<RecordOptions> = {},
) {
  const client = new LangSmith({ endpoint: home.url });
  const scoring = scoringOf([scorer], signal, () => {});
  const source = fromRows([...rows], 'rows');
  try {
    return await record(source, {
      client,
      dataset: 'questions',
      experiment: 'nightly',
      keepTimes: true,
      scoring,
      ...options,
    });
  } finally {
    await client.close();
  }
}

const scoresIn = (feedback: readonly { key: string; score: unknown }[], key: string) =>
  feedback.filter((one) => one.key === key).map(({ score }) => score);

test('scoring that is interrupted says that nothing is recorded, and how scores are kept', async () => {
  const stop = new AbortController();
  const scorer: Scorer = {
    name: 'stopped',
    definition: {},
    // biome-ignore lint/correctness/useYield: it comes to no score.
    async *score() {
      stop.abort(new Error('stopped'));
      throw stop.signal.reason;
    },
  };

  const scored = scoringOf([scorer], stop.signal, () => {}).score(
    async function* () {},
    () => {},
  );

  await expect(scored).rejects.toMatchObject({
    code: 'STOPPED',
    message: expect.stringContaining('nothing is recorded'),
    hint: expect.stringContaining('record first, then ls-record score'),
  });
});

test('progress is of rows that are scored, not of those that were read', async ({ home }) => {
  const phases: string[] = [];
  const { scorer } = doubling();
  const late: Scorer = {
    ...scorer,
    async *score(rows, stop) {
      const all: RowToScore[] = [];
      for await (const row of rows) all.push(row);
      expect(phases).toEqual([]);
      yield* scorer.score(Readable.from(all), stop);
    },
  };

  await recordScored(home, late, rowsOf(3), {
    onProgress: ({ phase, rows }) => {
      if (phase === 'scoring') phases.push(`${phase} ${rows}`);
    },
  });

  expect(phases).toEqual(['scoring 1', 'scoring 2', 'scoring 3']);
});

describe('recording with a scorer', () => {
  test('adds its scores to those of the rows', async ({ home }) => {
    const { scorer } = doubling();

    const recording = await recordScored(home, scorer, rowsOf(3));

    const held = await readBack(home.url, recording.experiment, recording.dataset);
    expect(scoresIn(held.feedback, 'twice').sort()).toEqual([0, 2, 4]);
    expect(scoresIn(held.feedback, 'correct')).toHaveLength(3);
    expect(recording).toMatchObject({ feedback: 6, failedScores: 0 });
    expect(recording.scores).toMatchObject([{ key: 'correct' }, { key: 'twice', n: 3, mean: 2 }]);
  });

  test('records that it failed on a row, and counts it', async ({ home }) => {
    const { scorer } = doubling({ fails: true });

    const recording = await recordScored(home, scorer, rowsOf(3));

    const held = await readBack(home.url, recording.experiment, recording.dataset);
    expect(held.feedback.filter(({ comment }) => comment === 'no idea')).toMatchObject([
      { key: 'twice', score: null, error: true },
    ]);
    expect(recording).toMatchObject({ failedScores: 1, rows: { recorded: 3 } });
  });

  test('gives scores that a later run of the scorer finds and updates', async ({ home }) => {
    const recording = await recordScored(home, doubling({ fails: true }).scorer, rowsOf(3));
    const client = new LangSmith({ endpoint: home.url });
    const experiment = await client.experimentStats(recording.experiment.id);
    if (!experiment) throw new Error('it was not recorded');

    const scoring = await scoreRuns([doubling().scorer], {
      client,
      experiment: { ...experiment, datasetId: recording.dataset.id },
      signal,
    });
    await client.close();

    expect(scoring).toMatchObject({ created: 1, changed: 0, unchanged: 2 });
    const held = await readBack(home.url, recording.experiment, recording.dataset);
    expect(scoresIn(held.feedback, 'twice').sort()).toEqual([0, 2, 4]);
  });

  test('is another recording than one without', async ({ home }) => {
    const { scorer } = doubling();
    const own = { experiment: undefined };
    const scored = await recordScored(home, scorer, rowsOf(2), own);

    const plain = await recordScored(home, scorer, rowsOf(2), { ...own, scoring: undefined });
    const again = await recordScored(home, scorer, rowsOf(2), own);

    expect(plain.experiment.id).not.toBe(scored.experiment.id);
    expect(again.experiment.id).toBe(scored.experiment.id);
  });

  test('of one part of the rows, scores only that part', async ({ home }) => {
    const { scorer, scored } = doubling();
    const part = (number: number) => ({ number, of: 2 });

    const first = await recordScored(home, scorer, rowsOf(20), { part: part(1) });
    const scoredFirst = scored();
    const second = await recordScored(home, scorer, rowsOf(20), { part: part(2) });

    expect(scoredFirst).toBe(first.rows.recorded);
    expect(scored()).toBe(20);
    expect(first.experiment.id).toBe(second.experiment.id);
    const held = await readBack(home.url, second.experiment, second.dataset);
    expect(scoresIn(held.feedback, 'twice').sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, n) => 2 * n),
    );
  });

  test('scores rows once, also where they are parted into experiments', async ({ home }) => {
    const { scorer, scored } = doubling();
    const rows = rowsOf(4).map((row, n) => ({ ...row, metadata: { model: n % 2 ? 'a' : 'b' } }));

    const recording = await recordScored(home, scorer, rows);

    expect(scored()).toBe(4);
    expect(recording.rows.recorded).toBe(4);
  });
});
