import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import type { Source } from '../../src/input/row.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { parseTime } from '../../src/langsmith/time.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { sourceOf, streamOf } from '../support/rows.js';

const france = {
  inputs: { question: 'What is the capital of France?' },
  outputs: { answer: 'Lyon' },
  reference_outputs: { answer: 'Paris' },
  latency: 1.5,
  scores: { correct: false, closeness: 0.25 },
};

const question = (n: number, more: object = {}) => ({ inputs: { n }, outputs: { n }, ...more });
const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function clientOf(
  url: string,
  options: Partial<ConstructorParameters<typeof LangSmith>[0]> = {},
): LangSmith {
  const client = new LangSmith({ endpoint: url, retryForMs: 20_000, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function recordAt(
  url: string,
  source: Source | object[],
  options: Partial<RecordOptions> = {},
) {
  const rows = Array.isArray(source) ? fromRows(source, 'rows') : source;
  const recording = await record(rows, { client: clientOf(url), dataset: 'questions', ...options });
  return { recording, ...(await readBack(url, recording.experiment, recording.dataset)) };
}

describe('a row becomes', () => {
  test('a run that answers an example, with its scores', async ({ home }) => {
    const { recording, roots, examples, feedback } = await recordAt(home.url, [france]);

    expect(examples).toMatchObject([{ inputs: france.inputs, outputs: { answer: 'Paris' } }]);
    expect(roots).toMatchObject([
      {
        inputs: france.inputs,
        outputs: { answer: 'Lyon' },
        reference_example_id: examples[0]?.id,
        run_type: 'llm',
      },
    ]);
    expect(new Map(feedback.map(({ key, score }) => [key, score]))).toEqual(
      new Map<string, unknown>([
        ['correct', false],
        ['closeness', 0.25],
      ]),
    );
    expect(recording).toMatchObject({
      status: 'recorded',
      verified: 'yes',
      rows: { read: 1, recorded: 1, refused: 0, skipped: 0 },
      examples: { created: 1, existing: 0, updated: 0 },
      dataset: { name: 'questions', created: true },
    });
  });

  test('a run as long as its latency, that ends after its example was written', async ({
    home,
  }) => {
    const { roots, session } = await recordAt(home.url, [france]);

    const [run] = roots;
    const [start, end] = [parseTime(run?.start_time ?? ''), parseTime(run?.end_time ?? '')];
    const version = (session.extra as { metadata: { dataset_version: string } }).metadata
      .dataset_version;
    expect(end - start).toBe(1_500_000);
    expect(end).toBeGreaterThan(parseTime(version));
    expect(session.end_time).not.toBeNull();
  });

  test('a failed run, where the app failed', async ({ home }) => {
    const { roots } = await recordAt(home.url, [{ inputs: { q: 1 }, error: 'timeout after 30 s' }]);

    expect(roots).toMatchObject([{ error: 'timeout after 30 s', status: 'error' }]);
  });

  test('a tree of runs, where it has child runs', async ({ home }) => {
    const row = {
      ...france,
      start_time: '2026-05-01T10:00:00.000000Z',
      end_time: '2026-05-01T10:00:03.000000Z',
      child_runs: [
        {
          name: 'search',
          run_type: 'retriever',
          start_time: '2026-05-01T10:00:01Z',
          end_time: '2026-05-01T10:00:02Z',
          child_runs: [{ name: 'index' }],
          scores: { recall: 1 },
        },
        { name: 'early', start_time: '2026-05-01T09:00:00Z', end_time: '2026-05-01T10:00:01Z' },
      ],
    };
    const { runs, roots, feedback } = await recordAt(home.url, [row]);

    const named = (name: string) => runs.find((run) => run.name === name);
    expect(runs.length).toBe(4);
    expect(named('search')).toMatchObject({ parent_run_id: roots[0]?.id, run_type: 'retriever' });
    expect(named('index')).toMatchObject({ parent_run_id: named('search')?.id });
    expect(named('early')?.start_time).toBe(roots[0]?.start_time);
    expect(named('early')?.extra.metadata).toMatchObject({
      original_start_time: '2026-05-01T09:00:00.000000Z',
    });
    expect(feedback.find(({ key }) => key === 'recall')?.run_id).toBe(named('search')?.id);
  });

  test('a second run on the same example, where the same question was asked twice', async ({
    home,
  }) => {
    const { examples, roots } = await recordAt(home.url, [
      france,
      { ...france, outputs: { answer: 'Paris' } },
    ]);

    expect(examples.length).toBe(1);
    expect(roots.map(({ outputs }) => outputs?.answer).sort()).toEqual(['Lyon', 'Paris']);
    expect(new Set(roots.map((run) => run.reference_example_id))).toEqual(
      new Set([examples[0]?.id]),
    );
  });

  test('what it was, digit for digit', async ({ home }) => {
    const text =
      '{"inputs":{"n":9007199254740993,"f":1.0,"e":1e5,"s":0.1000,"__proto__":{"x":1}},"outputs":{"o":123456789012345678},"reference_outputs":{"z":-0.0}}';
    const { recording } = await recordAt(home.url, await sourceOf(text));

    const [row] = home.store.runs.query({ sessions: [recording.experiment.id], limit: 1 });
    const example = await fetch(`${home.url}/api/v1/examples?dataset=${recording.dataset.id}`);
    expect(row?.inputs).toBe(
      '{"n":9007199254740993,"f":1.0,"e":1e5,"s":0.1000,"__proto__":{"x":1}}',
    );
    expect(await example.text()).toContain('{"z":-0.0}');
  });

  test('what the server can hold, and what was changed is reported', async ({ home }) => {
    const text =
      '{"inputs":{"big":99999999999999999999999,"huge":1e999,"nan":NaN,"nul":"a\\u0000b","lone":"\\ud800"},"outputs":1,"scores":{"s":0.123456,"n":NaN}}';
    const { recording, roots, feedback } = await recordAt(home.url, await sourceOf(text));

    expect(roots[0]?.inputs).toEqual({
      big: '99999999999999999999999',
      huge: '1e999',
      nan: null,
      nul: 'a\ufffdb',
      lone: '\ufffd',
    });
    expect(feedback).toMatchObject([{ key: 's', score: 0.1235 }]);
    expect(roots[0]?.extra.metadata).toMatchObject({ 'scores.s': '0.123456' });
    expect(recording.notes.length).toBeGreaterThanOrEqual(5);
  });
});

describe('doing it again', () => {
  test('sends nothing, and says that it is there', async ({ home }) => {
    const first = await recordAt(home.url, [france, question(1)]);
    const second = await recordAt(home.url, [france, question(1)]);

    expect(second.recording).toMatchObject({
      status: 'complete',
      runs: 0,
      experiment: first.recording.experiment,
      rows: { recorded: 2 },
    });
    expect(second.runs).toEqual(first.runs);
    expect(second.feedback).toEqual(first.feedback);
  });

  test('sends what is missing, if it was cut short', async ({ home }) => {
    const rows = Array.from({ length: 300 }, (_, n) => question(n, { scores: { s: n % 2 } }));
    const stop = new AbortController();
    const stopped = await record(fromRows(rows), {
      client: clientOf(home.url),
      dataset: 'questions',
      signal: stop.signal,
      onProgress: ({ phase, rows: done }) => {
        if (phase === 'runs' && done >= 50) stop.abort();
      },
    });

    const { recording, roots, feedback } = await recordAt(home.url, rows);

    expect(stopped.status).toBe('stopped');
    expect(recording.experiment).toEqual(stopped.experiment);
    expect(new Set(roots.map((run) => run.inputs.n)).size).toBe(300);
    expect(roots.length).toBe(300);
    expect(feedback.length).toBe(300);
  });

  test('with --new makes another experiment, on the same examples', async ({ home }) => {
    const first = await recordAt(home.url, [france]);
    const second = await recordAt(home.url, [france], { new: true });

    expect(second.recording.experiment.id).not.toBe(first.recording.experiment.id);
    expect(second.recording).toMatchObject({
      status: 'recorded',
      examples: { created: 0, existing: 1 },
    });
  });

  test('after the experiment was deleted records it again', async ({ home }) => {
    const first = await recordAt(home.url, [france]);
    await fetch(`${home.url}/api/v1/sessions/${first.recording.experiment.id}`, {
      method: 'DELETE',
    });

    const second = await recordAt(home.url, [france]);

    expect(second.recording.status).toBe('recorded');
    expect(second.roots.length).toBe(1);
  });
});

describe('an experiment’s name', () => {
  test('that belongs to other rows is refused, and nothing is written', async ({ home }) => {
    await recordAt(home.url, [france], { experiment: 'nightly' });

    const again = recordAt(home.url, [question(1)], { experiment: 'nightly' });

    await expect(again).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      hint: expect.stringMatching(/--append.*--new/),
    });
    const { examples } = await recordAt(home.url, [france], { experiment: 'nightly' });
    expect(examples.length).toBe(1);
  });

  test('takes more rows on request', async ({ home }) => {
    const first = await recordAt(home.url, [france], { experiment: 'nightly' });
    const second = await recordAt(home.url, [question(1)], { experiment: 'nightly', append: true });

    expect(second.recording.experiment.id).toBe(first.recording.experiment.id);
    expect(second.roots.length).toBe(2);
  });

  test('that belongs to another dataset is refused, and not with a way that is refused too', async ({
    home,
  }) => {
    await recordAt(home.url, [france], { experiment: 'nightly' });

    const other = recordAt(home.url, [france], { experiment: 'nightly', dataset: 'other' });

    await expect(other).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('on another dataset'),
      hint: expect.not.stringContaining('--append'),
    });
  });

  test('of an experiment on another dataset takes none', async ({ home }) => {
    await recordAt(home.url, [france], { experiment: 'nightly' });

    const other = recordAt(home.url, [france], {
      experiment: 'nightly',
      append: true,
      dataset: 'other',
    });

    await expect(other).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('another dataset'),
    });
  });
});

