import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { inspect } from '../../../src/results/formats/inspect/inspect.js';
import { zipOf } from '../../support/containers.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = new URL('../../../fixtures/formats/inspect.json', import.meta.url).pathname;

describe('a log of Inspect', () => {
  test('has a row per sample and epoch, and scores of all', async () => {
    const { source, problems, experiments, results } = await readFile(fixture);

    expect(source.described).toBe('Inspect log: it has eval.task, eval.model and status');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'openai/azure/gpt-4o-mini · capitals': 4 });
    expect(results.map(({ id, metadata }) => [id, metadata.epoch])).toEqual([
      ['fr', 1],
      ['fr', 2],
      ['3', 1],
      ['4', 1],
    ]);
    expect(source.summaries).toEqual([
      {
        experiment: 'openai/azure/gpt-4o-mini · capitals',
        scores: [{ key: 'match/accuracy', score: 0.5 }],
      },
    ]);
  });

  test('gives a sample its texts back, its times, and the tokens of the model but not of the judge', async () => {
    const { results } = await readFile(fixture);

    expect(results[0]).toMatchObject({
      inputs: { messages: [{ role: 'user', content: 'What is the capital of France?' }] },
      outputs: { output: 'It is Paris' },
      referenceOutputs: { output: ['Paris', 'paris'] },
      startTime: Date.UTC(2026, 0, 31, 12, 0, 1) * 1000,
      endTime: Date.UTC(2026, 0, 31, 12, 0, 3) * 1000 + 500_000,
      runType: 'chain',
      tags: ['nightly'],
      metadata: {
        ls_provider: 'azure',
        ls_model_name: 'gpt-4o-mini',
        usage_metadata: {
          input_tokens: 120,
          output_tokens: 5,
          total_tokens: 125,
          input_token_details: { cache_read: 100, cache_creation: 0 },
          output_token_details: { reasoning: 3 },
        },
        task: 'capitals',
        run_id: 'run-1',
        run_status: 'error',
        task_args: { lang: 'en' },
        continent: 'Europe',
        source_thread_id: 't1',
        limit: { type: 'token', limit: 500 },
      },
      error: undefined,
    });
  });

  test('has grades as numbers, a key for each of several values, and what is not a number as a value', async () => {
    const { results } = await readFile(fixture);

    expect(results[0]?.feedback).toEqual([
      { key: 'match', score: 1, value: 'C', comment: 'equal' },
      { key: 'judge/style', score: 0.5, comment: 'well said' },
      { key: 'judge/facts', score: 0.5, value: 'P', comment: 'well said' },
      { key: 'kind', value: 'city' },
    ]);
    expect(results[0]?.metadata['scores.match.details']).toEqual({ answer: 'Paris' });
    expect(results[1]?.feedback).toEqual([
      { key: 'match', score: 0, value: 'I' },
      { key: 'judge', comment: 'the judge was out' },
      { key: 'ranks', value: { values: [1, 2] } },
      { key: 'sure', score: true },
    ]);
    expect(results[3]?.feedback).toEqual([{ key: 'judge', score: 0, value: 'N' }]);
  });

  test('has calls of models and tools as child runs, each with what was new to it, and none of the judge', async () => {
    const { results } = await readFile(fixture);

    expect(results[0]?.childRuns).toMatchObject([
      {
        name: 'model',
        runType: 'llm',
        inputs: { messages: [{ content: 'What is the capital of France?' }] },
        outputs: { output: '', tool_calls: [{ function: 'look_up' }] },
        startTime: Date.UTC(2026, 0, 31, 12, 0, 1) * 1000 + 200_000,
        endTime: Date.UTC(2026, 0, 31, 12, 0, 1) * 1000 + 700_000,
        metadata: { usage_metadata: { total_tokens: 12 }, stop_reason: 'tool_calls' },
      },
      {
        name: 'look_up',
        runType: 'tool',
        inputs: { country: 'France' },
        outputs: { output: 'Paris' },
      },
      {
        name: 'model',
        inputs: { messages: [{ id: 'm3' }, { role: 'tool', content: 'Paris' }] },
        outputs: { output: 'It is Paris' },
        metadata: { usage_metadata: { input_tokens: 110, total_tokens: 113 } },
      },
    ]);
    expect(results[0]?.childRuns).toHaveLength(3);
  });

  test('names one example for all epochs, and falls back on the last call and the start of the run', async () => {
    const { results } = await readFile(fixture);

    expect(results[1]?.inputs).toEqual(results[0]?.inputs);
    expect(results[1]).toMatchObject({
      startTime: Date.UTC(2026, 0, 31, 12) * 1000,
      latencyUs: 1_250_000,
      runType: undefined,
      childRuns: [],
      metadata: {
        usage_metadata: { input_tokens: 11, output_tokens: 1, total_tokens: 12 },
        messages: [{ role: 'user' }],
      },
    });
  });

  test('has an error where the sample went wrong, and an empty answer where the model gave none', async () => {
    const { results } = await readFile(fixture);

    expect(results[2]).toMatchObject({
      inputs: { input: 'Atlantis?', choices: ['sea', 'land'] },
      referenceOutputs: undefined,
      outputs: undefined,
      error: "KeyError: 'Atlantis'",
      feedback: [],
    });
    expect(results[3]).toMatchObject({ outputs: { output: '' }, error: undefined });
  });

  test('of a run that was killed has the samples that were written till then', async () => {
    const log = JSON.parse(readFileSync(fixture, 'utf8').replaceAll('NaN', 'null'));
    const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
    const path = join(folder, 'killed.eval');
    const begun = { version: log.version, eval: log.eval, plan: log.plan };
    await writeFile(
      path,
      zipOf([
        { name: '_journal/start.json', content: JSON.stringify(begun) },
        { name: 'samples/fr_epoch_1.json', content: JSON.stringify(log.samples[0]), method: 93 },
      ]),
    );

    const { results, problems, source } = await readFile(path);
    await rm(folder, { recursive: true });

    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      { id: 'fr', outputs: { output: 'It is Paris' }, metadata: { run_status: 'started' } },
    ]);
    expect(source.summaries).toEqual([]);
  });

  test.for<JsonObject>([
    { eval: { task: 'a' }, status: 'success', samples: [] },
    { eval: { task: 'a', model: 'b' }, samples: [] },
    { eval: { 'HumanEval/0': [] }, hash: 'a', date: 'b' },
    { status: 'success', results: {} },
  ])('is not anything alike: %j', (document) => {
    const sample = { name: 'a.json', kind: 'document', document, rows: [], columns: [] } as const;

    expect(inspect.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real logs of Inspect', () => {
  test.for([
    ['arc_easy.json', 3, 'choice', 1 / 3, [359, 526, 885], 'ollama', 'qwen2.5:0.5b'],
    [
      'cyse2-float-score.json',
      1,
      'vul_exploit_scorer',
      0.65,
      [1885, 21, 1906],
      'mistral',
      'mistral-large-latest',
    ],
    [
      'mmlu_0_shot.json',
      5,
      'choice',
      0.8,
      [2392, 25, 2417],
      'huggingface',
      'Qwen/Qwen2.5-7B-Instruct',
    ],
    [
      'personality_BFI.json',
      5,
      'any_choice',
      1,
      [735, 25, 760],
      'huggingface',
      'Qwen/Qwen2.5-7B-Instruct',
    ],
    ['log_formats.json', 1, 'match', 0, [66, 2, 68], 'ollama', 'llama3.1'],
    ['log_formats.eval', 1, 'match', 0, [66, 2, 68], 'ollama', 'llama3.1'],
    [
      'log_streaming-2epochs.eval',
      4,
      'match',
      0.75,
      [252, 6, 258],
      'azure',
      'Meta-Llama-3-1-405B-Instruct-jqf',
    ],
    ['mmlu-choices.eval', 1, 'choice', 0, [153, 3, 156], 'openai', 'gpt-4o'],
  ] as const)(
    '%s has %d rows, and %s is %d',
    async ([name, rows, scorer, mean, tokens, provider, model]) => {
      const read = await readFile(samplePath(`inspect/${name}`));
      const { results } = read;

      expect(read.problems).toEqual([]);
      expect(results).toHaveLength(rows);
      expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(scoresOf(results, scorer).n).toBe(rows);
      expect(scoresOf(results, scorer).mean).toBeCloseTo(mean, 9);
      expect(
        ['input_tokens', 'output_tokens', 'total_tokens'].map((kind) => tokensOf(results, kind)),
      ).toEqual(tokens);
      expect(results[0]?.metadata).toMatchObject({ ls_provider: provider, ls_model_name: model });
    },
  );

  test('begin with what their first samples say', async () => {
    const choices = await readFile(samplePath('inspect/mmlu-choices.eval'));
    const bfi = await readFile(samplePath('inspect/personality_BFI.json'));
    const arc = await readFile(samplePath('inspect/arc_easy.json'));

    expect(choices.results[0]).toMatchObject({
      inputs: { choices: ['6.0 e', '6.8 eV', '12.2 eV', '13.6 eV'] },
      outputs: { output: 'ANSWER: C' },
      referenceOutputs: { output: 'A' },
      startTime: Date.parse('2025-12-19T12:37:50.892Z') * 1000 + 960,
      endTime: Date.parse('2025-12-19T12:37:52.458Z') * 1000 + 757,
    });
    expect(bfi.results[0]).toMatchObject({
      inputs: { input: 'Is talkative' },
      outputs: { output: 'ANSWER: A' },
      referenceOutputs: { output: ['A', 'B', 'C', 'D', 'E'] },
      latencyUs: 1_238_000,
    });
    expect(arc.results.map(({ latencyUs }) => latencyUs)).toEqual([
      12_158_000, 11_555_000, 11_268_000,
    ]);
    expect(JSON.stringify(arc.results)).not.toContain('attachment://');
  });

  test('ten samples without a score have none', async () => {
    const { results, problems } = await readFile(
      samplePath('inspect/popularity-10-no-scores.eval'),
    );

    expect(problems).toEqual([]);
    expect(results).toHaveLength(10);
    expect(results.flatMap(({ feedback }) => feedback)).toEqual([]);
    expect(tokensOf(results, 'total_tokens')).toBe(640);
  });

  test('a sample that failed has an error and no output', async () => {
    const { results } = await readFile(samplePath('inspect/cvebench-sample-error.json'));

    expect(results).toMatchObject([
      { outputs: undefined, feedback: [], id: 'CVE-2024-36858-one_day' },
    ]);
    expect(results[0]?.error).toMatch(/^RuntimeError\('No services started\./);
  });

  test('members of an archive may be packed with Zstandard; calls that failed are shown with those that did not', async () => {
    const { results, problems } = await readFile(
      samplePath('inspect/retry-2-then-success.zstd.eval'),
    );

    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { input: 'hello' },
        outputs: { output: 'ok' },
        referenceOutputs: undefined,
        error: undefined,
      },
    ]);
    expect(results[0]?.childRuns).toMatchObject(
      ["_Transient('transient')", "_Transient('transient')", undefined].map((error) => ({
        error,
        inputs: { messages: [{ role: 'user', content: 'hello' }] },
      })),
    );
  });

  test.for(['header-only-llm-judge.json', 'no-samples-started.json'])(
    '%s holds no samples: there is nothing to record, and no score of all without them',
    async (name) => {
      const { source, results, problems } = await readFile(samplePath(`inspect/${name}`));

      expect(results).toEqual([]);
      expect(problems).toEqual([expect.stringContaining('the log holds no samples')]);
      expect(source.summaries).toEqual([]);
    },
  );
});
