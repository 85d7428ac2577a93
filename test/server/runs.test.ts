import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { beforeEach, describe, expect } from 'vitest';
import { printIso, printOrderTime } from '../../src/server/time.js';
import { openTestHome, test } from '../support/home.js';
import { form, NOON, openExperiment, run, send, sendRuns, uuid } from './requests.js';

const post = (number: number, changes = {}) => ({ [`post.${uuid(number)}`]: run(number, changes) });
const child = (number: number, parent: number, changes = {}) =>
  run(number, {
    trace_id: uuid(parent),
    parent_run_id: uuid(parent),
    dotted_order: `${printOrderTime(NOON)}${uuid(parent)}.${printOrderTime(NOON)}${uuid(number)}`,
    reference_example_id: undefined,
    ...changes,
  });

describe('POST /runs/multipart', () => {
  beforeEach<{ home: Awaited<ReturnType<typeof openTestHome>> }>(({ home }) =>
    openExperiment(home),
  );

  test('keeps payloads digit by digit, whatever is in them', async ({ home }) => {
    const inputs =
      '{"a":1.0,"b":9007199254740993,"c":0.1000,"__proto__":{"d":18446744073709551615}}';

    const answer = await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10, { inputs: undefined }),
      [`post.${uuid(10)}.inputs`]: inputs,
    });

    expect(answer.status).toBe(202);
    expect((await send(home, `GET /runs/${uuid(10)}`)).text).toContain(`"inputs":${inputs}`);
  });

  test('keeps microseconds', async ({ home }) => {
    const start = NOON + 123_456;

    await sendRuns(
      home,
      post(10, { start_time: printIso(start), dotted_order: printOrderTime(start) + uuid(10) }),
    );

    expect((await send(home, `GET /runs/${uuid(10)}`)).json.start_time).toBe(
      '2026-01-31T12:00:00.123456+00:00',
    );
  });

  test('takes times as epoch milliseconds, and an ISO time without a zone as UTC', async ({
    home,
  }) => {
    await sendRuns(
      home,
      post(10, { start_time: '2026-01-31T12:00:00.000', end_time: NOON / 1000 + 1500 }),
    );

    expect((await send(home, `GET /runs/${uuid(10)}`)).json).toMatchObject({
      start_time: '2026-01-31T12:00:00.000000+00:00',
      end_time: '2026-01-31T12:00:01.500000+00:00',
    });
  });

  test('merges an update with its run, in one body or the update first', async ({ home }) => {
    const update = { id: uuid(11), end_time: printIso(NOON + 1), outputs: { capital: 'Lyon' } };
    const place = { trace_id: uuid(11), dotted_order: run(11).dotted_order };

    const first = await sendRuns(home, { [`patch.${uuid(11)}`]: { ...update, ...place } });
    const unseen = await send(home, `GET /runs/${uuid(11)}`);
    await sendRuns(home, post(11, { end_time: null, outputs: undefined }));

    expect(first.status).toBe(202);
    expect(unseen.status).toBe(404);
    expect((await send(home, `GET /runs/${uuid(11)}`)).json).toMatchObject({
      status: 'success',
      outputs: { capital: 'Lyon' },
      inputs: { country: 'France' },
    });
  });

  test('makes the project that a run names, and takes feedback on it in the same body', async ({
    home,
  }) => {
    const answer = await sendRuns(home, {
      [`feedback.${uuid(90)}`]: { key: 'good', score: true, run_id: uuid(10), trace_id: uuid(10) },
      ...post(10, { session_id: undefined, session_name: 'evaluators' }),
    });

    const [project] = (await send(home, 'GET /sessions?name=evaluators&include_stats=true')).json;
    expect(answer.status).toBe(202);
    expect(project).toMatchObject({ run_count: 1, feedback_stats: { good: { n: 1, avg: 1 } } });
  });

  test('keeps feedback that overtakes its run when it names the session', async ({ home }) => {
    const answer = await sendRuns(home, {
      [`feedback.${uuid(90)}`]: {
        key: 'good',
        score: 1,
        run_id: uuid(10),
        trace_id: uuid(10),
        session_id: uuid(3),
      },
    });

    expect(answer.status).toBe(202);
  });

  test('reads gzip', async ({ home }) => {
    const { body, headers } = form(post(10));

    const answer = await send(home, 'POST /runs/multipart', zlib.gzipSync(body), {
      ...headers,
      'content-encoding': 'gzip',
    });

    expect(answer.status).toBe(202);
  });

  test('reads a body that comes in chunks, without its length', async ({ home }) => {
    const { body, headers } = form(post(10));
    const middle = body.length >> 1;
    const chunks = Readable.toWeb(Readable.from([body.subarray(0, middle), body.subarray(middle)]));

    const response = await fetch(`${home.url}/runs/multipart`, {
      method: 'POST',
      headers,
      body: chunks as ReadableStream,
      duplex: 'half',
    });

    expect(response.status).toBe(202);
  });

  test('refuses an encoding that it does not know', async ({ home }) => {
    const { body, headers } = form(post(10));

    const answer = await send(home, 'POST /runs/multipart', body, {
      ...headers,
      'content-encoding': 'br',
    });

    expect(answer).toMatchObject({ status: 415, json: { error: 'Unsupported Media Type' } });
  });

  test('stops decompressing a bomb', async ({ home }) => {
    const bomb = zlib.gzipSync(Buffer.alloc(140_000_000), { level: 1 });

    const answer = await send(home, 'POST /runs/multipart', bomb, {
      ...form({}).headers,
      'content-encoding': 'gzip',
    });

    expect(answer.status).toBe(413);
  });

  test('refuses a run that exists, and with it the whole body', async ({ home }) => {
    await sendRuns(home, post(10));

    const answer = await sendRuns(home, { ...post(11), ...post(10) });

    expect(answer).toMatchObject({
      status: 409,
      json: { error: 'Conflict', details: expect.stringContaining('payload already received') },
    });
    expect((await send(home, `GET /runs/${uuid(11)}`)).status).toBe(404);
  });

  test('refuses a second update of a run', async ({ home }) => {
    const update = { [`patch.${uuid(10)}`]: { ...run(10), outputs: { capital: 'Nice' } } };
    await sendRuns(home, { ...post(10), ...update });

    expect((await sendRuns(home, update)).status).toBe(409);
  });

  test.for([
    [{ trace_id: undefined }, 400, 'missing trace_id'],
    [{ dotted_order: undefined }, 400, 'missing dotted_order'],
    [{ dotted_order: 'yesterday' }, 400, 'invalid dotted_order'],
    [{ dotted_order: child(10, 9).dotted_order, trace_id: uuid(10) }, 400, 'first part'],
    [
      { dotted_order: `${run(10).dotted_order}.${run(10).dotted_order}` },
      400,
      'dotted_order must contain a single part for root runs',
    ],
    [{ parent_run_id: uuid(9) }, 400, 'at least two parts for child runs'],
    [{ trace_id: uuid(9) }, 400, 'does not match first part of dotted_order'],
    [{ dotted_order: printOrderTime(NOON) + uuid(12), trace_id: uuid(12) }, 400, 'last part'],
    [{ start_time: printIso(NOON + 5_000) }, 400, 'start_time does not match'],
    [{ start_time: 'noon' }, 422, 'start_time must be an ISO 8601 timestamp'],
    [{ start_time: '2026-02-30T12:00:00Z' }, 422, 'start_time must be an ISO 8601 timestamp'],
    [{ name: undefined }, 422, 'name: Field required'],
    [{ run_type: 'model' }, 422, 'run_type'],
    [{ inputs: 'France' }, 422, 'inputs'],
    [{ outputs: ['Paris'] }, 422, 'outputs'],
    [{ error: { message: 'no' } }, 422, 'error'],
    [{ session_id: uuid(99) }, 404, 'Session not found'],
    [{ session_id: 'guesses' }, 422, 'session_id'],
    [{ reference_example_id: uuid(99) }, 400, 'reference example'],
    [{ id: uuid(99) }, 422, 'id'],
    [{ inputs: { country: 'Fr\0ance' } }, 400, 'U+0000'],
  ] as const)('refuses a run with %j', async ([changes, status, words], { home }) => {
    const answer = await sendRuns(home, post(10, changes));

    expect(answer).toMatchObject({ status, json: { details: expect.stringContaining(words) } });
    expect((await send(home, `GET /runs/${uuid(10)}`)).status).toBe(404);
  });

  test.for([
    ['{"n":18446744073709551616}', 'int too big to convert'],
    ['{"n":-9223372036854775809}', 'int too big to convert'],
    ['{"n":NaN}', 'NaN'],
    ['{"n":-Infinity}', '-Infinity'],
    ['{"n":1e400}', '1e400'],
    ['{"n":', 'JSON'],
    ['["a list"]', 'must be an object'],
  ] as const)('refuses the inputs %s', async ([inputs, words], { home }) => {
    const answer = await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10, { inputs: undefined }),
      [`post.${uuid(10)}.inputs`]: inputs,
    });

    expect(answer).toMatchObject({
      status: 422,
      json: { details: expect.stringContaining(words) },
    });
  });

  test('refuses a child that starts before its parent', async ({ home }) => {
    const early = NOON - 1;
    const order = `${printOrderTime(NOON)}${uuid(10)}.${printOrderTime(early)}${uuid(11)}`;

    const answer = await sendRuns(home, {
      ...post(10),
      [`post.${uuid(11)}`]: child(11, 10, { start_time: printIso(early), dotted_order: order }),
    });

    expect(answer).toMatchObject({
      status: 400,
      json: { details: expect.stringContaining('must not start before its parent') },
    });
  });

  test.for([
    ['of another length', (text: string) => text.length + 1],
    ['of no length', () => undefined],
  ] as const)('refuses a part %s', async ([, lengthOf], { home }) => {
    const { body, headers } = form(post(10), lengthOf);

    expect((await send(home, 'POST /runs/multipart', body, headers)).status).toBe(422);
  });

  test.for(['post.1', `run.${uuid(10)}`, `post.${uuid(10)}.output`, 'feedback.1'])(
    'refuses a part that is called %s',
    async (name, { home }) => {
      expect((await sendRuns(home, { ...post(10), [name]: {} })).status).toBe(422);
    },
  );

  test('refuses a payload without its run', async ({ home }) => {
    expect((await sendRuns(home, { [`post.${uuid(10)}.inputs`]: {} })).status).toBe(422);
  });

  test('refuses a body that ends too early', async ({ home }) => {
    const { body, headers } = form(post(10));

    const answer = await send(home, 'POST /runs/multipart', body.subarray(0, -30), headers);

    expect(answer.status).toBe(400);
  });

  test('counts runs and feedback against the limit of operations', async ({ home }) => {
    const runs = Object.assign({}, ...Array.from({ length: 60 }, (_, n) => post(100 + n)));
    const feedback = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [
          `feedback.${uuid(500 + n)}`,
          { key: 'good', score: 1, run_id: uuid(100 + n), trace_id: uuid(100 + n) },
        ]),
      );

    expect(await sendRuns(home, { ...runs, ...feedback(41) })).toMatchObject({
      status: 400,
      json: { details: expect.stringContaining('101 operations') },
    });
    expect((await sendRuns(home, { ...runs, ...feedback(40) })).status).toBe(202);
  });
});

