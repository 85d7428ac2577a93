import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/prepare/prepare.js';
import type { PrepareOptions } from '../../src/prepare/prepared.js';
import { recognise } from '../../src/results/recognise.js';
import type { RecognisedSource } from '../../src/results/recognised.js';
import { sourceOf } from '../support/rows.js';

interface Labelled {
  readonly row: object;
  readonly experiment?: string;
}

const good = (more: object = {}) => ({ inputs: { q: 1 }, outputs: { a: 1 }, ...more });
const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function survey(sources: readonly RecognisedSource[], options: PrepareOptions = {}) {
  return (await prepare(sources, options)).survey;
}

async function report(text: string, options: PrepareOptions = {}) {
  return survey([await recognise(await sourceOf(text), { format: 'native' })], options);
}

/** The one experiment in these rows. */
async function experimentOf(...rows: object[]) {
  const { experiments } = await report(lines(...rows));
  expect(experiments).toHaveLength(1);
  return experiments[0];
}

/** As a format gives rows of several experiments. */
async function labelled(...rows: Labelled[]): Promise<RecognisedSource> {
  const source = await recognise(await sourceOf(lines(...rows.map(({ row }) => row))), {
    format: 'native',
  });
  return {
    ...source,
    hasExperiments: true,
    summaries: [
      { experiment: 'a', scores: [{ key: 'whole', score: 0.5 }] },
      { experiment: 'b', scores: [{ key: 'whole', score: 0.7 }] },
    ],
    async *rows(options) {
      for await (const row of source.rows(options)) {
        const experiment = rows[row.index]?.experiment;
        yield { ...row, ...(experiment !== undefined && { experiment }) };
      }
    },
  };
}

describe('scores', () => {
  test('have a mean in which true counts as 1', async () => {
    const found = await experimentOf(
      good({ scores: { right: true } }),
      good({ scores: { right: false } }),
      good({ scores: { right: 1 } }),
      good({ scores: { right: 0.5 } }),
    );

    expect(found?.scores).toEqual([{ key: 'right', n: 4, mean: 0.625, missing: 0 }]);
  });

  test('are missing in rows that failed, that say null, or that are NaN', async () => {
    const { experiments } = await report(
      lines(good({ scores: { f1: 1 } }), { inputs: {}, error: 'timeout' }).concat(
        lines(good({ scores: { f1: null } })),
        '{"inputs":{},"outputs":{},"scores":{"f1":NaN}}\n',
      ),
    );

    expect(experiments[0]).toMatchObject({ rows: 4, errors: 1 });
    expect(experiments[0]?.scores).toEqual([{ key: 'f1', n: 1, mean: 1, missing: 3 }]);
  });

  test('that are words are counted, the most frequent first', async () => {
    const words = ['rude', 'kind', 'kind', 'flat', 'kind', 'rude'];
    const found = await experimentOf(...words.map((tone) => good({ scores: { tone } })));

    expect(found?.scores).toEqual([
      {
        key: 'tone',
        n: 6,
        missing: 0,
        values: [
          { value: 'kind', n: 3 },
          { value: 'rude', n: 2 },
          { value: 'flat', n: 1 },
        ],
      },
    ]);
  });

  test('that are words next to numbers are not counted with the mean', async () => {
    const found = await experimentOf(...[1, 'unsure', 0].map((k) => good({ scores: { k } })));

    expect(found?.scores).toEqual([
      { key: 'k', n: 2, mean: 0.5, missing: 0, values: [{ value: 'unsure', n: 1 }] },
    ]);
  });

  test('that come twice in a row are two, in one row', async () => {
    const twice = [
      { key: 'judge', score: 0 },
      { key: 'judge', score: 1 },
    ];
    const found = await experimentOf(good({ feedback: twice }), good());

    expect(found?.scores).toEqual([{ key: 'judge', n: 2, mean: 0.5, missing: 1 }]);
  });

  test('of a key that is only commented on are none', async () => {
    const found = await experimentOf(good({ scores: { judge: { comment: 'cannot tell' } } }));

    expect(found?.scores).toEqual([]);
  });

  test('under a key named __proto__ are scores like any other', async () => {
    const { experiments } = await report(
      '{"inputs":{},"outputs":{},"scores":{"__proto__":1,"constructor":0}}\n',
    );

    expect(experiments[0]?.scores).toEqual([
      { key: '__proto__', n: 1, mean: 1, missing: 0 },
      { key: 'constructor', n: 1, mean: 0, missing: 0 },
    ]);
  });
});