describe('a bad row', () => {
  const broken = `${JSON.stringify(france)}\n{"inputs":{"n":1}}\n{broken\n${JSON.stringify(question(2))}\n`;

  test('stops all before anything is written, and reports every problem', async ({ home }) => {
    const recording = recordAt(home.url, await sourceOf(broken));

    await expect(recording).rejects.toMatchObject({
      code: 'RESULT_INVALID',
      message: expect.stringMatching(
        /^2 of 4 rows .*\n.*:2: outputs: is missing.*\n.*:3:2: expected/,
      ),
    });
    const all = { sortBy: 'name', descending: false, limit: 1, offset: 0 } as const;
    expect(home.store.datasets.list(all)).toEqual([]);
  });

  test('goes to the rejects on request, and the rest is recorded', async ({ home }) => {
    const rejects: string[] = [];
    const { recording, roots } = await recordAt(home.url, await sourceOf(broken), {
      onInvalid: 'skip',
      onReject: (line) => void rejects.push(line),
    });

    expect(recording.rows).toEqual({ read: 4, recorded: 2, refused: 0, skipped: 2, left: 0 });
    expect(roots.length).toBe(2);
    expect(rejects.map((line) => JSON.parse(line))).toMatchObject([
      {
        inputs: { n: 1 },
        _rejected: { line: 2, reason: expect.stringContaining('outputs: is missing') },
      },
      { _rejected: { line: 3, text: '{broken' } },
    ]);
  });

  test('that only the server refuses costs no other row', async ({ home }) => {
    const rows = Array.from({ length: 250 }, (_, n) => question(n));
    const bad = { example_id: '00000000-0000-4000-8000-00000000dead', outputs: { n: 77 } };
    const rejects: string[] = [];

    const { recording, roots } = await recordAt(home.url, [...rows, bad], {
      onReject: (line) => void rejects.push(line),
    });

    expect(recording.rows).toEqual({ read: 251, recorded: 250, refused: 1, skipped: 0, left: 0 });
    expect(roots.length).toBe(250);
    expect(recording.problems).toMatchObject([
      { line: 251, message: expect.stringContaining('no example') },
    ]);
    expect(rejects.length).toBe(1);
  });
});

