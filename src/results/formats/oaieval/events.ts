import { spell } from '../../../json/print.js';
import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { isNumber, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { addMetadata, RecordReader, readRun } from '../../format-kit/reader.js';
import { readUsage } from '../../format-kit/usage.js';
import { readWhen } from '../../when.js';

/** What places an event, and what it holds. */
const OF_EVENT = ['run_id', 'event_id', 'sample_id', 'type', 'data', 'created_by', 'created_at'];

/** Makes a row of the events of one sample, in their order. */
export function readEvents(
  id: string,
  events: readonly JsonObject[],
  spec: JsonObject,
): JsonObject {
  const all = events.map((event) => ({
    type: spell(event.type),
    data: new RecordReader(memberAt(event, 'data')),
  }));
  const dataOf = (type: string) => all.flatMap((one) => (one.type === type ? [one.data] : []));
  const samplings = dataOf('sampling');
  const matches = dataOf('match');
  // Where a model grades, its calls come last; they are the judge's and no answers.
  const answer = isGradedByModel(spec) ? samplings[0] : samplings.at(-1);
  const sampled = readSampled(answer?.record) ?? readSampled(matches.at(-1)?.record);
  const expected = matches.map((match) => match.take('expected')).find((one) => one !== null);
  const [error] = dataOf('error').map(({ record }) => record);
  const times = inOrder(events.map((event) => event.created_at ?? null));
  const feedback = [
    ...matches.map((match) => ({ key: 'match', score: match.take('correct') })),
    ...dataOf('metrics').flatMap(readMetrics),
  ];
  for (const match of matches) match.leaveOut('sampled');
  return {
    inputs: memberAt(samplings[0]?.record, 'prompt') ?? { sample_id: id },
    reference_outputs: expected === undefined ? null : { expected },
    error: textAt(error, 'message') ?? error ?? null,
    outputs: sampled !== undefined || !error ? { output: sampled ?? null } : null,
    start_time: times[0] ?? null,
    end_time: times.at(-1) ?? null,
    id,
    feedback,
    metadata: readMetadata(events, all, spec, answer?.record),
    child_runs: samplings.length > 1 ? samplings.map(({ record }) => readSampling(record)) : [],
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

/** Those metrics that count; some evals record words beside them. */
function readMetrics(data: RecordReader): JsonObject[] {
  const isScore = (value: JsonValue | undefined) => isNumber(value) || typeof value === 'boolean';
  return Object.keys(data.record)
    .filter((key) => isScore(data.record[key]))
    .map((key) => ({ key, score: data.take(key) }));
}

function inOrder(times: readonly JsonValue[]): JsonValue[] {
  const known = times.filter((time) => readWhen(time) !== undefined);
  return known.sort((one, other) => (readWhen(one) ?? 0) - (readWhen(other) ?? 0));
}

function readSampling(data: JsonObject): JsonObject {
  return readRun(data, (sampling) => {
    sampling.leaveOut('sampled');
    const outputs = { output: readSampled(data) ?? null };
    return { name: 'sampling', inputs: sampling.take('prompt'), outputs };
  });
}

function readMetadata(
  events: readonly JsonObject[],
  all: readonly { type: string; data: RecordReader }[],
  spec: JsonObject,
  answer: JsonObject | undefined,
): JsonObject {
  const [completionFn = null] = listAt(spec, 'completion_fns') ?? [];
  const model = textAt(answer, 'model') ?? (typeof completionFn === 'string' ? completionFn : '');
  const usage = readUsage(new RecordReader(memberAt(answer, 'usage')));
  const metadata: JsonObject = { ...splitModel(model || undefined), ...usage };
  const { eval_name, base_eval, split, completion_fns } = spec;
  const samplings = all.filter(({ type }) => type === 'sampling');
  // Of several samplings, each is a child run.
  if (samplings.length === 1) {
    for (const { data } of samplings) {
      data.leaveOut('prompt', 'sampled', 'model');
      addMetadata(metadata, data.rest());
    }
  }
  addMetadata(metadata, joinData(events, all));
  for (const event of events) {
    const others = new RecordReader(event);
    others.leaveOut(OF_EVENT);
    addMetadata(metadata, others.rest());
  }
  addMetadata(metadata, {
    ...{ eval_name, base_eval, split, completion_fns },
    run_id: events[0]?.run_id ?? spec.run_id,
    created_by: events[0]?.created_by || undefined,
  });
  return metadata;
}

/** What else events say: of a match and among metrics what was not taken, data of other types under their name. */
function joinData(
  events: readonly JsonObject[],
  all: readonly { type: string; data: RecordReader }[],
): JsonObject {
  const joined: JsonObject = {};
  for (const [place, { type, data }] of all.entries()) {
    const value = events[place]?.data ?? null;
    if (type === 'match' || type === 'metrics') addMetadata(joined, data.rest());
    else if (type === 'error') setKey(joined, type, value);
    else if (type !== 'sampling') setKey(joined, type, [...(listAt(joined, type) ?? []), value]);
  }
  return joined;
}
