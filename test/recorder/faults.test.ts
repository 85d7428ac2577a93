import { describe, expect, test } from 'vitest';
import { type Fault, seededRandom } from '../support/fault-proxy.js';
import { type HomeOptions, openFaultyHome, rowOf, rowsOf } from '../support/faulty-home.js';
import { wantedLines } from '../support/recorded-rows.js';

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['is cut before it arrives', { kind: 'reset', when: 'before' }],
  ['is cut after the server acted', { kind: 'reset', when: 'after' }],
  ['meets a server that is away for a while', { kind: 'down', forMs: 60, when: 'before' }],
  ['meets a server that goes away once it acted', { kind: 'down', forMs: 60, when: 'after' }],
  ['is answered by half a JSON', { kind: 'truncate' }],
  ['is answered by a web page', { kind: 'page' }],
  ['is answered by a gateway’s 403', { kind: 'page', status: 403, when: 'before' }],
  ['is answered by 503 after the server acted', { kind: 'status', status: 503, when: 'after' }],
  [
    'is answered by 429 and a time',
    { kind: 'status', status: 429, retryAfter: '0', when: 'before' },
  ],
  ...[408, 425, 429, 500, 502, 503, 504].map(
    (status) => [`is answered by ${status}`, { kind: 'status', status, when: 'before' }] as const,
  ),
];

const MIX: readonly Fault[] = FAULTS.map(([, fault]) => fault);

/** Whether the server does what it was asked. */
function acts(fault: Fault): boolean {
  return !('when' in fault) || fault.when !== 'before';
}

/** A web page as the very first answer means that the address is wrong. */
function isFirstContactLost(request: string, fault: Fault): boolean {
  return request === 'GET /info' && fault.kind === 'page' && acts(fault);
}

/** A request of the recorder, and what kind of home is asked that. */
type Asked = readonly [title: string, shape: RegExp, homeOptions?: HomeOptions];

const WRITES: readonly Asked[] = [
  ['POST /runs/multipart', /^POST .*\/runs\/multipart$/],
  ['POST /runs/batch', /^POST .*\/runs\/batch$/, { multipartRuns: false }],
  ['POST examples as a form', /^POST .*\/examples$/],
];

describe.for(WRITES)('each row is recorded once, if %s', ([, shape, homeOptions]) => {
  test.for(FAULTS)('%s, twice', async ([, fault]) => {
    const rows = rowsOf(12);
    let left = 2;
    const { recordRows, held } = await openFaultyHome(
      ({ method, path }) => (shape.test(`${method} ${path}`) && left-- > 0 ? fault : undefined),
      { maxBatchOperations: 20, ...homeOptions },
    );

    const recording = await recordRows(rows);

    expect(left).toBeLessThanOrEqual(0);
    expect(recording.rows).toEqual({ read: 12, recorded: 12, refused: 0, skipped: 0, left: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });
});

test.for<Asked>([
  ['GET /info', /^GET .*\/info$/],
  ['GET /datasets', /^GET .*\/datasets$/],
  ['POST /datasets', /^POST .*\/datasets$/],
  ['POST examples in bulk', /^POST .*\/examples\/bulk$/, { examplesMultipart: false }],
  ['GET /sessions', /^GET .*\/sessions/],
  ['POST /sessions', /^POST .*\/sessions$/],
  ['PATCH /sessions', /^PATCH .*\/sessions/],
  ['POST /feedback', /^POST .*\/feedback$/, { multipartRuns: false }],
])(
  'each row is recorded once, if %s meets every fault in turn',
  async ([request, shape, homeOptions]) => {
    const rows = rowsOf(12);
    // Those that let the request through come last: after one of them it need not be asked again.
    const faults = MIX.filter((fault) => !isFirstContactLost(request, fault)).sort(
      (a, b) => Number(acts(a)) - Number(acts(b)),
    );
    const { recordRows, held } = await openFaultyHome(
      ({ method, path }) => (shape.test(`${method} ${path}`) ? faults.shift() : undefined),
      { maxBatchOperations: 20, ...homeOptions },
    );

    const recording = await recordRows(rows);

    expect(faults.filter((fault) => !acts(fault))).toEqual([]);
    expect(recording.rows).toMatchObject({ recorded: 12, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  },
);

describe('each row is recorded once, if requests are never answered', () => {
  test.for(['before', 'after'] as const)('%s the server acted', async (when) => {
    const rows = rowsOf(12);
    const { recordRows, held } = await openFaultyHome(
      ({ path, count }) =>
        path.endsWith('/runs/multipart') && count === 0 ? { kind: 'hang', when } : undefined,
      { maxBatchOperations: 20 },
    );

    const recording = await recordRows(rows, {}, { timeoutMs: 300 });

    expect(recording.rows).toMatchObject({ recorded: 12 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });
});

describe.for([
  ['forms', 150, {}],
  ['batches of runs alone', 40, { multipartRuns: false, examplesMultipart: false }],
] as const)('each row is recorded once over a bad network, in %s', ([, count, homeOptions]) => {
  test.for([1, 2, 3])('with faults of seed %i', async (seed) => {
    const rows = rowsOf(count);
    const random = seededRandom(seed);
    const { recordRows, held } = await openFaultyHome(
      () => (random() < 0.2 ? MIX[Math.floor(random() * MIX.length)] : undefined),
      { maxBatchOperations: 25, ...homeOptions },
    );

    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: count, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });
});

describe('answers that were lost', () => {
  test('of every request with runs cost a few requests each, not one a row', async () => {
    const rows = rowsOf(400);
    const { proxy, recordRows, held } = await openFaultyHome(({ path, count }) =>
      path.endsWith('/runs/multipart') && count % 2 === 0
        ? { kind: 'reset', when: 'after' }
        : undefined,
    );

    const recording = await recordRows(rows);

    expect(await held(recording)).toEqual(wantedLines(rows));
    const batches = proxy.log.filter((shape) => shape.endsWith('/runs/multipart')).length / 2;
    expect(proxy.log.length).toBeLessThan(batches * 6 + 30);
  });

  test.for([
    ['forms', {}],
    ['batches of runs alone', { multipartRuns: false }],
  ] as const)('leave a row of many runs and scores whole, in %s', async ([, homeOptions]) => {
    const scores = Object.fromEntries(Array.from({ length: 45 }, (_, n) => [`s${n}`, 0.5]));
    const child_runs = Array.from({ length: 45 }, (_, n) => ({
      name: `step ${n}`,
      scores: { s: 1 },
    }));
    const rows = [rowOf(1), { ...rowOf(2), scores, child_runs }, rowOf(4)];
    const { recordRows, held } = await openFaultyHome(
      ({ method, path, count }) =>
        method === 'POST' && /runs|feedback/.test(path) && count % 2 === 0
          ? { kind: 'reset', when: 'after' }
          : undefined,
      { maxBatchOperations: 20, ...homeOptions },
    );

    const recording = await recordRows(rows);

    expect(recording.rows).toMatchObject({ recorded: 3, refused: 0 });
    expect(await held(recording)).toEqual(wantedLines(rows));
  });
});