describe('limits', () => {
  test('a batch over the limit of bytes is refused, a single run is not', async () => {
    const home = await openTestHome({ maxBatchBytes: 5_000 });
    await openExperiment(home);
    const large = { outputs: { capital: 'x'.repeat(6_000) } };

    const two = await sendRuns(home, { ...post(10, large), ...post(11) });
    const one = await sendRuns(home, post(10, large));
    await home.close();

    expect([two.status, one.status]).toEqual([413, 202]);
  });

  test('a home can play the cloud and refuse old runs', async () => {
    const now = () => NOON / 1000 + 23 * 3_600_000;
    const home = await openTestHome({ enforceTimeWindowHours: 24, now });
    await openExperiment(home);
    const old = NOON - 2 * 3_600_000_000;
    const place = { start_time: printIso(old), dotted_order: printOrderTime(old) + uuid(11) };

    const answer = await sendRuns(home, { ...post(10), ...post(11, place) });
    const young = await sendRuns(home, post(10));
    await home.close();

    expect(answer).toMatchObject({
      status: 422,
      json: { details: expect.stringContaining('start_time') },
    });
    expect(young.status).toBe(202);
  });

  test('a home can be one that takes no forms', async () => {
    const home = await openTestHome({ multipartRuns: false, examplesMultipart: false });
    await openExperiment(home);

    const info = await send(home, 'GET /info');
    const multipart = await sendRuns(home, post(10));
    const batch = await send(home, 'POST /runs/batch', { post: [run(10)], patch: [] });
    await home.close();

    expect(info.json).toMatchObject({
      batch_ingest_config: { use_multipart_endpoint: false },
      instance_flags: { dataset_examples_multipart_enabled: false },
    });
    expect([multipart.status, batch.status]).toEqual([404, 202]);
  });
});

