import { describe, expect, onTestFinished } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import type { Feedback } from '../../src/results/feedback.js';
import { type ScoreOptions, type Scoring, scoreRuns } from '../../src/scoring/score-runs.js';
import { type Answer, failedOn, type RowToScore, type Scorer } from '../../src/scoring/scorer.js';
import { recordRows } from '../experiments/recorded.js';
import { type Fault, seededRandom, startFaultProxy } from '../support/fault-proxy.js';
import { type TestHome, test } from '../support/home.js';

const rowOf = (n: number) => ({
  id: `q${n}`,
  inputs: { n },
  outputs: { answer: n * 2 },
  reference_outputs: { answer: n },
  scores: { correct: n % 2 === 0 },
});
const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => rowOf(n));

/** Scores each row by a function; undefined: the scorer fails on it. */
function scorerOf(
  score: (row: RowToScore) => Feedback['score'],
  { name = 'test', key = 'size', comment = 'by answer' } = {},
): Scorer {
  return {
    name,
    definition: { name },
    async *score(rows) {
      for await (const row of rows) {
        const given = score(row);
        if (given === undefined) yield failedOn(row.row, key, 'no idea');
        else yield { row: row.row, feedback: { key, score: given, comment } };
      }
    },
  };
}

const byAnswer = ({ outputs }: RowToScore) => Number(outputs?.answer) / 8;

interface Held {
  readonly id: string;
  readonly key: string;
  readonly run_id: string;
  readonly score: unknown;
  readonly comment: string | null;
  readonly error: boolean | null;
  readonly feedback_source: { metadata?: Record<string, unknown> };
}

/** All feedback of an experiment under a key. */
async function feedbackUnder(home: TestHome, experimentId: string, key: string): Promise<Held[]> {
  const all: Held[] = [];
  for (;;) {
    const query = `session=${experimentId}&key=${key}&limit=100&offset=${all.length}`;
    const response = await fetch(`${home.url}/api/v1/feedback?${query}`);
    const page = (await response.json()) as Held[];
    all.push(...page);
    if (page.length < 100) return all;
  }
}

async function scored(home: TestHome, rows: readonly object[]) {
  const recorded = await recordRows(home.url, rows, { experiment: 'nightly', keepTimes: true });
  const experiment = { ...recorded.experiment, datasetId: recorded.datasetId };
  const { signal } = new AbortController();
  const options: ScoreOptions = { client: recorded.client, experiment, signal };
  return {
    options,
    score: (scorer: Scorer, more: Partial<ScoreOptions> = {}): Promise<Scoring> =>
      scoreRuns([scorer], { ...options, ...more }),
    held: (key = 'size') => feedbackUnder(home, experiment.id, key),
  };
}

