import { describe, expect, onTestFinished, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { type Expected, verify } from '../../src/recorder/verify.js';
import { openFaultyHome, rowsOf } from '../support/faulty-home.js';
import type { TestHome } from '../support/home.js';

describe('what was recorded is verified', () => {
  test.for(['normal', 'strict'] as const)('once it can be seen, with --verify %s', async (mode) => {
    const { recordRows } = await openFaultyHome(() => undefined);

    const recording = await recordRows(rowsOf(120), { verify: mode });

    expect(recording.verified).toBe('yes');
  });

  test('next to the scores of others, and the rows of other shards', async () => {
    const { home, recordRows } = await openFaultyHome(() => undefined);
    const { experiment } = await recordRows(rowsOf(30), { append: true, shard: 'a' });
    const [run] = home.store.runs.query({ sessions: [experiment.id], isRoot: true, limit: 1 });
    await fetch(`${home.url}/api/v1/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ run_id: run?.id, key: 'correct', score: 0 }),
    });

    const recording = await recordRows(rowsOf(60), {
      append: true,
      shard: 'b',
      verify: 'strict',
    });

    expect(recording.verified).toBe('yes');
  });
});

describe('what was accepted and then lost is reported', () => {
  const sent = {
    runs: 2,
    feedback: 2,
    scores: new Map([['correct', { n: 2, sum: 1 }]]),
  };

  /** Two rows, one of them correct; then what happens to them, then whether they are there as sent. */
  async function verifyAfter(
    change: (home: TestHome) => void,
    expected: Partial<Expected> = {},
  ): Promise<boolean> {
    const { home, recordRows } = await openFaultyHome(() => undefined);
    const rows = [1, 2].map((n) => ({
      inputs: { n },
      outputs: { n },
      scores: { correct: n === 1 },
    }));
    const { experiment } = await recordRows(rows);
    change(home);
    const client = new LangSmith({ endpoint: home.url });
    onTestFinished(() => client.close());
    return (await verify(client, experiment.id, { ...sent, ...expected }, 100)).isAll;
  }
  const scoresOf = ({ store }: TestHome) => store.feedback.list({ limit: 10, offset: 0 });

  test('unless nothing was', async () => {
    expect(await verifyAfter(() => {})).toBe(true);
  });

  test('a run', async () => {
    expect(await verifyAfter(() => {}, { runs: 3 })).toBe(false);
  });

  test('a row, though there are as many', async () => {
    const rootRunIds = ['0198c0de-0000-7000-8000-000000000001'];

    expect(await verifyAfter(() => {}, { rootRunIds })).toBe(false);
  });

  test('a score, though there are as many under another key', async () => {
    const isThere = await verifyAfter((home) => {
      const [score] = scoresOf(home);
      if (score) home.store.feedback.delete(score.id);
      if (score) home.store.feedback.create([{ ...score, key: 'other' }]);
    });

    expect(isThere).toBe(false);
  });

  test('a score that became another', async () => {
    const isThere = await verifyAfter((home) => {
      for (const { id } of scoresOf(home))
        home.store.feedback.update(id, { score: '1', score_number: 1 });
    });

    expect(isThere).toBe(false);
  });
});