describe('POST /runs, PATCH /runs/{id}', () => {
  beforeEach<{ home: Awaited<ReturnType<typeof openTestHome>> }>(({ home }) =>
    openExperiment(home),
  );

  test('a root run needs neither id nor place in a trace', async ({ home }) => {
    const bare = { ...run(10), id: undefined, trace_id: undefined, dotted_order: undefined };

    const answer = await send(home, 'POST /runs', bare);

    const { runs } = (await send(home, 'POST /runs/query', { session: [uuid(3)] })).json;
    expect(answer.status).toBe(202);
    expect(runs).toMatchObject([{ trace_id: runs[0].id, parent_run_id: null }]);
  });

  test('a child finds its place by its parent', async ({ home }) => {
    await send(home, 'POST /runs', run(10));

    await send(home, 'POST /runs', {
      ...run(11, { trace_id: undefined, dotted_order: undefined }),
      parent_run_id: uuid(10),
    });

    expect((await send(home, `GET /runs/${uuid(11)}`)).json).toMatchObject({
      trace_id: uuid(10),
      parent_run_ids: [uuid(10)],
    });
  });

  test('a run is pending until it ends, and failed with an error', async ({ home }) => {
    const status = async () => (await send(home, `GET /runs/${uuid(10)}`)).json.status;
    await send(home, 'POST /runs', run(10, { end_time: undefined }));
    const before = await status();

    await send(home, `PATCH /runs/${uuid(10)}`, { end_time: printIso(NOON + 1), error: 'no' });

    expect([before, await status()]).toEqual(['pending', 'error']);
  });

  test('tells errors as the Go part of LangSmith does', async ({ home }) => {
    expect(await send(home, 'POST /runs', run(10, { run_type: 'model' }))).toMatchObject({
      status: 422,
      json: { error: 'Unprocessable Entity', details: expect.stringContaining('run_type') },
    });
  });
});

