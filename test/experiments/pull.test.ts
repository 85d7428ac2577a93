import { describe, expect, onTestFinished } from 'vitest';
import { pullRows } from '../../src/experiments/pull.js';
import { parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';
import { isJsonObject, JsonNumber, type JsonObject } from '../../src/json/value.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { ExampleWithRuns } from '../../src/langsmith/wire.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome, test } from '../support/home.js';
import { type Recorded, recordRows } from './recorded.js';

async function pull(recorded: Recorded, exampleIds = true): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  const { signal } = new AbortController();
  for await (const row of pullRows({ ...recorded, signal, exampleIds })) {
    const read = parseJson(printJson(row));
    if (isJsonObject(read)) rows.push(read);
  }
  return rows;
}

/** As text, in an order of its own; example ids are another dataset's. */
function comparable(rows: readonly JsonObject[]): string[] {
  return rows.map(({ id: _, ...row }) => printJson(row)).sort();
}

const full = parseJson(`{
  "inputs": {"question": "2^53 + 1?", "exact": 9007199254740993, "__proto__": 1.0},
  "outputs": {"answer": "9007199254740993", "score": 0.1000},
  "reference_outputs": {"answer": 9007199254740993},
  "start_time": "2026-05-01T09:00:00.123456Z", "end_time": "2026-05-01T09:00:02.5Z",
  "metadata": {"model": "m", "scores.other": "0.5", "usage_metadata": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}},
  "feedback": [
    {"key": "correct", "score": true},
    {"key": "f1", "score": 0.123456789012345678, "comment": "close", "correction": {"score": 1}},
    {"key": "judge", "score": 1, "value": "good", "correction": "better"},
    {"key": "note", "comment": "only words"},
    {"key": "tone", "value": {"a": [1.0]}}
  ],
  "tags": ["a", "ü"], "name": "my run", "run_type": "chain", "split": ["test", "hard"],
  "example_metadata": {"level": 2},
  "child_runs": [
    {"name": "untimed", "run_type": "tool", "metadata": {"k": null}},
    {"name": "retrieve", "run_type": "retriever", "inputs": {"q": 1.0}, "outputs": {"docs": []},
     "start_time": "2026-05-01T09:00:00.5Z", "end_time": "2026-05-01T09:00:01Z", "feedback": [{"key": "hit", "score": 0.33333}],
     "child_runs": [{"name": "deeper", "error": "none found", "tags": ["x"], "start_time": "2026-05-01T09:00:00.6Z", "end_time": "2026-05-01T09:00:00.7Z"}]}
  ]
}`) as JsonObject;
const failed = { inputs: { question: 'none' }, error: 'Boom\nat line 2', latency: 0.5 };

describe('an experiment that is pulled', () => {
  test.for([
    ['kept', true],
    ['moved to the present', false],
  ] as const)(
    'is a row a run, with all that the recorded row said, its times %s',
    async ([, keepTimes], { home }) => {
      const [row] = await pull(await recordRows(home.url, [full], { keepTimes }));

      const [untimed, timed] = (row?.child_runs ?? []) as JsonObject[];
      expect(row).toMatchObject({
        id: expect.any(String),
        inputs: full.inputs,
        outputs: full.outputs,
        reference_outputs: full.reference_outputs,
        start_time: '2026-05-01T09:00:00.123456Z',
        end_time: '2026-05-01T09:00:02.500000Z',
        metadata: full.metadata,
        feedback: full.feedback,
        tags: full.tags,
        name: 'my run',
        run_type: 'chain',
        split: full.split,
        example_metadata: full.example_metadata,
      });
      expect(row).not.toHaveProperty('example_id');
      expect(timed).toEqual({
        name: 'retrieve',
        run_type: 'retriever',
        inputs: { q: new JsonNumber('1.0') },
        outputs: { docs: [] },
        start_time: '2026-05-01T09:00:00.500000Z',
        end_time: '2026-05-01T09:00:01.000000Z',
        feedback: [{ key: 'hit', score: 0.33333 }],
        child_runs: [
          {
            name: 'deeper',
            run_type: 'chain',
            error: 'none found',
            tags: ['x'],
            start_time: '2026-05-01T09:00:00.600000Z',
            end_time: '2026-05-01T09:00:00.700000Z',
          },
        ],
      });
      expect(untimed).toEqual({
        name: 'untimed',
        run_type: 'tool',
        metadata: { k: null },
        // One that says no times has those of the run above it, unless that was moved.
        ...(keepTimes && {
          start_time: '2026-05-01T09:00:00.123456Z',
          end_time: '2026-05-01T09:00:02.500000Z',
        }),
      });
    },
  );

  test('and recorded elsewhere is the same experiment again', async ({ home }) => {
    const elsewhere = await openTestHome();
    const rows = [full, failed, failed, ...many(250)];

    const first = await pull(await recordRows(home.url, rows));
    const second = await pull(await recordRows(elsewhere.url, first, { dataset: 'others' }));
    await elsewhere.close();

    expect(first).toHaveLength(253);
    expect(comparable(second)).toEqual(comparable(first));
  });

  test.for([
    ['once where no run has others below it', {}, 1],
    ['once a hundred rows where they have', { child_runs: [{ name: 'step' }] }, 1 + 2],
  ] as const)(
    'asks what LangSmith’s cloud answers 15 times in 10 s %s',
    async ([, more, times], { home }) => {
      const rows = many(150).map((row) => ({ ...row, child_runs: [], ...more }));
      const recorded = await recordRows(home.url, rows);
      const proxy = await startFaultProxy(home.url, () => undefined);
      onTestFinished(() => proxy.close());
      const client = new LangSmith({ endpoint: proxy.url });
      onTestFinished(() => client.close());

      await pull({ ...recorded, client });

      const asked = proxy.log.filter((request) => request === 'POST /api/v1/runs/query');
      expect(asked).toHaveLength(times);
    },
  );

  test('names examples that their content would not find again, unless it is to go elsewhere', async ({
    home,
  }) => {
    const row = { id: 'q1', inputs: { q: 1 }, outputs: { a: 1 } };
    const recorded = await recordRows(home.url, [row], { identity: 'id' });

    const [named] = await pull(recorded);
    const [free] = await pull(recorded, false);

    expect(named?.example_id).toBe(named?.id);
    expect(free).not.toHaveProperty('example_id');
  });

  test('has the rows that LangSmith lists under no example any more, without their reference', async ({
    home,
  }) => {
    const rows = [{ ...full, child_runs: [] }, failed];
    const recorded = await recordRows(home.url, rows, { keepTimes: true });
    const client = new WithoutExamples({ endpoint: home.url });
    onTestFinished(() => client.close());

    const pulled = await pull({ ...recorded, client });

    expect(pulled.map(({ inputs }) => inputs)).toEqual(
      expect.arrayContaining([full.inputs, failed.inputs]),
    );
    expect(pulled).toHaveLength(2);
    expect(pulled.every((row) => row.reference_outputs === undefined)).toBe(true);
  });
});

/** LangSmith, after all examples were deleted. */
class WithoutExamples extends LangSmith {
  override async *listExamplesWithRuns(): AsyncGenerator<ExampleWithRuns> {}
}

function many(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({
    inputs: { n },
    outputs: { n },
    scores: { a: n / 7, b: n % 2 === 0, c: 'yes' },
    ...(n % 3 === 0 && { child_runs: [{ name: 'step', scores: { ok: true } }] }),
  }));
}
