import { beforeEach, describe, expect } from 'vitest';
import { type TestHome, test } from '../support/home.js';
import { openExperiment, run, send, sendRuns, uuid } from './requests.js';

/** Two experiments (3, 4) with a run each (10, 11) on the same example. */
async function openTwo(home: TestHome): Promise<void> {
  await openExperiment(home);
  await send(home, 'POST /sessions', {
    id: uuid(4),
    name: 'other guesses',
    reference_dataset_id: uuid(1),
  });
  await sendRuns(home, {
    [`post.${uuid(10)}`]: run(10),
    [`post.${uuid(11)}`]: run(11, { session_id: uuid(4) }),
  });
}

const compare = (home: TestHome, more: object = {}) =>
  send(home, 'POST /datasets/comparative', {
    id: uuid(5),
    name: 'which is better?',
    experiment_ids: [uuid(3), uuid(4)],
    reference_dataset_id: uuid(1),
    extra: { metadata: { judge: 'me' } },
    ...more,
  });

describe('a comparative experiment', () => {
  beforeEach<{ home: TestHome }>(({ home }) => openTwo(home));

  test('is created, listed with its experiments, and deleted', async ({ home }) => {
    const created = await compare(home);
    const listed = await send(home, `GET /datasets/${uuid(1)}/comparative?name_contains=BETTER`);
    const deleted = await send(home, `DELETE /datasets/comparative/${uuid(5)}`);

    expect(created).toMatchObject({
      status: 200,
      json: {
        id: uuid(5),
        name: 'which is better?',
        reference_dataset_id: uuid(1),
        extra: { metadata: { judge: 'me' } },
      },
    });
    expect(listed.json).toMatchObject([
      {
        id: uuid(5),
        experiments_info: [
          { id: uuid(3), name: 'guesses' },
          { id: uuid(4), name: 'other guesses' },
        ],
        feedback_stats: {},
      },
    ]);
    expect(deleted.status).toBe(200);
    expect((await send(home, `GET /datasets/${uuid(1)}/comparative`)).json).toEqual([]);
  });

  test('keeps its feedback out of the scores of its experiments', async ({ home }) => {
    await compare(home);
    for (const number of [10, 11]) {
      await send(home, 'POST /feedback', {
        key: 'preferred',
        score: number - 10,
        run_id: uuid(number),
        comparative_experiment_id: uuid(5),
        feedback_group_id: uuid(6),
      });
    }

    const [comparison] = (await send(home, `GET /datasets/${uuid(1)}/comparative`)).json;
    const rows = async (more: object) =>
      (
        await send(home, `POST /datasets/${uuid(1)}/runs`, {
          session_ids: [uuid(3), uuid(4)],
          ...more,
        })
      ).json[0].runs.map(({ feedback_stats: stats }: { feedback_stats: object }) => stats);

    expect(comparison.feedback_stats).toMatchObject({ preferred: { n: 2, avg: 0.5 } });
    expect(
      (await send(home, `GET /feedback?comparative_experiment_id=${uuid(5)}&run=${uuid(11)}`)).json,
    ).toMatchObject([{ score: 1, feedback_group_id: uuid(6), comparative_experiment_id: uuid(5) }]);
    expect(
      (await send(home, `GET /sessions/${uuid(3)}?include_stats=true`)).json.feedback_stats,
    ).toEqual({});
    expect(await rows({})).toEqual([null, null]);
    expect(await rows({ comparative_experiment_id: uuid(5) })).toMatchObject([
      { preferred: { avg: 0 } },
      { preferred: { avg: 1 } },
    ]);

    await send(home, `DELETE /datasets/comparative/${uuid(5)}`);
    expect((await send(home, `GET /feedback?run=${uuid(10)}`)).json).toEqual([]);
  });

  test.for([
    [{ experiment_ids: [uuid(3), uuid(99)] }, 404],
    [{ reference_dataset_id: uuid(99) }, 400],
    [{ experiment_ids: undefined }, 422],
  ] as const)('is refused with %j', async ([changes, status], { home }) => {
    expect((await compare(home, changes)).status).toBe(status);
  });

  test('is refused when there is one of its id', async ({ home }) => {
    await compare(home);

    expect((await compare(home)).status).toBe(409);
  });
});

describe('a feedback config', () => {
  const GRADES = {
    type: 'categorical',
    categories: [
      { value: 0, label: 'poor' },
      { value: 1, label: 'good' },
    ],
  };
  const describeGrade = (home: TestHome, feedback_config: object = GRADES) =>
    send(home, 'POST /feedback-configs', { feedback_key: 'grade', feedback_config });

  test('is created once, created again if it is the same, changed and deleted', async ({
    home,
  }) => {
    const answers = [
      await describeGrade(home),
      await describeGrade(home),
      await describeGrade(home, { type: 'freeform' }),
      await send(home, 'PATCH /feedback-configs', {
        feedback_key: 'grade',
        is_lower_score_better: true,
      }),
    ];
    const listed = await send(home, 'GET /feedback-configs?key=grade');
    const deleted = await fetch(`${home.url}/feedback-configs?feedback_key=grade`, {
      method: 'DELETE',
    });

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 200]);
    expect(listed.json).toMatchObject([
      { feedback_key: 'grade', feedback_config: GRADES, is_lower_score_better: true },
    ]);
    expect(deleted.status).toBe(204);
    expect((await send(home, 'GET /feedback-configs')).json).toEqual([]);
  });

  test('comes with the first feedback that brings one, and another is refused', async ({
    home,
  }) => {
    await openTwo(home);
    const give = (feedback_config: object) =>
      send(home, 'POST /feedback', { key: 'grade', score: 1, run_id: uuid(10), feedback_config });

    const answers = [await give(GRADES), await give({ type: 'continuous', min: 0, max: 1 })];

    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect((await send(home, 'GET /feedback-configs')).json).toMatchObject([
      { feedback_key: 'grade', feedback_config: GRADES },
    ]);
  });

  test.for([
    [{ score: 1 }, 200],
    [{ score: 2 }, 400],
    [{ value: 'good' }, 200],
    [{ value: 'excellent' }, 400],
    [{ comment: 'no score at all' }, 200],
  ] as const)('of categories answers %j by %i', async ([given, status], { home }) => {
    await openTwo(home);
    await describeGrade(home);

    const answer = await send(home, 'POST /feedback', {
      key: 'grade',
      run_id: uuid(10),
      ...given,
    });

    expect(answer.status).toBe(status);
  });
});

test('the baseline of a dataset is read back as it was written, until that experiment goes', async ({
  home,
}) => {
  await openTwo(home);
  const baseline = async () =>
    (await send(home, `GET /datasets/${uuid(1)}`)).json.baseline_experiment_id;

  const before = await baseline();
  await send(home, `PATCH /datasets/${uuid(1)}`, { baseline_experiment_id: uuid(4) });
  await send(home, `PATCH /datasets/${uuid(1)}`, { description: 'of countries' });
  const written = await baseline();
  await send(home, `DELETE /sessions/${uuid(4)}`);

  expect([before, written, await baseline()]).toEqual([null, uuid(4), null]);
});
