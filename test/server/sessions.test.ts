import { beforeEach, describe, expect } from 'vitest';
import { printIso, printOrderTime } from '../../src/server/time.js';
import { type TestHome, test } from '../support/home.js';
import { NOON, openExperiment, run, send, sendRuns, uuid } from './requests.js';

const usage = (tokens: number) => ({
  metadata: {
    usage_metadata: {
      input_tokens: tokens,
      output_tokens: 1,
      total_tokens: tokens + 1,
      total_cost: 0.5,
    },
  },
});

describe('sessions', () => {
  beforeEach<{ home: TestHome }>(({ home }) => openExperiment(home));

  test.for([
    [{ id: uuid(3), name: 'another' }, 409],
    [{ id: uuid(4), name: 'guesses' }, 409],
    [{ name: 'lost', reference_dataset_id: uuid(99) }, 404],
    [{}, 422],
    [{ name: '' }, 422],
    [{ name: 'x', extra: [] }, 422],
  ] as const)('refuses to create %j', async ([body, status], { home }) => {
    expect((await send(home, 'POST /sessions', body)).status).toBe(status);
  });

  test('an upsert changes the one of that name', async ({ home }) => {
    const body = { name: 'guesses', extra: { metadata: { a: 1 } } };

    const answer = await send(home, 'POST /sessions?upsert=true', body);

    expect(answer.json).toMatchObject({ id: uuid(3), extra: { metadata: { a: 1 } } });
  });

  test('a null leaves a field as it is, extra is replaced', async ({ home }) => {
    const patch = (body: object) => send(home, `PATCH /sessions/${uuid(3)}`, body);
    await patch({ description: 'mine', extra: { metadata: { a: 1 } } });

    const answer = await patch({ description: null, name: null, extra: { metadata: { b: 2 } } });

    expect(answer.json).toMatchObject({
      name: 'guesses',
      description: 'mine',
      extra: { metadata: { b: 2 } },
      end_time: null,
    });
  });

  test('numbers the experiments of a dataset', async ({ home }) => {
    const answer = await send(home, 'POST /sessions', {
      name: 'more guesses',
      reference_dataset_id: uuid(1),
    });

    expect(answer.json.test_run_number).toBe(2);
  });

  test('counts its root runs, their errors, latencies, tokens, costs and scores', async ({
    home,
  }) => {
    const childOrder = `${run(11).dotted_order}.${printOrderTime(NOON)}${uuid(13)}`;
    const score = (number: number, of: number, fields: object) => ({
      [`feedback.${uuid(number)}`]: { run_id: uuid(of), trace_id: uuid(of), ...fields },
    });
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10, { end_time: printIso(NOON + 1_000_000), extra: usage(10) }),
      [`post.${uuid(11)}`]: run(11, {
        run_type: 'chain',
        end_time: printIso(NOON + 3_000_000),
        error: 'no',
        extra: usage(1000),
      }),
      [`post.${uuid(13)}`]: run(13, {
        trace_id: uuid(11),
        parent_run_id: uuid(11),
        dotted_order: childOrder,
        outputs: usage(20).metadata,
      }),
      ...score(90, 10, { key: 'good', score: true, value: 'yes' }),
      ...score(91, 11, { key: 'good', score: 0.5, value: 'no' }),
      ...score(92, 11, { key: 'note', value: 'no', comment: 'sad' }),
    });
    await send(home, 'POST /feedback', { key: 'accuracy', score: 0.75, session_id: uuid(3) });

    const { json } = await send(home, `GET /sessions/${uuid(3)}?include_stats=true`);

    expect(json).toMatchObject({
      run_count: 2,
      error_rate: 0.5,
      latency_p50: 2,
      prompt_tokens: 30,
      completion_tokens: 2,
      total_tokens: 32,
      total_cost: 1,
      last_run_start_time: printIso(NOON),
      feedback_stats: {
        good: { n: 2, avg: 0.75, stdev: 0.25, min: 0.5, max: 1, values: { yes: 1, no: 1 } },
        note: { n: 1, avg: null, values: { no: 1 } },
      },
      session_feedback_stats: { accuracy: { n: 1, avg: 0.75 } },
    });
    expect(json.latency_p99).toBeCloseTo(2.98);
  });

  test('has no negative latency for a run whose end is a microsecond before its start', async ({
    home,
  }) => {
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10, { end_time: printIso(NOON - 1) }) });

    const { json } = await send(home, `GET /sessions/${uuid(3)}?include_stats=true`);
    const found = await send(home, 'POST /runs/query', {
      session: [uuid(3)],
      filter: 'lt(latency, 0)',
    });

    expect(json).toMatchObject({ latency_p50: 0, latency_p99: 0 });
    expect(found.json.runs).toEqual([]);
  });

  test('have no latency of runs whose times nobody knows', async ({ home }) => {
    await openExperiment(home);
    const untimed = { end_time: printIso(NOON), extra: { metadata: { untimed: true } } };
    const ofRun = async (number: number, changes: object) => {
      await sendRuns(home, { [`post.${uuid(number)}`]: run(number, { ...changes }) });
      const { json } = await send(home, `GET /sessions/${uuid(3)}?include_stats=true`);
      return [json.latency_p50, json.latency_p99];
    };

    expect(await ofRun(10, untimed)).toEqual([null, null]);
    expect(await ofRun(11, {})).toEqual([2.5, 2.5]);
    expect(await ofRun(12, { ...untimed, extra: {} })).toEqual([1.25, expect.closeTo(2.475)]);
  });

  test.for([
    [`reference_dataset=${uuid(1)}`, ['guesses']],
    ['reference_free=true', ['notes']],
    ['name=notes', ['notes']],
    ['name=note', []],
    ['name_contains=OTE', ['notes']],
    [`id=${uuid(3)}&id=${uuid(4)}`, ['notes', 'guesses']],
    ['sort_by=name&sort_by_desc=false', ['guesses', 'notes']],
    ['sort_by=latency_p50', ['guesses', 'notes']],
    ['sort_by=feedback&sort_by_feedback_key=good&limit=1', ['guesses']],
    ['limit=1&offset=1', ['guesses']],
    ['metadata={"a":1}', ['notes']],
    ['metadata={"a":2}', []],
  ] as const)('lists by %s', async ([query, names], { home }) => {
    await send(home, 'POST /sessions', {
      id: uuid(4),
      name: 'notes',
      extra: { metadata: { a: 1 } },
      start_time: printIso(NOON + 1),
    });
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10),
      [`feedback.${uuid(90)}`]: { key: 'good', score: 1, run_id: uuid(10), trace_id: uuid(10) },
    });

    const { json } = await send(home, `GET /sessions?${query}`);

    expect(json.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test('shows the rows of an experiment: each example with the root runs that answer it', async ({
    home,
  }) => {
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10),
      [`post.${uuid(11)}`]: run(11, { session_id: undefined, session_name: 'evaluators' }),
      [`feedback.${uuid(90)}`]: { key: 'good', score: 1, run_id: uuid(10), trace_id: uuid(10) },
    });

    const { json } = await send(home, `POST /datasets/${uuid(1)}/runs`, { session_ids: [uuid(3)] });

    expect(json).toMatchObject([
      {
        id: uuid(2),
        outputs: { capital: 'Paris' },
        runs: [
          {
            id: uuid(10),
            feedback_stats: { good: { n: 1, avg: 1 } },
            feedbacks: [{ key: 'good', score: 1 }],
          },
        ],
      },
    ]);
    expect(json[0].runs).toHaveLength(1);
  });

  test('counts the scores of a row as it counts those of the experiment', async ({ home }) => {
    const scores: object[] = [
      { key: 'good', score: true, value: 'yes' },
      { key: 'good', score: 0.25, value: 'say "no"' },
      { key: 'good', score: 0.5, value: 'yes', error: true },
      { key: 'good', value: 7 },
      { key: 'good', value: { a: 1 } },
      { key: 'a note', value: false, comment: 'sad' },
    ];
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10),
      ...Object.fromEntries(
        scores.map((score, n) => [
          `feedback.${uuid(90 + n)}`,
          { run_id: uuid(10), trace_id: uuid(10), ...score },
        ]),
      ),
    });

    const experiment = await send(home, `GET /sessions/${uuid(3)}?include_stats=true`);
    const rows = await send(home, `POST /datasets/${uuid(1)}/runs`, { session_ids: [uuid(3)] });

    expect(experiment.json.feedback_stats).toMatchObject({
      good: { n: 4, errors: 1, min: 0.25, max: 1, values: { yes: 1, 'say "no"': 1, 7: 1 } },
      'a note': { n: 1, avg: null, stdev: null, values: { false: 1 } },
    });
    const { good, 'a note': note } = experiment.json.feedback_stats;
    // Only runs have comments.
    expect(rows.json[0].runs[0].feedback_stats).toEqual({
      'a note': { ...note, comments: ['sad'] },
      good: {
        ...good,
        comments: [],
        avg: expect.closeTo(good.avg, 12),
        stdev: expect.closeTo(good.stdev, 12),
      },
    });
  });

  test('shows a row with its example as it is now, or was when it was deleted', async ({
    home,
  }) => {
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10) });
    await send(home, `PATCH /examples/${uuid(2)}`, { outputs: { capital: 'Lutetia' } });
    await send(home, `DELETE /examples/${uuid(2)}`);

    const { json } = await send(home, `POST /datasets/${uuid(1)}/runs`, { session_ids: [uuid(3)] });

    expect(json).toMatchObject([{ id: uuid(2), outputs: { capital: 'Lutetia' } }]);
    expect(json).toHaveLength(1);
  });

  test('deletes a session with its runs and feedback', async ({ home }) => {
    await sendRuns(home, {
      [`post.${uuid(10)}`]: run(10),
      [`feedback.${uuid(90)}`]: { key: 'good', score: 1, run_id: uuid(10), trace_id: uuid(10) },
    });

    await send(home, `DELETE /sessions/${uuid(3)}`);

    const paths = [`/sessions/${uuid(3)}`, `/runs/${uuid(10)}`, `/feedback/${uuid(90)}`];
    for (const path of paths) expect((await send(home, `GET ${path}`)).status).toBe(404);
  });
});

