import { expect } from 'vitest';
import { LISTS } from './lists.js';

interface WireRun {
  id: string;
  name: string;
  run_type: string;
  status: string;
  trace_id: string;
  parent_run_id: string | null;
  reference_example_id: string | null;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown> | null;
  error: string | null;
  start_time: string;
  end_time: string;
  extra: { metadata: Record<string, unknown> };
}

interface WireExample {
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown> | null;
  metadata: Record<string, unknown>;
}

interface WireFeedback {
  id: string;
  run_id: string;
  key: string;
  score: unknown;
  value: unknown;
  comment: string | null;
  error: boolean | null;
}

/** A server, and the key that it wants, if any. */
export interface Held {
  readonly url: string;
  readonly key?: string;
}

async function ask<T>({ url, key = '' }: Held, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/api${path}`, {
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

async function pages<T>(held: Held, path: string): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await ask<T[]>(held, `${path}&limit=100&offset=${all.length}`);
    all.push(...page);
    if (page.length < 100) return all;
  }
}

const RUN_FIELDS = [
  'id',
  'name',
  'run_type',
  'status',
  'trace_id',
  'parent_run_ids',
  'reference_example_id',
  'inputs',
  'outputs',
  'error',
  'start_time',
  'end_time',
  'extra',
];

type RunV2 = Omit<WireRun, 'parent_run_id'> & { parent_run_ids: string[] };

async function readRuns(held: Held, experimentId: string): Promise<WireRun[]> {
  const runs: WireRun[] = [];
  let cursor: string | undefined;
  if (LISTS !== 'v2') {
    do {
      const query = { session: [experimentId], limit: 100, cursor };
      const page: { runs: WireRun[]; cursors: { next?: string } } = await ask(
        held,
        '/v1/runs/query',
        query,
      );
      runs.push(...page.runs);
      cursor = page.cursors.next;
    } while (cursor);
    return runs;
  }
  do {
    const selects = RUN_FIELDS.map((name) => name.toUpperCase());
    const query = { project_ids: [experimentId], min_start_time: '2000-01-01', selects, cursor };
    const page: { items: RunV2[]; next_cursor?: string } = await ask(held, '/v2/runs/query', query);
    runs.push(
      ...page.items.map(({ parent_run_ids: ancestors, ...run }) => ({
        ...run,
        run_type: run.run_type.toLowerCase(),
        status: run.status.toLowerCase(),
        parent_run_id: ancestors.at(-1) ?? null,
      })),
    );
    cursor = page.next_cursor;
  } while (cursor);
  return runs;
}

/** All that a server holds of an experiment, read over HTTP without our own client. */
export async function readBack(
  server: string | Held,
  experiment: { id: string },
  dataset: { id: string },
) {
  const held = typeof server === 'string' ? { url: server } : server;
  const runs = await readRuns(held, experiment.id);
  const feedback: WireFeedback[] = await pages(held, `/v1/feedback?session=${experiment.id}`);
  const examples: WireExample[] = await pages(held, `/v1/examples?dataset=${dataset.id}&order=id`);
  const session = await ask<Record<string, unknown>>(
    held,
    `/v1/sessions/${experiment.id}?include_stats=true`,
  );
  return {
    runs,
    roots: runs.filter((run) => run.parent_run_id === null),
    feedback,
    examples,
    session,
  };
}
