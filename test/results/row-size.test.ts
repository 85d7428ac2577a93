import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { checkRow } from '../../src/results/parse.js';
import { describeOversize } from '../../src/results/row-size.js';
import { openTestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { sourceOf } from '../support/rows.js';

const LIMIT = 10_000;
const row = (n: number, more: object = {}) => ({ inputs: { n }, outputs: { n }, ...more });
const text = (characters: number) => 'x'.repeat(characters);
const lines = (rows: object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join('');

function describeRow(value: object): string | undefined {
  const checked = checkRow({
    origin: { file: 'rows', line: 1 },
    index: 0,
    shape: 'document',
    value: JSON.parse(JSON.stringify(value)),
  });
  if ('problems' in checked) throw new Error(checked.problems[0]?.message);
  return describeOversize(checked.result, LIMIT);
}

describe('a row is over the limit', () => {
  test.for([
    ['by its inputs', row(1, { inputs: { q: text(11_000) } }), '10.8 KB'],
    [
      'by inputs and outputs together',
      row(1, { inputs: { q: text(6000) }, outputs: { a: text(6000) } }),
      '11.8 KB',
    ],
    ['by its metadata', row(1, { metadata: { log: text(11_000) } }), '10.8 KB'],
    ['by its error', row(1, { error: text(11_000) }), '10.8 KB'],
    ['by its keys', row(1, { outputs: { [text(11_000)]: 1 } }), '10.8 KB'],
    ['by what its example holds', row(1, { reference_outputs: { a: text(11_000) } }), '10.8 KB'],
    [
      'by a comment on a score',
      row(1, { scores: { s: { score: 1, comment: text(11_000) } } }),
      '10.8 KB',
    ],
    [
      'by a run within it',
      row(1, {
        child_runs: [{ name: 'a', child_runs: [{ name: 'b', outputs: { a: text(11_000) } }] }],
      }),
      '10.8 KB',
    ],
    [
      'by bytes that are more than characters',
      row(1, { outputs: { a: '漢'.repeat(4000) } }),
      '11.8 KB',
    ],
    ['by what must be escaped', row(1, { outputs: { a: '\u0001'.repeat(2000) } }), '11.8 KB'],
    [
      'by many numbers',
      row(1, { outputs: { a: Array.from({ length: 4000 }, () => 0.5) } }),
      '15.7 KB',
    ],
  ] as const)('%s', ([, value, size]) => {
    expect(describeRow(value)).toBe(`row is ${size}; LangSmith accepts 9.8 KB`);
  });
});

describe('a row is not over the limit', () => {
  test.for([
    ['when it is near it', row(1, { outputs: { a: text(9900) } })],
    [
      'when only all its runs and scores together are',
      row(1, {
        outputs: { a: text(6000) },
        child_runs: [{ name: 'a', outputs: { a: text(6000) } }],
        scores: { s: { score: 1, comment: text(6000) } },
      }),
    ],
    [
      'when it has very many runs',
      row(1, { child_runs: Array.from({ length: 130_000 }, () => ({})) }),
    ],
  ] as const)('%s', ([, value]) => {
    expect(describeRow(value)).toBeUndefined();
  });
});

describe('a file with a row over the limit of the server', () => {
  const rows = [row(1), row(2, { outputs: { a: text(11_000) } }), row(3)];

  async function recordAt(options: Partial<RecordOptions> = {}) {
    const home = await openTestHome({ maxBatchBytes: LIMIT });
    onTestFinished(() => home.close());
    const client = new LangSmith({ endpoint: home.url });
    onTestFinished(() => client.close());
    const source = await sourceOf(lines(rows));
    return { home, client, recording: record(source, { client, dataset: 'sizes', ...options }) };
  }

  test('is refused with its place before anything is written', async () => {
    const { client, recording } = await recordAt();

    await expect(recording).rejects.toMatchObject({
      code: 'RESULT_INVALID',
      problems: [{ line: 2, message: 'row is 10.8 KB; LangSmith accepts 9.8 KB' }],
    });
    expect(await client.findDataset('sizes')).toBeUndefined();
  });

  test('is recorded without it, where bad rows are skipped: it goes to the rejects', async () => {
    const rejects: string[] = [];
    const { home, recording } = await recordAt({
      onInvalid: 'skip',
      onReject: (line) => {
        rejects.push(line);
      },
    });

    const { rows: counts, experiment, dataset } = await recording;
    const { roots } = await readBack(home.url, experiment, dataset);

    expect(counts).toEqual({ read: 3, recorded: 2, refused: 0, skipped: 1, left: 0 });
    expect(roots.map(({ outputs }) => outputs?.n).sort()).toEqual([1, 3]);
    expect(rejects.map((line) => JSON.parse(line))).toEqual([
      {
        ...rows[1],
        _rejected: {
          file: expect.any(String),
          line: 2,
          reason: 'row is 10.8 KB; LangSmith accepts 9.8 KB',
        },
      },
    ]);
  });

  test('is recorded where its pieces fit into requests of their own', async () => {
    const home = await openTestHome({ maxBatchBytes: LIMIT });
    onTestFinished(() => home.close());
    const client = new LangSmith({ endpoint: home.url });
    onTestFinished(() => client.close());
    const large = row(1, {
      outputs: { a: text(6000) },
      child_runs: [{ name: 'a', outputs: { a: text(6000) } }],
      scores: { s: { score: 1, comment: text(6000) } },
    });

    const { rows: counts } = await record(fromRows([large]), { client, dataset: 'sizes' });

    expect(counts).toEqual({ read: 1, recorded: 1, refused: 0, skipped: 0, left: 0 });
  });
});
