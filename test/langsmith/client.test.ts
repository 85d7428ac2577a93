import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import type { LangSmithOptions } from '../../src/langsmith/rest.js';
import {
  type Answer,
  INFO,
  type ReceivedRequest,
  startScriptedServer,
} from '../support/scripted-server.js';

const SECRET = 'lsv2_pt_not-to-be-seen';
const DATASET = {
  id: '0b1c7f4e-0000-4000-8000-000000000001',
  tenant_id: '0b1c7f4e-0000-4000-8000-00000000000a',
  name: 'd',
  created_at: '2026-01-01T00:00:00Z',
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A client of a server that answers everything but /info as told. */
async function clientOf(
  answer: (request: ReceivedRequest, count: number) => Answer,
  options: Partial<LangSmithOptions> = {},
) {
  let count = 0;
  const server = await startScriptedServer((request) =>
    request.path.endsWith('/info') ? { json: INFO } : answer(request, ++count),
  );
  const retries: string[] = [];
  const client = new LangSmith({
    endpoint: server.url,
    key: SECRET,
    onRetry: ({ reason }) => retries.push(reason),
    ...options,
  });
  open.push(client, server);
  const requests = () => server.requests.filter(({ path }) => !path.endsWith('/info'));
  return { client, server, requests, retries };
}

describe('each request', () => {
  test('carries key, workspace and who is asking, below /api/v1', async () => {
    const { client, requests } = await clientOf(() => ({ json: [] }), {
      workspace: 'w',
      userAgent: 'ls-record/1',
    });

    await client.findDataset('my data & more');

    expect(requests()).toMatchObject([
      {
        path: '/api/v1/datasets?name=my+data+%26+more&limit=1',
        headers: {
          'x-api-key': SECRET,
          'x-tenant-id': 'w',
          'user-agent': 'ls-record/1',
          accept: 'application/json',
        },
      },
    ]);
  });

  test('carries a bearer token instead of a key, after an OAuth login', async () => {
    const server = await startScriptedServer(() => ({ json: INFO }));
    const client = new LangSmith({ endpoint: server.url, bearer: 'token' });
    open.push(client, server);

    await client.limits();

    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer token' });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });
});

describe('a transient answer is requested again', () => {
  test.for([408, 425, 429, 500, 502, 503, 504])('%i', async (status) => {
    const { client, requests } = await clientOf((_, count) =>
      count === 1 ? { status, headers: { 'retry-after': '0' } } : { json: [] },
    );

    await client.findDataset('d');

    expect(requests().filter(({ path }) => path.includes('/datasets')).length).toBe(2);
  });

  test.for([
    ['a connection that is cut', 'destroy'],
    ['half an answer', { text: '[{"id":', type: 'application/json' }],
    ['a web page for once', { text: '<html>', status: 200 }],
    ['a gateway’s 403', { text: '<html>blocked</html>', status: 403 }],
  ] as const)('%s', async ([, fault]) => {
    const { client, requests, retries } = await clientOf((_, count) =>
      count === 1 ? (fault as Answer) : { json: [] },
    );

    await client.findDataset('d');

    expect(requests().length).toBe(2);
    expect(retries.length).toBe(1);
  });

  test('no sooner than the server asks for', async () => {
    const { client } = await clientOf((_, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { json: [] },
    );
    const started = performance.now();

    await client.findDataset('d');

    expect(performance.now() - started).toBeGreaterThan(990);
  });

  test('until patience is over, and then says what stood in the way', async () => {
    const { client } = await clientOf(() => ({ status: 503, json: { detail: 'overloaded' } }), {
      retryForMs: 50,
    });

    await expect(client.findDataset('d')).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringMatching(/503 overloaded \(GET \/datasets, tried/),
    });
  });

  test('also when a server says nothing at all', async () => {
    const { client, requests } = await clientOf(
      (_, count) => (count === 1 ? 'hang' : { json: [] }),
      { timeoutMs: 1000 },
    );

    await client.findDataset('d');

    expect(requests().length).toBe(2);
  });
});

describe('a refusal is one sentence, whatever its shape', () => {
  test.for([
    [{ detail: 'no such thing' }, 'no such thing'],
    [
      {
        detail: [
          { loc: ['body', 'name'], msg: 'too long', type: 'x' },
          { loc: ['body', 'id'], msg: 'no uuid' },
        ],
      },
      'body.name: too long; body.id: no uuid',
    ],
    [{ error: 'bad run', details: 'dotted_order' }, 'bad run: dotted_order'],
    [{ type: 'about:blank', title: 'Bad', status: 422, detail: 'the detail' }, 'the detail'],
    [{ message: 'words' }, 'words'],
    [{ detail: ' no such\r\n\n  thing ' }, 'no such thing'],
  ] as const)('%j', async ([json, words]) => {
    const { client } = await clientOf(() => ({
      status: 422,
      json,
      headers: { 'x-request-id': 'r-1' },
    }));

    await expect(client.createDataset({ name: 'd' })).rejects.toMatchObject({
      status: 422,
      words,
      message: `LangSmith refused POST /datasets: ${words} (422, request id r-1)`,
    });
  });

  test.for<[Answer & object, string]>([
    [{ json: {} }, '422 Unprocessable Entity'],
    [{ text: '<h1>no</h1>' }, '422 Unprocessable Entity, in a web page instead of JSON'],
  ])('made of its status when it has no words: %j', async ([answer, words]) => {
    const { client } = await clientOf(() => ({ status: 422, ...answer }));

    await expect(client.createDataset({ name: 'd' })).rejects.toMatchObject({
      isForeign: true,
      message: `LangSmith refused POST /datasets: ${words}`,
    });
  });

  test.for([
    [401, { detail: 'Invalid token' }, /from this server/],
    [403, { error: 'org_scoped_key_requires_workspace' }, /--workspace/],
    [403, { detail: 'Forbidden' }, /permissions/],
  ] as const)('%i with %j is about the key, and says what to do', async ([status, json, hint]) => {
    const { client } = await clientOf(() => ({ status, json }));

    await expect(client.findDataset('d')).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
      hint: expect.stringMatching(hint),
    });
  });

  test('a web page from the first is not LangSmith, and is not asked for long', async () => {
    const server = await startScriptedServer(() => ({ text: '<html>welcome</html>' }));
    const client = new LangSmith({ endpoint: server.url, key: SECRET });
    open.push(client, server);

    await expect(client.limits()).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringContaining('is not a LangSmith API'),
      hint: expect.stringContaining('/api'),
    });
    expect(server.requests.length).toBe(1);
  });

  test('that no disk has room for is for another time, not a refusal', async () => {
    const { client } = await clientOf(() => ({ status: 507, json: { error: 'disk full' } }));

    await expect(client.createDataset({ name: 'd' })).rejects.toMatchObject({
      code: 'HOME_UNAVAILABLE',
      message: expect.stringContaining('disk full'),
    });
  });

  test.for([404, 405])('of GET /info (%i) is not LangSmith', async (status) => {
    const server = await startScriptedServer(() => ({ status, json: {} }));
    const client = new LangSmith({ endpoint: server.url, key: SECRET });
    open.push(client, server);

    await expect(client.limits()).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringMatching(/is not a LangSmith API: .* status \d+/),
    });
  });

  test('of https where only http is spoken is reported at once', async () => {
    const server = await startScriptedServer(() => ({ json: INFO }));
    const client = new LangSmith({ endpoint: server.url.replace('http:', 'https:'), key: SECRET });
    open.push(client, server);

    await expect(client.limits()).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
      message: expect.stringMatching(/does not speak https there .*tried once/),
    });
  });

  test.for([
    [400, 'x-api-key'],
    [401, 'x-api-key'],
    [500, 'x-api-key'],
    [401, 'authorization'],
  ] as const)('never holds the key, though a %i quotes the %s', async ([status, header]) => {
    const answer = ({ headers }: ReceivedRequest) => ({
      status,
      json: { detail: `bad: ${headers[header]}` },
    });
    const login = header === 'authorization' ? { bearer: SECRET, key: 'other' } : {};
    const { client } = await clientOf(answer, { retryForMs: 1, ...login });

    const error = await client.createDataset({ name: 'd' }).catch((reason: unknown) => reason);

    expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toContain(
      SECRET,
    );
  });
});

