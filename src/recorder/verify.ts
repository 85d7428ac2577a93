import { setTimeout as sleep } from 'node:timers/promises';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** Scores are stored with four decimals, and their means are floats. */
const TOLERANCE = 1e-4;

/** What must be visible at the least; others may add to the same experiment. */
export interface Expected {
  readonly runs: number;
  readonly feedback: number;
  /** By key, of the numbers and booleans. */
  readonly scores: ReadonlyMap<string, ScoreSum>;
  /** The runs of the recorded rows, to be looked up one by one. */
  readonly rootRunIds?: Iterable<string>;
}

export interface ScoreSum {
  n: number;
  sum: number;
}

/**
 * Reads back what was accepted: LangSmith queues runs and shows them seconds later.
 *
 * @param known what was read just now.
 * @returns whether all of it became visible in time, and how many runs did.
 */
export async function verify(
  client: LangSmith,
  experimentId: string,
  expected: Expected,
  patienceMs: number,
  known?: Experiment,
): Promise<{ readonly isAll: boolean; readonly runs: number }> {
  const deadline = performance.now() + patienceMs;
  const unseen = new Set(expected.rootRunIds);
  let stats = known ?? (await client.experimentStats(experimentId));
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    if (stats && isVisible(stats, expected)) {
      if (unseen.size > 0)
        for await (const id of client.listRootRunIds(experimentId)) unseen.delete(id);
      if (unseen.size === 0) return { isAll: true, runs: expected.runs };
    }
    if (performance.now() + waitMs > deadline)
      return { isAll: false, runs: Math.min(stats?.runCount ?? 0, expected.runs) };
    await sleep(waitMs);
    stats = await client.experimentStats(experimentId);
  }
}

function isVisible(stats: Experiment, expected: Expected): boolean {
  const all = Object.values(stats.feedback);
  const feedback = all.reduce((sum, { n, errors }) => sum + n + errors, 0);
  return (
    (stats.runCount ?? 0) >= expected.runs &&
    feedback >= expected.feedback &&
    [...expected.scores].every(([key, sent]) => isIn(stats.feedback[key], sent))
  );
}

/** Where nobody else scored under this key, the mean has to be ours. */
function isIn(shown: Experiment['feedback'][string] | undefined, { n, sum }: ScoreSum): boolean {
  if (!shown || shown.n < n) return false;
  if (shown.n > n || shown.avg === undefined) return true;
  const mean = sum / n;
  return Math.abs(shown.avg - mean) <= TOLERANCE * Math.max(1, Math.abs(mean));
}
