import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { contentOf } from '../../format-kit/messages.js';
import { splitModel } from '../../format-kit/model.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { readEach } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { putBack } from './attachments.js';
import { listEvents, readCalls } from './events.js';
import { readScores, readSummary } from './scores.js';
import { readSampleUsage } from './usage.js';

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
      hasExperiments: true,
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
  const scores = isEmpty ? [] : readSummary(header);
  if (scores.length > 0) yield { summary: { scores, experiment } };
}

function describeEmpty(header: JsonObject): string {
  const reason = textAt(objectAt(header, 'error'), 'message');
  const said = reason === undefined ? '' : `: ${reason.split('\n', 1)[0]}`;
  return `the log holds no samples, only what is known of all (its status is ${textAt(header, 'status')}${said})`;
}

function readSample(sample: JsonObject, header: JsonObject): JsonObject {
  const evaluation = objectAt(header, 'eval') ?? {};
  const model = textAt(evaluation, 'model') ?? '';
  const { scores = null, score = null } = sample;
  const put = putBack(sample);
  const calls = readCalls(sample, put);
  const metadata: JsonObject = { ...splitModel(model), ...readSampleUsage(sample, model) };
  addMetadata(metadata, {
    ...objectAt(sample, 'metadata'),
    ...(put(without(sample, ...READ)) as JsonObject),
    ...readOutputDetails(sample, put),
    task: evaluation.task ?? null,
    run_id: evaluation.run_id ?? null,
    task_args: memberAt(evaluation, 'task_args'),
    run_status: header.status === 'success' ? null : (header.status ?? null),
    // Child runs have them too.
    messages: calls.length === 0 ? put(sample.messages ?? null) : null,
  });
  const tags = listAt(evaluation, 'tags') ?? [];
  return {
    id: sample.id ?? null,
    inputs: readInputs(sample, put),
    ...known({ reference_outputs: sample.target === '' ? null : put(sample.target ?? null) }),
    ...readOutputs(sample, put),
    ...readTimes(sample, evaluation),
    feedback: readScores(put({ scores, score }) as JsonObject),
    // What calls used is counted where they are.
    run_type: calls.length > 0 ? 'chain' : null,
    child_runs: calls,
    ...known({ tags: tags.filter((tag) => typeof tag === 'string') }),
    metadata,
  };
}

/** Events, attachments and pools of messages are told in parts. */
const READ = [
  'id',
  'input',
  'choices',
  'target',
  'messages',
  'output',
  'score',
  'scores',
  'metadata',
  'error',
  'events',
  'transcript',
  'attachments',
  'message_pool',
  'call_pool',
  'events_data',
  'started_at',
  'completed_at',
  'total_time',
];

/** Messages have ids that are drawn anew for each run: an example would never be met again. */
function readInputs(sample: JsonObject, put: (value: JsonValue) => JsonValue): JsonObject {
  const input = put(sample.input ?? null);
  const messages = Array.isArray(input)
    ? input.map((message) => (isJsonObject(message) ? without(message, 'id') : message))
    : undefined;
  const { choices = null } = sample;
  return { ...(messages ? { messages } : { input }), ...known({ choices }) };
}

/** A sample that went wrong has no completion; one that gave none has no output. */
function readOutputs(sample: JsonObject, put: (value: JsonValue) => JsonValue): JsonObject {
  const output = objectAt(sample, 'output');
  const [choice] = listAt(output, 'choices') ?? [];
  const message = objectAt(choice, 'message');
  const answer = put(textAt(output, 'completion') ?? contentOf(message));
  const toolCalls = memberAt(message, 'tool_calls');
  const error = objectAt(sample, 'error');
  const failure = error && { error: textAt(error, 'message') ?? (error as JsonValue) };
  if (failure && answer === null) return failure;
  return { outputs: { output: answer, ...known({ tool_calls: toolCalls }) }, ...failure };
}

function readOutputDetails(
  sample: JsonObject,
  put: (value: JsonValue) => JsonValue,
): { [name: string]: JsonValue | undefined } {
  const output = objectAt(sample, 'output') ?? {};
  const [choice, ...others] = listAt(output, 'choices') ?? [];
  return {
    stop_reason: memberAt(choice, 'stop_reason'),
    other_choices: put(others),
    output: known(without(output, 'choices', 'completion', 'usage', 'stop_reason')),
    traceback: textAt(objectAt(sample, 'error'), 'traceback'),
  };
}

/** Logs until 2025 do not tell when a sample began or ended: its events do, or else when the run began. */
function readTimes(sample: JsonObject, evaluation: JsonObject): JsonObject {
  const { started_at = null, completed_at = null, total_time = null } = sample;
  if (started_at !== null || completed_at !== null)
    return { start_time: started_at, end_time: completed_at, latency: total_time };
  const times = listEvents(sample).flatMap((event) => textAt(event, 'timestamp') ?? []);
  const [first = evaluation.created ?? null] = times;
  if (total_time !== null) return { start_time: first, latency: total_time };
  return { start_time: first, end_time: times.at(-1) ?? null };
}
