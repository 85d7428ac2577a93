import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { printIso, printOrderTime } from '../../src/server/time.js';
import { openTestHome, type TestHome } from '../support/home.js';
import { form, NOON, openExperiment, run, send, sendRuns, uuid } from './requests.js';
import { zstdOf } from './zstd.js';

let home: TestHome;
beforeEach(async () => {
  home = await openTestHome({ strict: false, waitForRunMs: 500 });
  await openExperiment(home);
});
afterEach(() => home.close());

const scoresOf = async (id: string) =>
  (await send(home, `GET /sessions/${id}?include_stats=true`)).json.feedback_stats;
const score = (more: object = {}) => ({ key: 'good', score: 1, run_id: uuid(10), ...more });

describe('feedback that comes before its run', () => {
  test.for(['/feedback', '/feedback/eager'])(
    'by %s is kept where it names its experiment, and belongs to the run when that comes',
    async (path) => {
      const early = await send(home, `POST ${path}`, score({ session_id: uuid(3) }));
      const before = await send(home, `GET /feedback/${early.json.id}`);
      await sendRuns(home, { [`post.${uuid(10)}`]: run(10) });

      expect(early.status).toBe(200);
      expect(before.json).toMatchObject({ run_id: uuid(10), trace_id: null });
      expect((await send(home, `GET /feedback/${early.json.id}`)).json).toMatchObject({
        session_id: uuid(3),
        trace_id: uuid(10),
      });
      expect(await scoresOf(uuid(3))).toMatchObject({ good: { n: 1, avg: 1 } });
    },
  );

  test('waits for it where it names nothing but its run', async () => {
    const early = send(home, 'POST /feedback', score());
    await send(home, 'POST /runs', run(10));

    expect(await early).toMatchObject({
      status: 200,
      json: { session_id: uuid(3), trace_id: uuid(10) },
    });
  });

  test('is refused where that run does not come', async () => {
    expect(await send(home, 'POST /feedback', score())).toMatchObject({
      status: 404,
      json: { detail: `Run ${uuid(10)} not found` },
    });
  });

  test('in a form is kept, whatever it names, and counts when the run comes', async () => {
    const feedback = score({ trace_id: uuid(10) });

    const early = await sendRuns(home, { [`feedback.${uuid(90)}`]: feedback });
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10) });

    expect(early.status).toBe(202);
    expect(await scoresOf(uuid(3))).toMatchObject({ good: { n: 1, avg: 1 } });
  });
});

describe('a run that is not as it should be is stored and marked', () => {
  const START = NOON + 5_000;

  test.for([
    [
      'where its start differs from its dotted_order',
      { start_time: printIso(START) },
      /start_time does not match last part of dotted_order/,
    ],
    [
      'where its example is unknown',
      { reference_example_id: uuid(99) },
      /reference example .*99 not found/,
    ],
    [
      'where it holds U+0000',
      { inputs: { country: 'Fr\0ance' }, error: 'no\0', name: 'a\0' },
      /^U\+0000 replaced by U\+FFFD \(3×\)$/,
    ],
  ] as const)('%s', async ([, changes, mark]) => {
    const answer = await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10, changes),
      [`post.${uuid(11)}`]: run(11),
    });

    expect(answer.status).toBe(202);
    expect((await send(home, `GET /runs/${uuid(10)}`)).json.marks).toEqual([
      expect.stringMatching(mark),
    ]);
    expect((await send(home, `GET /runs/${uuid(11)}`)).json).not.toHaveProperty('marks');
    const page = await fetch(
      `${home.url}/o/${home.store.tenantId}/projects/p/${uuid(3)}/r/${uuid(10)}`,
    );
    expect(await page.text()).toContain('Note: ');
  });

  test('and its example’s rows still end where they end', async () => {
    await send(home, 'POST /examples', { id: uuid(4), dataset_id: uuid(1), inputs: { n: 4 } });
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10, { reference_example_id: uuid(1) }),
      [`post.${uuid(11)}`]: run(11),
      [`post.${uuid(12)}`]: run(12, { reference_example_id: uuid(4) }),
    });
    const rows = async (offset: number) =>
      (
        await send(home, `POST /datasets/${uuid(1)}/runs`, {
          session_ids: [uuid(3)],
          limit: 1,
          offset,
        })
      ).json;

    const pages = [await rows(0), await rows(1), await rows(2)];

    expect(pages).toMatchObject([[{ id: uuid(2) }], [{ id: uuid(4) }], []]);
  });

  test('and what was replaced in its update counts, too', async () => {
    await send(home, 'POST /runs', run(10, { name: 'a\0\\u0000' }));
    await send(home, 'POST /runs/batch', {
      post: [],
      patch: [{ ...run(10), name: undefined, outputs: { capital: 'Pa\0ris' } }],
    });

    expect((await send(home, `GET /runs/${uuid(10)}`)).json).toMatchObject({
      name: 'a\ufffd\\u0000',
      outputs: { capital: 'Pa\ufffdris' },
      marks: ['U+0000 replaced by U+FFFD (2×)'],
    });
  });
});

