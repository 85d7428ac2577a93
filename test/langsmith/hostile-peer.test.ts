import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { Fault, Lie } from '../support/fault-proxy.js';
import { openFaultyHome, rowsOf } from '../support/faulty-home.js';
import {
  alter,
  alterEach,
  dripHeaders,
  endless,
  gzipped,
  raw,
  say,
  setting,
  twice,
} from '../support/lies.js';
import { type Answer, INFO, startScriptedServer } from '../support/scripted-server.js';

const KEY = 'lsv2_pt_0123456789abcdef0123456789abcdef';
const MB = 1024 * 1024;
const ID = '0b1c7f4e-0000-4000-8000-000000000001';
const EVIL = 'x/../../..?a=b#) ![i](http://evil.example/i.png) <script>\u001b[2J';
const CLOSE = { retryForMs: 600, timeoutMs: 300, waitMs: { first: 20, longest: 100 } };

/** Where redirects lead to; nobody may ask there. */
const elsewhere = { url: '', requests: 0 };
const other = createServer((_, response) => {
  elsewhere.requests++;
  response.end('{}');
});
await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
other.unref();
elsewhere.url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

/** What the peer does, of which requests, and what comes of it: words, or nothing else than a recording. */
type Mode = readonly [
  does: string,
  requests: RegExp,
  fault: Fault,
  outcome: RegExp | 'recorded',
  timeoutMs?: number,
];

const ALL = /./;
const INFOS = / \/api\/v1\/info$/;
const LISTS = /^GET .*\/datasets$/;
const SLOW = /the answer came too slowly/;
const SILENT = /timed out waiting for an answer/;
const CUT = /the connection was closed/;
const TOO_LONG = /its answer is larger than expected .*tried once/;
const SPOILED = /a truncated answer/;
const NOT_LANGSMITH = /is not a LangSmith API/;
const BUSY = /is limiting requests/;
const field = (name: string) => new RegExp(`^unexpected response from the server: ${name}: `);

const lie = (tell: Lie): Fault => ({ kind: 'lie', tell });
const status = (code: number, more: { words?: string; retryAfter?: string } = {}): Fault => ({
  kind: 'status',
  status: code,
  when: 'before',
  ...more,
});
const redirect = (code: number) =>
  lie(say('', { status: code, headers: { location: `${elsewhere.url}/api/v1/info` } }));
const typed = (type: string) => lie(alter(() => ({ headers: { 'content-type': type } })));
const times = (time: string) =>
  lie(setting({ as_of: time, modified_at: time, created_at: time, start_time: time }));
const limits = (limit: number | string | null) =>
  lie(setting({ batch_ingest_config: { size_limit: limit, size_limit_bytes: limit } }));
