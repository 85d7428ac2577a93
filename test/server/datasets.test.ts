import { beforeEach, describe, expect } from 'vitest';
import { type TestHome, test } from '../support/home.js';
import { form, openExperiment, run, send, sendRuns, uuid } from './requests.js';

const upload = (home: TestHome, method: string, parts: Record<string, object | string>) => {
  const { body, headers } = form(parts);
  return send(home, `${method} /v1/platform/datasets/${uuid(1)}/examples`, body, headers);
};

describe('datasets', () => {
  test.for([
    [{ name: 'capitals' }, 409],
    [{ id: uuid(1), name: 'others' }, 409],
    [{}, 422],
    [{ name: 'x', data_type: 'table' }, 422],
    [{ name: 'x', id: 'one' }, 422],
    [{ name: 7 }, 422],
  ] as const)('refuses to create %j', async ([body, status], { home }) => {
    await send(home, 'POST /datasets', { id: uuid(1), name: 'capitals' });

    expect((await send(home, 'POST /datasets', body)).status).toBe(status);
  });

  test('tells what is wrong as FastAPI does', async ({ home }) => {
    expect((await send(home, 'POST /datasets', { description: 7 })).json).toEqual({
      detail: [
        { loc: ['body', 'name'], msg: 'Field required', type: 'missing' },
        {
          loc: ['body', 'description'],
          msg: 'Input should be a valid string',
          type: 'string_type',
        },
      ],
    });
  });

  test('finds a name exactly, with any character in it', async ({ home }) => {
    const name = 'a&b=c %"ü/😀';
    await send(home, 'POST /datasets', { name });

    const found = await send(home, `GET /datasets?name=${encodeURIComponent(name)}`);
    const missed = await send(home, `GET /datasets?name=${encodeURIComponent('a&b')}`);

    expect(found.json).toMatchObject([{ name }]);
    expect(missed).toMatchObject({ status: 200, json: [] });
  });

  test.for(['limit=0', 'limit=101', 'limit=ten', 'offset=-1', 'sort_by=colour', 'id=1'])(
    'refuses to list by %s',
    async (query, { home }) => {
      expect((await send(home, `GET /datasets?${query}`)).status).toBe(422);
    },
  );

  test('changes what is named, and clears what is null', async ({ home }) => {
    await send(home, 'POST /datasets', { id: uuid(1), name: 'capitals', description: 'mine' });

    const renamed = await send(home, `PATCH /datasets/${uuid(1)}`, { name: 'cities' });
    const cleared = await send(home, `PATCH /datasets/${uuid(1)}`, { description: null });

    expect(renamed.json).toMatchObject({ name: 'cities', description: 'mine' });
    expect(cleared.json).toMatchObject({ name: 'cities', description: null });
  });

  test('takes its examples and experiments with it when it is deleted', async ({ home }) => {
    await openExperiment(home);
    await sendRuns(home, { [`post.${uuid(10)}`]: run(10) });

    await send(home, `DELETE /datasets/${uuid(1)}`);

    const paths = [
      `/datasets/${uuid(1)}`,
      `/examples/${uuid(2)}`,
      `/sessions/${uuid(3)}`,
      `/runs/${uuid(10)}`,
    ];
    for (const path of paths) expect((await send(home, `GET ${path}`)).status).toBe(404);
  });
});

