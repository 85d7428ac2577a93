import { describe, expect, test } from 'vitest';
import { recognise } from '../../../src/results/recognise.js';
import { hasSamples, readFile, samplePath } from '../../support/read-format.js';
import { fileOf, sourceOf, streamOf } from '../../support/rows.js';

describe('a file that a harness wrote next to its results is refused, and the results are named', () => {
  test.for([
    [
      'results_2026.json',
      { results: {}, configs: {}, versions: {} },
      'samples_<task>_<time>.jsonl',
    ],
    ['results.json', { config_general: {}, results: {} }, 'details_<task>_<time>.parquet'],
    [
      'stats.json',
      [{ name: { name: 'exact_match' }, count: 1, sum: 1, sum_squared: 1 }],
      'scenario_state.json',
    ],
    [
      'per_instance_stats.json',
      [{ instance_id: 'id1', train_trial_index: 0, stats: [] }],
      'scenario_state.json',
    ],
    ['run.json', { resolved_ids: ['a'], unresolved_ids: [] }, 'preds.json'],
    ['report.json', { a: { resolved: true, patch_exists: true } }, 'preds.json'],
    [
      'question.json',
      [{ question_id: 81, category: 'writing', turns: ['Write.'] }],
      'model_answer/<model>.jsonl',
    ],
    [
      'openai.json',
      [{ custom_id: 'a', method: 'POST', url: '/v1/responses', body: {} }],
      '--join REQUESTS.jsonl',
    ],
    ['anthropic.json', [{ custom_id: 'a', params: {} }], '--join REQUESTS.jsonl'],
    ['cache.json', { test_cases_lookup_map: {} }, '.latest_test_run.json'],
    [
      'vitest.json',
      { testResults: [{ assertionResults: [{ title: 'adds', status: 'passed', meta: {} }] }] },
      '--format vitest-evals',
    ],
    [
      'run.json',
      { name: 'v2', datasetRunItems: [{ id: '1', datasetItemId: 'a', traceId: 't' }] },
      '/experiment-items',
    ],
    [
      'garak.hitlog.json',
      [{ attempt_id: 'a', probe: 'dan.Dan', detector: 'dan.DAN', goal: 'x', score: 1 }],
      'report.jsonl',
    ],
    [
      'prompts.json',
      [{ conversationTurns: [{ prompt: { content: [{ text: 'Hello?' }] } }] }],
      '_output.jsonl',
    ],
    ['job.json', { n_total_trials: 2, stats: { n_trials: 2 } }, 'result.json'],
    [
      'run_metadata.json',
      { run_id: '1', agent_name: 'terminus', dataset_name: 'core' },
      'results.json',
    ],
    ['eval.ipynb', { cells: [{ cell_type: 'code' }], nbformat: 4 }, 'df.to_json'],
    ['spans.json', [{ 'context.span_id': 'a', label: 'ok', score: 1 }], 'the experiment'],
  ] as const)('%s', async ([name, content, instead]) => {
    const path = fileOf(JSON.stringify(content), name);

    await expect(readFile(path)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(name),
      hint: expect.stringContaining(instead),
    });
  });

  test('tests for promptfoo', async () => {
    const path = fileOf('question,__expected\nWhat is 1 + 1?,equals: 2\n', 'tests.csv');

    await expect(readFile(path)).rejects.toMatchObject({
      hint: expect.stringContaining('promptfoo eval'),
    });
  });
});

test('on stdin such a file is called stdin', async () => {
  const source = await streamOf(['{"results":{},"configs":{},"versions":{}}']);

  await expect(recognise(source)).rejects.toThrow(
    /^stdin is aggregated results of lm-evaluation-harness/,
  );
});

test('one that is broken is refused for that, with the place', async () => {
  const path = fileOf('{"resolved_ids":["a",],"unresolved_ids":[]}', 'report.json');

  await expect(readFile(path)).rejects.toThrow(
    /report\.json:1:22: trailing comma after the last element/,
  );
});

test('a table in which one column has such a name is read if it is said what columns are', async () => {
  const path = fileOf('question,__expected,got\nWhat is 1 + 1?,equals: 2,2\n', 'tests.csv');

  const { results } = await readFile(path, { outputs: ['got'] });

  expect(results).toMatchObject([{ outputs: { got: '2' } }]);
});

test
  .skipIf(!hasSamples)
  .for([
    'lm-eval/aggregate-only.json',
    'lm-eval/results_2026-07-08T16-04-34.219874.json',
    'lighteval/results_2026-08-10T17-22-11.385681.json',
    'helm/hellaswag/stats.json',
    'helm/hellaswag/run_spec.json',
    'helm/hellaswag/per_instance_stats.json',
    'swe-bench/report.astropy__astropy-14182.json',
    'swe-bench/results.lists.json',
    'mt-bench/question.jsonl',
    'deepeval/deepeval-cache.near-miss.json',
    'vitest-evals/plain-vitest-no-evals.near-miss.json',
    'phoenix/evals_qa_correctness.parquet',
  ])('%s is explained by what it really holds', async (name) => {
  await expect(readFile(samplePath(name))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(
      / is (?:a report|aggregated results|HELM statistics|settings|questions|DeepEval|evaluations)/,
    ),
  });
});

test.for([
  ['promptfoo', '{"results":{"results":[]}}', 'results of promptfoo'],
  ['Evalite', '{"run":{"id":1},"evals":[]}', 'a report of Evalite'],
  [
    'Evalite, of evals that have none',
    '{"run":{},"evals":[{"results":[]}]}',
    'a report of Evalite',
  ],
  ['DeepEval', '{"testRunData":{"testCases":[]}}', 'a test run of DeepEval'],
  ['an upload', '{"experiment_name":"x","results":[]}', 'a body to upload to LangSmith'],
  ['tau2', '{"info":{},"tasks":[],"simulations":[]}', 'results of tau2'],
  ['Vitest', '{"numTotalTests":0,"testResults":[]}', 'a report of Vitest'],
] as const)(
  'a file without any result is named by what wrote it: %s',
  async ([, content, what]) => {
    const read = recognise(await sourceOf(content));

    await expect(read).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(new RegExp(`is ${what}, without any .* in it$`)),
      hint: expect.stringContaining('write its results'),
    });
  },
);
