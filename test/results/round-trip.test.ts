import { tmpdir } from 'node:os';
import { describe, expect, onTestFinished } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { printJson } from '../../src/json/print.js';
import type { JsonValue } from '../../src/json/value.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { Run } from '../../src/langsmith/wire.js';
import { recordSources } from '../../src/recorder/record.js';
import { checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import type { RecognisedSource } from '../../src/results/recognised.js';
import type { Result } from '../../src/results/result.js';
import { test } from '../support/home.js';
import { hasSamples, samplePath } from '../support/read-format.js';

/** One file of each format that there is a real one of. */
const FILES = [
  'promptfoo/v3-multi-provider-errors.json',
  'promptfoo/v3-multi-provider-errors.yaml',
  'promptfoo/v3-multi-provider-errors.csv',
  'promptfoo/csv-legacy-pass-prefix.csv',
  'inspect/log_streaming-2epochs.eval',
  'inspect/retry-2-then-success.zstd.eval',
  'inspect/personality_BFI.json',
  'lm-eval/samples_math_perturbed_full_2026-01-21T03-44-18.458309.jsonl',
  'deepeval/temp_test_run_data.json',
  'ragas/ragas_results.records.json',
  'langsmith/upload-experiment-body.json',
  'langsmith/native-seed-rows.json',
  'braintrust/eval-jsonl-stdout.jsonl',
  'openai-batch/batch_output.jsonl',
  'anthropic-batch/results.jsonl',
  'openai-evals/230417220821DPM75QNS_auto_gpt_completion_fn_test-match.jsonl',
  'openai-evals-api/output_items.jsonl',
  'mlflow/eval_results_table.json',
  'swe-bench/preds.json',
  'vitest-evals/vitest-results.json',
  'evalite/evalite-results.json',
  'azure-rag-evaluator/eval_results.jsonl',
  'evalplus/samples_eval_results.json',
  'mt-bench/model_judgment.gpt-4_single.jsonl',
  'alpaca-eval/annotations.json',
  'bfcl/gorilla_openfunctions_v1_test_simple_result.json',
  'tau-bench/gpt-4o-airline.json',
  'helm/hellaswag/scenario_state.json',
  'lighteval/details_anli_r1.parquet',
  'every-eval-ever/pubmed_qa_samples.jsonl',
] as const;

/** What a row and a run are alike in; numbers by their text. */
function facts(inputs: JsonValue, outputs: JsonValue | undefined, error: string | undefined) {
  return printJson({ inputs, outputs: outputs ?? null, error: error ?? null });
}

/** What each experiment of the files is to have, by its label. */
async function expectedOf(sources: readonly RecognisedSource[]): Promise<Map<string, Result[]>> {
  const expected = new Map<string, Result[]>();
  for (const source of sources) {
    for await (const row of source.rows()) {
      const checked = checkRow(row);
      if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
      const { experiment = '' } = row;
      expected.set(experiment, [...(expected.get(experiment) ?? []), checked.result]);
    }
  }
  return expected;
}

describe.skipIf(!hasSamples)('what is recorded at home is what the file says (../shared)', () => {
  test.for(FILES)('%s', async (file, { home }) => {
    const opened = await openSources([samplePath(file)], { spoolFolder: tmpdir() });
    const sources = await Promise.all(opened.map((one) => recognise(one)));
    const client = new LangSmith({ endpoint: home.url });
    onTestFinished(() => client.close());
    const expectedByLabel = await expectedOf(sources);

    const options = { client, dataset: 'samples', keepTimes: true };
    const recordings = await recordSources(sources, options);

    expect(recordings.map(({ label }) => label)).toEqual([...expectedByLabel.keys()]);
    for (const { label, experiment, rows } of recordings) {
      const expected = expectedByLabel.get(label) ?? [];
      const runs: Run[] = [];
      for await (const run of client.listRuns(experiment.id, { isRoot: true })) runs.push(run);
      const stats = await client.experimentStats(experiment.id);

      expect(rows).toMatchObject({ read: expected.length, recorded: expected.length });
      const sent = expected.map((one) => facts(one.inputs ?? {}, one.outputs, one.error));
      const there = runs.map((one) => facts(one.inputs, one.outputs, one.error));
      expect(there.sort()).toEqual(sent.sort());
      for (const [key, { n, mean }] of meansOf(expected)) {
        expect(stats?.feedback[key]?.n, key).toBe(n);
        const there = stats?.feedback[key]?.avg;
        if (mean === undefined) expect(there, key).toBeUndefined();
        else expect(there, key).toBeCloseTo(mean, 3);
      }
    }
  });
});

/** How often a key occurs, with a score or without, and the mean of its scores. */
function meansOf(results: readonly Result[]): Map<string, { n: number; mean?: number }> {
  const scores = new Map<string, number[]>();
  const counts = new Map<string, number>();
  for (const { key, score } of results.flatMap(({ feedback }) => feedback)) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (score !== undefined) scores.set(key, [...(scores.get(key) ?? []), Number(score)]);
  }
  return new Map(
    [...counts].map(([key, n]) => {
      const found = scores.get(key);
      return [key, { n, ...(found && { mean: found.reduce((a, b) => a + b, 0) / found.length }) }];
    }),
  );
}
