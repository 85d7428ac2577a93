import { tryParseJson } from '../../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { hasKeys, known, memberAt, textAt } from '../format-kit/members.js';
import { type FlatSample, flatten, readFlat } from '../format-kit/pandas.js';
import { feedbackOf, RecordReader, restOf } from '../format-kit/reader.js';
import { readUsage } from '../format-kit/usage.js';
import { isFiniteNumber, readCell, readScore } from '../format-kit/values.js';
import type { Format, Reading } from './format.js';

/** `toxicity/v1/score`; what a judge says of it is next to it. @see https://mlflow.org/docs, mlflow.evaluate */
const SCORE = /^(.+)\/v\d+\/score$/s;

/** The table of results of `mlflow.evaluate()` as pandas prints it, and the traces of `mlflow.genai.evaluate()`. */
export const mlflow: Format = {
  name: 'mlflow',
  title: 'MLflow evaluation',
  files: 'eval_results_table.json, .csv',
  reads: 'a row per evaluated input or trace, a score per metric or assessment',
  recognise(sample) {
    const flat = flatten(sample);
    const score = flat.columns.find((name) => SCORE.test(name));
    if (score !== undefined) return readingOf(flat, `it has a column ${score}`, readRow);
    if (!hasTraces(flat)) return undefined;
    return readingOf(flat, 'rows have trace_id, request, response and assessments', readTrace);
  },
};

function readingOf(
  flat: FlatSample,
  why: string,
  read: (record: RecordReader, flat: FlatSample) => JsonObject,
): Reading {
  const { recordsAt } = flat;
  return {
    why,
    recordsAt,
    assumptions: flat.columns.includes('latency') ? ['latency is in seconds'] : [],
    rows: (file) => readFlat(file, flat, (record) => ({ value: read(record, flat) })),
  };
}

const INPUTS = ['inputs', 'input'];
const REFERENCE = ['ground_truth', 'targets', 'target'];
const OUTPUTS = ['outputs', 'predictions', 'prediction', 'output'];

/** Without a column of inputs, all columns that are nothing else are features, which the model was given. */
function readRow(record: RecordReader, { columns, orient }: FlatSample): JsonObject {
  const content = (value: JsonValue) =>
    orient === 'csv' && typeof value === 'string' ? readCell(value) : value;
  const take = (names: readonly string[]) => {
    const name = names.find((one) => columns.includes(one));
    return name === undefined ? undefined : content(record.take(name));
  };
  const input = take(INPUTS);
  const output = take(OUTPUTS);
  const reference = take(REFERENCE);
  const tokens = record.figure('token_count');
  const latency = record.figure('latency');
  const feedback = columns
    .filter((name) => SCORE.test(name))
    .map((name) => ({
      key: SCORE.exec(name)?.[1] ?? name,
      score: readScore(record.take(name)),
      // Of a judge that failed too: its error is what there is instead of a score.
      comment: record.text(name.replace(/score$/, 'justification')) ?? null,
    }));
  const others: JsonObject = {};
  for (const name of record.left()) {
    const cell = content(record.take(name));
    if (name !== '' && cell !== '') setKey(others, name, cell);
  }
  if (input !== undefined) record.keep(others);
  return {
    inputs: input === undefined ? others : (input ?? { input: null }),
    reference_outputs: reference ?? null,
    outputs: output === undefined ? null : (output ?? { output: null }),
    latency: Number(latency) >= 0 ? (latency ?? null) : null,
    feedback,
    metadata: known({ usage_metadata: known({ output_tokens: tokens }) }),
  };
}

/** Where a trace keeps the sum of its tokens. @see https://mlflow.org/docs/latest/genai/tracing, token usage */
const TOKEN_USAGE = 'mlflow.trace.tokenUsage';

/** Whether records are traces, as `mlflow.search_traces()` gives them. */
function hasTraces({ columns, rows }: FlatSample): boolean {
  return (
    ['trace_id', 'request', 'response', 'assessments'].every((name) => columns.includes(name)) &&
    rows.length > 0 &&
    rows.every((row) => hasKeys(row, 'trace_id', 'assessments'))
  );
}

/** Makes a row of a trace. `trace` is left out: it is all the rest once more. */
function readTrace(trace: RecordReader): JsonObject {
  const record: JsonObject = {};
  for (const name of Object.keys(trace.record)) setKey(record, name, readAny(trace.record[name]));
  trace.rewrite(record);
  trace.leaveOut('trace');

  const isExpected = (one: JsonObject) => isJsonObject(one.expectation);
  const assessments = trace.items('assessments');
  const expectations = assessments.filter(isExpected).map((one) => new RecordReader(one));
  const reference: JsonObject = {};
  for (const one of expectations) {
    const expected = one.open('expectation').take('value');
    if (expected !== null) setKey(reference, takeName(one), expected);
  }
  trace.keep({ expectations: restOf(expectations) });
  const response = trace.take('response');
  const state = textAt(record, 'state') ?? textAt(record, 'status');
  const isFailed = state !== undefined && /(?:^|\.)error$/i.test(state);
  const duration = trace.figure('execution_duration') ?? readScore(record.execution_time_ms);
  const usage = readAny(
    memberAt(memberAt(record, 'trace_metadata') ?? record.request_metadata, TOKEN_USAGE),
  );
  return {
    // What the client called the request; trace_id is MLflow's, and differs from run to run.
    id: trace.text('client_request_id') ?? null,
    inputs: trace.take('request') ?? { input: null },
    ...known({ reference_outputs: reference }),
    outputs: response ?? (isFailed ? null : { output: null }),
    error: isFailed ? 'the trace’s state is ERROR' : null,
    start_time: trace.take('request_time', 'timestamp_ms'),
    latency_ms: isFiniteNumber(duration) ? duration : null,
    feedback: assessments
      .filter((one) => !isExpected(one))
      .map((one) => feedbackOf(one, readAssessment)),
    metadata: readUsage(new RecordReader(usage)),
  };
}

function takeName(assessment: RecordReader): string {
  return assessment.text('assessment_name') ?? assessment.text('name') ?? 'assessment';
}

/** A judge that failed says so in its feedback’s error, and has no score. */
function readAssessment(assessment: RecordReader): JsonObject {
  const feedback = assessment.open('feedback');
  const failed = [feedback, assessment].find(({ record }) => (record.error ?? null) !== null);
  const failure =
    failed?.text('error') ?? failed?.open('error').text('error_message', 'error_code');
  const stated = failed ? null : readScore(feedback.take('value') ?? assessment.take('value'));
  const isStructured = Array.isArray(stated) || isJsonObject(stated);
  return {
    key: takeName(assessment),
    score: isStructured ? null : stated,
    value: isStructured ? stated : null,
    comment: failure ?? assessment.text('rationale') ?? null,
  };
}

/** Requests and responses are kept as JSON text, texts among them in quotes. */
function readAny(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string') return value ?? null;
  if (value === '') return null;
  if (!/^".*"$/s.test(value)) return readCell(value);
  return tryParseJson(value) ?? value;
}
