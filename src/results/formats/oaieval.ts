import type { Row, Sample } from '../../input/row.js';
import { spell } from '../../json/print.js';
import {
  isJsonObject,
  isNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../../json/value.js';
import { hasMembers, listAt, memberAt, objectAt, textAt, toNumber } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import { addMetadata, RecordReader, readRun } from '../format-kit/reader.js';
import { summaryOf, unexpected } from '../format-kit/rows.js';
import { readUsage } from '../format-kit/usage.js';
import { scoresIn } from '../format-kit/values.js';
import { readWhen } from '../when.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** Events of one sample come apart, so all are held until the end. */
const MAX_EVENTS = 1_000_000;

/**
 * What `oaieval` of OpenAI Evals logs: a spec, events and a final report. Of the spec, its name, split and completion
 * functions are kept with each row; `run_config` is not.
 *
 * @see https://github.com/openai/evals, evals/record.py
 */
export const oaieval: Format = {
  name: 'oaieval',
  title: 'OpenAI Evals log',
  files: '<run id>_<completion function>_<eval>.jsonl',
  reads: 'a row per sample, its matches and metrics as scores, the final report as summary',
  recognise(sample) {
    if (!isLog(sample)) return undefined;
    return { why: 'it begins with a spec, and has events of samples', rows: readRows };
  },
};

function isLog({ kind, rows: [first, ...others] }: Sample): boolean {
  const spec = objectAt(first, 'spec');
  if (kind !== 'list' || (!textAt(spec, 'eval_name') && !listAt(spec, 'completion_fns')))
    return false;
  return others.every((row) => objectAt(row, 'final_report') !== undefined || isEvent(row));
}

function isEvent(row: JsonObject): boolean {
  return hasMembers(row, 'sample_id', 'type', 'data');
}

async function* readRows({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  const samples = new Map<string, { origin: Row['origin']; events: JsonObject[] }>();
  let spec: JsonObject = {};
  let report: JsonObject = {};
  let events = 0;
  for await (const { origin, value: record } of records) {
    spec = objectAt(record, 'spec') ?? spec;
    report = objectAt(record, 'final_report') ?? report;
    if (objectAt(record, 'spec') ?? objectAt(record, 'final_report')) continue;
    if (!isJsonObject(record) || !isEvent(record)) {
      yield unexpected({ origin, value: record }, 'an event of a sample');
    } else if (++events > MAX_EVENTS) {
      yield { origin, problem: `there are more than ${MAX_EVENTS} events` };
      return;
    } else {
      const id = spell(memberAt(record, 'sample_id'));
      const sample = samples.get(id) ?? { origin, events: [] };
      samples.set(id, sample);
      sample.events.push(record);
    }
  }
  for (const [id, sample] of samples)
    yield { origin: sample.origin, value: readEvents(id, inOrder(sample.events), spec) };
  yield* summaryOf(scoresIn(report));
}

/** Threads write their events as they come. */
function inOrder(events: readonly JsonObject[]): JsonObject[] {
  const numberOf = (event: JsonObject) => toNumber(memberAt(event, 'event_id') ?? 0);
  return [...events].sort((one, other) => numberOf(one) - numberOf(other));
}

/** What places an event, and what it holds. */
const OF_EVENT = ['run_id', 'event_id', 'sample_id', 'type', 'data', 'created_by', 'created_at'];

/** Makes a row of the events of one sample, in their order. */
function readEvents(id: string, events: readonly JsonObject[], spec: JsonObject): JsonObject {
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
  const times = timesInOrder(events.map((event) => event.created_at ?? null));
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

/** Those metrics that count; some evals record words next to them. */
function readMetrics(data: RecordReader): JsonObject[] {
  const isScore = (value: JsonValue | undefined) => isNumber(value) || typeof value === 'boolean';
  return Object.keys(data.record)
    .filter((key) => isScore(data.record[key]))
    .map((key) => ({ key, score: data.take(key) }));
}

function timesInOrder(times: readonly JsonValue[]): JsonValue[] {
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
