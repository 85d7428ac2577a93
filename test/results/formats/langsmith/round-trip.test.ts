import { Client } from 'langsmith';
import { afterEach, beforeEach, describe, expect, onTestFinished, vi } from 'vitest';
import { fromRows } from '../../../../src/input/from-rows.js';
import type { Source } from '../../../../src/input/row.js';
import { LangSmith } from '../../../../src/langsmith/client.js';
import { recordSources } from '../../../../src/recorder/record.js';
import { recognise } from '../../../../src/results/recognise.js';
import type { ChildRun, Result } from '../../../../src/results/result.js';
import { test } from '../../../support/home.js';
import { readFile, scoresOf } from '../../../support/read-format.js';
import { fileOf, sourceOf } from '../../../support/rows.js';

const SELECTS = [
  ...(['ID', 'NAME', 'RUN_TYPE', 'STATUS', 'START_TIME', 'END_TIME', 'ERROR', 'EXTRA'] as const),
  ...(['INPUTS', 'OUTPUTS', 'TAGS', 'TRACE_ID', 'PARENT_RUN_IDS', 'PROJECT_ID'] as const),
  ...(['REFERENCE_EXAMPLE_ID', 'FEEDBACK_STATS', 'PROMPT_TOKENS', 'COMPLETION_TOKENS'] as const),
  ...(['TOTAL_TOKENS', 'TOTAL_COST'] as const),
];
const TIMES = { start_time: '2026-03-04T10:00:00.000123Z', end_time: '2026-03-04T10:00:01.5Z' };
const usage = (input: number, output: number) => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
  total_cost: 0.001,
});
const ROWS = [
  {
    ...TIMES,
    inputs: { book: 'Ulysses' },
    outputs: { author: 'James Joyce' },
    reference_outputs: { author: 'James Joyce' },
    metadata: { ls_model_name: 'gpt-4o-mini', ls_provider: 'openai', usage_metadata: usage(9, 3) },
    scores: { right: 1, close: { score: 0.75, comment: 'nearly' }, tone: 'plain' },
    tags: ['prod'],
    name: 'librarian',
    run_type: 'llm',
  },
  {
    ...TIMES,
    inputs: { book: 'Emma' },
    error: 'TimeoutError: 30 s',
    reference_outputs: { author: 'Jane Austen' },
    scores: { right: 0 },
    run_type: 'chain',
    child_runs: [
      {
        ...TIMES,
        name: 'look up',
        run_type: 'tool',
        inputs: { q: 'Emma' },
        child_runs: [
          {
            ...TIMES,
            name: 'ChatOpenAI',
            run_type: 'llm',
            metadata: { usage_metadata: usage(5, 1) },
          },
        ],
      },
    ],
  },
];

type Tree = Pick<ChildRun, 'name' | 'runType' | 'metadata' | 'childRuns'>;

function usagesIn({ metadata, childRuns }: Tree): string[] {
  const own = metadata.usage_metadata;
  return [...(own ? [JSON.stringify(own)] : []), ...childRuns.flatMap((one) => usagesIn(one))];
}

function namesIn({ name, runType, childRuns }: Tree): unknown {
  return [name, runType, childRuns.map((one) => namesIn(one))];
}

/** What must be the same of a row, wherever it was read. */
function factsOf(result: Result, hasComments: boolean) {
  const { inputs, outputs, error, startTime, endTime, tags, feedback } = result;
  const scores = feedback
    .map(({ key, score, value, comment }) => ({
      key,
      score: score === undefined ? null : Number(score),
      value,
      comment: hasComments ? comment : undefined,
    }))
    .sort((one, other) => one.key.localeCompare(other.key));
  const [name, ...below] = [namesIn(result)].flat();
  return {
    inputs,
    outputs,
    error,
    startTime,
    endTime,
    tags,
    scores,
    name,
    below,
    usages: usagesIn(result),
  };
}

const byBook = (results: readonly Result[]) =>
  [...results].sort((one, other) =>
    String(one.inputs?.book).localeCompare(String(other.inputs?.book)),
  );

describe('what the official SDK lists of what was recorded at home', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^LANG(SMITH|CHAIN)_/.test(name)) vi.stubEnv(name, undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  const record = (client: LangSmith, source: Source) =>
    recordSources([source], { client, dataset: 'books', keepTimes: true, isHome: true });

  test.for<[string, (sdk: Client, projectId: string) => AsyncIterable<object>]>([
    ['listRuns()', (sdk, projectId) => sdk.listRuns({ projectId })],
    [
      'runs.query()',
      (sdk, projectId) =>
        sdk.runs.query({
          project_ids: [projectId],
          min_start_time: '2026-01-01T00:00:00Z',
          selects: [...SELECTS],
        }),
    ],
  ])(
    'gives the same rows, scores and tokens when it is read: %s',
    async ([name, list], { home }) => {
      const client = new LangSmith({ endpoint: home.url });
      onTestFinished(() => client.close());
      const [recorded] = await record(client, fromRows(ROWS));
      const original = await readFile(
        fileOf(ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')),
      );

      const runs: object[] = [];
      const sdk = new Client({ apiUrl: home.url, apiKey: 'home' });
      for await (const run of list(sdk, recorded?.experiment.id ?? '')) runs.push(run);
      const dump = runs.map((run) => `${JSON.stringify(run)}\n`).join('');
      const read = await readFile(fileOf(dump));

      const hasComments = name === 'listRuns()';
      const facts = (results: readonly Result[]) =>
        byBook(results).map((one) => factsOf(one, hasComments));
      expect(read.source.format).toBe('langsmith-runs');
      expect(read.problems).toEqual([]);
      expect(facts(read.results)).toEqual(
        facts(original.results).map((one) => ({ ...one, name: one.name ?? 'ls-record' })),
      );
      expect(scoresOf(read.results, 'right')).toEqual({ n: 2, mean: 0.5 });

      const [again] = await record(client, await recognise(await sourceOf(dump)));
      expect(again).toMatchObject({
        rows: { read: 2, recorded: 2 },
        examples: { created: 0, existing: 2 },
        notes: [],
      });
    },
  );
});
