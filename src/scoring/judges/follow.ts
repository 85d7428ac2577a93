import { setTimeout as wait } from 'node:timers/promises';
import type { LangSmith } from '../../langsmith/client.js';

export interface Following {
  readonly client: LangSmith;
  readonly experimentId: string;
  /** The keys whose scores are waited for, one a run. */
  readonly keys: readonly string[];
  /** Root runs of the experiment. */
  readonly runs: number;
  /** How long to wait for all of them. */
  readonly patienceMs: number;
  /** Without a new score for this long, none is expected any more. Default 60,000. */
  readonly quietMs?: number | undefined;
  /** Between two looks. Default 5,000. */
  readonly everyMs?: number | undefined;
  readonly signal: AbortSignal;
  /** Told after each look. */
  readonly onLook: (counts: readonly JudgedCount[]) => void;
}

/** How far the judging is under one key. */
export interface JudgedCount {
  readonly key: string;
  /** Runs with a score, or on which the judge failed. */
  readonly judged: number;
  readonly mean: number | undefined;
}

export interface Followed {
  /** `done`: every run has a score under every key. */
  readonly status: 'done' | 'unfinished';
  readonly counts: readonly JudgedCount[];
  /** Since a score was last seen to come. */
  readonly quietMs: number;
}

/** Watches LangSmith's judges until each run has their scores, or nothing comes any more. */
export async function followJudges(following: Following): Promise<Followed> {
  const { client, experimentId, keys, runs, patienceMs, signal, onLook } = following;
  const { quietMs = 60_000, everyMs = 5_000 } = following;
  const startedMs = performance.now();
  let movedMs = startedMs;
  let seen = 0;
  for (;;) {
    const stats = (await client.experimentStats(experimentId))?.feedback ?? {};
    const counts = keys.map((key): JudgedCount => {
      const { n = 0, errors = 0, avg } = stats[key] ?? {};
      return { key, judged: Math.min(n + errors, runs), mean: avg };
    });
    onLook(counts);
    const nowMs = performance.now();
    const total = counts.reduce((sum, { judged }) => sum + judged, 0);
    if (total > seen) [seen, movedMs] = [total, nowMs];
    const quiet = { counts, quietMs: nowMs - movedMs };
    if (total >= runs * keys.length && (await isWhole(following)))
      return { status: 'done', ...quiet };
    if (nowMs - startedMs >= patienceMs || quiet.quietMs >= quietMs)
      return { status: 'unfinished', ...quiet };
    const leftMs = patienceMs - (nowMs - startedMs);
    await wait(Math.min(everyMs, leftMs), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

/** Sums do not tell whether failures are counted among the scores, or a run was scored twice: this looks at each. */
async function isWhole({ client, experimentId, keys, runs }: Following): Promise<boolean> {
  const judged = new Map(keys.map((key) => [key, new Set<string>()]));
  for await (const { key, runId } of client.listFeedback(experimentId, 'run'))
    if (runId !== undefined) judged.get(key)?.add(runId);
  return [...judged.values()].every(({ size }) => size >= runs);
}
