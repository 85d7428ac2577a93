import type { JsonObject, JsonValue } from '../../../json/value.js';
import { isNumber, known, listAt, memberAt } from '../../format-kit/members.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { mostRecords, readEach } from '../../format-kit/rows.js';
import { scoreOrValue } from '../../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { readAnswer, readUnfiltered } from './answers.js';
import { findRun, type LmEvalRun } from './run.js';

const TELLTALE = ['doc_id', 'doc', 'arguments', 'resps', 'filtered_resps'];

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
  return TELLTALE.every((name) => Object.hasOwn(record, name));
}

async function* readSamples(file: ResultsFile): AsyncGenerator<FormatRow> {
  const run = await findRun(file);
  const labels = new Map<string, string>();
  const rows = readEach(
    file.records,
    'a sample of lm-evaluation-harness',
    (sample) => {
      const filter = typeof sample.filter === 'string' ? sample.filter : 'none';
      const label = labels.get(filter) ?? labelOf(run, filter);
      labels.set(filter, label);
      return { value: readSample(sample, run), experiment: label || undefined };
    },
    isSample,
  );
  yield* rows;
  for (const [filter, experiment] of labels) {
    const scores = run.scores.get(filter);
    if (scores) yield { summary: { scores, experiment: experiment || undefined } };
  }
}

/** In full: checkpoints of a model may differ at the end of their names only. */
function labelOf({ model, task }: LmEvalRun, filter: string): string {
  const parts = [model?.ls_model_name, task, filter === 'none' ? undefined : filter];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** `arguments` are the prompt or, of a choice, each continuation. */
function readSample(sample: JsonObject, { task, model, fewShots }: LmEvalRun): JsonObject {
  const { outputs, choice } = readAnswer(sample);
  const scores = readScores(sample);
  const metadata: JsonObject = { ...model };
  addMetadata(metadata, {
    task,
    num_fewshot: fewShots,
    ...without(
      sample,
      READ,
      scores.map(({ key }) => key),
    ),
    choice,
    filtered_resps: choice === undefined ? undefined : sample.filtered_resps,
    ...readUnfiltered(sample),
  });
  return {
    id: isNumber(sample.doc_id) || typeof sample.doc_id === 'string' ? sample.doc_id : null,
    inputs: sample.doc ?? { input: null },
    ...known({ reference_outputs: sample.target }),
    outputs,
    feedback: scores,
    metadata,
  };
}

const READ = ['doc_id', 'doc', 'target', 'resps', 'filtered_resps', 'metrics'];
/** What else than metrics a sample has. */
const NO_METRICS = [...READ, 'arguments', 'filter', 'doc_hash', 'prompt_hash', 'target_hash'];

/** Until 0.4.3 metrics were not listed. One that is a list, such as what F1 is counted of, is a value and no score. */
function readScores(sample: JsonObject): { key: string; score?: JsonValue; value?: JsonValue }[] {
  const listed = listAt(sample, 'metrics')?.filter((name) => typeof name === 'string');
  const isScore = (name: string) => isNumber(sample[name]) || typeof sample[name] === 'boolean';
  const names =
    listed ?? Object.keys(sample).filter((name) => !NO_METRICS.includes(name) && isScore(name));
  return names.flatMap((name) => {
    const score = memberAt(sample, name);
    return score === undefined ? [] : [{ key: name, ...scoreOrValue(score) }];
  });
}