describe('a live stream', () => {
  test('fills its experiment while it is open', async ({ home }) => {
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seenEarly: number[] = [];
    const source = await streamOf(
      (async function* () {
        yield lines([question(1), question(2)]);
        await released;
        yield lines([question(3)]);
      })(),
    );
    const recording = record(source, {
      client: clientOf(home.url),
      dataset: 'questions',
      experiment: 'live',
      onProgress: ({ phase, rows }) => {
        if (phase !== 'runs') return;
        seenEarly.push(rows);
        release?.();
      },
    });

    const { rows, experiment, dataset } = await recording;
    const { roots } = await readBack(home.url, experiment, dataset);

    expect(seenEarly[0]).toBeLessThanOrEqual(2);
    expect(rows).toEqual({ read: 3, recorded: 3, refused: 0, skipped: 0, left: 0 });
    expect(roots.map((run) => run.inputs.n).sort()).toEqual([1, 2, 3]);
  });

  test('that ends before its first second is checked like a file', async ({ home }) => {
    const recording = recordAt(home.url, await streamOf([lines([france]), '{"inputs":1}\n']));

    await expect(recording).rejects.toMatchObject({ code: 'RESULT_INVALID' });
  });

  test('that is stopped keeps what was read', async ({ home }) => {
    const stop = new AbortController();
    const source = await streamOf(
      (async function* () {
        yield lines([question(1), question(2)]);
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      })(),
    );

    const { recording, roots } = await recordAt(home.url, source, {
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'runs' && stop.abort(),
    });

    expect(recording).toMatchObject({ status: 'stopped', rows: { read: 2, recorded: 2 } });
    expect(roots.length).toBe(2);
  });

  test('that is stopped before its first row is not a stream without rows', async ({ home }) => {
    const source = await streamOf([lines([question(1)])]);

    const recording = recordAt(home.url, source, { signal: AbortSignal.abort() });

    await expect(recording).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is stopped just after more was read keeps that too, and closes its experiment', async ({
    home,
  }) => {
    const stop = new AbortController();
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const source = await streamOf(
      (async function* () {
        yield lines([question(1)]);
        await released;
        yield lines([question(2), question(3)]);
        setTimeout(() => stop.abort(), 100);
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      })(),
    );

    const { recording, roots, session } = await recordAt(home.url, source, {
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'runs' && release?.(),
    });

    expect(recording).toMatchObject({ status: 'stopped', rows: { read: 3, recorded: 3 } });
    expect(roots.length).toBe(3);
    expect(session.end_time).not.toBeNull();
  });

  test('that breaks off records what came before, and then says what is wrong', async ({
    home,
  }) => {
    const source = await streamOf([
      lines([question(1), question(2)]),
      Buffer.from([0x7b, 0xff, 0xfe, 0x0a]),
    ]);

    const recording = recordAt(home.url, source, { experiment: 'broken off' });

    await expect(recording).rejects.toMatchObject({
      message: expect.stringMatching(/:3:2: not valid/),
    });
    const session = home.store.sessions.findByName('broken off');
    expect(home.store.stats.ofRuns(session?.id ?? '').run_count).toBe(2);
  });

  test('without a row is refused in words', async ({ home }) => {
    await expect(recordAt(home.url, [])).rejects.toMatchObject({
      message: 'rows contains no rows',
    });
  });
});

