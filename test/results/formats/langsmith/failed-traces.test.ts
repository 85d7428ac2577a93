import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, RunTree } from 'langsmith';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openSources } from '../../../../src/input/open.js';
import { prepare } from '../../../../src/prepare/prepare.js';
import { joinParts } from '../../../../src/results/join-parts.js';
import { checkRow } from '../../../../src/results/parse.js';
import { recognise } from '../../../../src/results/recognise.js';
import { zstdOf } from '../../../server/zstd.js';

const KEY = 'not-to-be-shown';
const id = (n: number) => `01958d1e-0000-7000-8000-${String(n).padStart(12, '0')}`;
const order = (...ids: number[]) => ids.map((n) => `20260304T100000${n}00000Z${id(n)}`).join('.');

type Parts = Readonly<Record<string, unknown>>;

/** A request as Python's SDK keeps it: each part with its length in a header. */
function envelopeOf(parts: Parts, more: { encoding?: string; type?: string; body?: Buffer } = {}) {
  const form = Object.entries(parts)
    .map(([name, content]) => {
      const json = JSON.stringify(content);
      return `--B\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}\r\n`;
    })
    .join('');
  const { encoding, type = 'multipart/form-data; boundary=B' } = more;
  const plain = more.body ?? Buffer.from(`${form}--B--\r\n`);
  const pack = { gzip: gzipSync, zstd: zstdOf }[encoding ?? ''] ?? ((bytes: Buffer) => bytes);
  return {
    version: 1,
    endpoint: 'runs/multipart',
    headers: {
      'Content-Type': type,
      'x-api-key': KEY,
      ...(encoding !== undefined && { 'Content-Encoding': encoding }),
    },
    body_base64: Buffer.from(pack(plain)).toString('base64'),
  };
}

const begun = (n: number, above: readonly number[] = []) => ({
  [`post.${id(n)}`]: {
    id: id(n),
    trace_id: id(above[0] ?? n),
    ...(above.length > 0 && { parent_run_id: id(above.at(-1) ?? 0) }),
    dotted_order: order(...above, n),
    name: `run ${n}`,
    run_type: above.length > 0 ? 'llm' : 'chain',
    session_name: 'nightly',
    start_time: `2026-03-04T10:00:00.${n}00000`,
  },
  [`post.${id(n)}.inputs`]: { book: `book ${n}` },
});
const ended = (n: number, above: readonly number[] = []) => ({
  [`patch.${id(n)}`]: {
    id: id(n),
    trace_id: id(above[0] ?? n),
    dotted_order: order(...above, n),
    end_time: '2026-03-04T10:00:01.000000',
  },
  [`patch.${id(n)}.outputs`]: { author: `author ${n}` },
});
const score = {
  [`feedback.${id(90)}`]: {
    id: id(90),
    run_id: id(1),
    trace_id: id(1),
    key: 'right',
    score: 1,
    comment: 'yes',
  },
};

/** Reads a folder of such files, as a command does. */
async function readFolder(folder: string) {
  const opened = await openSources([folder], { spoolFolder: join(tmpdir(), 'ls-record-spool') });
  const recognised = await Promise.all(opened.map((one) => recognise(one)));
  const sources = await joinParts(opened, recognised, {});
  const rows = [];
  for (const source of sources)
    for await (const row of source.rows()) rows.push({ row, checked: checkRow(row) });
  const results = rows.flatMap(({ checked }) => ('result' in checked ? [checked.result] : []));
  const problems = rows.flatMap(({ checked }) =>
    'problems' in checked ? checked.problems.map(({ message }) => message) : [],
  );
  return { sources, rows, results, problems };
}

function folderOf(...envelopes: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-failed-'));
  for (const [n, envelope] of envelopes.entries())
    writeFileSync(join(folder, `trace_${n}.json`), JSON.stringify(envelope));
  return folder;
}

