import { addTo } from '../../group-by.js';
import { spell } from '../../json/print.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { baseName, findModelFolder, type ModelName, nameRepository } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach, summaryOf } from '../format-kit/rows.js';
import { scoreOrValue } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/**
 * Samples of the Language Model Evaluation Harness; the model and the scores of all are in the results next to them.
 *
 * @see https://github.com/EleutherAI/lm-evaluation-harness, `--log_samples`
 */
export const lmEval: Format = {
  name: 'lm-eval',
  title: 'lm-evaluation-harness samples',
  files: 'samples_<task>_<time>.jsonl, with results_<time>.json next to it',
  reads: 'a row per document, a score per metric, an experiment per task and filter of answers',
  recognise(sample) {
    if (!mostRecords(sample, isSample)) return undefined;
    return { why: 'rows have doc, arguments, resps and filtered_resps', rows: readSamples };
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

/**
 * What the model gave: its text; of a choice, the one that it holds most likely, and its number.
 *
 * @see https://github.com/EleutherAI/lm-evaluation-harness, lm_eval/api/task.py, process_results
 */
function readAnswer(sample: RecordReader): { outputs: JsonObject; choice?: number } {
  leaveOutUnfiltered(sample);
  const responses = listAt(sample.record, 'filtered_resps') ?? [];
  const likelihoods = responses.map(readLikelihood);
  const isChoice = responses.length > 1 && likelihoods.every((one) => one !== undefined);
  if (!isChoice) {
    if (responses.length === 1) sample.leaveOut('filtered_resps');
    return { outputs: { output: responses[0] ?? null } };
  }

  const requests = listRequests(sample.record);
  // Where the choices are asked for a second time without their context, that is only to compare with.
  const hasContext = requests.some(([context]) => context !== '');
  let choice = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, likelihood = Number.NaN] of likelihoods.entries()) {
    if (likelihood <= most || Number.isNaN(likelihood)) continue;
    if (hasContext && requests[index]?.[0] === '') continue;
    [choice, most] = [index, likelihood];
  }
  return { outputs: { output: requests[choice]?.[1] ?? choice }, choice };
}

/** `[-10.5, false]`, in current files `["-10.5", "False"]`: a log-likelihood, and whether it was the first guess. */
function readLikelihood(response: JsonValue): number | undefined {
  if (!Array.isArray(response) || response.length !== 2) return undefined;
  const [likelihood = null, isGreedy = null] = response;
  if (!/^(?:true|false)$/i.test(spell(isGreedy))) return undefined;
  if (isNumber(likelihood)) return Number(likelihood);
  const isText = typeof likelihood === 'string' && likelihood.trim() !== '';
  return isText && !Number.isNaN(Number(likelihood)) ? Number(likelihood) : undefined;
}

/** Context and continuation of each request: `{gen_args_0: {arg_0, arg_1}}`, before 0.4.3 lists. */
function listRequests(sample: JsonObject): [JsonValue, JsonValue][] {
  const requests = sample.arguments ?? null;
  const all = isJsonObject(requests) ? Object.values(requests) : requests;
  if (!Array.isArray(all)) return [];
  return all.map((request) => {
    if (Array.isArray(request)) return [request[0] ?? null, request[1] ?? null];
    return [memberAt(request, 'arg_0') ?? null, memberAt(request, 'arg_1') ?? null];
  });
}

/** Answers before they were filtered say more only where that changed them or where there were several. */
function leaveOutUnfiltered(sample: RecordReader): void {
  const responses = listAt(sample.record, 'resps');
  if (!responses) return;
  const isRepeated = responses.some((repeats) => Array.isArray(repeats) && repeats.length > 1);
  const isFiltered = (sample.record.filter ?? 'none') !== 'none';
  if (!isRepeated && !isFiltered) sample.leaveOut('resps');
}

/** `samples_<task>_<time>.jsonl`; the time is that of `results_<time>.json`. */
const SAMPLES = /^samples_(.+)_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.jsonl?(?:\.gz|\.zst)?$/;

/** What a file of samples does not say itself. */
interface LmEvalRun {
  readonly task: string | undefined;
  readonly model: Partial<ModelName> | undefined;
  readonly fewShots: JsonValue;
  /** Scores of the task, by filter. */
  readonly scores: ReadonlyMap<string, { readonly key: string; readonly score: JsonValue }[]>;
}

/** Reads the results next to a file of samples, if they are there; else its path. */
async function findRun({ name, companions }: ResultsFile): Promise<LmEvalRun> {
  const [, task, time] = SAMPLES.exec(baseName(name)) ?? [];
  const found =
    time === undefined
      ? []
      : await companions(new RegExp(`^results_${time.replaceAll('.', '\\.')}\\.json$`));
  const results = found[0]?.value;
  return {
    task,
    model: readModel(results) ?? (/^samples_/.test(baseName(name)) ? readFolder(name) : undefined),
    fewShots: task === undefined ? null : (memberAt(objectAt(results, 'n-shot'), task) ?? null),
    scores: readTaskScores(objectAt(objectAt(results, 'results'), task ?? '') ?? {}),
  };
}

/** Samples lie in a folder named for their model: `Qwen__Qwen3-8B`. */
function readFolder(path: string): Partial<ModelName> | undefined {
  const folder = findModelFolder(path);
  const isModel = folder !== undefined && !/^lm[-_]?eval/.test(folder);
  return isModel ? nameRepository(folder.replace('__', '/')) : undefined;
}

/** `model` of the configuration is the kind of interface: `hf`, `openai-chat-completions`. */
function readModel(results: JsonValue | undefined): Partial<ModelName> | undefined {
  const config = objectAt(results, 'config');
  const args = memberAt(config, 'model_args');
  const [, argument] =
    typeof args === 'string' ? (/(?:^|,)(?:pretrained|model)=([^,]+)/.exec(args) ?? []) : [];
  const name =
    textAt(results, 'model_name') ??
    textAt(args, 'pretrained') ??
    textAt(args, 'model') ??
    argument;
  if (name === undefined) return undefined;
  const source = textAt(results, 'model_source') ?? textAt(config, 'model') ?? '';
  if (/^hf|^huggingface/.test(source)) return { ls_provider: 'huggingface', ls_model_name: name };
  const [provider] = /^(?:openai|anthropic)(?=-)/.exec(source) ?? [];
  return provider === undefined
    ? nameRepository(name)
    : { ls_provider: provider, ls_model_name: name };
}

/** `acc,none` is a metric and the filter of answers; `N/A` is no score. */
function readTaskScores(ofTask: JsonObject): LmEvalRun['scores'] {
  const scores = new Map<string, { key: string; score: JsonValue }[]>();
  for (const name of Object.keys(ofTask)) {
    const [key = '', filter] = name.split(',', 2);
    const score = ofTask[name];
    if (filter === undefined || !isNumber(score)) continue;
    addTo(scores, filter, { key, score });
  }
  return scores;
}
