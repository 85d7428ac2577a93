import type { Companion } from '../../input/companions.js';
import { printJson } from '../../json/print.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, numberAt, objectAt, textAt } from '../format-kit/members.js';
import { type ModelName, splitModel } from '../format-kit/model.js';
import { RecordReader, restOf } from '../format-kit/reader.js';
import { readEach, summaryOf } from '../format-kit/rows.js';
import { sumCounts, usageOf } from '../format-kit/usage.js';
import type { Format, FormatRow, ResultsFile, SummaryScores } from './format.js';

/**
 * A run of HELM: what was asked, with the scores in files next to it. A completion's tokens, copies of its text, are
 * left out.
 *
 * @see https://crfm-helm.readthedocs.io/en/latest/tutorial/
 */
export const helm: Format = {
  name: 'helm',
  title: 'HELM run',
  files:
    'scenario_state.json, with per_instance_stats.json, run_spec.json and stats.json next to it',
  reads: 'a row per request, a score per statistic of quality',
  recognise({ document }) {
    const spec = objectAt(document, 'adapter_spec');
    const requests = listAt(document, 'request_states');
    const isOf = requests?.every(
      (state) => objectAt(state, 'instance') && objectAt(state, 'request'),
    );
    if (spec === undefined || !isOf) return undefined;
    return {
      why: 'it has adapter_spec and request_states',
      recordsAt: ['request_states'],
      rows: readRun,
    };
  },
};

interface Run {
  readonly model: ModelName;
  readonly method: JsonValue;
  readonly name: string | undefined;
  readonly instances: Map<string, InstanceStats>;
}

async function* readRun({ header, records, companions }: ResultsFile): AsyncGenerator<FormatRow> {
  const found = await companions(/^(?:per_instance_stats|run_spec|stats)\.json$/);
  const companion = (name: string) => found.find((one) => one.name === name);
  const spec = objectAt(header, 'adapter_spec') ?? {};
  const name = textAt(companion('run_spec.json')?.value, 'name');
  const run = {
    model: readModel(spec),
    method: spec.method ?? null,
    name,
    instances: readInstances(companion('per_instance_stats.json')),
  };
  const experiment = labelOf(textAt(spec, 'model') ?? run.model.ls_model_name, name);
  yield* readEach(records, 'a request of HELM', (state) => ({
    value: readState(state, run),
    experiment,
  }));
  yield* summaryOf(readSummary(companion('stats.json')), experiment);
}

/** A run's name tells its scenario, and once more its model. */
function labelOf(model: string, name: string | undefined): string {
  const scenario = name?.replace(/[,:]model(?:_deployment)?=[^,]*/g, '');
  return scenario === undefined ? model : `${model} · ${scenario}`;
}

/** `model` names who made a model, `model_deployment` who serves it. */
function readModel(spec: JsonObject): ModelName {
  const model = textAt(spec, 'model') ?? textAt(spec, 'model_deployment') ?? 'model';
  const [maker] = model.split('/');
  const [host = '', ...rest] = (textAt(spec, 'model_deployment') ?? model).split('/');
  if (rest.length === 0 || host === maker) return splitModel(model);
  return { ls_provider: host, ls_model_name: model };
}

function readState(state: RecordReader, { model, method, name, instances }: Run): JsonObject {
  const instance = state.merge('instance');
  const result = state.merge('result');
  const id = instance.take('id');
  const { perturbation = null } = instance.record;
  const key = keyOf(id, state.record.train_trial_index ?? null, perturbation);
  const stats = instances.get(key);
  // Where each choice is asked for by itself, the scores are of all those requests together.
  instances.delete(key);
  state.keep({ run: name, method, stats: stats?.counts });
  const changed = textAt(perturbation, 'name');
  return {
    id: typeof id === 'string' && changed !== undefined ? `${id} ${changed}` : id,
    inputs: readInput(instance),
    ...known({ reference_outputs: readReferences(instance.record) }),
    ...readOutput(state.record, result),
    start_time: result.take('request_datetime'),
    latency: result.take('request_time'),
    feedback: [...(stats?.scores ?? [])],
    ...known({ split: instance.text('split') }),
    metadata: { ...model, ...readUsage(stats?.counts) },
  };
}

