import { onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { LangSmithOptions } from '../../src/langsmith/rest.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { record } from '../support/record.js';
import { type FaultPlan, startFaultProxy } from './fault-proxy.js';
import { openTestHome } from './home.js';
import { readBack } from './read-back.js';
import { heldLines, type TestRow } from './recorded-rows.js';

export type HomeOptions = Parameters<typeof openTestHome>[0];

/** A home behind a network with faults in it, for one test. */
export async function openFaultyHome(plan: FaultPlan, homeOptions: HomeOptions = {}) {
  const home = await openTestHome(homeOptions);
  const proxy = await startFaultProxy(home.url, plan);
  const clients: LangSmith[] = [];
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    for (const client of clients) await client.close();
    await proxy.close();
    await home.close();
  };
  onTestFinished(close);

  const recordRows = async (
    rows: readonly object[],
    options: Partial<RecordOptions> = {},
    clientOptions: Partial<LangSmithOptions> = {},
  ) => {
    const client = new LangSmith({
      endpoint: proxy.url,
      retryForMs: 10_000,
      waitMs: { first: 2, longest: 20 },
      ...clientOptions,
    });
    clients.push(client);
    return record(fromRows(rows, 'rows'), {
      client,
      dataset: 'questions',
      experiment: 'nightly',
      keepTimes: true,
      verify: 'off',
      ...options,
    });
  };
  const held = async ({ experiment, dataset }: Awaited<ReturnType<typeof record>>) =>
    heldLines(await readBack(home.url, experiment, dataset));
  return { home, proxy, recordRows, held, close };
}

/** A row with reference, scores and, each third one, child runs. */
export const rowOf = (n: number): TestRow => ({
  inputs: { n },
  outputs: { answer: n * 2 },
  reference_outputs: { answer: n },
  scores: { correct: n % 2 === 0, closeness: 0.5 },
  ...(n % 3 === 0 && {
    child_runs: [{ name: 'search', scores: { recall: 1 }, child_runs: [{ name: 'index' }] }],
  }),
});
export const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => rowOf(n));
