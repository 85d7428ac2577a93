import { describe, expect, onTestFinished, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import {
  type Answer,
  INFO,
  type ReceivedRequest,
  startScriptedServer,
} from '../support/scripted-server.js';

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const TENANT = uuid(9);
const DATASET = {
  id: uuid(1),
  tenant_id: TENANT,
  name: 'capitals',
  created_at: '2026-01-01T00:00:00Z',
};
const START = '2026-01-31T12:00:00Z';
const SESSION = { id: uuid(3), tenant_id: TENANT, name: 'guesses', start_time: START };
const GONE: Answer = { status: 410, json: { detail: 'Gone' } };
const ABSENT: Answer = { status: 404, json: { detail: 'Not Found' } };
const DEPRECATED: Answer = { status: 400, json: { detail: 'This endpoint is deprecated.' } };

/** A client of a server that says whether it has v2, and answers lists of either version as told. */
async function clientOf({
  v1,
  v2,
  announced = false,
}: {
  v1: Answer;
  v2: Answer;
  announced?: boolean;
}) {
  const info = { ...INFO, instance_flags: { sdb_query_enabled: announced } };
  const server = await startScriptedServer(({ path }) => {
    if (path.endsWith('/info')) return { json: info };
    if (path.includes('/sessions/')) return { json: SESSION };
    return path.startsWith('/api/v2/') ? v2 : v1;
  });
  const client = new LangSmith({ endpoint: server.url });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const asked = () =>
    server.requests.flatMap(({ path }) => /^\/api\/(v\d)\/datasets/.exec(path)?.[1] ?? []);
  return { client, server, asked };
}

const OLD = { json: [DATASET] };
const NEW = { json: { items: [DATASET], next_cursor: null } };

describe('a list', () => {
  test.for([
    ['by v2 where the server announces it', { v1: OLD, v2: NEW, announced: true }, ['v2', 'v2']],
    ['by v1 where it does not', { v1: OLD, v2: NEW }, ['v1', 'v1']],
    ['by v2 once v1 is gone', { v1: GONE, v2: NEW }, ['v1', 'v2', 'v2']],
    ['by v2 once v1 is absent', { v1: ABSENT, v2: NEW }, ['v1', 'v2', 'v2']],
    ['by v2 once v1 is deprecated', { v1: DEPRECATED, v2: NEW }, ['v1', 'v2', 'v2']],
    [
      'by v1 where v2 is announced but absent',
      { v1: OLD, v2: ABSENT, announced: true },
      ['v2', 'v1', 'v1'],
    ],
  ] as const)('is read %s', async ([, answers, versions]) => {
    const { client, asked } = await clientOf(answers);

    const found = [await client.findDataset('capitals'), await client.findDataset('capitals')];

    expect(found).toMatchObject([{ id: uuid(1) }, { id: uuid(1) }]);
    expect(asked()).toEqual(versions);
  });

  test.for([
    { status: 400, json: { detail: 'Invalid cursor' } },
    { status: 404, json: { detail: 'Dataset not found' } },
  ])('that is refused with %j is not asked for in the other version', async (refusal) => {
    const { client, asked } = await clientOf({ v1: refusal, v2: NEW });

    await expect(client.findDataset('capitals')).rejects.toMatchObject({ status: refusal.status });
    expect(asked()).toEqual(['v1']);
  });

  test('that neither version has is refused', async () => {
    const { client } = await clientOf({ v1: ABSENT, v2: ABSENT });

    await expect(client.findDataset('capitals')).rejects.toMatchObject({ status: 404 });
  });
});

describe('v2', () => {
  const askedFor = async (
    ask: (client: LangSmith) => Promise<unknown>,
    answer: (request: ReceivedRequest, count: number) => Answer,
  ) => {
    const server = await startScriptedServer((request) => {
      if (request.path.endsWith('/info')) {
        return { json: { ...INFO, instance_flags: { sdb_query_enabled: true } } };
      }
      if (request.path.includes('/v1/sessions/')) return { json: SESSION };
      return answer(request, server.requests.filter(({ path }) => path.includes('/v2/')).length);
    });
    const client = new LangSmith({ endpoint: server.url });
    onTestFinished(async () => {
      await client.close();
      await server.close();
    });
    await ask(client);
    return server.requests
      .filter(({ path }) => path.includes('/v2/'))
      .map(({ method, path, body }) => ({
        path: `${method} ${path}`,
        body: body && JSON.parse(body),
      }));
  };
  const drain = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items);
  };
  const page = (next_cursor: string | null = null, items: unknown[] = []) => ({
    json: { items, next_cursor },
  });

  test('is asked for runs from the start of their experiment on', async () => {
    const asked = await askedFor(
      (client) => client.findRunIds(uuid(3), [uuid(10)]),
      () => page(),
    );

    expect(asked).toEqual([
      {
        path: 'POST /api/v2/runs/query',
        body: {
          project_ids: [uuid(3)],
          ids: [uuid(10)],
          min_start_time: '2026-01-31T12:00:00.000000Z',
          selects: ['ID'],
          page_size: 1000,
        },
      },
    ]);
  });

  test('is asked from the first run on that was sent, if that is earlier', async () => {
    const run = {
      id: uuid(10),
      name: 'n',
      runType: 'llm',
      ancestors: [],
      inputs: '{}',
      metadata: ['{}'],
    };
    const start = Date.parse('2025-12-31T00:00:00Z') * 1000;

    const [asked] = await askedFor(
      (client) => {
        const runs = [{ ...run, start, end: start, tags: [] }];
        client.encode({ runs, feedback: [] }, uuid(3), true);
        return drain(client.listRootRunIds(uuid(3)));
      },
      () => page(),
    );

    expect(asked?.body.min_start_time).toBe('2025-12-31T00:00:00.000000Z');
  });

  test('is followed from cursor to cursor', async () => {
    const asked = await askedFor(
      (client) => drain(client.listRootRunIds(uuid(3))),
      (_, count) => page(count < 3 ? `c${count}` : null, [{ id: uuid(10 + count) }]),
    );

    expect(asked.map(({ body }) => body.cursor)).toEqual([undefined, 'c1', 'c2']);
  });

  test('is not asked for more pages than are wanted', async () => {
    const asked = await askedFor(
      (client) => client.hasRunsBelow(uuid(3)),
      () => page('more', [{ id: uuid(10) }]),
    );

    expect(asked).toHaveLength(1);
  });

  test('is asked for datasets and experiments in its own words', async () => {
    const asked = await askedFor(
      async (client) => {
        await drain(client.listDatasets({ sortBy: 'name', nameContains: 'cap', limit: 5 }));
        await drain(client.listExperiments(uuid(1), { sortBy: { score: 'ok' } }));
        await drain(client.listAllExperiments());
      },
      () => page(),
    );

    expect(asked.map(({ path }) => path)).toEqual([
      'GET /api/v2/datasets?name_contains=cap&sort_by=name&sort_order=asc&page_size=5',
      `GET /api/v2/sessions?include_stats=true&sort_by_feedback_key=ok&sort_by=FEEDBACK&sort_order=desc&reference_dataset_id=${uuid(1)}&page_size=100`,
      'GET /api/v2/sessions?include_stats=true&sort_by=START_TIME&sort_order=desc&type=EXPERIMENT&page_size=100',
    ]);
  });
});

test('examples are looked up for just what is needed of them', async () => {
  const { client, server } = await clientOf({ v1: { json: [] }, v2: ABSENT });

  await client.findExampleHeads('d', ['x']);

  expect(server.requests.at(-1)?.path).toBe(
    '/api/v1/examples?dataset=d&limit=100&exclude_default_fields=true&id=x&select=id&select=modified_at',
  );
});

test('what was said in a comparison is not a score of a run', async () => {
  const feedback = { id: uuid(20), key: 'preferred', run_id: uuid(10), score: 1 };
  const { client } = await clientOf({
    v1: { json: [feedback, { ...feedback, id: uuid(21), comparative_experiment_id: uuid(5) }] },
    v2: ABSENT,
  });

  const found: string[] = [];
  for await (const { id } of client.listFeedbackOf([uuid(10)])) found.push(id);

  expect(found).toEqual([uuid(20)]);
});
