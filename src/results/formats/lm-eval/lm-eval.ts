import type { JsonObject, JsonValue } from '../../../json/value.js';
import { hasKeys, isNumber, known, textAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { mostRecords, readEach, summaryOf } from '../../format-kit/rows.js';
import { scoreOrValue } from '../../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { readAnswer } from './answers.js';
import { findRun, type LmEvalRun } from './run.js';

/**
 * Samples of the Language Model Evaluation Harness; the model and the scores of all are in the results beside them.
 *
 * @see https://github.com/EleutherAI/lm-evaluation-harness, `--log_samples`
 */
export const lmEval: Format = {
  name: 'lm-eval',
  title: 'lm-evaluation-harness samples',
  files: 'samples_<task>_<time>.jsonl, with results_<time>.json beside it',
  reads: 'a row per document, a score per metric, an experiment per task and filter of answers',
  recognise(sample) {
    if (!mostRecords(sample, isSample)) return undefined;
    return {
      why: 'rows have doc, arguments, resps and filtered_resps',
      hasExperiments: true,
      rows: readSamples,
    };
  },
};

function isSample(record: JsonObject): boolean {
  return hasKeys(record, 'doc_id', 'doc', 'arguments', 'resps', 'filtered_resps');
}

async function* readSamples(file: ResultsFile): AsyncGenerator<FormatRow> {
  const run = await findRun(file);
  const labels = new Map<string, string>();
  yield* readEach(
    file.records,
    'a sample of lm-evaluation-harness',
    (sample) => {
      const filter = textAt(sample.record, 'filter') ?? 'none';
      const label = labels.get(filter) ?? labelOf(run, filter);
      labels.set(filter, label);
      return { value: readSample(sample, run), experiment: label || undefined };
    },
    isSample,
  );
  for (const [filter, experiment] of labels)
    yield* summaryOf(run.scores.get(filter) ?? [], experiment);
}

/** In full: checkpoints of a model may differ at the end of their names only. */
function labelOf({ model, task }: LmEvalRun, filter: string): string {
  const parts = [model?.ls_model_name, task, filter === 'none' ? undefined : filter];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** `arguments` are the prompt or, of a choice, each continuation. */
function readSample(sample: RecordReader, { task, model, fewShots }: LmEvalRun): JsonObject {
  const feedback = readScores(sample);
  const { outputs, choice } = readAnswer(sample);
  sample.keep({ task, num_fewshot: fewShots, choice });
  const { doc_id } = sample.record;
  return {
    id: isNumber(doc_id) || typeof doc_id === 'string' ? sample.take('doc_id') : null,
    inputs: sample.take('doc') ?? { input: null },
    ...known({ reference_outputs: sample.take('target') }),
    outputs,
    feedback,
    metadata: model ?? {},
  };
}

/** What a sample has besides metrics. */
const NO_METRICS = ['doc_id', 'target', 'doc_hash', 'prompt_hash', 'target_hash', 'filter'];

/** Until 0.4.3 metrics were not listed. One that is a list, such as what F1 is counted of, is a value and no score. */
function readScores(sample: RecordReader): { key: string; score?: JsonValue; value?: JsonValue }[] {
  const isScore = (name: string) => {
    const value = sample.record[name];
    return isNumber(value) || typeof value === 'boolean';
  };
  const names = Array.isArray(sample.record.metrics)
    ? sample.texts('metrics')
    : Object.keys(sample.record).filter((name) => !NO_METRICS.includes(name) && isScore(name));
  return names.flatMap((name) => {
    const score = sample.take(name);
    return score === null ? [] : [{ key: name, ...scoreOrValue(score) }];
  });
}
