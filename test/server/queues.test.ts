import { Client } from 'langsmith';
import { describe, expect } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { type TestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { send } from './requests.js';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function recorded({ url }: TestHome) {
  const client = new LangSmith({ endpoint: url });
  const rows = [1, 2, 3].map((n) => ({ inputs: { n }, outputs: { n } }));
  const { experiment, dataset } = await record(fromRows(rows, 'rows'), { client, dataset: 'd' });
  const { roots } = await readBack(url, experiment, dataset);
  await client.close();
  return { experiment, roots };
}

describe('annotation queues, by the official SDK', () => {
  test('are made, found, filled, read and removed', async ({ home }) => {
    const { roots, experiment } = await recorded(home);
    const client = new Client({ apiUrl: home.url, apiKey: 'home' });
    const rubricItems = [{ feedback_key: 'correct', description: 'Is it right?' }];

    const { id } = await client.createAnnotationQueue({ name: 'weekly', rubricItems });
    const keys = roots.map((run) => ({
      runId: run.id,
      sessionId: experiment.id,
      startTime: run.start_time,
    }));
    await client.addRunsToAnnotationQueue(id, keys);
    await client.addRunsToAnnotationQueue(id, keys.slice(1));

    expect(await all(client.listAnnotationQueues({ name: 'weekly' }))).toMatchObject([
      { id, rubric_items: rubricItems },
    ]);
    expect(await client.getSizeFromAnnotationQueue(id)).toEqual({ size: 3 });
    expect((await client.getRunFromAnnotationQueue(id, 1)).id).toBe(roots[1]?.id);
    expect((await all(client.listRunsFromAnnotationQueue(id))).map((run) => run.id)).toEqual(
      roots.map((run) => run.id),
    );

    await client.deleteRunFromAnnotationQueue(id, roots[0]?.id ?? '');
    expect(await client.getSizeFromAnnotationQueue(id)).toEqual({ size: 2 });
    await client.updateAnnotationQueue(id, { name: 'monthly' });
    expect((await client.readAnnotationQueue(id)).name).toBe('monthly');
    await client.deleteAnnotationQueue(id);
    expect(await all(client.listAnnotationQueues())).toEqual([]);
  });

  test('are filled with a whole experiment', async ({ home }) => {
    const { experiment } = await recorded(home);
    const { id } = (await send(home, 'POST /annotation-queues', { name: 'all' })).json;
    const body = { queue_id: id, session_ids: [experiment.id] };
    expect((await send(home, 'POST /annotation-queues/populate', body)).status).toBe(200);
    expect((await send(home, `GET /annotation-queues/${id}/size`)).json).toEqual({ size: 3 });
  });
});

describe('refused', () => {
  const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

  test.for([
    ['POST', '/annotation-queues', {}, 422],
    ['POST', '/annotation-queues', { name: '' }, 422],
    ['POST', '/annotation-queues', { name: 'q', rubric_items: [{}] }, 422],
    ['GET', `/annotation-queues/${UNKNOWN}`, undefined, 404],
    ['POST', `/annotation-queues/${UNKNOWN}/runs`, [], 404],
    ['DELETE', `/annotation-queues/${UNKNOWN}`, undefined, 404],
  ] as const)('%s %s with %o is %i', async ([method, path, body, status], { home }) => {
    expect((await send(home, `${method} ${path}`, body)).status).toBe(status);
  });

  test('is a run that there is not', async ({ home }) => {
    const { id } = (await send(home, 'POST /annotation-queues', { name: 'q' })).json;
    const { status } = await send(home, `POST /annotation-queues/${id}/runs`, [UNKNOWN]);
    expect(status).toBe(404);
    expect((await send(home, `GET /annotation-queues/${id}/size`)).json).toEqual({ size: 0 });
  });
});

test('a run that is deleted with its experiment leaves its queue', async ({ home }) => {
  const { experiment, roots } = await recorded(home);
  const { id } = (await send(home, 'POST /annotation-queues', { name: 'q' })).json;
  await send(home, `POST /annotation-queues/${id}/runs`, [roots[0]?.id]);
  await send(home, `DELETE /sessions/${experiment.id}`);
  expect((await send(home, `GET /annotation-queues/${id}/size`)).json).toEqual({ size: 0 });
});