describe('scoring runs that are there', () => {
  test('gives each run a score, with what is known of the scorer', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(250));

    const scoring = await score(scorerOf(byAnswer));

    expect(scoring).toMatchObject({ created: 250, changed: 0, runs: 250, runsRead: 250 });
    const feedback = await held();
    expect(new Set(feedback.map(({ run_id }) => run_id)).size).toBe(250);
    expect(feedback[0]).toMatchObject({
      comment: 'by answer',
      feedback_source: { type: 'model', metadata: { scorer: 'test' } },
    });
  });

  test('says how many are answered, not how many were read', async ({ home }) => {
    const { score } = await scored(home, rowsOf(5));
    const seen: number[] = [];
    const late: Scorer = {
      ...scorerOf(byAnswer),
      async *score(rows) {
        const all: RowToScore[] = [];
        for await (const row of rows) all.push(row);
        expect(seen).toEqual([]);
        for (const { row } of all) yield { row, feedback: { key: 'size', score: 1 } };
      },
    };

    await score(late, { onProgress: ({ rows }) => seen.push(rows) });

    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('again, changes nothing', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(3));
    await score(scorerOf(byAnswer));
    const before = await held();

    const scoring = await score(scorerOf(byAnswer));

    expect(scoring).toMatchObject({ created: 0, changed: 0, unchanged: 3 });
    expect(await held()).toEqual(before);
  });

  describe('a scorer that scores once', () => {
    /** What is given and answered, in order; `stop` ends it as a kill would. */
    const once = (answer: (row: RowToScore) => Answer[], given: string[], stopAt = Infinity) => ({
      name: 'once',
      definition: {},
      scoresOnce: true as const,
      async *score(rows: AsyncIterable<RowToScore>) {
        for await (const row of rows) {
          if (given.length >= stopAt) throw new Error('killed');
          given.push(row.id ?? '');
          yield* answer(row);
        }
      },
    });
    const both = ({ row }: RowToScore): Answer[] => [
      { row, feedback: { key: 'size', score: row } },
      ...(row % 2 === 0 ? [{ row, feedback: { key: 'even', score: true } }] : []),
    ];

    /** One key after the other, as some programs do. */
    const apart = (given: string[], most: number): Scorer => ({
      ...once(both, given),
      async *score(rows) {
        const all: RowToScore[] = [];
        for await (const row of rows) all.push(row);
        for (const { id = '' } of all) given.push(id);
        const answers = ['size', 'even'].flatMap((key) =>
          all.map(({ row, id }) => ({ row, feedback: { key, score: Number(id?.slice(1)) } })),
        );
        yield* answers.slice(0, most);
      },
    });

    test('is given the rows that it did not score, and all again on request', async ({ home }) => {
      const { score, held } = await scored(home, rowsOf(20));
      const [first, second, third, fourth]: string[][] = [[], [], [], []];
      await expect(score(once(both, first ?? [], 8))).rejects.toThrow('killed');
      const before = new Set((await held()).map(({ run_id }) => run_id)).size;

      const rest = await score(once(both, second ?? []));
      const nothing = await score(once(both, third ?? []));
      await score(once(both, fourth ?? []), { again: true });

      expect(before).toBeGreaterThan(4);
      expect(rest).toMatchObject({ runsBefore: before, runs: 20 - before, runsRead: 20 });
      expect(nothing).toMatchObject({ runsBefore: 20, created: 0, changed: 0 });
      expect([second, third, fourth].map((given) => given?.length)).toEqual([20 - before, 0, 20]);
      expect(await held()).toHaveLength(20);
      expect(await held('even')).toHaveLength(10);
    });

    test('is given again what it failed on, and what lacks one of its scores', async ({ home }) => {
      const { score, held } = await scored(home, rowsOf(4));
      const [first, second, third]: string[][] = [[], [], []];
      await score(apart(first ?? [], 6));

      await score(apart(second ?? [], 8));
      await score(
        once(({ row }) => [failedOn(row, 'size', 'no idea')], third ?? []),
        {
          again: true,
        },
      );
      const fourth: string[] = [];
      await score(once(both, fourth));

      expect(second).toHaveLength(2);
      expect(fourth).toHaveLength(4);
      expect(await held('even')).toHaveLength(4);
    });

    test('is given again what came first and lacks a key that only later rows show', async ({
      home,
    }) => {
      const { score, held } = await scored(home, rowsOf(4));
      await score(apart([], 2));
      const [second, third, fourth]: string[][] = [[], [], []];

      await score(apart(second ?? [], 8));
      const rest = await score(apart(third ?? [], 8));
      const nothing = await score(apart(fourth ?? [], 8));

      expect([second, third, fourth].map((given) => given?.length)).toEqual([2, 2, 0]);
      expect(rest).toMatchObject({ runsRead: 4, runsBefore: 2, created: 2, unchanged: 2 });
      expect(nothing).toMatchObject({ runsBefore: 4, created: 0 });
      expect(new Set((await held('even')).map(({ run_id }) => run_id)).size).toBe(4);
    });

    test('with a key: only runs without a score under it', async ({ home }) => {
      const { score, held } = await scored(home, rowsOf(4));
      await score(scorerOf(({ id }) => (id === 'q3' ? undefined : 1)));
      const given: string[] = [];

      const scoring = await score(once(both, given), { missing: 'size' });

      expect(given).toEqual(['q3']);
      expect(scoring).toMatchObject({ runsBefore: 3, runs: 1 });
      expect((await held()).filter(({ error }) => !error)).toHaveLength(4);
    });
  });

  test('again with other scores, replaces them and keeps the earlier ones', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(2));
    await score(scorerOf(byAnswer));

    const scoring = await score(scorerOf((row) => (row.id === 'q1' ? 1 : byAnswer(row))));

    expect(scoring).toMatchObject({ created: 0, changed: 1, unchanged: 1 });
    const changed = (await held()).filter(({ score }) => score === 1);
    expect(changed).toMatchObject([
      { feedback_source: { metadata: { previous: { score: 0.25, comment: 'by answer' } } } },
    ]);
  });

  test('keeps a finer score than LangSmith takes', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(1));

    await score(scorerOf(() => 0.123456));

    expect(await held()).toMatchObject([
      { score: 0.1235, feedback_source: { metadata: { exact: '0.123456' } } },
    ]);
  });

  test('is planned without writing', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(2));

    const scoring = await score(scorerOf(byAnswer), { dryRun: true });

    expect(scoring).toMatchObject({ created: 2, scores: [{ key: 'size', n: 2, mean: 0.125 }] });
    expect(await held()).toEqual([]);
  });

  test('reports scores that both count', async ({ home }) => {
    const { score } = await scored(home, rowsOf(2));

    const scoring = await score(scorerOf(() => true, { key: 'correct' }));

    expect([...scoring.doubled]).toEqual([['correct', 2]]);
  });

  test('leaves the retention of traces alone unless asked', async ({ home }) => {
    const sent: unknown[] = [];
    const proxy = await startFaultProxy(home.url, ({ method, path, body }) => {
      if (method === 'POST' && path.endsWith('/feedback')) sent.push(JSON.parse(String(body)));
      return undefined;
    });
    const client = new LangSmith({ endpoint: proxy.url });
    onTestFinished(async () => {
      await client.close();
      await proxy.close();
    });
    const { score } = await scored(home, rowsOf(1));

    await score(
      scorerOf(() => 1),
      { client },
    );
    await score(
      scorerOf(() => 1, { key: 'other' }),
      { client, extendRetention: true },
    );

    expect(sent).toMatchObject([{ key: 'size', extend_trace_retention: false }, { key: 'other' }]);
    expect(sent[1]).not.toHaveProperty('extend_trace_retention');
  });
});

