import type { JsonObject, JsonValue } from '../../../json/value.js';
import { isNumber, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import {
  baseName,
  findModelFolder,
  type ModelName,
  nameRepository,
} from '../../format-kit/model.js';
import type { ResultsFile } from '../format.js';

/** `samples_<task>_<time>.jsonl`; the time is that of `results_<time>.json`. */
const SAMPLES = /^samples_(.+)_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.jsonl?(?:\.gz|\.zst)?$/;

/** What a file of samples does not say itself. */
export interface LmEvalRun {
  readonly task: string | undefined;
  readonly model: Partial<ModelName> | undefined;
  readonly fewShots: JsonValue;
  /** Scores of the task, by filter. */
  readonly scores: ReadonlyMap<string, { readonly key: string; readonly score: JsonValue }[]>;
}

/** Reads the results beside a file of samples, if they are there; else its path. */
export async function findRun({ name, beside }: ResultsFile): Promise<LmEvalRun> {
  const [, task, time] = SAMPLES.exec(baseName(name)) ?? [];
  const found =
    time === undefined
      ? []
      : await beside(new RegExp(`^results_${time.replaceAll('.', '\\.')}\\.json$`));
  const results = found[0]?.value;
  return {
    task,
    model: readModel(results) ?? readFolder(name),
    fewShots: task === undefined ? null : (memberAt(objectAt(results, 'n-shot'), task) ?? null),
    scores: readScores(objectAt(objectAt(results, 'results'), task ?? '') ?? {}),
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
function readScores(ofTask: JsonObject): LmEvalRun['scores'] {
  const scores = new Map<string, { key: string; score: JsonValue }[]>();
  for (const name of Object.keys(ofTask)) {
    const [key = '', filter] = name.split(',', 2);
    const score = ofTask[name];
    if (filter === undefined || !isNumber(score)) continue;
    scores.set(filter, [...(scores.get(filter) ?? []), { key, score }]);
  }
  return scores;
}