describe('examples', () => {
  test('are shared by all experiments that ask the same, whoever recorded them', async ({
    home,
  }) => {
    const first = await recordAt(home.url, [france, question(1)]);
    const second = await recordAt(home.url, [question(1), question(2)]);

    expect(second.recording.examples).toEqual({ created: 1, existing: 1, updated: 0 });
    expect(second.examples.length).toBe(3);
    expect(first.examples.length).toBe(2);
  });

  test('that are named by id are brought up to date, and keep their runs', async ({ home }) => {
    const row = (answer: string) => ({
      id: 'q1',
      inputs: { q: 1 },
      outputs: { a: 1 },
      reference_outputs: { answer },
    });
    await recordAt(home.url, [row('old')], { identity: 'id' });

    const { examples, recording } = await recordAt(home.url, [row('new')], { identity: 'id' });

    expect(examples).toMatchObject([{ outputs: { answer: 'new' } }]);
    expect(recording.examples).toEqual({ created: 0, existing: 1, updated: 1 });
  });

  test('whose id names other inputs are refused', async ({ home }) => {
    await recordAt(home.url, [{ id: 'q1', ...question(1) }], { identity: 'id' });

    const { recording } = await recordAt(home.url, [{ id: 'q1', ...question(2) }], {
      identity: 'id',
    });

    expect(recording.rows).toMatchObject({ recorded: 0, refused: 1 });
    expect(recording.problems[0]?.message).toContain('has other inputs');
  });

  test('of one id and two contents in one file are refused before anything is written', async ({
    home,
  }) => {
    const recording = recordAt(
      home.url,
      [
        { id: 'q1', ...question(1) },
        { id: 'q1', ...question(2) },
      ],
      { identity: 'id' },
    );

    await expect(recording).rejects.toMatchObject({
      message: expect.stringContaining('identifies two examples'),
    });
  });

  test('that exist can be named by their id alone, and give their inputs', async ({ home }) => {
    const first = await recordAt(home.url, [france]);

    const row = { example_id: first.examples[0]?.id, outputs: { answer: 'Nice' } };
    const { roots } = await recordAt(home.url, [row]);

    expect(roots).toMatchObject([
      { inputs: france.inputs, reference_example_id: first.examples[0]?.id },
    ]);
  });
});