describe('a scorer that fails on a row', () => {
  const failing = scorerOf((row) => (row.id === 'q1' ? undefined : 1));

  test('leaves an error there, and others their scores', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(3));

    const scoring = await score(failing);

    expect(scoring).toMatchObject({ created: 2, errors: 1 });
    expect((await held()).filter(({ error }) => error)).toMatchObject([
      { score: null, comment: 'no idea' },
    ]);
  });

  test('is forgiven once it succeeds', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(3));
    await score(failing);

    const scoring = await score(scorerOf(() => 1));

    expect(scoring).toMatchObject({ created: 1, unchanged: 2, errors: 0 });
    expect((await held()).map(({ score, error }) => [score, error ?? false])).toEqual(
      Array(3).fill([1, false]),
    );
  });

  test('does not lose the score of an earlier time', async ({ home }) => {
    const { score, held } = await scored(home, rowsOf(1));
    await score(scorerOf(() => 0.5));

    await score(scorerOf(() => undefined));

    expect((await held()).map(({ score }) => score).sort()).toEqual([0.5, null]);
  });
});

const FAULTS: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'status', status: 429, retryAfter: '0', when: 'before' },
  { kind: 'truncate' },
  { kind: 'page' },
];

test.for([1, 2, 3])(
  'over a bad network each score is there once, with faults of seed %i',
  async (seed, { home }) => {
    const { options, held } = await scored(home, rowsOf(120));
    const random = seededRandom(seed);
    const proxy = await startFaultProxy(home.url, ({ path }) =>
      random() < 0.2 && !path.endsWith('/info')
        ? FAULTS[Math.floor(random() * FAULTS.length)]
        : undefined,
    );
    const waitMs = { first: 2, longest: 20 };
    const client = new LangSmith({ endpoint: proxy.url, retryForMs: 20_000, waitMs });
    onTestFinished(async () => {
      await client.close();
      await proxy.close();
    });

    await scoreRuns([scorerOf(() => 0.5)], { ...options, client });
    const scoring = await scoreRuns([scorerOf(byAnswer)], { ...options, client });

    expect(scoring.created).toBe(0);
    expect(scoring.changed + scoring.unchanged).toBe(120);
    const feedback = await held();
    expect(feedback).toHaveLength(120);
    expect(feedback.map(({ score }) => Number(score)).sort((a, b) => a - b)).toEqual(
      rowsOf(120).map(({ outputs }) => outputs.answer / 8),
    );
  },
);

test('a run that is cut off is completed by doing it again', async ({ home }) => {
  const { score, held } = await scored(home, rowsOf(30));
  let rows = 0;
  const cutOff = scorerOf((row) => {
    if (++rows === 20) throw new Error('the power is out');
    return byAnswer(row);
  });

  await expect(score(cutOff)).rejects.toThrow('the power is out');
  const sent = (await held()).length;
  const scoring = await score(scorerOf(byAnswer));

  expect(sent).toBe(19);
  expect(scoring).toMatchObject({ created: 11, unchanged: 19 });
  expect(await held()).toHaveLength(30);
});