describe('POST /runs/query', () => {
  beforeEach<{ home: Awaited<ReturnType<typeof openTestHome>> }>(async ({ home }) => {
    await openExperiment(home);
    await sendRuns(home, {
      ...post(10, { tags: ['first'], extra: { metadata: { model: 'atlas' } } }),
      ...post(11, { error: 'no answer', outputs: undefined }),
      [`post.${uuid(12)}`]: child(12, 10, { run_type: 'tool', name: 'look up' }),
      [`feedback.${uuid(90)}`]: { key: 'good', score: 0, run_id: uuid(10), trace_id: uuid(10) },
      [`feedback.${uuid(91)}`]: { key: 'fast', score: 1, run_id: uuid(10), trace_id: uuid(10) },
    });
  });

  test.for([
    [{ is_root: true }, [10, 11]],
    [{ is_root: false }, [12]],
    [{ trace: uuid(10) }, [10, 12]],
    [{ parent_run: uuid(10) }, [12]],
    [{ id: [uuid(11)] }, [11]],
    [{ error: true }, [11]],
    [{ run_type: 'tool' }, [12]],
    [{ reference_example: [uuid(2)] }, [10, 11]],
    [{ start_time: printIso(NOON + 1) }, []],
    [{ filter: 'eq(name, "look up")' }, [12]],
    [{ filter: 'and(eq(run_type, "llm"), eq(status, "success"))' }, [10]],
    [{ filter: 'or(eq(run_type, "tool"), neq(error, null))' }, [11, 12]],
    [{ filter: 'has(tags, "first")' }, [10]],
    [{ filter: 'gt(latency, 2)' }, [10, 11, 12]],
    [{ filter: 'lt(start_time, "2026-01-31T12:00:00Z")' }, []],
    [{ filter: 'and(eq(feedback_key, "fast"), gte(feedback_score, 1))' }, [10]],
    [{ filter: 'and(eq(feedback_key, "good"), gte(feedback_score, 1))' }, []],
    [{ filter: 'and(eq(metadata_key, "model"), eq(metadata_value, "atlas"))' }, [10]],
    [{ filter: `has(metadata, '{"model": "atlas"}')` }, [10]],
    [{ filter: 'in(name, ["guess"])' }, [10, 11]],
    [{ filter: 'not(eq(name, "guess"))' }, [12]],
    [{ filter: 'exists(metadata, "model")' }, [10]],
    [{ execution_order: 1 }, [10, 11]],
  ] as const)('finds runs by %j', async ([query, numbers], { home }) => {
    const { json } = await send(home, 'POST /runs/query', { session: [uuid(3)], ...query });

    expect(json.runs.map((found: { id: string }) => found.id).sort()).toEqual(numbers.map(uuid));
  });

  test.for(['search("x")', 'eq(colour, "red")', 'near(name, "x")', 'eq(name', 'name'])(
    'refuses the filter %s rather than pass it over',
    async (filter, { home }) => {
      expect((await send(home, 'POST /runs/query', { filter })).status).toBe(400);
    },
  );

  test('pages by cursor', async ({ home }) => {
    const page = async (cursor?: string) =>
      (await send(home, 'POST /runs/query', { session: [uuid(3)], limit: 2, cursor })).json;

    const first = await page();
    const second = await page(first.cursors.next);

    expect(first.runs).toHaveLength(2);
    expect(second).toMatchObject({ runs: [{}], cursors: { next: null } });
  });

  test('gives at most 100', async ({ home }) => {
    expect(await send(home, 'POST /runs/query', { limit: 101 })).toMatchObject({
      status: 400,
      json: { detail: 'Limit exceeds maximum allowed value of 100' },
    });
  });

  test('selects fields', async ({ home }) => {
    const query = { session: [uuid(3)], is_root: true, select: ['id', 'name'], limit: 1 };

    const { json } = await send(home, 'POST /runs/query', query);

    expect(json.runs).toEqual([{ id: uuid(11), name: 'guess' }]);
  });
});
