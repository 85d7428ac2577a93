import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import type { Source } from '../../src/input/row.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { exampleIdByContent } from '../../src/recorder/ids.js';
import { Journals } from '../../src/recorder/journal/journals.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { uuidText } from '../../src/uuid.js';
import { type FaultPlan, startFaultProxy } from '../support/fault-proxy.js';
import { type TestHome, test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { streamOf } from '../support/rows.js';

const ELSEWHERE = '0b1c7f4e-0000-4000-8000-00000000000';
const named = (n: number, more: object = {}) => ({
  example_id: `${ELSEWHERE}${n % 10}`,
  inputs: { n },
  outputs: { n },
  reference_outputs: { right: n },
  ...more,
});
const SAID = /^the dataset has no example with this example_id/;
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`);

/** Records through a network that takes down what is asked. */
async function recordInto(
  home: TestHome,
  rows: Source | readonly object[],
  options: Partial<RecordOptions> = {},
  plan: FaultPlan = () => undefined,
) {
  const proxy = await startFaultProxy(home.url, plan);
  const client = new LangSmith({ endpoint: proxy.url, retryForMs: 100 });
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
  });
  const source = Array.isArray(rows) ? fromRows(rows) : (rows as Source);
  const recording = await record(source, { client, dataset: 'numbers', ...options });
  const { dataset, experiment } = recording;
  const held = await readBack(home.url, experiment, dataset);
  const tied = new Map(held.roots.map((run) => [run.inputs.n, run.reference_example_id]));
  const asked = proxy.log.filter((line) => /^GET .*examples/.test(line)).length;
  return { recording, tied, asked, log: proxy.log, ...held };
}

const idByContent = (dataset: { id: string }, n: number) =>
  uuidText(exampleIdByContent(dataset.id, { n }, { right: n }));

describe('a row with an example_id that the dataset does not have', () => {
  test.for([
    ['of a list', async () => [named(1), named(2)]],
    ['of a stream', () => streamOf(lines([named(1), named(2)]))],
  ] as const)('%s is of the example that inputs and reference name', async ([, rows], { home }) => {
    const { recording, tied, examples } = await recordInto(home, await rows());

    const { dataset } = recording;
    expect(recording.rows).toMatchObject({ read: 2, recorded: 2, refused: 0 });
    expect(tied).toEqual(new Map([1, 2].map((n) => [n, idByContent(dataset, n)])));
    expect(examples.map(({ outputs }) => outputs)).toEqual(
      expect.arrayContaining([{ right: 1 }, { right: 2 }]),
    );
    expect(recording.notes).toEqual([expect.stringMatching(SAID)]);
    expect(recording.notes[0]).toContain('(2 rows)');
  });

  test('next to rows whose example is there leaves those tied to it', async ({ home }) => {
    const before = await recordInto(home, [{ inputs: { n: 7 }, outputs: 1 }]);
    const [existing] = before.examples;

    const rows = [named(7, { example_id: existing?.id }), named(8)];
    const { recording, tied } = await recordInto(home, rows);

    expect(tied).toEqual(
      new Map([
        [7, existing?.id],
        [8, idByContent(recording.dataset, 8)],
      ]),
    );
    expect(recording.examples).toEqual({ created: 1, existing: 1, updated: 0 });
    expect(recording.notes).toEqual([expect.stringMatching(SAID)]);
  });

  test('finds the example that another recording made of the same content', async ({ home }) => {
    await recordInto(home, [named(1)]);

    const { recording, examples } = await recordInto(home, [named(1, { outputs: 'other' })]);

    expect(recording.examples).toMatchObject({ created: 0, existing: 1 });
    expect(examples).toHaveLength(1);
  });

  test('has an example for each content, whichever rows share the id', async ({ home }) => {
    const there = (await recordInto(home, [{ inputs: { n: 0 }, outputs: 1 }])).examples[0]?.id;
    const [x, y] = [`${ELSEWHERE}1`, there];
    const rows = [
      named(1, { example_id: y }),
      named(2, { example_id: x }),
      named(1, { example_id: x }),
      named(2, { example_id: x }),
      { inputs: { n: 2 }, outputs: 2, reference_outputs: { right: 2 } },
    ];

    const { recording, roots, examples } = await recordInto(home, rows);

    const { dataset } = recording;
    const [one, two] = [idByContent(dataset, 1), idByContent(dataset, 2)];
    expect(roots.map((run) => run.reference_example_id).sort()).toEqual(
      [y, two, one, two, two].sort(),
    );
    expect(examples.map(({ id }) => id).sort()).toEqual([there, one, two].sort());
  });

  test('costs no question in a new dataset, and one for a hundred ids in any other', async ({
    home,
  }) => {
    const rows = Array.from({ length: 250 }, (_, n) =>
      named(n, { example_id: `0b1c7f4e-0000-4000-8000-${String(n).padStart(12, '0')}` }),
    );

    const first = await recordInto(home, rows);
    const second = await recordInto(home, [...rows, named(900)], { new: true, experiment: 'b' });

    expect(first.asked).toBe(0);
    expect(first.recording.examples).toMatchObject({ created: 250 });
    // Three for the ids that rows give, and three for those of their content, which the first recording made.
    expect(second.asked).toBe(6);
    expect(second.recording.examples).toMatchObject({ created: 1, existing: 250 });
  });

  test('is added to an experiment in the same way', async ({ home }) => {
    await recordInto(home, [named(1)], { experiment: 'nightly' });

    const more = { experiment: 'nightly', append: true };
    const { recording, roots, tied } = await recordInto(home, [named(2)], more);

    expect(roots).toHaveLength(2);
    expect(tied.get(2)).toBe(idByContent(recording.dataset, 2));
  });

  test('has the same run when an interrupted recording continues', async ({ home }) => {
    const rows = Array.from({ length: 250 }, (_, n) => named(n));
    const folder = join(mkdtempSync(join(tmpdir(), 'ls-record-unknown-')), 'recordings');
    const owner = { pid: 1, host: 'here', startOf: () => undefined };
    const options = { journals: new Journals(folder, owner), place: 'there' };
    let sent = 0;
    const cut: FaultPlan = ({ path }) =>
      path.endsWith('/runs/multipart') && ++sent > 1
        ? { kind: 'reset', when: 'before' }
        : undefined;

    await expect(recordInto(home, rows, options, cut)).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
    });
    const { recording, roots, examples, tied } = await recordInto(home, rows, options);

    expect(recording.rows).toMatchObject({ read: 250, recorded: 250 });
    expect(roots).toHaveLength(250);
    expect(examples).toHaveLength(250);
    expect(tied.get(249)).toBe(idByContent(recording.dataset, 249));
  });

  test('is refused without inputs, and its scores are not counted', async ({ home }) => {
    await recordInto(home, [named(1)]);
    const bare = { example_id: `${ELSEWHERE}9`, outputs: 1, scores: { right: 1 } };
    const again = { ...bare, outputs: 2 };

    const { recording, roots } = await recordInto(home, [bare, again, named(3)]);

    expect(recording.rows).toMatchObject({ read: 3, recorded: 1, refused: 2 });
    expect(recording.scores).toEqual([]);
    expect(recording.problems.map(({ message }) => message)).toEqual(
      Array(2).fill(
        `the dataset has no example ${ELSEWHERE}9, and the row has no inputs to create it from`,
      ),
    );
    expect(roots).toHaveLength(1);
  });
});