const whole = (body: string) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${body}`;

const MODES: readonly Mode[] = [
  ['drips from the first answer on', ALL, lie(endless(' ', 20)), SLOW],
  ['drips when the experiment is opened', /^POST .*sessions$/, lie(endless(' ', 20)), SLOW],
  ['sends its headers drop by drop', ALL, lie(dripHeaders), SILENT],
  ['answers without end', ALL, lie(endless(' '.repeat(65_536))), TOO_LONG],
  ['answers without end later', LISTS, lie(endless(' '.repeat(65_536))), TOO_LONG],
  [
    'answers 34 MB where heads are asked for',
    LISTS,
    lie(say('0,'.repeat(17 * MB))),
    TOO_LONG,
    3_000,
  ],
  ['says nothing', ALL, { kind: 'hang' }, SILENT],
  ['says nothing to runs', /multipart$/, { kind: 'hang' }, SILENT],
  ['cuts every connection', ALL, { kind: 'reset', when: 'before' }, CUT],
  ['cuts connections once it acted', /examples$/, { kind: 'reset', when: 'after' }, CUT],

  ['asks to wait 0 s', ALL, status(429, { retryAfter: '0' }), BUSY],
  ['asks to wait -5 s', ALL, status(503, { retryAfter: '-5' }), /503/],
  ['asks to wait -1e308 s', ALL, status(429, { retryAfter: '-1e308' }), BUSY],
  ['asks to wait NaN s', ALL, status(429, { retryAfter: 'NaN' }), BUSY],
  ['asks to wait "soon"', ALL, status(429, { retryAfter: 'soon' }), BUSY],
  ['asks to wait 1e400 s', ALL, status(429, { retryAfter: '1e400' }), /tried once/],
  ['asks to wait three years', ALL, status(429, { retryAfter: '99999999' }), /tried once/],
  [
    'asks to wait until 9999',
    ALL,
    status(429, { retryAfter: 'Fri, 31 Dec 9999 23:59:59 GMT' }),
    /tried once/,
  ],
  [
    'asks to wait until 1970',
    ALL,
    status(429, { retryAfter: 'Thu, 01 Jan 1970 00:00:00 GMT' }),
    BUSY,
  ],

  ...[301, 302, 303, 307, 308].map(
    (code): Mode => [`redirects by ${code}`, ALL, redirect(code), /it redirects to/],
  ),
  ['redirects by 307 later', /^POST .*datasets$/, redirect(307), /307/],

  ['answers a web page', ALL, { kind: 'page' }, NOT_LANGSMITH],
  ['answers a web page later', /sessions$/, { kind: 'page' }, NOT_LANGSMITH],
  [
    'answers text',
    ALL,
    lie(say('hello', { headers: { 'content-type': 'text/plain' } })),
    NOT_LANGSMITH,
  ],
  ['calls its JSON a web page', ALL, typed('text/html'), NOT_LANGSMITH],
  ['calls its JSON bytes', ALL, typed('application/octet-stream'), NOT_LANGSMITH],
  ['compresses what should not be', ALL, lie(gzipped), /which was not requested/],
  ['answers half of its JSON', ALL, { kind: 'truncate' }, SPOILED],
  ['answers less than it promised', ALL, lie(raw(whole('content-length: 99\r\n\r\n{}'))), CUT],
  [
    'answers more than it promised',
    INFOS,
    lie(raw(whole('content-length: 2\r\n\r\n{}{}'))),
    'recorded',
  ],
  ['speaks no HTTP', ALL, lie(raw('220 mail.example ESMTP\r\n')), /it does not speak HTTP/],
  ['answers what is no UTF-8', LISTS, lie(say(Buffer.from('["\xff"]', 'latin1'))), SPOILED],
  ['nests 100,000 deep', LISTS, lie(say('['.repeat(100_000))), SPOILED],
  ['answers 204', ALL, lie(say('', { status: 204 })), SPOILED],
  ['answers null', ALL, lie(say('null')), /expected object, received null/],
  ['answers a million digits', LISTS, lie(say('9'.repeat(MB))), /expected array/],
  [
    'sends 2,000 headers',
    ALL,
    lie(alter(() => ({ headers: manyHeaders(2_000) }))),
    /its answer has too many headers/,
  ],
  [
    'sets cookies',
    ALL,
    lie(alter(() => ({ headers: { 'set-cookie': 'session=1; Path=/' } }))),
    'recorded',
  ],

  ['has a path and Markdown for an id', ALL, lie(setting({ id: EVIL })), field('id')],
  ['has the same for a workspace', ALL, lie(setting({ tenant_id: EVIL })), field('tenant_id')],
  ['has a number for an id', ALL, lie(setting({ id: 7 })), field('id')],
  ['has no id', ALL, lie(setting({ id: null })), field('id')],
  ...['not a time', '', '2026-13-45T99:99:99Z', '9999-12-31T23:59:59Z', '1 Jan 2026'].map(
    (time): Mode => [`says that now is "${time}"`, ALL, times(time), field('created_at')],
  ),
  ['changes examples at no time', /examples$/, times('not a time'), field('as_of')],
  ['says that now is 1970', ALL, times('1970-01-01T00:00:00Z'), 'recorded'],
  ...[0, -1, 0.5, 'abc'].map(
    (limit): Mode => [
      `takes ${limit} operations at once`,
      INFOS,
      limits(limit),
      field('batch_ingest_config.size_limit'),
    ],
  ),
  ...[1e308, null].map(
    (limit): Mode => [`takes ${limit} operations at once`, INFOS, limits(limit), 'recorded'],
  ),
  ['uses the names that all objects have', ALL, lie(alterEach(withCommonNames)), 'recorded'],

  ['takes everything by 202', /^POST/, lie(say('{}', { status: 202 })), field('id')],
  ['takes runs and keeps none', /multipart$/, lie(say('{}', { status: 202 })), 'recorded'],
  ['tells of each thing twice', /^GET/, lie(twice), 'recorded'],
  [
    'shows a dataset that it does not have',
    LISTS,
    lie(say(JSON.stringify({ items: [datasetOf(ID, 'questions')] }))),
    /Dataset not found \(404\)/,
  ],
  ...[400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 507].map(
    (code): Mode => [
      `echoes the key in a ${code}`,
      ALL,
      status(code, { words: `no: ${KEY}` }),
      /127\.0\.0\.1|no: …/,
    ],
  ),
  ...[404, 409].map(
    (code): Mode => [`answers ${code} to what is new`, /^POST .*datasets$/, status(code), /40/],
  ),
];

test.for(MODES)(
  'a recording ends soon and in words, or whole, if the server %s',
  { timeout: 10_000 },
  async ([, requests, fault, outcome, timeoutMs = CLOSE.timeoutMs]) => {
    const { recordRows, proxy } = await openFaultyHome(({ method, path }) =>
      requests.test(`${method} ${path}`) ? fault : undefined,
    );
    const startedMs = performance.now();

    const ended = await recordRows(rowsOf(30), {}, { key: KEY, ...CLOSE, timeoutMs }).catch(
      (error: unknown) => error,
    );

    if (outcome === 'recorded') expect(ended).toMatchObject({ rows: { read: 30, recorded: 30 } });
    else {
      expect(ended).toBeInstanceOf(LsRecordError);
      const { message, hint } = ended as LsRecordError;
      expect(message).toMatch(outcome);
      expect(message + hint).not.toContain(KEY);
    }
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    // With pauses of 10 ms on average at first and 50 later, 600 ms have room for some 20.
    expect(proxy.log.length).toBeLessThan(60);
    expect(proxy.sentBytes()).toBeLessThan(40 * MB);
    expect(elsewhere.requests).toBe(0);
  },
);

test('a page of examples may be larger than any list of heads', async () => {
  const example = { id: ID, inputs: { q: 'x'.repeat(40 * MB) } };
  const server = await startScriptedServer(
    ({ path }): Answer => ({ json: path.endsWith('/info') ? INFO : [example] }),
  );
  const client = new LangSmith({ endpoint: server.url });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });

  const [read] = await client.findExamples(ID, [ID]);

  expect(read?.inputs).toEqual(example.inputs);
});

describe('a list ends in words if the server', () => {
  const page = Array.from({ length: 100 }, (_, n) => ({
    ...datasetOf(randomUUID(), `d${n}`),
    key: 'k',
    run_type: 'llm',
    start_time: '2026-01-01T00:00:00Z',
  }));
  const fresh = () => page.map((item) => ({ ...item, id: randomUUID() }));
  const runs = (items: readonly object[], next: string) => ({ runs: items, cursors: { next } });
  const TWICE = 'the server returned the same page twice';
  const LONGER = 'the server returned a longer page than requested';

  const offsets: readonly [string, (client: LangSmith) => AsyncIterable<unknown>][] = [
    ['datasets', (client) => client.listDatasets()],
    ['examples', (client) => client.listExamples(ID)],
    ['experiments', (client) => client.listExperiments(ID)],
    ['all experiments', (client) => client.listAllExperiments()],
    ['feedback', (client) => client.listFeedback(ID, 'run')],
    ['ids of summary scores', (client) => client.listSummaryIds(ID)],
  ];
  const cursors: readonly [string, (client: LangSmith) => AsyncIterable<unknown>][] = [
    ['runs', (client) => client.listRuns(ID)],
    ['ids of runs', (client) => client.listRootRunIds(ID)],
  ];
  const lying: readonly [
    does: string,
    lists: typeof offsets,
    answer: (n: number) => unknown,
    words: string,
  ][] = [
    ['passes over the offset', offsets, () => page, TWICE],
    ['passes over the limit', offsets, () => [...page, ...fresh()], LONGER],
    ['passes over the cursor', cursors, () => runs(page, 'x'), TWICE],
    ['has new cursors for one page', cursors, (n) => runs(page, String(n)), TWICE],
    ['has new cursors and no runs', cursors, (n) => runs([], String(n)), TWICE],
    ['has a cursor that leads back to itself', cursors, () => runs(fresh(), 'x'), TWICE],
    ['passes over the limit of runs', cursors, () => runs([...page, ...fresh()], 'x'), LONGER],
  ];
  const cases = lying.flatMap(([does, lists, answer, words]) =>
    lists.map(([title, list]) => [does, title, list, answer, words] as const),
  );

  test.for(cases)('%s: %s', async ([, , list, answer, words]) => {
    let asked = 0;
    const server = await startScriptedServer(
      ({ path }): Answer => ({ json: path.endsWith('/info') ? INFO : answer(++asked) }),
    );
    const client = new LangSmith({ endpoint: server.url, ...CLOSE });
    onTestFinished(async () => {
      await client.close();
      await server.close();
    });

    const reading = (async () => {
      for await (const _ of list(client));
    })();

    await expect(reading).rejects.toMatchObject({ code: 'API_UNREACHABLE', message: words });
    expect(asked).toBeLessThan(10);
  });
});

function datasetOf(id: string, name: string) {
  return { id, tenant_id: ID, name, created_at: '2026-01-01T00:00:00Z' };
}

function withCommonNames<T extends object>(object: T): T {
  return { ...object, ...JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":3}') };
}

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`x-${n}`, 'x'.repeat(50)] as const),
  );
}