test('U+0000 is replaced in an example, its names and its metadata', async () => {
  const { body, headers } = form({
    [uuid(4)]: { metadata: { 'a\0': 'b\0' } },
    [`${uuid(4)}.inputs`]: { 'country\0': 'Fr\0ance' },
  });

  await send(home, `POST /platform/datasets/${uuid(1)}/examples`, body, headers);

  expect((await send(home, `GET /examples/${uuid(4)}`)).json).toMatchObject({
    inputs: { 'country\ufffd': 'Fr\ufffdance' },
    metadata: { 'a\ufffd': 'b\ufffd' },
  });
});

test('a text with every code point is stored', async () => {
  const points = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('');
  const text = JSON.stringify(points).replace(
    /[\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );

  const answer = await sendRuns(home, {
    [`post.${uuid(10)}`]: run(10, { inputs: undefined }),
    [`post.${uuid(10)}.inputs`]: `{"text":${text}}`,
  });

  expect(answer.status).toBe(202);
  expect((await send(home, `GET /runs/${uuid(10)}`)).json.inputs.text).toBe(
    points.replace('\0', '\ufffd'),
  );
});

test('zstd is announced and decoded, of many blocks', async () => {
  const large = { outputs: { text: 'abc'.repeat(200_000) } };
  const { body, headers } = form({ [`post.${uuid(10)}`]: run(10, large) });

  const { json: info } = await send(home, 'GET /info');
  const answer = await send(home, 'POST /runs/multipart', zstdOf(body), {
    ...headers,
    'content-encoding': 'zstd',
  });

  expect(info.instance_flags.zstd_compression_enabled).toBe(true);
  expect(answer.status).toBe(202);
  expect((await send(home, `GET /runs/${uuid(10)}`)).json.outputs).toEqual(large.outputs);
});

test('what is not zstd is refused', async () => {
  const { body, headers } = form({ [`post.${uuid(10)}`]: run(10) });

  const answer = await send(home, 'POST /runs/multipart', body, {
    ...headers,
    'content-encoding': 'zstd',
  });

  expect(answer).toMatchObject({ status: 400, json: { details: 'the body is not valid zstd' } });
});

test('a run that is addressed to an agent goes to a project of that name', async () => {
  const address = 'lrn:agents/geographer/environments/local';

  await sendRuns(home, { [`post.${uuid(10)}`]: run(10, { session_id: undefined, address }) });

  const { session_id: id } = (await send(home, `GET /runs/${uuid(10)}`)).json;
  expect((await send(home, `GET /sessions/${id}`)).json.name).toBe(address);
});

test('a strict home refuses what others mark', async () => {
  const strict = await openTestHome();
  await openExperiment(strict);
  const place = {
    start_time: printIso(NOON + 5_000),
    dotted_order: printOrderTime(NOON) + uuid(10),
  };

  const answers = [
    await sendRuns(strict, { [`post.${uuid(10)}`]: run(10, place) }),
    await sendRuns(strict, { [`post.${uuid(10)}`]: run(10, { reference_example_id: uuid(99) }) }),
    await sendRuns(strict, { [`post.${uuid(10)}`]: run(10, { name: '\0' }) }),
    await send(strict, 'POST /feedback', score({ session_id: uuid(3) })),
  ];
  await strict.close();

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 404]);
});