describe('what the server takes', () => {
  test('is asked once, and taken from defaults where it does not say', async () => {
    const server = await startScriptedServer(() => ({ json: { version: '0.9.0' } }));
    const client = new LangSmith({ endpoint: server.url });
    open.push(client, server);

    await Promise.all([client.limits(), client.limits()]);

    expect(await client.limits()).toMatchObject({
      operations: 100,
      bytes: 20_971_520,
      gzip: false,
      multipartExamples: false,
      v2Lists: false,
    });
    expect(server.requests.length).toBe(1);
  });

  test('is asked on bare paths where there is no /api/v1, and so is everything else', async () => {
    const server = await startScriptedServer(({ path }) =>
      path.startsWith('/api')
        ? { status: 404, json: { detail: 'Not Found' } }
        : { json: path === '/info' ? INFO : [] },
    );
    const client = new LangSmith({ endpoint: server.url });
    open.push(client, server);

    await client.findDataset('d');

    expect(server.requests.map(({ path }) => path)).toEqual([
      '/api/v1/info',
      '/info',
      '/datasets?name=d&limit=1',
    ]);
  });
});

test('lists walk their pages until one is short', async () => {
  const page = (size: number) => ({
    json: Array.from({ length: size }, (_, n) => ({ ...DATASET, id: randomUUID(), name: `d${n}` })),
  });
  const { client, requests } = await clientOf((_, count) => page(count === 1 ? 100 : 3));

  const names: string[] = [];
  for await (const { name } of client.listDatasets()) names.push(name);

  expect(names.length).toBe(103);
  expect(
    requests().map(({ path }) => new URLSearchParams(path.split('?')[1]).get('offset')),
  ).toEqual(['0', '100']);
});

