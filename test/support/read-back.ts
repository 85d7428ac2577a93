import { expect } from 'vitest';

interface WireRun {
  id: string;
  name: string;
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
}

/** A server, and the key that it wants, if any. */
export interface Held {
  readonly url: string;
  readonly key?: string;
}

async function ask<T>({ url, key = '' }: Held, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
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

/** All that a server holds of an experiment, read over HTTP without our own client. */
export async function readBack(
  at: string | Held,
  experiment: { id: string },
  dataset: { id: string },
) {
  const held = typeof at === 'string' ? { url: at } : at;
  const runs: WireRun[] = [];
  let cursor: string | null = null;
  do {
    const page: { runs: WireRun[]; cursors: { next: string | null } } = await ask(
      held,
      '/runs/query',
      {
        session: [experiment.id],
        limit: 100,
        ...(cursor !== null && { cursor }),
      },
    );
    runs.push(...page.runs);
    cursor = page.cursors.next;
  } while (cursor !== null);

  const feedback: WireFeedback[] = await pages(held, `/feedback?session=${experiment.id}`);
  const examples: WireExample[] = await pages(held, `/examples?dataset=${dataset.id}&order=id`);
  const session = await ask<Record<string, unknown>>(
    held,
    `/sessions/${experiment.id}?include_stats=true`,
  );
  return {
    runs,
    roots: runs.filter((run) => run.parent_run_id === null),
    feedback,
    examples,
    session,
  };
}
