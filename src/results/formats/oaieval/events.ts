import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { readOpenAiUsage } from '../../format-kit/usage.js';
import { readWhen } from '../../when.js';

/** Makes a row of the events of one sample, in their order. */
export function readEvents(
  id: string,
  events: readonly JsonObject[],
  spec: JsonObject,
): JsonObject {
  const dataOf = (type: string) =>
    events.filter((event) => event.type === type).map((event) => objectAt(event, 'data') ?? {});
  const samplings = dataOf('sampling');
  const matches = dataOf('match');
  const metrics = dataOf('metrics');
  // Where a model grades, its calls come last; they are the judge's and no answers.
  const answer = isGradedByModel(spec) ? samplings[0] : samplings.at(-1);
  const sampled = readSampled(answer) ?? readSampled(matches.at(-1));
  const prompt = memberAt(samplings[0], 'prompt');
  const expected = matches
    .map((match) => memberAt(match, 'expected'))
    .find((one) => one !== undefined);
  const [error] = dataOf('error');
  const times = inOrder(events.map((event) => event.created_at ?? null));
  return {
    inputs: prompt ?? { sample_id: id },
    reference_outputs: expected === undefined ? null : { expected },
    error: textAt(error, 'message') ?? error ?? null,
    outputs: sampled !== undefined || !error ? { output: sampled ?? null } : null,
    start_time: times[0] ?? null,
    end_time: times.at(-1) ?? null,
    id,
    feedback: [
      ...matches.map((match) => ({ key: 'match', score: match.correct ?? null })),
      ...metrics.flatMap(readMetrics),
    ],
    metadata: readMetadata(events, spec, answer, samplings),
    child_runs: samplings.length > 1 ? samplings.map(readSampling) : [],
  };
}

/** @see https://github.com/openai/evals, evals/elsuite/modelgraded/classify.py */
function isGradedByModel(spec: JsonObject): boolean {
  const cls = textAt(objectAt(objectAt(spec, 'run_config'), 'eval_spec'), 'cls');
  return cls?.includes('modelgraded') === true;
}

/** One answer, or several where as many were asked for. */
function readSampled(data: JsonObject | undefined): JsonValue | undefined {
  const sampled = memberAt(data, 'sampled');
  return Array.isArray(sampled) && sampled.length === 1 ? sampled[0] : sampled;
}

function readMetrics(data: JsonObject): JsonObject[] {
  return scoresIn(data).map((key) => ({ key, score: data[key] ?? null }));
}

/** Those metrics that count; some evals record words beside them. */
function scoresIn(data: JsonObject): string[] {
  return Object.keys(data).filter((key) => {
    const value = data[key];
    return typeof value === 'number' || typeof value === 'boolean' || value instanceof JsonNumber;
  });
}

function inOrder(times: readonly JsonValue[]): JsonValue[] {
  const known = times.filter((time) => readWhen(time) !== undefined);
  return known.sort((one, other) => (readWhen(one) ?? 0) - (readWhen(other) ?? 0));
}

function readSampling(data: JsonObject): JsonObject {
  return {
    name: 'sampling',
    inputs: data.prompt ?? null,
    outputs: { output: readSampled(data) ?? null },
    metadata: known(without(data, 'prompt', 'sampled')),
  };
}

function readMetadata(
  events: readonly JsonObject[],
  spec: JsonObject,
  answer: JsonObject | undefined,
  samplings: readonly JsonObject[],
): JsonObject {
  const [completionFn = null] = listAt(spec, 'completion_fns') ?? [];
  const model = textAt(answer, 'model') ?? (typeof completionFn === 'string' ? completionFn : '');
  const metadata: JsonObject = {
    ...splitModel(model || undefined),
    ...readOpenAiUsage(memberAt(answer, 'usage')),
  };
  addMetadata(metadata, {
    ...(samplings.length === 1 && without(samplings[0] ?? {}, 'prompt', 'sampled', 'model')),
    ...joinData(events),
    eval_name: spec.eval_name,
    base_eval: spec.base_eval,
    split: spec.split,
    completion_fns: spec.completion_fns,
    run_id: events[0]?.run_id ?? spec.run_id,
    created_by: events[0]?.created_by || undefined,
  });
  return metadata;
}

/** What else events say: all of `match` but what is told, words among metrics, data of other types under their name. */
function joinData(events: readonly JsonObject[]): JsonObject {
  const joined: JsonObject = {};
  for (const { type: given = null, data: value = null } of events) {
    const type = String(given);
    const data = isJsonObject(value) ? value : {};
    if (type === 'match') copyInto(joined, without(data, 'correct', 'expected', 'sampled'));
    else if (type === 'metrics') copyInto(joined, without(data, scoresIn(data)));
    else if (type === 'error') setKey(joined, type, value);
    else if (type !== 'sampling') {
      const before = listAt(joined, type) ?? [];
      setKey(joined, type, [...before, value]);
    }
  }
  return joined;
}

function copyInto(object: JsonObject, from: JsonObject): void {
  for (const key of Object.keys(from)) setKey(object, key, from[key] as JsonValue);
}
