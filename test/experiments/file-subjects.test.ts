import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { readFileSubjects } from '../../src/experiments/file-subjects.js';
import { readSubjects } from '../../src/experiments/read-subjects.js';
import { fromRows } from '../../src/input/from-rows.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { nativeSource } from '../../src/results/native.js';
import { test } from '../support/home.js';
import { recordRows } from './recorded.js';

const rows = [
  {
    id: 'r1',
    inputs: { q: 1 },
    outputs: { a: 'one' },
    reference_outputs: { a: 'One' },
    latency: 1.5,
    metadata: { usage_metadata: { input_tokens: 2, output_tokens: 3, total_tokens: 5 } },
    scores: { ok: true, f1: 0.123456, tone: 'kind' },
    split: 'test',
    example_metadata: { topic: 'x' },
  },
  {
    id: 'r1',
    inputs: { q: 1 },
    outputs: { a: 'uno' },
    reference_outputs: { a: 'One' },
    scores: { ok: false },
  },
  { id: 'r2', inputs: { q: 2 }, error: 'Boom' },
];

async function readFile(
  given: readonly object[],
  dataset?: { readonly id: string; readonly answered: ReadonlySet<string> },
) {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { signal } = new AbortController();
  const sources = [nativeSource(fromRows([...given], 'rows.jsonl'))];
  const { subjects } = await readFileSubjects({
    sources,
    name: 'rows.jsonl',
    dataset,
    folder,
    asked: [],
    signal,
  });
  const [only] = subjects;
  if (!only) throw new Error('nothing was read');
  return only;
}

describe('a file that is compared', () => {
  test.for(['content', 'inputs', 'id'] as const)(
    'comes to what it would as an experiment whose examples go by %s',
    async (identity, { home }) => {
      const options: Partial<RecordOptions> = { identity, keepTimes: true };
      const once = identity === 'content' ? rows : [rows[0], rows[2]].flatMap((row) => row ?? []);
      const recorded = await recordRows(home.url, once, options);
      const { client, datasetId, experiment } = recorded;
      const { signal } = new AbortController();
      const [expected] = await readSubjects({
        client,
        datasetId,
        experiments: [experiment],
        signal,
        metadata: true,
      });
      const answered = new Set(expected?.rows.keys());

      const { subject } = await readFile(once, { id: datasetId, answered });

      const { f1, ...scores } = Object.fromEntries(subject.scores);
      const { f1: rounded, ...others } = Object.fromEntries(expected?.scores ?? []);
      expect(subject.rows).toEqual(expected?.rows);
      expect(scores).toEqual(others);
      expect([...(f1?.values() ?? [])][0]?.mean).toBeCloseTo(
        [...(rounded?.values() ?? [])][0]?.mean ?? 0,
        4,
      );
      expect(subject.measures).toEqual(expected?.measures);
      expect(subject.categories).toEqual(expected?.categories);
    },
  );

  test('has the words of its rows, repetitions together', async () => {
    const { subject, texts } = await readFile(rows);
    const [first] = subject.rows.keys();

    const answers = [];
    for await (const answer of texts.answers([first ?? ''])) answers.push(answer);

    expect(answers).toEqual([
      {
        exampleId: first,
        inputs: { q: 1 },
        reference: { a: 'One' },
        metadata: { topic: 'x' },
        splits: ['test'],
        rowId: 'r1',
        place: 'rows.jsonl:1',
        runs: [
          { outputs: { a: 'one' }, error: undefined },
          { outputs: { a: 'uno' }, error: undefined },
        ],
      },
    ]);
  });

  test('pairs by inputs and reference where no dataset is known', async () => {
    const one = await readFile(rows);
    const other = await readFile([...rows].reverse());

    expect([...one.subject.rows.keys()].sort()).toEqual([...other.subject.rows.keys()].sort());
    expect(one.subject.id).toMatch(/^[0-9a-f]{64}$/);
  });
});