describe('examples', () => {
  beforeEach<{ home: TestHome }>(({ home }) => openExperiment(home));

  test('come back digit by digit, in the default split', async ({ home }) => {
    const inputs = '{"a":1.0,"b":9007199254740993}';

    const answer = await upload(home, 'POST', { [uuid(5)]: {}, [`${uuid(5)}.inputs`]: inputs });

    expect(answer).toMatchObject({
      status: 201,
      json: { count: 1, example_ids: [uuid(5)], as_of: expect.any(String) },
    });
    const example = await send(home, `GET /examples/${uuid(5)}`);
    expect(example.text).toContain(`"inputs":${inputs}`);
    expect(example.json).toMatchObject({
      metadata: { dataset_split: ['base'] },
      modified_at: answer.json.as_of,
    });
  });

  test('of one request are written together or not at all', async ({ home }) => {
    const answer = await upload(home, 'POST', {
      [uuid(5)]: {},
      [`${uuid(5)}.inputs`]: {},
      [uuid(2)]: {},
      [`${uuid(2)}.inputs`]: {},
    });

    expect(answer).toMatchObject({ status: 409, json: { error: 'Conflict' } });
    expect((await send(home, `GET /examples/${uuid(5)}`)).status).toBe(404);
  });

  test('cannot come twice in one request', async ({ home }) => {
    const example = { id: uuid(5), dataset_id: uuid(1), inputs: {} };

    expect((await send(home, 'POST /examples/bulk', [example, example])).status).toBe(409);
  });

  test('keep their id taken when they are deleted; an update brings them back', async ({
    home,
  }) => {
    const body = { id: uuid(2), dataset_id: uuid(1), inputs: {} };
    await send(home, `DELETE /examples/${uuid(2)}`);

    const gone = await send(home, `GET /examples/${uuid(2)}`);
    const again = await send(home, 'POST /examples', body);
    await send(home, `PATCH /examples/${uuid(2)}`, { outputs: { capital: 'Lyon' } });

    expect([gone.status, again.status]).toEqual([404, 409]);
    expect((await send(home, `GET /examples/${uuid(2)}`)).json).toMatchObject({
      inputs: { country: 'France' },
      outputs: { capital: 'Lyon' },
    });
  });

  test('can be erased, and then written again', async ({ home }) => {
    const erase = { example_ids: [uuid(2)], hard_delete: true };
    await send(home, 'POST /v1/platform/datasets/examples/delete', erase);

    const body = { id: uuid(2), dataset_id: uuid(1), inputs: {} };
    expect((await send(home, 'POST /examples', body)).status).toBe(200);
  });

  test.for([
    [{ dataset_id: uuid(99), inputs: {} }, 404],
    [{ inputs: {} }, 422],
    [{ dataset_id: uuid(1) }, 422],
    [{ dataset_id: uuid(1), inputs: [] }, 422],
    [{ dataset_id: uuid(1), inputs: {}, id: 'five' }, 422],
    [{ dataset_id: uuid(1), inputs: {}, use_source_run_io: true }, 400],
  ] as const)('are refused as %j', async ([body, status], { home }) => {
    expect((await send(home, 'POST /examples', body)).status).toBe(status);
  });

  test('of another dataset cannot be updated with this one', async ({ home }) => {
    await send(home, 'POST /datasets', { id: uuid(6), name: 'others' });
    await send(home, 'POST /examples', { id: uuid(7), dataset_id: uuid(6), inputs: {} });

    expect((await upload(home, 'PATCH', { [uuid(7)]: {} })).status).toBe(409);
  });

  test('keep their splits when only their metadata changes', async ({ home }) => {
    await send(home, `PATCH /examples/${uuid(2)}`, { split: ['test', 'hard'] });

    await send(home, `PATCH /examples/${uuid(2)}`, { metadata: { a: 1 } });

    expect((await send(home, `GET /examples/${uuid(2)}`)).json.metadata).toEqual({
      a: 1,
      dataset_split: ['test', 'hard'],
    });
  });

  test('make a version of their dataset with each write, later than the last', async ({ home }) => {
    for (const capital of ['Lyon', 'Nice']) {
      await send(home, `PATCH /examples/${uuid(2)}`, { outputs: { capital } });
    }

    const { json: versions } = await send(home, `GET /datasets/${uuid(1)}/versions`);
    const at = versions.map(({ as_of }: { as_of: string }) => as_of);
    expect(at).toEqual([...new Set(at)].sort().reverse());
    expect(versions.map(({ tags }: { tags: string[] }) => tags)).toEqual([['latest'], [], []]);
    const old = await send(
      home,
      `GET /examples?dataset=${uuid(1)}&as_of=${encodeURIComponent(at[2])}`,
    );
    expect(old.json).toMatchObject([{ outputs: { capital: 'Paris' } }]);
  });

  test.for([
    [`id=${uuid(2)}&id=${uuid(5)}`, [2, 5]],
    [`id=${uuid(99)}`, []],
    [`dataset=${uuid(1)}&order=id`, [2, 5]],
    [`dataset=${uuid(1)}`, [5, 2]],
    [`dataset=${uuid(1)}&order=id&descending=true&limit=1`, [5]],
    [`dataset=${uuid(1)}&order=id&offset=1`, [5]],
    [`dataset=${uuid(1)}&splits=test`, [5]],
    [`dataset=${uuid(1)}&metadata={"a":1}`, [5]],
    [`dataset=${uuid(1)}&full_text_contains=france`, [2]],
    [`dataset=${uuid(1)}&as_of=latest&order=id`, [2, 5]],
  ] as const)('are listed by %s', async ([query, numbers], { home }) => {
    const example = { id: uuid(5), dataset_id: uuid(1), inputs: {}, split: 'test' };
    await send(home, 'POST /examples', { ...example, metadata: { a: 1 } });

    const { json } = await send(home, `GET /examples?${query}`);

    const ids = json.map(({ id }: { id: string }) => id);
    expect(query.startsWith('id=') ? ids.sort() : ids).toEqual(numbers.map(uuid));
  });

  test.for([
    ['has(metadata, \'{"a": 1}\')', [5]],
    ['not(has(metadata, \'{"a": 1}\'))', [2]],
    ['and(exists(metadata, "a"), not(has(metadata, \'{"a": 2}\')))', [5]],
    ['or(exists(metadata, "b"), eq(metadata_key, "a"))', [5]],
    [`neq(id, "${uuid(5)}")`, [2]],
  ] as const)('are filtered by %s', async ([filter, numbers], { home }) => {
    const example = { id: uuid(5), dataset_id: uuid(1), inputs: {} };
    await send(home, 'POST /examples', { ...example, metadata: { a: 1 } });

    const query = new URLSearchParams({ dataset: uuid(1), order: 'id', filter });
    const { json } = await send(home, `GET /examples?${query}`);

    expect(json.map(({ id }: { id: string }) => id)).toEqual(numbers.map(uuid));
    expect((await send(home, `GET /examples/count?${query}`)).json).toBe(numbers.length);
  });

  test('are not filtered by what this home does not know', async ({ home }) => {
    const query = new URLSearchParams({ dataset: uuid(1), filter: 'eq(colour, "red")' });

    expect((await send(home, `GET /examples?${query}`)).status).toBe(400);
  });

  test.for([
    [
      '',
      [
        'created_at',
        'dataset_id',
        'id',
        'inputs',
        'metadata',
        'modified_at',
        'name',
        'outputs',
        'source_run_id',
      ],
    ],
    [
      '&select=outputs',
      ['created_at', 'dataset_id', 'id', 'inputs', 'modified_at', 'name', 'outputs'],
    ],
    ['&select=id&select=modified_at&exclude_default_fields=true', ['id', 'modified_at']],
  ] as const)(
    'show the selected fields, and some always: %s',
    async ([query, fields], { home }) => {
      const { json } = await send(home, `GET /examples?dataset=${uuid(1)}${query}`);

      expect(Object.keys(json[0]).sort()).toEqual(fields);
    },
  );
});

