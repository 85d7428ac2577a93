import { Client } from 'langsmith';
import { beforeEach, describe, expect } from 'vitest';
import { printIso } from '../../src/server/time.js';
import { openTestHome, type TestHome, test } from '../support/home.js';
import { NOON, openExperiment, run, send, sendRuns, uuid } from './requests.js';

/** An experiment (3) with two root runs (10, 11), one below the first (12), and feedback on it. */
async function recordRuns(home: TestHome): Promise<void> {
  await openExperiment(home);
  const below = `${run(10).dotted_order}.${run(12).dotted_order}`;
  await sendRuns(home, {
    [`post.${uuid(10)}`]: run(10, { tags: ['first'], extra: { metadata: { thread_id: 't-1' } } }),
    [`post.${uuid(11)}`]: run(11, { error: 'no answer', outputs: undefined }),
    [`post.${uuid(12)}`]: run(12, {
      trace_id: uuid(10),
      parent_run_id: uuid(10),
      dotted_order: below,
      reference_example_id: undefined,
      run_type: 'tool',
    }),
    [`feedback.${uuid(90)}`]: { key: 'good', score: 0.5, run_id: uuid(10), trace_id: uuid(10) },
  });
}

const MIN = { project_ids: [uuid(3)], min_start_time: printIso(NOON) };
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id).sort();

describe('POST /api/v2/runs/query', () => {
  beforeEach<{ home: TestHome }>(({ home }) => recordRuns(home));

  test('answers ids alone unless more is selected', async ({ home }) => {
    const { json } = await send(home, 'POST /api/v2/runs/query', { ...MIN, is_root: true });

    expect(json).toEqual({ items: [{ id: uuid(11) }, { id: uuid(10) }], next_cursor: null });
  });

  test('tells runs in the words of v2', async ({ home }) => {
    const selects = [
      'ID NAME RUN_TYPE STATUS START_TIME LATENCY_SECONDS METADATA THREAD_ID INPUTS OUTPUTS ERROR TAGS IS_ROOT',
      'PARENT_RUN_IDS PROJECT_ID TRACE_ID REFERENCE_EXAMPLE_ID REFERENCE_DATASET_ID FEEDBACK_STATS ATTACHMENTS',
    ].flatMap((line) => line.split(' '));

    const { json } = await send(home, 'POST /v2/runs/query', { ...MIN, ids: [uuid(10)], selects });

    expect(json.items).toEqual([
      {
        id: uuid(10),
        name: 'guess',
        run_type: 'LLM',
        status: 'SUCCESS',
        start_time: '2026-01-31T12:00:00.000000+00:00',
        latency_seconds: 2.5,
        metadata: { thread_id: 't-1' },
        thread_id: 't-1',
        inputs: { country: 'France' },
        outputs: { capital: 'Paris' },
        error: null,
        tags: ['first'],
        is_root: true,
        parent_run_ids: [],
        project_id: uuid(3),
        trace_id: uuid(10),
        reference_example_id: uuid(2),
        reference_dataset_id: uuid(1),
        feedback_stats: { good: expect.objectContaining({ n: 1, avg: 0.5 }) },
        attachments: {},
      },
    ]);
  });

  test.for([
    [{ is_root: true }, [10, 11]],
    [{ is_root: false }, [12]],
    [{ has_error: true }, [11]],
    [{ run_type: 'TOOL' }, [12]],
    [{ trace_id: uuid(10) }, [10, 12]],
    [{ reference_examples: [uuid(2)] }, [10, 11]],
    [{ filter: `in(trace_id, ["${uuid(11)}"])` }, [11]],
    [{ min_start_time: printIso(NOON + 1) }, []],
    [{ max_start_time: printIso(NOON - 1) }, []],
  ] as const)('finds runs by %j', async ([query, numbers], { home }) => {
    const { json } = await send(home, 'POST /v2/runs/query', { ...MIN, ...query });

    expect(idsOf(json.items)).toEqual(numbers.map(uuid));
  });

  test('looks a day back, unless it is told a time or a dataset', async ({ home }) => {
    const ask = async (query: object) =>
      idsOf((await send(home, 'POST /v2/runs/query', query)).json.items).length;

    expect(await ask({ project_ids: [uuid(3)] })).toBe(0);
    expect(await ask(MIN)).toBe(3);
    expect(await ask({ reference_dataset_id: uuid(1) })).toBe(3);
  });

  test('pages by cursor', async ({ home }) => {
    const page = async (cursor?: string) =>
      (await send(home, 'POST /v2/runs/query', { ...MIN, page_size: 2, cursor })).json;

    const first = await page();
    const second = await page(first.next_cursor);

    expect(idsOf([...first.items, ...second.items])).toEqual([uuid(10), uuid(11), uuid(12)]);
    expect(second.next_cursor).toBeNull();
  });

  test.for([
    { project_ids: [] },
    { ...MIN, page_size: 1001 },
    { ...MIN, selects: ['COLOUR'] },
    { ...MIN, tree_filter: 'eq(name, "x")' },
    { ...MIN, cursor: 'next' },
  ])('refuses %j in the shape of a problem', async (query, { home }) => {
    const { status, json } = await send(home, 'POST /v2/runs/query', query);

    expect([400, 422]).toContain(status);
    expect(json).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
    });
  });
});

