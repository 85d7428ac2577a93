import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import {
  encodeParts,
  type FormPart,
  type FormPiece,
  type Json,
  joinJson,
  sizeOf,
  withJson,
} from './multipart.js';
import { isoTime, type Micros, orderTime } from './time.js';

/** A run as it is sent. Payloads are JSON, printed once. */
export interface RunUpload {
  readonly id: string;
  readonly name: string;
  readonly runType: string;
  readonly start: Micros;
  readonly end: Micros;
  /** From the root down; empty for the root itself. */
  readonly ancestors: readonly Pick<RunUpload, 'id' | 'start'>[];
  /** The example that a root run answers. */
  readonly exampleId?: string | undefined;
  readonly inputs: Json;
  readonly outputs?: Json | undefined;
  readonly error?: string | undefined;
  /** An object, possibly in several chunks. */
  readonly metadata: readonly Json[];
  readonly tags: readonly string[];
}

/** A score on a run. `score`, `value` and `correction` are JSON text. */
export interface FeedbackUpload {
  readonly id: string;
  readonly key: string;
  readonly runId: string;
  readonly traceId: string;
  readonly runStart: Micros;
  readonly score?: string | undefined;
  readonly value?: string | undefined;
  readonly comment?: string | undefined;
  readonly correction?: string | undefined;
  /** The scorer failed; the comment says why. */
  readonly isError?: boolean | undefined;
  /** Default `model`. */
  readonly sourceType?: string | undefined;
  /** What is known of the scorer. */
  readonly source?: JsonObject | undefined;
}

/** A score on an experiment. */
export type SummaryUpload = Pick<FeedbackUpload, 'id' | 'key' | 'score' | 'value' | 'comment'>;

/** What belongs to one row: a root run, the runs below it, and their feedback. */
export interface UnitUpload {
  readonly runs: readonly RunUpload[];
  readonly feedback: readonly FeedbackUpload[];
}

/** A unit in its wire form. Its pieces can be sent together, or one by one. */
export interface EncodedUnit {
  readonly runs: readonly FormPiece[];
  /** As parts of a form, or each as a body of POST /feedback. */
  readonly feedback: readonly FormPiece[];
  readonly runIds: readonly string[];
  readonly feedbackIds: readonly string[];
  readonly operations: number;
  readonly bytes: number;
}

/** How /runs/multipart and /runs/batch write a run. */
export type RunEncoding =
  | { readonly multipart: true; readonly boundary: string }
  | { readonly multipart: false };

export function encodeUnit(
  unit: UnitUpload,
  experimentId: string,
  encoding: RunEncoding,
): EncodedUnit {
  const runs = unit.runs.map((run) =>
    encoding.multipart
      ? encodeParts(runParts(run, experimentId), encoding.boundary)
      : plainPiece(runJson(run, experimentId)),
  );
  const feedback = unit.feedback.map((item) => {
    const json = feedbackJson(item, experimentId);
    return encoding.multipart
      ? encodeParts([[`feedback.${item.id}`, json]], encoding.boundary)
      : plainPiece([json]);
  });

  let bytes = 0;
  for (const run of runs) bytes += run.bytes;
  // Alone, scores do not go with their runs.
  if (encoding.multipart) for (const part of feedback) bytes += part.bytes;
  return {
    runs,
    feedback,
    runIds: unit.runs.map(({ id }) => id),
    feedbackIds: unit.feedback.map(({ id }) => id),
    operations: runs.length + feedback.length,
    bytes,
  };
}

function plainPiece(chunks: readonly Json[]): FormPiece {
  return { chunks, bytes: sizeOf(chunks) };
}

/** The fields that are not payloads, as JSON. @see https://api.smith.langchain.com/redoc, POST /runs */
function runHead(run: RunUpload, experimentId: string): string {
  const { id, ancestors, exampleId, tags } = run;
  let order = '';
  for (const above of ancestors) order += `${orderTime(above.start)}${above.id}.`;
  // Ids and times need no escapes, and printing an object would cost several times as much.
  let text =
    `{"id":"${id}","name":${JSON.stringify(run.name)},"run_type":"${run.runType}",` +
    `"start_time":"${isoTime(run.start)}","end_time":"${isoTime(run.end)}",` +
    `"trace_id":"${ancestors[0]?.id ?? id}","session_id":"${experimentId}",` +
    `"dotted_order":"${order}${orderTime(run.start)}${id}"`;
  const parent = ancestors.at(-1);
  if (parent) text += `,"parent_run_id":"${parent.id}"`;
  if (exampleId !== undefined) text += `,"reference_example_id":"${exampleId}"`;
  if (tags.length > 0) text += `,"tags":${JSON.stringify(tags)}`;
  return `${text}}`;
}

function runParts(run: RunUpload, experimentId: string): FormPart[] {
  const name = `post.${run.id}`;
  const parts: FormPart[] = [
    [name, runHead(run, experimentId)],
    [`${name}.inputs`, run.inputs],
    [`${name}.extra`, '{"metadata":', ...run.metadata, '}'],
  ];
  if (run.outputs !== undefined) parts.push([`${name}.outputs`, run.outputs]);
  if (run.error !== undefined) parts.push([`${name}.error`, JSON.stringify(run.error)]);
  return parts;
}

function runJson(run: RunUpload, experimentId: string): Json[] {
  return withJson(runHead(run, experimentId), {
    inputs: run.inputs,
    outputs: run.outputs,
    extra: joinJson(['{"metadata":', ...run.metadata, '}']),
    error: run.error === undefined ? undefined : JSON.stringify(run.error),
  });
}

/** A body of POST /feedback for a score of an experiment as a whole. */
export function summaryJson(
  { id, key, comment, score, value }: SummaryUpload,
  experimentId: string,
): string {
  const head = {
    id,
    key,
    run_id: null,
    session_id: experimentId,
    comment,
    feedback_source: { type: 'model' },
  };
  return withJson(head, { score, value }).join('');
}

/** A body of POST /feedback for a score of a run. */
export function feedbackJson(item: FeedbackUpload, experimentId: string): string {
  const { id, key, runId, traceId, runStart, score, value, comment, correction } = item;
  const { source, sourceType = 'model' } = item;
  const metadata = source ? `,"metadata":${printJson(source)}` : '';
  // Ids and times need no escapes, as in a run's head.
  let text =
    `{"id":"${id}","key":${JSON.stringify(key)},"run_id":"${runId}","trace_id":"${traceId}",` +
    `"session_id":"${experimentId}","start_time":"${isoTime(runStart)}",` +
    `"feedback_source":{"type":"${sourceType}"${metadata}}`;
  if (item.isError) text += ',"error":true';
  if (comment !== undefined) text += `,"comment":${JSON.stringify(comment)}`;
  if (score !== undefined) text += `,"score":${score}`;
  if (value !== undefined) text += `,"value":${value}`;
  if (correction !== undefined) text += `,"correction":${correction}`;
  return `${text}}`;
}