function readInput(instance: RecordReader): JsonObject {
  const { text = null, ...others } = instance.object('input') ?? {};
  return { input: text, ...known(others) };
}

function readReferences(instance: JsonObject): JsonValue {
  const right = (listAt(instance, 'references') ?? []).filter((reference) =>
    listAt(reference, 'tags')?.includes('correct'),
  );
  const texts = right.map((reference) => memberAt(objectAt(reference, 'output'), 'text') ?? null);
  return texts.length > 1 ? texts : (texts[0] ?? null);
}

/** Reads the output; where there are choices, the model gives the letter. */
function readOutput(state: JsonObject, result: RecordReader): JsonObject {
  const completions = result.items('completions');
  const others = completions.map((one) => new RecordReader(one));
  for (const one of others) one.leaveOut('tokens');
  result.keep({ completions: restOf(others) });
  const { success } = result.record;
  if (typeof success === 'boolean') result.leaveOut('success');
  if (success === false) return { error: result.text('error') ?? 'the request failed' };
  const text = memberAt(completions[0], 'text') ?? null;
  const mapping = objectAt(state, 'output_mapping');
  const choice = typeof text === 'string' ? memberAt(mapping, text.trim()) : undefined;
  return { outputs: { output: choice ?? text } };
}

/** They are counted by HELM, not by who answered, as means of one: `718.0`. */
function readUsage(counts: JsonObject | undefined): JsonObject {
  const count = (...names: readonly string[]) =>
    sumCounts([names.map((name) => memberAt(counts, name)).find((one) => one !== undefined)]);
  return usageOf({
    input_tokens: count('num_prompt_tokens'),
    output_tokens: count('num_output_tokens', 'num_completion_tokens'),
  });
}

/** Statistics of how a run went, not of how good it was. @see helm/benchmark/metrics/basic_metrics.py */
const NO_QUALITY =
  /^(?:num_.*|training_.*|inference_.*|batch_size|finish_reason_.*|prompt_truncated|max_prob|logprob|estimated_.*)$/;

/** What is known of one instance. */
interface InstanceStats {
  readonly scores: { readonly key: string; readonly score: JsonValue }[];
  /** All others, by name. */
  readonly counts: JsonObject;
}

/** Names an instance as both files do: by its id, its trial, and how it was changed. */
function keyOf(id: JsonValue, trial: JsonValue, perturbation: JsonValue): string {
  return printJson([id, trial, perturbation]);
}

/** Statistics by instance, from `per_instance_stats.json`. */
function readInstances(companion: Companion | undefined): Map<string, InstanceStats> {
  const instances = new Map<string, InstanceStats>();
  const all = Array.isArray(companion?.value) ? companion.value : [];
  for (const one of all) {
    const part = (name: string) => memberAt(one, name) ?? null;
    const key = keyOf(part('instance_id'), part('train_trial_index'), part('perturbation'));
    const stats = instances.get(key) ?? { scores: [], counts: {} };
    for (const stat of listAt(one, 'stats') ?? []) {
      const name = textAt(objectAt(stat, 'name'), 'name');
      const mean = numberAt(stat, 'mean');
      // What was counted never has no mean.
      if (name === undefined || mean === undefined) continue;
      if (NO_QUALITY.test(name)) stats.counts[name] = mean;
      else stats.scores.push({ key: name, score: mean });
    }
    instances.set(key, stats);
  }
  return instances;
}

/** Scores of the run, from `stats.json`; not those of instances that were changed on purpose. */
function readSummary(companion: Companion | undefined): SummaryScores['scores'] {
  const all = Array.isArray(companion?.value) ? companion.value : [];
  return all.flatMap((stat) => {
    const name = objectAt(stat, 'name');
    const key = textAt(name, 'name');
    const score = numberAt(stat, 'mean');
    const isOf = key !== undefined && !NO_QUALITY.test(key) && !objectAt(name, 'perturbation');
    if (!isOf || score === undefined) return [];
    const split = textAt(name, 'split');
    return [{ key, score, comment: split && `split ${split}` }];
  });
}
