import { JsonSyntaxError, parseJson } from '../../../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import type { FlatSample } from '../../format-kit/pandas.js';
import { addMetadata, without } from '../../format-kit/reader.js';
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
export function readTrace(record: JsonObject): JsonObject {
  const assessments = listOf(record.assessments).filter(isJsonObject);
  const reference: JsonObject = {};
  for (const one of assessments) {
    const expected = memberAt(objectAt(one, 'expectation'), 'value');
    if (expected !== undefined) setKey(reference, nameOf(one), expected);
  }
  const response = readAny(record.response);
  const state = textAt(record, 'state') ?? textAt(record, 'status');
  const isFailed = state !== undefined && /(?:^|\.)error$/i.test(state);
  const duration = readScore(record.execution_duration ?? record.execution_time_ms);
  return {
    inputs: readAny(record.request) ?? { input: null },
    ...known({ reference_outputs: reference }),
    outputs: response ?? (isFailed ? null : { output: null }),
    error: isFailed ? 'the trace’s state is ERROR' : null,
    start_time: record.request_time ?? record.timestamp_ms ?? null,
    latency_ms: isFiniteNumber(duration) ? duration : null,
    feedback: assessments
      .filter((one) => objectAt(one, 'expectation') === undefined)
      .map(readFeedback),
    metadata: readMetadata(record),
  };
}

/** In a table, the list is JSON; what Python printed of it is no list, and goes to metadata. */
function listOf(assessments: JsonValue | undefined): JsonValue[] {
  const list = readAny(assessments);
  return Array.isArray(list) ? list : [];
}

function nameOf(assessment: JsonObject): string {
  return textAt(assessment, 'assessment_name') ?? textAt(assessment, 'name') ?? 'assessment';
}

/** A judge that failed says so in its feedback’s error, and has no score. */
function readFeedback(assessment: JsonObject): JsonObject {
  const feedback = objectAt(assessment, 'feedback') ?? {};
  const error = memberAt(feedback, 'error') ?? memberAt(assessment, 'error');
  const failure = textAt(error, 'error_message') ?? textAt(error, 'error_code') ?? error;
  const value = memberAt(feedback, 'value') ?? memberAt(assessment, 'value');
  const told = error === undefined ? readScore(value) : null;
  const isStructured = Array.isArray(told) || isJsonObject(told);
  const rationale = textAt(assessment, 'rationale');
  return {
    ...without(assessment, 'assessment_name', 'name', 'feedback', 'rationale', 'value', 'error'),
    key: nameOf(assessment),
    score: isStructured ? null : told,
    value: isStructured ? told : null,
    comment: typeof failure === 'string' ? failure : (rationale ?? null),
  };
}

function readMetadata(record: JsonObject): JsonObject {
  const own = readAny(record.trace_metadata ?? record.request_metadata);
  const usage = readAny(memberAt(own, TOKEN_USAGE));
  const metadata: JsonObject = {};
  if (isJsonObject(usage)) metadata.usage_metadata = usage;
  for (const name of Object.keys(without(record, ...TOLD_ELSEWHERE)))
    addMetadata(metadata, { [name]: readAny(record[name]) });
  if (typeof record.assessments === 'string' && listOf(record.assessments).length === 0)
    addMetadata(metadata, { assessments: record.assessments });
  return metadata;
}

const TOLD_ELSEWHERE = [
  'request',
  'response',
  'assessments',
  'trace',
  'request_time',
  'timestamp_ms',
  'execution_duration',
];

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
