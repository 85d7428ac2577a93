import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { type ModelName, splitModel } from '../../format-kit/model.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { readEach } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { type InstanceStats, keyOf, readInstances, readSummary } from './stats.js';

/**
 * A run of HELM: what was asked, with the scores in files beside it. A completion's tokens, copies of its text, are
 * left out.
 *
 * @see https://crfm-helm.readthedocs.io/en/latest/tutorial/
 */
export const helm: Format = {
  name: 'helm',
  title: 'HELM run',
  files:
    'scenario_state.json, with per_instance_stats.json, run_spec.json and stats.json beside it',
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
      hasExperiments: true,
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

async function* readRun({ header, records, beside }: ResultsFile): AsyncGenerator<FormatRow> {
  const found = await beside(/^(?:per_instance_stats|run_spec|stats)\.json$/);
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
  const scores = readSummary(companion('stats.json'));
  if (scores.length > 0) yield { summary: { experiment, scores } };
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

function readState(state: JsonObject, { model, method, name, instances }: Run): JsonObject {
  const instance = objectAt(state, 'instance') ?? {};
  const result = objectAt(state, 'result') ?? {};
  const perturbation = memberAt(instance, 'perturbation') ?? null;
  const key = keyOf(instance.id ?? null, state.train_trial_index ?? null, perturbation);
  const stats = instances.get(key);
  // Where each choice is asked for by itself, the scores are of all those requests together.
  instances.delete(key);
  const metadata: JsonObject = { ...model, ...readUsage(stats?.counts) };
  addMetadata(metadata, {
    run: name,
    method,
    ...without(instance, 'id', 'input', 'split'),
    ...without(state, 'instance', 'result'),
    ...without(result, 'success', 'error', 'completions', 'request_time', 'request_datetime'),
    completions: readCompletions(result),
    stats: stats?.counts,
  });
  const changed = textAt(perturbation, 'name');
  const id = instance.id ?? null;
  return {
    id: typeof id === 'string' && changed !== undefined ? `${id} ${changed}` : id,
    inputs: readInput(objectAt(instance, 'input') ?? {}),
    ...known({ reference_outputs: readReferences(instance) }),
    ...readOutput(state, result),
    start_time: memberAt(result, 'request_datetime') ?? null,
    latency: memberAt(result, 'request_time') ?? null,
    feedback: [...(stats?.scores ?? [])],
    ...known({ split: textAt(instance, 'split') }),
    metadata,
  };
}

function readInput(input: JsonObject): JsonObject {
  const { text = null } = input;
  return { input: text, ...known(without(input, 'text')) };
}

function readReferences(instance: JsonObject): JsonValue {
  const right = (listAt(instance, 'references') ?? []).filter((reference) =>
    listAt(reference, 'tags')?.includes('correct'),
  );
  const texts = right.map((reference) => memberAt(objectAt(reference, 'output'), 'text') ?? null);
  return texts.length > 1 ? texts : (texts[0] ?? null);
}

/** Of choices, the model gives the letter. */
function readOutput(state: JsonObject, result: JsonObject): JsonObject {
  if (result.success === false) return { error: textAt(result, 'error') ?? 'the request failed' };
  const [completion] = listAt(result, 'completions') ?? [];
  const text = memberAt(completion, 'text') ?? null;
  const mapping = objectAt(state, 'output_mapping');
  const choice = typeof text === 'string' ? memberAt(mapping, text.trim()) : undefined;
  return { outputs: { output: choice ?? text } };
}

function readCompletions(result: JsonObject): JsonValue[] {
  const completions = listAt(result, 'completions') ?? [];
  return completions.map((one) => (isJsonObject(one) ? without(one, 'tokens') : one));
}

/** They are counted by HELM, not by who answered. */
function readUsage(counts: JsonObject | undefined): JsonObject {
  const input = memberAt(counts, 'num_prompt_tokens');
  const output = memberAt(counts, 'num_output_tokens') ?? memberAt(counts, 'num_completion_tokens');
  const total =
    input === undefined || output === undefined ? undefined : Number(input) + Number(output);
  const usage = {
    input_tokens: toCount(input),
    output_tokens: toCount(output),
    total_tokens: total,
  };
  return known({ usage_metadata: known(usage) });
}

/** A mean of one: `718.0`. */
function toCount(mean: JsonValue | undefined): number | undefined {
  return mean === undefined ? undefined : Number(mean);
}