describe('feedback', () => {
  beforeEach<{ home: TestHome }>(async ({ home }) => {
    await openExperiment(home);
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10) });
  });

  test('finds session and trace by its run', async ({ home }) => {
    const { json } = await send(home, 'POST /feedback', {
      key: 'good',
      run_id: uuid(10),
      score: 1,
    });

    expect(json).toMatchObject({ session_id: uuid(3), trace_id: uuid(10), score: 1 });
  });

  test.for(['true', '1.0', '0.1230000', '-5', 'null'])(
    'keeps the score %s as it is',
    async (score, { home }) => {
      const { text } = await send(
        home,
        'POST /feedback',
        `{"key":"good","run_id":"${uuid(10)}","score":${score}}`,
      );

      expect(text).toContain(`"score":${score},`);
    },
  );

  test.for([
    [{ score: 0.12345 }, 422],
    [{ score: 1e-5 }, 422],
    [{ score: 'high' }, 422],
    [{ value: ['a', 'b'] }, 422],
    [{ correction: 7 }, 422],
    [{ key: 'k'.repeat(181) }, 422],
    [{ key: undefined }, 422],
    [{ run_id: undefined }, 422],
    [{ run_id: uuid(99) }, 404],
    [{ run_id: null, session_id: uuid(99) }, 404],
  ] as const)('refuses %j', async ([changes, status], { home }) => {
    const body = { key: 'good', run_id: uuid(10), ...changes };

    expect((await send(home, 'POST /feedback', body)).status).toBe(status);
  });

  test('refuses an id twice', async ({ home }) => {
    const body = { id: uuid(90), key: 'good', run_id: uuid(10), score: 1 };
    await send(home, 'POST /feedback', body);

    expect((await send(home, 'POST /feedback', body)).status).toBe(409);
  });

  test.for([
    ['key=good', ['good']],
    [`run=${uuid(10)}`, ['good']],
    ['level=session', ['accuracy']],
    [`session=${uuid(3)}`, ['accuracy', 'good']],
    ['source=model', ['good']],
    ['has_comment=true', []],
  ] as const)('lists by %s', async ([query, keys], { home }) => {
    await send(home, 'POST /feedback', {
      key: 'good',
      run_id: uuid(10),
      feedback_source: { type: 'model' },
    });
    await send(home, 'POST /feedback', { key: 'accuracy', session_id: uuid(3), score: 1 });

    const { json } = await send(home, `GET /feedback?${query}`);

    expect(json.map(({ key }: { key: string }) => key).sort()).toEqual(keys);
  });
});
