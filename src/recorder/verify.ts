import { setTimeout as sleep } from 'node:timers/promises';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** What must be visible at the least. */
export interface Expected {
  readonly runs: number;
  readonly feedback: number;
}

/**
 * Reads back what was accepted: LangSmith queues runs and shows them seconds later.
 *
 * @returns whether all of it became visible in time.
 */
export async function verify(
  client: LangSmith,
  experimentId: string,
  expected: Expected,
  patienceMs: number,
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const stats = await client.experimentStats(experimentId);
    if (stats && isVisible(stats, expected)) return true;
    if (performance.now() + waitMs > deadline) return false;
    await sleep(waitMs);
  }
}

function isVisible(stats: Experiment, expected: Expected): boolean {
  const feedback = Object.values(stats.feedback).reduce((sum, { n }) => sum + n, 0);
  return (stats.runCount ?? 0) >= expected.runs && feedback >= expected.feedback;
}