test('GET /api/v2/runs/{id} is a run of the project that is named', async ({ home }) => {
  await recordRuns(home);
  const path = `GET /api/v2/runs/${uuid(12)}`;

  const found = await send(home, `${path}?project_id=${uuid(3)}&selects=ID&selects=PARENT_RUN_IDS`);
  const elsewhere = await send(home, `${path}?project_id=${uuid(4)}`);
  const nowhere = await send(home, path);

  expect(found.json).toEqual({ id: uuid(12), parent_run_ids: [uuid(10)] });
  expect([elsewhere.status, nowhere.status]).toEqual([404, 422]);
});

test('POST /api/v2/datasets/{id}/experiment-runs pages over examples with their runs', async ({
  home,
}) => {
  await recordRuns(home);
  await send(home, 'POST /examples', { id: uuid(4), dataset_id: uuid(1), inputs: { n: 4 } });
  await sendRuns(home, { [`post.${uuid(13)}`]: run(13, { reference_example_id: uuid(4) }) });
  const page = async (cursor?: string) =>
    (
      await send(home, `POST /api/v2/datasets/${uuid(1)}/experiment-runs`, {
        experiment_ids: [uuid(3)],
        selects: ['ID', 'STATUS'],
        page_size: 1,
        cursor,
      })
    ).json;

  const first = await page();
  const second = await page(first.next_cursor);

  expect(first.items).toMatchObject([
    {
      id: uuid(2),
      inputs: { country: 'France' },
      runs: [
        { id: uuid(10), status: 'SUCCESS' },
        { id: uuid(11), status: 'ERROR' },
      ],
    },
  ]);
  expect(second).toMatchObject({ items: [{ id: uuid(4), runs: [{ id: uuid(13) }] }] });
  expect(second.next_cursor).toBeNull();
});

describe('GET /api/v2/datasets and /api/v2/sessions', () => {
  beforeEach<{ home: TestHome }>(async ({ home }) => {
    await recordRuns(home);
    await send(home, 'POST /datasets', { id: uuid(5), name: 'animals' });
    await send(home, 'POST /sessions', { id: uuid(6), name: 'tries', trace_tier: 'longlived' });
  });

  test.for([
    ['datasets?sort_by=name&sort_order=asc', ['animals', 'capitals']],
    ['datasets?name=capitals', ['capitals']],
    ['datasets?name_contains=NIM', ['animals']],
    ['sessions?sort_by=NAME&sort_order=asc', ['guesses', 'tries']],
    ['sessions?type=EXPERIMENT', ['guesses']],
    ['sessions?type=PROJECT', ['tries']],
    ['sessions?type=AGENT', []],
    [`sessions?reference_dataset_id=${uuid(1)}`, ['guesses']],
    ['sessions?sort_by=FEEDBACK&sort_by_feedback_key=good', ['guesses', 'tries']],
  ] as const)('/api/v2/%s', async ([path, names], { home }) => {
    const { json } = await send(home, `GET /api/v2/${path}`);

    expect(json.items.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(json.next_cursor).toBeNull();
  });

  test('page by cursor', async ({ home }) => {
    const path = 'GET /api/v2/datasets?sort_by=name&sort_order=asc&page_size=1';
    const first = (await send(home, path)).json;
    const second = (await send(home, `${path}&cursor=${first.next_cursor}`)).json;

    expect([first, second]).toMatchObject([
      { items: [{ name: 'animals' }] },
      { items: [{ name: 'capitals' }], next_cursor: null },
    ]);
  });

  test('say what kind of session it is, and its figures', async ({ home }) => {
    const { json } = await send(home, 'GET /v2/sessions?include_stats=true&sort_by=NAME');

    expect(json.items).toMatchObject([
      { name: 'tries', type: 'PROJECT', trace_tier: 'LONG_LIVED' },
      { name: 'guesses', type: 'EXPERIMENT', run_count: 2, feedback_stats: { good: { n: 1 } } },
    ]);
  });
});

test('the official SDK’s own client reads all of it', async ({ home }) => {
  await recordRuns(home);
  const client = new Client({ apiUrl: home.url, apiKey: 'home' });
  const all = async <T>(items: AsyncIterable<T>) => {
    const list: T[] = [];
    for await (const item of items) list.push(item);
    return list;
  };

  expect(await all(client.runs.query({ ...MIN, page_size: 1 }))).toHaveLength(3);
  expect(
    await client.runs.retrieve(uuid(11), { project_id: uuid(3), selects: ['STATUS'] }),
  ).toEqual({ status: 'ERROR' });
  expect(await all(client.datasets.listV2({ page_size: 1 }))).toMatchObject([{ id: uuid(1) }]);
  expect(await all(client.sessions.listV2({ type: ['EXPERIMENT'] }))).toMatchObject([
    { id: uuid(3) },
  ]);
  expect(
    await all(client.datasets.experimentRuns.query(uuid(1), { experiment_ids: [uuid(3)] })),
  ).toMatchObject([{ id: uuid(2), runs: [{ id: uuid(10) }, { id: uuid(11) }] }]);
});

test('a home can play a server of one version', async () => {
  const old = await openTestHome({ lists: 'v1' });
  const young = await openTestHome({ lists: 'v2' });
  const asked = ['GET /datasets', 'GET /v2/datasets', 'GET /sessions', `GET /sessions/${uuid(3)}`];
  const statuses = async (home: TestHome) => {
    await openExperiment(home);
    return Promise.all(asked.map(async (request) => (await send(home, request)).status));
  };

  const answered = [await statuses(old), await statuses(young)];
  await old.close();
  await young.close();

  expect(answered).toEqual([
    [200, 404, 200, 200],
    [410, 200, 410, 200],
  ]);
});