describe('attachments of an example', () => {
  const file = (name: string) => `${uuid(2)}.attachment.${name}`;
  const update = async (home: TestHome, parts: Record<string, object | string>) => {
    const { body, headers } = form({ [uuid(2)]: {}, ...parts });
    return send(home, `PATCH /platform/datasets/${uuid(1)}/examples`, body, headers);
  };
  const namesOf = async (home: TestHome) => {
    const query = `dataset=${uuid(1)}&select=attachment_urls`;
    const [{ attachment_urls: urls }] = (await send(home, `GET /examples?${query}`)).json;
    return Object.keys(urls ?? {});
  };

  beforeEach<{ home: TestHome }>(async ({ home }) => {
    await openExperiment(home);
    await update(home, { [file('a')]: '"A"', [file('b')]: '"B"' });
  });

  test('are fetched as their address stands', async ({ home }) => {
    const query = `dataset=${uuid(1)}&select=attachment_urls`;
    const [example] = (await send(home, `GET /api/v1/examples?${query}`)).json;

    const response = await fetch(example.attachment_urls['attachment.a'].presigned_url);

    expect(await response.text()).toBe('"A"');
  });

  test.for([
    ['stay without news of them', {}, ['a', 'b']],
    ['are replaced by new ones', { [file('c')]: '"C"' }, ['c']],
    [
      'go unless retained',
      { [`${uuid(2)}.attachments_operations`]: { retain: ['a'], rename: {} } },
      ['a'],
    ],
    [
      'are renamed, and new ones come',
      {
        [`${uuid(2)}.attachments_operations`]: { retain: [], rename: { b: 'z' } },
        [file('c')]: '"C"',
      },
      ['c', 'z'],
    ],
  ] as const)('%s', async ([, parts, names], { home }) => {
    await update(home, { ...parts });

    expect(await namesOf(home)).toEqual(names.map((name) => `attachment.${name}`));
  });

  test('are not renamed onto one that is retained', async ({ home }) => {
    const operations = { retain: ['a'], rename: { b: 'a' } };

    const answer = await update(home, { [`${uuid(2)}.attachments_operations`]: operations });

    expect(answer.status).toBe(400);
    expect(await namesOf(home)).toEqual(['attachment.a', 'attachment.b']);
  });
});