describe('examples', () => {
  test('are the same if inputs and reference are, in any order of keys', async () => {
    const found = await experimentOf(
      { inputs: { a: 1, b: 2 }, outputs: { a: 1 } },
      { inputs: { b: 2, a: 1 }, outputs: { a: 2 }, reference_outputs: {} },
      { inputs: { a: 1, b: 2 }, outputs: { a: 1 }, reference_outputs: { a: 1 } },
    );

    expect(found).toMatchObject({ rows: 3, examples: 2, repeated: 1 });
  });

  test('with a number written otherwise are others, as their ids are', async () => {
    const { experiments } = await report(
      '{"inputs":{"n":1},"outputs":{}}\n{"inputs":{"n":1.0},"outputs":{}}\n',
    );

    expect(experiments[0]).toMatchObject({ examples: 2, repeated: 0 });
  });

  test('are counted exactly among thousands', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => good({ inputs: { n: n % 4000 } }));

    expect(await experimentOf(...rows)).toMatchObject({ examples: 4000, repeated: 1000 });
  });
});

describe('tokens and cost', () => {
  const using = (usage_metadata: object, more: object = {}) =>
    good({ metadata: { usage_metadata }, ...more });

  test('are summed over rows, a total that is not told being that of its parts', async () => {
    const found = await experimentOf(
      using({ input_tokens: 10, output_tokens: 2, total_cost: 0.25 }),
      using({ input_tokens: 5, output_tokens: 1, total_tokens: 9, input_cost: 0.5 }),
    );

    expect(found).toMatchObject({ tokens: { input: 15, output: 3, total: 21 }, cost: 0.75 });
  });

  test('of a row that tells none are those of the runs below it', async () => {
    const child = (input_tokens: number) => using({ input_tokens }, { name: 'call' });
    const found = await experimentOf(
      good({ child_runs: [child(1), good({ child_runs: [child(2)] })] }),
      using({ input_tokens: 10 }, { child_runs: [child(10)] }),
    );

    expect(found?.tokens).toEqual({ input: 13, total: 13 });
  });

  test('are absent where no row tells them', async () => {
    const found = await experimentOf(good());

    expect(found?.tokens).toEqual({});
    expect(found).not.toHaveProperty('cost');
  });
});

describe('models and times', () => {
  test('names each model once, those of runs below a row too', async () => {
    const by = (ls_model_name: string) => good({ metadata: { ls_model_name } });
    const found = await experimentOf(by('b'), by('a'), by('b'), good({ child_runs: [by('c')] }));

    expect(found?.models).toEqual(['b', 'a', 'c']);
  });

  test('the range is from the first start to the last end, in UTC', async () => {
    const found = await experimentOf(
      good({ start_time: '2026-01-31T12:00:00+02:00', latency: 90 }),
      good({ end_time: '2026-01-31T09:59:00Z', latency: 60 }),
    );

    expect(found).toMatchObject({
      earliest: '2026-01-31T09:58:00.000Z',
      latest: '2026-01-31T10:01:30.000Z',
    });
  });

  test('latency is in seconds: its median, and what 95 of 100 rows stay below', async () => {
    const rows = Array.from({ length: 101 }, (_, n) => good({ latency_ms: (100 - n) * 10 }));
    const found = await experimentOf(...rows);

    expect(found?.latency).toEqual({ p50: 0.5, p95: 0.95 });
    expect(found?.earliest).toBeUndefined();
  });
});

test('counts the runs and scores that rows become, and rows whose inputs the server has', async () => {
  const child = { name: 'call', scores: { x: 1 }, child_runs: [{ name: 'deeper' }] };
  const found = await experimentOf(
    good({ child_runs: [child], scores: { y: 1 } }),
    { example_id: '0b1c7f4e-0000-4000-8000-000000000002', outputs: 1 },
    { inputs: {} },
  );

  expect(found).toMatchObject({ rows: 2, runs: 4, feedback: 2, rowsWithoutInputs: 1 });
});

test('has the range of times in microseconds', async () => {
  const found = await experimentOf(
    good({ start_time: 1_767_225_600.5, end_time: 1_767_225_601.25 }),
    good({ end_time: 1_767_225_603, latency: 2 }),
    good({ latency: 60 }),
  );

  expect(found?.range).toEqual({
    timed: {
      earliestStart: 1_767_225_600_500_000,
      earliestEnd: 1_767_225_601_250_000,
      latestEnd: 1_767_225_603_000_000,
    },
    longestUs: 60_000_000,
  });
});

