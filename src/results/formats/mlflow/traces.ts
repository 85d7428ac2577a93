import { JsonSyntaxError, parseJson } from '../../../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import type { FlatSample } from '../../format-kit/pandas.js';
import { feedbackOf, type RecordReader } from '../../format-kit/reader.js';
import { isFiniteNumber, readCell, readScore } from '../../format-kit/values.js';

const TRACE = ['trace_id', 'request', 'response', 'assessments'];

/** Where a trace keeps the sum of its tokens. @see https://mlflow.org/docs/latest/genai/tracing, token usage */
const TOKEN_USAGE = 'mlflow.trace.tokenUsage';

/** Whether records are traces, as `mlflow.search_traces()` gives them. */
export function hasTraces({ columns, rows }: FlatSample): boolean {
  return (
    TRACE.every((name) => columns.includes(name)) &&
    rows.length > 0 &&
    rows.every((row) => Object.hasOwn(row, 'trace_id') && Object.hasOwn(row, 'assessments'))
  );
}

/** Makes a row of a trace. `trace` is left out: it is all the rest once more. */
export function readTrace(trace: RecordReader): JsonObject {
  const record: JsonObject = {};
  for (const name of Object.keys(trace.record)) setKey(record, name, readAny(trace.record[name]));
  trace.rewrite(record);
  trace.leaveOut('trace');

  const assessments = trace.items('assessments');
  const reference: JsonObject = {};
  for (const one of assessments) {
    const expected = memberAt(objectAt(one, 'expectation'), 'value');
    if (expected !== undefined) setKey(reference, nameOf(one), expected);
  }
  const response = trace.take('response');
  const state = textAt(record, 'state') ?? textAt(record, 'status');
  const isFailed = state !== undefined && /(?:^|\.)error$/i.test(state);
  const duration = readScore(trace.take('execution_duration') ?? record.execution_time_ms);
  const usage = readAny(
    memberAt(memberAt(record, 'trace_metadata') ?? record.request_metadata, TOKEN_USAGE),
  );
  return {
    inputs: trace.take('request') ?? { input: null },
    ...known({ reference_outputs: reference }),
    outputs: response ?? (isFailed ? null : { output: null }),
    error: isFailed ? 'the trace’s state is ERROR' : null,
    start_time: trace.take('request_time', 'timestamp_ms'),
    latency_ms: isFiniteNumber(duration) ? duration : null,
    feedback: assessments
      .filter((one) => objectAt(one, 'expectation') === undefined)
      .map((one) => feedbackOf(one, readAssessment)),
    metadata: isJsonObject(usage) ? { usage_metadata: usage } : {},
  };
}

function nameOf(assessment: JsonObject): string {
  return textAt(assessment, 'assessment_name') ?? textAt(assessment, 'name') ?? 'assessment';
}

/** A judge that failed says so in its feedback’s error, and has no score. */
function readAssessment(assessment: RecordReader): JsonObject {
  const feedback = assessment.open('feedback');
  const error = feedback.take('error') ?? assessment.take('error');
  const failure = textAt(error, 'error_message') ?? textAt(error, 'error_code') ?? error;
  const value = feedback.take('value') ?? assessment.take('value');
  const told = error === null ? readScore(value) : null;
  const isStructured = Array.isArray(told) || isJsonObject(told);
  const rationale = assessment.text('rationale');
  assessment.leaveOut('assessment_name', 'name');
  return {
    key: nameOf(assessment.record),
    score: isStructured ? null : told,
    value: isStructured ? told : null,
    comment: typeof failure === 'string' ? failure : (rationale ?? null),
  };
}

/** Requests and responses are kept as JSON text, texts among them in quotes. */
function readAny(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string') return value ?? null;
  if (value === '') return null;
  if (!/^".*"$/s.test(value)) return readCell(value);
  try {
    return parseJson(value);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return value;
    throw error;
  }
}
