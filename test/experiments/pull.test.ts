import { describe, expect, onTestFinished } from 'vitest';
import { pullRows } from '../../src/experiments/pull.js';
import { parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';
import { isJsonObject, JsonNumber, type JsonObject } from '../../src/json/value.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { ExampleWithRuns } from '../../src/langsmith/wire.js';
import { printIso } from '../../src/server/time.js';
import { NOON, openExperiment, run, send, sendRuns, uuid } from '../server/requests.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome, type TestHome, test } from '../support/home.js';
import { LISTS } from '../support/lists.js';
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

/** As text, in an order of its own. */
function comparable(rows: readonly JsonObject[]): string[] {
  return rows.map((row) => printJson(row)).sort();
}

/** What a home holds of the experiment that requests.ts opens, with these runs. */
async function holding(home: TestHome, runs: Record<string, object>): Promise<Recorded> {
  await openExperiment(home);
  await sendRuns(home, runs);
  const client = new LangSmith({ endpoint: home.url });
  onTestFinished(() => client.close());
  const experiment = await client.experimentStats(uuid(3));
  if (!experiment) throw new Error('it is not there');
  return { client, experiment, datasetId: uuid(1) };
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
      expect(row).not.toHaveProperty('id');
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

      const asked = proxy.log.filter(
        (request) => request === `POST /api/${LISTS ?? 'v2'}/runs/query`,
      );
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

    expect(named?.example_id).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(free).not.toHaveProperty('example_id');
  });

  test('gives a row its own id back, and metadata the members whose name it took', async ({
    home,
  }) => {
    const noted = { row_id: 'case-17', source_row_id: 17, model: 'm' };
    const recorded = await holding(home, {
      [`post.${uuid(10)}`]: run(10, { extra: { metadata: noted } }),
      [`post.${uuid(11)}`]: run(11, { extra: { metadata: { row_id: 18 } } }),
    });
    await send(home, `PATCH /examples/${uuid(2)}`, { metadata: { ...noted, level: 2 } });

    const [row, other] = await pull(recorded);

    expect(row).toMatchObject({
      id: 'case-17',
      metadata: { row_id: 17, model: 'm' },
      example_metadata: { row_id: 17, model: 'm', level: 2 },
    });
    expect(row?.metadata).not.toHaveProperty('source_row_id');
    expect(other).not.toHaveProperty('id');
    expect(other).toMatchObject({ metadata: { row_id: 18 } });
  });

  test('gives no times to a row that had none, nor to those below it', async ({ home }) => {
    const root = run(10, {
      end_time: printIso(NOON),
      extra: { metadata: { untimed: true, model: 'm' } },
    });
    const child = run(11, {
      trace_id: uuid(10),
      parent_run_id: uuid(10),
      dotted_order: `${root.dotted_order}.${run(11).dotted_order}`,
      reference_example_id: null,
      end_time: printIso(NOON),
    });
    const timed = run(12, { extra: { metadata: { untimed: true } } });
    const recorded = await holding(home, {
      [`post.${uuid(10)}`]: root,
      [`post.${uuid(11)}`]: child,
      [`post.${uuid(12)}`]: timed,
    });

    const [row, other] = await pull(recorded);

    const [below] = (row?.child_runs ?? []) as JsonObject[];
    for (const one of [row, below]) {
      expect(one).toMatchObject({ name: 'guess' });
      expect(one).not.toHaveProperty('start_time');
      expect(one).not.toHaveProperty('end_time');
      expect(one).not.toHaveProperty('latency');
    }
    expect(row?.metadata).toEqual({ model: 'm' });
    expect(other).toMatchObject({
      start_time: '2026-01-31T12:00:00.000000Z',
      end_time: '2026-01-31T12:00:02.500000Z',
      metadata: { untimed: true },
    });
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