test('a number of an answer keeps its text on the way back', async () => {
  const session =
    '{"id":"0b1c7f4e-0000-4000-8000-000000000002","tenant_id":"0b1c7f4e-0000-4000-8000-00000000000a","name":"n","start_time":"2026-01-01T00:00:00Z","extra":{"x":1.0,"y":9007199254740993}}';
  const { client, requests } = await clientOf(() => ({ text: session, type: 'application/json' }));

  const experiment = await client.findExperiment('0b1c7f4e-0000-4000-8000-000000000002');
  await client.updateExperiment('s', { extra: experiment?.extra ?? {} });

  expect(requests()[1]?.body).toBe('{"extra":{"x":1.0,"y":9007199254740993}}');
});

test('runs are compressed where the server reads that, and the length of each part is reported', async () => {
  const { client, requests } = await clientOf(() => ({ status: 202, json: {} }), {
    compress: true,
  });
  const upload = {
    runs: [
      {
        id: 'r',
        name: 'n',
        runType: 'llm',
        start: 0,
        end: 1_500_000,
        ancestors: [],
        exampleId: 'x',
        inputs: '{"q":"é"}',
        outputs: '{"a":1.0}',
        metadata: ['{}'],
        tags: [],
      },
    ],
    feedback: [{ id: 'f', key: 'k', runId: 'r', traceId: 'r', runStart: 0, score: '0.5' }],
  };
  const unit = client.encode(upload, 'e', true);

  await client.sendRuns([...unit.runs, ...unit.feedback], true);

  const [sent] = requests();
  expect(sent).toMatchObject({
    path: '/api/v1/runs/multipart',
    headers: { 'content-encoding': 'gzip' },
  });
  expect(sent?.body).toContain(
    'name="post.r.inputs"\r\nContent-Type: application/json; length=10\r\n\r\n{"q":"é"}\r\n',
  );
  expect(sent?.body).toContain('"dotted_order":"19700101T000000000000Zr"');
  expect(sent?.body).toContain('name="feedback.f"');
  expect(unit.operations).toBe(2);
});