describe('several experiments', () => {
  const three: Labelled[] = [
    { row: good({ scores: { f1: 1 } }), experiment: 'b' },
    { row: good({ scores: { f1: 0 } }), experiment: 'a' },
    { row: { inputs: { q: 1 } }, experiment: 'a' },
    { row: good({ scores: { f1: 0.5 } }), experiment: 'b' },
  ];

  test('are listed in the order in which they come, with their own scores', async () => {
    const { experiments, rows, badRows } = await survey([await labelled(...three)]);

    expect({ rows, badRows }).toEqual({ rows: 4, badRows: 1 });
    expect(experiments).toMatchObject([
      { label: 'b', rows: 2, examples: 1, repeated: 1, scores: [{ n: 2, mean: 0.75 }] },
      { label: 'a', rows: 1, examples: 1, repeated: 0, scores: [{ n: 1, mean: 0 }] },
    ]);
  });

  test('are one where two files give the same label', async () => {
    const sources = [await labelled(...three), await labelled(...three)];

    const { experiments, rows } = await survey(sources);

    expect(rows).toBe(8);
    expect(experiments).toMatchObject([
      { label: 'b', rows: 4 },
      { label: 'a', rows: 2 },
    ]);
  });

  test('can be picked; rows of others are then not told of', async () => {
    const found = await survey([await labelled(...three)], { only: ['b'] });

    expect(found).toMatchObject({ rows: 2, badRows: 0, experiments: [{ label: 'b' }] });
    expect(found.summaries).toMatchObject([{ experiment: 'b' }]);
  });

  test('are picked with the rows that cannot be read, which may belong to any', async () => {
    const source = await labelled(...three);
    const broken: RecognisedSource = {
      ...source,
      async *rows(options) {
        for await (const row of source.rows(options)) {
          yield row.index === 1 ? { ...row, value: null, problem: 'half a record' } : row;
        }
      },
    };

    const found = await survey([broken], { only: ['b'] });

    expect(found).toMatchObject({ rows: 3, badRows: 1, problems: [{ message: 'half a record' }] });
  });

  test('that are not there cannot be picked, and those that are get named', async () => {
    const asked = survey([await labelled(...three)], { only: ['c'] });

    await expect(asked).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('"c"'),
      hint: 'Experiments: "b", "a".',
    });
  });

  test('are no more than a thousand', async () => {
    const rows = Array.from({ length: 1001 }, (_, n) => ({ row: good(), experiment: `e${n}` }));

    await expect(survey([await labelled(...rows)])).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      hint: expect.stringContaining('--ignore'),
    });
  });
});

describe('problems', () => {
  test('have their place, field and reason; all of a row are reported', async () => {
    const found = await report(
      `${lines(good({ scores: { a: [] }, latency: -1 }))}{"inputs":\n${lines(good())}`,
    );

    expect(found).toMatchObject({ rows: 3, badRows: 2, problemCount: 3 });
    expect(found.problems).toEqual([
      { file: expect.any(String), line: 1, field: 'latency', message: expect.any(String) },
      { file: expect.any(String), line: 1, field: 'scores.a', message: expect.any(String) },
      { file: expect.any(String), line: 2, column: 11, message: expect.any(String) },
    ]);
  });

  test('are kept up to a limit and counted beyond it', async () => {
    const rows = Array.from({ length: 30 }, () => ({ inputs: {} }));

    const found = await report(lines(...rows), { maxProblems: 4 });

    expect(found.problems).toHaveLength(4);
    expect(found).toMatchObject({ problemCount: 30, badRows: 30, experiments: [] });
  });
});

describe('assumptions', () => {
  test('of rows are reported with how many rows they are about', async () => {
    const time = '2026-01-31T12:00:00';
    const { notes } = await report(
      lines(
        good({ start_time: time, outputs: 'Paris' }),
        good({ start_time: time, inputs: [{ role: 'user', content: 'Hi' }] }),
        good({ latency: 2 }),
      ),
    );

    expect(notes).toEqual([
      'times without a zone are read as UTC (2 rows)',
      'outputs that are not objects are wrapped: {"output": …}',
      'inputs that are not objects are wrapped: {"messages": …}',
      'latency is in seconds; latency_ms would be milliseconds',
    ]);
  });

  test('of bad rows are not told', async () => {
    expect((await report(lines({ inputs: 'x' }))).notes).toEqual([]);
  });
});

test('says of each file what it is read as', async () => {
  const { files } = await report(lines(good({ scores: { f1: 1 } })));

  expect(files).toEqual([
    {
      name: expect.stringMatching(/rows$/),
      format: 'native',
      described: 'rows of ls-record',
      columns: [],
      assumptions: [],
      labels: [''],
    },
  ]);
});

test('says how far it is', async () => {
  const text = lines(...Array.from({ length: 2500 }, () => good()));
  const seen: object[] = [];

  await report(text, { onProgress: (progress: object) => seen.push(progress) });

  expect(seen).toMatchObject([{ rows: 1000 }, { rows: 2000, totalBytes: text.length }]);
});

test('stops when it is told to', async () => {
  const stop = new AbortController();
  stop.abort(new Error('enough'));

  await expect(report(lines(good()), { signal: stop.signal })).rejects.toThrow('enough');
});
