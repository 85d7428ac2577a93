import { describe, expect, test } from 'vitest';
import { braintrust } from '../../../src/results/formats/braintrust.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

const START = Date.UTC(2026, 0, 31, 12) * 1000;

describe('an exported experiment of Braintrust', () => {
  test('has a row per root span, wherever it is', async () => {
    const { source, problems, results, experiments } = await readFile(fixture('braintrust.json'));

    expect(source.described).toBe(
      'Braintrust experiment: events have span_id, root_span_id and scores',
    );
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'x-1': 2 });
    expect(results[0]).toMatchObject({
      inputs: { input: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { output: 'Paris' },
      startTime: START,
      endTime: START + 4_000_000,
      feedback: [{ key: 'Factuality', score: 1 }],
      tags: ['geo'],
      runType: 'chain',
      metadata: { area: 'europe', id: 'e1', project_id: 'p-1', metrics: { tool_calls: 0 } },
    });
    expect(results[1]).toMatchObject({
      inputs: { q: 'Capital of Peru?' },
      error: '429 too many requests',
      outputs: undefined,
      startTime: START + 5_000_000,
    });
  });

  test('has the spans below as child runs, but not those of scorers and their judges', async () => {
    const { results } = await readFile(fixture('braintrust.json'));

    expect(results[0]?.childRuns).toMatchObject([
      {
        name: 'task',
        runType: 'chain',
        childRuns: [
          {
            name: 'anthropic.messages.create',
            runType: 'llm',
            startTime: START + 250_000,
            metadata: {
              ls_provider: 'anthropic',
              ls_model_name: 'claude-3-haiku',
              usage_metadata: {
                input_tokens: 12,
                output_tokens: 3,
                total_tokens: 15,
                total_cost: 0.001,
                input_token_details: { cache_read: 4 },
              },
            },
          },
        ],
      },
    ]);
    expect(results[0]?.childRuns).toHaveLength(1);
  });

  test('as CSV has JSON in its cells', async () => {
    const { source, results } = await readFile(fixture('braintrust.csv'));

    expect(source.format).toBe('braintrust');
    expect(results).toMatchObject([
      {
        inputs: { q: 1 },
        outputs: { output: 'one' },
        referenceOutputs: { output: 'uno' },
        feedback: [{ key: 'exact', score: 0.5 }],
        tags: ['a'],
        metadata: {
          ls_model_name: 'gpt-4o',
          usage_metadata: { input_tokens: 7, output_tokens: 2 },
        },
        childRuns: [{ inputs: { input: 'x' }, outputs: { output: 'y' } }],
      },
    ]);
  });
});

describe('what braintrust eval --jsonl prints', () => {
  test('has the rows that failed and a summary per experiment, and says that others are missing', async () => {
    const { source, results, experiments } = await readFile(fixture('braintrust-stdout.jsonl'));

    expect(source.assumptions).toEqual([
      'rows that passed are missing: Braintrust prints only those that failed',
    ]);
    expect(experiments).toEqual({ short: 1 });
    expect(results).toMatchObject([
      {
        inputs: { input: 'Capital of Peru?' },
        referenceOutputs: { output: 'Lima' },
        error: 'the task failed; Braintrust printed {} for its error',
        metadata: { area: 'south' },
      },
    ]);
    expect(source.summaries).toEqual([
      {
        experiment: 'short',
        scores: [
          { key: 'duration', score: 1.5, comment: 'unit s' },
          { key: 'exact', score: 0.75, comment: 'diff 0.25, improvements 1' },
        ],
      },
      { experiment: 'long-2', scores: [{ key: 'exact', score: 1 }] },
    ]);
  });

  test('is not a list of rows with input and expected', () => {
    const row = { input: 'a', expected: 'b', output: 'b', scores: { exact: 1 } };
    const sample = { name: 'x.jsonl', kind: 'list', document: {}, columns: [] } as const;

    expect(braintrust.recognise({ ...sample, rows: [row] })).toBe(undefined);
    expect(braintrust.recognise({ ...sample, rows: [] })).toBe(undefined);
  });
});

describe.skipIf(!hasSamples)('samples of Braintrust (next to the checkout)', () => {
  test('eval-jsonl-stdout.jsonl: two failed runs of one input, and the means of all', async () => {
    const { source, results, problems, experiments } = await readFile(
      samplePath('braintrust/eval-jsonl-stdout.jsonl'),
    );

    expect(source.format).toBe('braintrust');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'router-baseline': 2 });
    expect(results.map(({ error }) => error !== undefined)).toEqual([true, true]);
    expect(results[0]?.inputs).toEqual({ ticket: 'raise please' });
    expect(results[0]?.referenceOutputs).toEqual({ output: 'other' });
    expect(scoresOf(results, 'exact').n).toBe(0);
    expect(source.summaries).toEqual([
      {
        experiment: 'router-baseline',
        scores: [
          { key: 'Levenshtein', score: 0.7666666666666666 },
          { key: 'exact', score: 0.6666666666666666 },
        ],
      },
    ]);
  });
});
