import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt, without } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { RecordReader } from '../../format-kit/reader.js';
import { readEach, summaryOf } from '../../format-kit/rows.js';
import { contentOf, isPlain } from '../../format-kit/steps.js';
import { readUsage } from '../../format-kit/usage.js';
import { scoreOrValue } from '../../format-kit/values.js';
import type { Format, FormatRow, ResultsFile, SummaryScores } from '../format.js';
import { listEvents, putBack, readCalls } from './calls.js';

/** Logs of Inspect AI, as JSON or as an archive. @see https://inspect.aisi.org.uk/eval-logs.html */
export const inspect: Format = {
  name: 'inspect',
  title: 'Inspect log',
  files: 'logs/*.eval, logs/*.json',
  reads: 'a row per sample and epoch, a score per scorer, calls of models and tools as child runs',
  recognise({ document }) {
    const evaluation = objectAt(document, 'eval');
    const isTold = textAt(evaluation, 'task') !== undefined && textAt(document, 'status');
    if (!isTold || textAt(evaluation, 'model') === undefined) return undefined;
    return {
      why: 'it has eval.task, eval.model and status',
      recordsAt: ['samples'],
      leaveOut: [['reductions'], ['results', 'sample_reductions']],
      rows: readLog,
    };
  },
};

async function* readLog({ name, header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const { model, task } = objectAt(header, 'eval') ?? {};
  const experiment = `${model} · ${task}`;
  const rows = readEach(records, 'a sample of Inspect', (sample) => ({
    value: readSample(sample, header),
    experiment,
  }));
  let isEmpty = true;
  for await (const row of rows) {
    isEmpty = false;
    yield row;
  }
  // Scores of all samples together, without a sample, are nothing that could be recorded.
  if (isEmpty) yield { origin: { file: name, line: 1 }, problem: describeEmpty(header) };
  yield* summaryOf(isEmpty ? [] : readSummary(header), experiment);
}

function describeEmpty(header: JsonObject): string {
  const reason = textAt(objectAt(header, 'error'), 'message');
  const said = reason === undefined ? '' : `: ${reason.split('\n', 1)[0]}`;
  return `the log holds no samples, only what is known of all (its status is ${textAt(header, 'status')}${said})`;
}

/** Events, attachments and pools of messages come in parts. */
const PARTS = ['events', 'transcript', 'attachments', 'message_pool', 'call_pool', 'events_data'];

function readSample(record: RecordReader, header: JsonObject): JsonObject {
  const { task, run_id, task_args, created = null, ...about } = objectAt(header, 'eval') ?? {};
  const model = textAt(about, 'model') ?? '';
  const sample = record.record;
  const put = putBack(sample);
  const { calls, said } = readCalls(sample, put);
  record.rewrite(put(without(sample, PARTS)) as JsonObject);
  const isSaid = (message: JsonValue) => said.has(printJson(message));
  if (calls.length > 0)
    record.keep({ messages: record.list('messages')?.filter((one) => !isSaid(one)) });
  record.merge('metadata');
  const run_status = header.status === 'success' ? null : header.status;
  record.keep({ task, run_id, task_args, run_status });
  const metadata = { ...splitModel(model), ...readSampleUsage(sample, model) };
  return {
    id: record.take('id'),
    inputs: readInputs(record),
    ...known({ reference_outputs: record.take('target') || null }),
    ...readOutputs(record),
    ...readTimes(record, listEvents(sample), created),
    feedback: readScores(record),
    // What calls used is counted where they are.
    run_type: calls.length > 0 ? 'chain' : null,
    child_runs: calls,
    ...known({ tags: new RecordReader(about).texts('tags') }),
    metadata,
  };
}

/**
 * Tokens of a sample: of several models that were called, those of the one under test, as the others may have judged.
 * Where none are stated, as in logs of 2024, those of its last call.
 */
function readSampleUsage(sample: JsonObject, model: string): JsonObject {
  const byModel = objectAt(sample, 'model_usage') ?? {};
  const own = objectAt(byModel, model);
  const usages = own ? [own] : Object.values(byModel);
  const last = memberAt(objectAt(sample, 'output'), 'usage') ?? null;
  const stated = (usages.length > 0 ? usages : [last]).filter(isJsonObject);
  return readUsage(stated.map((usage) => new RecordReader(usage)));
}

/** Messages have ids that are drawn for each run: an example would never be met again. */
function readInputs(record: RecordReader): JsonObject {
  const input = record.take('input');
  const messages = Array.isArray(input)
    ? input.map((message) => (isJsonObject(message) ? without(message, 'id') : message))
    : undefined;
  return {
    ...(messages ? { messages } : { input }),
    ...known({ choices: record.take('choices') }),
  };
}

/** A sample that went wrong has no completion; one that gave none has no output. */
function readOutputs(record: RecordReader): JsonObject {
  const output = record.open('output');
  const [first, ...others] = output.list('choices') ?? [];
  const choice = record.join(first);
  const message = choice.open('message');
  const answer = output.text('completion') ?? contentOf(message.record);
  record.keep({ other_choices: others });
  output.leaveOut('usage');
  message.leaveOutCopy('model', output.record.model);
  message.leaveOut('id', 'role', 'source');
  if (isPlain(message.record) && contentOf(message.record) === answer) message.leaveOut('content');
  const outputs = { output: answer, ...known({ tool_calls: message.take('tool_calls') }) };

  const failure = objectAt(record.record, 'error');
  if (!failure) return { outputs };
  const error = textAt(failure, 'message') === undefined ? record.take('error') : null;
  const stated = record.merge('error');
  stated.leaveOut('traceback_ansi');
  const said = { error: error ?? stated.take('message') };
  return answer === null ? said : { outputs, ...said };
}

/** Logs until 2025 do not tell when a sample began or ended: its events do, or else when the run began. */
function readTimes(
  record: RecordReader,
  events: readonly JsonObject[],
  created: JsonValue,
): JsonObject {
  const [start, end] = [record.take('started_at'), record.take('completed_at')];
  const latency = record.take('total_time');
  if (start !== null || end !== null) return { start_time: start, end_time: end, latency };
  const times = events.flatMap((event) => textAt(event, 'timestamp') ?? []);
  const [first = created] = times;
  if (latency !== null) return { start_time: first, latency };
  return { start_time: first, end_time: times.at(-1) ?? null };
}

/** Correct, incorrect, partial, no answer. @see https://inspect.aisi.org.uk/scorers.html#sec-value-to-float */
const GRADES = new Map<JsonValue, number>([
  ['C', 1],
  ['I', 0],
  ['P', 0.5],
  ['N', 0],
]);

/** The scores of a sample, as feedback: of a scorer that gives several, each under `<scorer>/<name>`. */
function readScores(sample: RecordReader): JsonObject[] {
  // Logs of early 2024 have one score, which has no name.
  const scores = sample.object('scores') ?? sample.pick('score');
  return Object.keys(scores).flatMap((scorer) => {
    const score = scores[scorer] ?? null;
    if (!isJsonObject(score)) return [{ key: scorer, ...readValue(score) }];
    const record = new RecordReader(score);
    const value = record.take('value');
    const comment = record.text('explanation');
    const details = { ...record.rest(), ...known({ comment }) };
    if (!isJsonObject(value)) return [{ ...details, key: scorer, ...readValue(value) }];
    // The rest is of all of them together.
    return Object.keys(value).map((name, index) => ({
      ...(index === 0 ? details : known({ comment })),
      key: `${scorer}/${name}`,
      ...readValue(value[name] ?? null),
    }));
  });
}

function readValue(value: JsonValue): JsonObject {
  const grade = GRADES.get(value);
  return grade === undefined ? scoreOrValue(value) : { score: grade, value };
}

/** What the log says of all samples together: `<scorer>/<metric>`. */
function readSummary(header: JsonObject): SummaryScores['scores'] {
  const scorers = listAt(objectAt(header, 'results'), 'scores') ?? [];
  return scorers.flatMap((scorer) => {
    const metrics = objectAt(scorer, 'metrics') ?? {};
    const name = textAt(scorer, 'name') ?? textAt(scorer, 'scorer') ?? 'score';
    return Object.keys(metrics).flatMap((metric) => {
      const score = memberAt(metrics[metric], 'value');
      return score === undefined ? [] : [{ key: `${name}/${metric}`, score }];
    });
  });
}