describe('requests that an SDK could not send', () => {
  const whole = { ...begun(1), ...begun(2, [1]), ...ended(2, [1]), ...ended(1), ...score };
  const batch = {
    post: [begun(1), begun(2, [1])].map((parts) => joined(parts)),
    patch: [ended(1), ended(2, [1])].map((parts) => joined(parts)),
  };

  test.for<[string, object[]]>([
    ['in one file', [envelopeOf(whole)]],
    ['packed with gzip', [envelopeOf(whole, { encoding: 'gzip' })]],
    ['packed with zstd', [envelopeOf(whole, { encoding: 'zstd' })]],
    [
      'begun in one file and ended in another',
      [
        envelopeOf(begun(1)),
        envelopeOf({ ...begun(2, [1]), ...ended(2, [1]), ...score }),
        envelopeOf(ended(1)),
      ],
    ],
    [
      'ended in a file before the one in which they began',
      [
        envelopeOf({ ...ended(1), ...ended(2, [1]), ...score }),
        envelopeOf({ ...begun(2, [1]), ...begun(1) }),
      ],
    ],
    [
      'as a batch of JSON, and a form',
      [
        envelopeOf({}, { type: 'application/json', body: Buffer.from(JSON.stringify(batch)) }),
        envelopeOf(score),
      ],
    ],
  ])('%s are rows, with the runs below them and their scores', async ([, envelopes]) => {
    const { sources, rows, results, problems } = await readFolder(folderOf(...envelopes));

    expect(problems).toEqual([]);
    expect(sources.map(({ format }) => format)).toEqual(['langsmith-failed-traces']);
    expect(rows.map(({ row }) => row.experiment)).toEqual(['nightly']);
    expect(results).toMatchObject([
      {
        id: id(1),
        name: 'run 1',
        inputs: { book: 'book 1' },
        outputs: { author: 'author 1' },
        startTime: Date.UTC(2026, 2, 4, 10, 0, 0, 100) * 1000,
        endTime: Date.UTC(2026, 2, 4, 10, 0, 1) * 1000,
        feedback: [{ key: 'right', score: 1, comment: 'yes' }],
        childRuns: [
          { name: 'run 2', runType: 'llm', outputs: { author: 'author 2' }, childRuns: [] },
        ],
      },
    ]);
  });

  test('say what is missing: an end, a beginning, a root, a run', async () => {
    const parts = {
      ...begun(1),
      ...ended(3),
      ...begun(5, [4]),
      ...ended(5, [4]),
      ...begun(7),
      ...ended(7),
    };
    const lone = {
      [`feedback.${id(91)}`]: { run_id: id(8), trace_id: id(8), key: 'right', score: 1 },
    };

    const { results, problems } = await readFolder(folderOf(envelopeOf({ ...parts, ...lone })));

    expect(results.map(({ name }) => name)).toEqual(['run 7']);
    expect(problems).toEqual([
      expect.stringContaining('has not ended'),
      `this run is below ${id(4)}, which is not in the file`,
      'the inputs of the run are not in the file',
      `nothing but scores is there of run ${id(8)}`,
    ]);
  });

  test.for<[string, object, RegExp]>([
    ['is no form', { body: Buffer.from('x') }, /the form has no boundary$/],
    ['is cut off', { body: Buffer.from('--B\r\nContent-Disp') }, /ends in the middle/],
    ['is damaged', { encoding: 'gzip', type: 'application/json' }, /^its body cannot be read/],
    ['is packed in another way', { encoding: 'br' }, /not known$/],
    ['is no JSON', { type: 'application/json', body: Buffer.from('{') }, /it is not JSON$/],
  ])('a body that %s is a problem that shows no header', async ([, more, expected]) => {
    const envelope = envelopeOf({}, more);
    if ('encoding' in more && more.encoding === 'gzip') envelope.body_base64 = 'H4sIAAAA';

    const { problems, rows } = await readFolder(folderOf(envelope));

    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(JSON.stringify(rows)).not.toContain(KEY);
  });

  test('name attachments, which are not carried over', async () => {
    const parts = { ...begun(1), ...ended(1), [`attachment.${id(1)}.page.png`]: 'bytes' };

    const { results, rows } = await readFolder(folderOf(envelopeOf(parts)));

    expect(results).toMatchObject([{ metadata: { attachments: ['page.png'] } }]);
    expect(rows[0]?.row.notes).toEqual([expect.stringContaining('not carried over')]);
  });

  test('are one experiment of all files, whichever of them is named first', async () => {
    const folder = folderOf(envelopeOf(begun(1)), envelopeOf(ended(1)));
    const { sources } = await readFolder(folder);

    const { experiments } = await prepare(sources);

    expect(experiments).toMatchObject([{ rows: 1, badRows: 0 }]);
    expect(experiments[0]?.files).toEqual(readdirSync(folder).map((name) => join(folder, name)));
  });
});

/** What parts say of one run, as an object. */
function joined(parts: Parts): object {
  const run: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(parts)) {
    const field = name.split('.')[2];
    if (field === undefined) Object.assign(run, content);
    else run[field] = content;
  }
  return run;
}

describe('what the official JS SDK keeps', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.for([false, true])('is read back whole (packed: %s)', async (isPacked) => {
    const folder = mkdtempSync(join(tmpdir(), 'ls-record-failed-'));
    vi.stubEnv('LANGSMITH_FAILED_TRACES_DIR', folder);
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const client = new Client({
      apiUrl: 'http://127.0.0.1:9',
      apiKey: KEY,
      callerOptions: { maxRetries: 0 },
      fetchImplementation: async (url) =>
        String(url).endsWith('/info')
          ? Response.json({
              instance_flags: { gzip_body_enabled: isPacked },
              batch_ingest_config: { use_multipart_endpoint: true },
            })
          : new Response('down', { status: 500 }),
    });
    const root = new RunTree({
      name: 'librarian',
      run_type: 'chain',
      inputs: { book: 'Ulysses' },
      project_name: 'nightly',
      client,
    });
    await root.postRun();
    await client.flush();
    const child = root.createChild({ name: 'look up', run_type: 'tool', inputs: { q: 'Ulysses' } });
    await child.postRun();
    await child.end({ shelf: 'C' });
    await child.patchRun();
    await root.end({ author: 'James Joyce' });
    await root.patchRun();
    await client.flush();
    await client.awaitPendingTraceBatches();
    await vi.waitFor(() => expect(readdirSync(folder).length).toBeGreaterThan(1), 5000);

    const { results, problems, rows } = await readFolder(folder);

    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(kept.join().includes('Content-Encoding')).toBe(isPacked);
    expect(problems).toEqual([]);
    expect(rows.map(({ row }) => row.experiment)).toEqual(['nightly']);
    expect(results).toMatchObject([
      {
        name: 'librarian',
        inputs: { book: 'Ulysses' },
        outputs: { author: 'James Joyce' },
        childRuns: [{ name: 'look up', runType: 'tool', outputs: { shelf: 'C' } }],
      },
    ]);
    expect(JSON.stringify(results)).not.toContain(KEY);
  });
});
