import { describe, expect, test } from 'vitest';
import { vitestEvals } from '../../../src/results/formats/vitest-evals.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const FIXTURE = new URL('../../../fixtures/formats/vitest-evals.json', import.meta.url).pathname;

describe('results of vitest-evals', () => {
  test('are the evaluated tests, an experiment per suite; unit and skipped tests are passed over', async () => {
    const { source, results, problems, experiments } = await readFile(FIXTURE);

    expect(source.described).toBe('vitest-evals results: tests have meta.eval or meta.harness');
    expect(problems).toEqual([]);
    expect(results).toHaveLength(3);
    expect(experiments).toEqual({ lakes: 1, agent: 2 });
  });

  test('below the threshold are not errors, and a judge that failed gives no score', async () => {
    const { results } = await readFile(FIXTURE);

    expect(results[0]).toMatchObject({
      inputs: { input: 'Deepest lake?' },
      outputs: { output: 'K2' },
      error: undefined,
      startTime: 1769860800000000,
      latencyUs: 1500,
      feedback: [
        { key: 'Exact', score: 0, comment: 'got K2' },
        { key: 'Tone', comment: 'judge timed out' },
      ],
      metadata: { file: 'bot.eval.test.ts', status: 'failed', thresholdFailed: true },
    });
    expect(results[0]?.feedback[1]?.score).toBeUndefined();
    expect(results[0]?.metadata['scores.Exact.details']).toEqual({ metadata: { judge: 'gpt-4o' } });
  });

  test('of a harness tell the model, its tokens and times, and have its spans as child runs', async () => {
    const { results } = await readFile(FIXTURE);

    const start = Date.UTC(2026, 0, 31, 12) * 1000;
    expect(results[1]).toMatchObject({
      inputs: { messages: [{ role: 'user', content: 'Deepest lake?' }] },
      outputs: { lake: 'Baikal' },
      startTime: start + 10_000,
      endTime: start + 15_000,
      metadata: {
        ls_provider: 'acme',
        ls_model_name: 'acme-1',
        usage_metadata: {
          input_tokens: 20,
          output_tokens: 3,
          total_tokens: 23,
          input_token_details: { cache_read: 8 },
        },
        harness: 'geo-agent',
        toolCalls: [{ name: 'search' }],
      },
      childRuns: [
        {
          name: 'geo-agent',
          runType: 'chain',
          childRuns: [
            {
              name: 'search',
              runType: 'tool',
              error: 'no network',
              startTime: start + 11_000,
              endTime: start + 12_000,
              metadata: { 'gen_ai.tool.name': 'search' },
            },
          ],
        },
      ],
    });
  });

  test('have the harness’s error where it failed', async () => {
    const { results } = await readFile(FIXTURE);

    expect(results[2]).toMatchObject({
      inputs: { text: 'boom' },
      outputs: undefined,
      error: 'invalid answer',
      feedback: [],
      metadata: { errors: [{ type: 'ZodError' }], failureMessages: ['ZodError: invalid'] },
    });
  });

  test('are not unit tests alone', () => {
    const document = { testResults: [{ assertionResults: [{ title: 'adds', meta: {} }] }] };
    const sample = {
      name: 'unit.json',
      kind: 'document',
      document,
      rows: [],
      columns: [],
    } as const;

    expect(vitestEvals.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real vitest files', () => {
  test('five of six tests are evaluated, and one fails to run', async () => {
    const read = await readFile(samplePath('vitest-evals/vitest-results.json'));

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ 'capital cities (legacy api)': 2, 'support bot': 3 });
    expect(read.results.filter(({ error }) => error !== undefined)).toMatchObject([
      { inputs: { text: 'boom' }, error: 'upstream 529 overloaded' },
    ]);
    expect(scoresOf(read.results, 'Exact')).toEqual({ n: 2, mean: 0.5 });
    expect(scoresOf(read.results, 'Helpfulness')).toEqual({ n: 2, mean: 0.625 });
    expect(scoresOf(read.results, 'Tone')).toEqual({ n: 2, mean: 0.9 });
    expect(tokensOf(read.results, 'input_tokens')).toBe(240);
    expect(tokensOf(read.results, 'output_tokens')).toBe(36);
    expect(tokensOf(read.results, 'total_tokens')).toBe(276);
    expect(read.results[0]).toMatchObject({
      inputs: { input: 'What is the capital of France?' },
      outputs: { output: 'Paris' },
    });
    expect(read.results[2]).toMatchObject({
      inputs: { input: 'please refund inv_123' },
      outputs: { reply: 'Refund approved for inv_123', approved: true },
      metadata: { ls_provider: 'acme', ls_model_name: 'acme-chat-1' },
    });
  });

  test('ordinary unit tests hold no evaluation, whatever the format is said to be', async () => {
    const path = samplePath('vitest-evals/plain-vitest-no-evals.near-miss.json');

    const { results, problems } = await readFile(path, { format: 'vitest-evals' });

    expect(results).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('none of the tests has meta.eval')]);
  });
});