test('an experiment is reported by the name that it got, where its own is taken by another dataset', async ({
  home,
}) => {
  const client = clientOf(home.url);
  await record(fromRows([question(1)]), { client, dataset: 'one' });

  const { experiment } = await record(fromRows([question(1)]), { client, dataset: 'two' });

  expect(experiment.name).toMatch(/-2$/);
  expect(await client.findExperiment(experiment.id)).toMatchObject({ name: experiment.name });
});

test('a dry run writes nothing, and tells what would be', async ({ home }) => {
  await recordAt(home.url, [question(1)]);
  const before = await (await fetch(`${home.url}/api/v1/datasets`)).text();

  const plan = await record(fromRows([question(1), question(2, { scores: { s: 1 } })]), {
    client: clientOf(home.url),
    dataset: 'questions',
    dryRun: true,
  });

  expect(plan).toMatchObject({
    status: 'planned',
    examples: { created: 1, existing: 1 },
    runs: 2,
    feedback: 1,
    dataset: { created: false },
  });
  expect(await (await fetch(`${home.url}/api/v1/datasets`)).text()).toBe(before);
});

test('a row of more runs than a request may hold is sent in pieces', async ({ home }) => {
  const row = {
    ...france,
    child_runs: Array.from({ length: 250 }, (_, n) => ({ name: `step ${n}`, scores: { s: 1 } })),
  };

  const { runs, feedback } = await recordAt(home.url, [row]);

  expect(runs.length).toBe(251);
  expect(feedback.length).toBe(252);
});
