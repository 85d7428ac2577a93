import { expect } from 'vitest';
import { LangSmith } from '../../../src/langsmith/client.js';
import { followJudges } from '../../../src/scoring/judges/follow.js';
import { openExperiment, run, send, sendRuns, uuid } from '../../server/requests.js';
import { type TestHome, test } from '../../support/home.js';

/** Two runs (10, 11), which somebody else scores meanwhile. */
async function follow(home: TestHome, scores: readonly object[], quietMs = 1_000) {
  await openExperiment(home);
  await sendRuns(home, { [`post.${uuid(10)}`]: run(10), [`post.${uuid(11)}`]: run(11) });
  const client = new LangSmith({ endpoint: home.url });
  const looks: number[] = [];
  const left = [...scores];
  try {
    const followed = await followJudges({
      client,
      experimentId: uuid(3),
      keys: ['right'],
      runs: 2,
      patienceMs: 5_000,
      quietMs,
      everyMs: 20,
      signal: new AbortController().signal,
      onLook: ([count]) => {
        if (looks.at(-1) !== count?.judged) looks.push(count?.judged ?? 0);
        const score = left.shift();
        if (score)
          void send(home, 'POST /feedback', { session_id: uuid(3), key: 'right', ...score });
      },
    });
    return { ...followed, looks };
  } finally {
    await client.close();
  }
}

test('judges are done when each run has a score, or the judge failed on it', async ({ home }) => {
  const { status, looks, counts } = await follow(home, [
    { run_id: uuid(10), score: 1 },
    { run_id: uuid(11), error: true, comment: 'no answer' },
  ]);

  expect(status).toBe('done');
  expect(looks.at(-1)).toBe(2);
  expect(counts).toEqual([{ key: 'right', judged: 2, mean: 1 }]);
});

test('a run that was scored twice is not two', async ({ home }) => {
  const { status } = await follow(
    home,
    [
      { run_id: uuid(10), score: 1 },
      { run_id: uuid(10), score: 0 },
    ],
    200,
  );

  expect(status).toBe('unfinished');
});

test('judges are unfinished when no score comes any more', async ({ home }) => {
  const { status, counts, quietMs } = await follow(home, [{ run_id: uuid(10), score: 1 }], 200);

  expect(status).toBe('unfinished');
  expect(counts).toMatchObject([{ judged: 1 }]);
  expect(quietMs).toBeGreaterThanOrEqual(200);
});
