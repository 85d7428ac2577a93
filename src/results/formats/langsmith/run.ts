import { printJson } from '../../../json/print.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { known, objectAt, saysNothing, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { feedbackOf, type RecordReader } from '../../format-kit/reader.js';
import { readUsage } from '../../format-kit/usage.js';
import { RUN_TYPES } from '../../run-types.js';
import { isWithoutZone, readWhen } from '../../when.js';

/** What says where a run is among others: its row and child runs say the same. */
const STRUCTURE = [
  ...['id', 'trace_id', 'dotted_order', 'parent_run_id', 'parent_run_ids', 'is_root'],
  ...['child_run_ids', 'direct_child_run_ids', 'execution_order', 'session_name'],
];
/** Addresses that anyone can open who has them. */
const SIGNED = ['inputs_s3_urls', 'outputs_s3_urls', 's3_urls', 'share_token', 'share_url'];
const PREVIEWS = ['inputs_preview', 'outputs_preview', 'error_preview'];
const US_PER_MS = 1000;
const ATTACHMENTS = 'attachments are not carried over; their names are in metadata';

/** Says once more what was assumed of a row. */
export type Note = (text: string) => void;

/**
 * Reads a run as LangSmith gives it, in version 1 or 2 of its API, or as an SDK sends it: the fields that a row and a child
 * run share.
 *
 * @param stated feedback on the run that stands next to it.
 * @see https://docs.langchain.com/langsmith/run-data-format
 */
export function readRunFields(
  run: RecordReader,
  note: Note,
  stated: readonly JsonObject[] = [],
): JsonObject {
  const extra = run.merge('extra');
  const metadata = { ...run.object('metadata'), ...extra.object('metadata') };
  const error = run.text('error') ?? failureOf(run.record);
  const feedback = readScores(run, stated, note);
  run.leaveOut(STRUCTURE, SIGNED, PREVIEWS);
  if (isTold(run.record)) run.leaveOut('status');
  if (exampleOf(run.record) !== null) run.leaveOut('reference_example_id');
  return {
    inputs: run.take('inputs'),
    outputs: run.take('outputs'),
    error: error ?? null,
    ...readTimes(run),
    name: run.text('name') ?? null,
    run_type: readType(run),
    tags: run.list('tags') ?? null,
    feedback,
    metadata: {
      ...metadata,
      ...readModel(metadata, run.record, extra.record),
      ...readTokens(metadata, run),
      ...readAttachments(run, note),
    },
  };
}

/** The id of a run’s example, where it has one. */
export function exampleOf(run: JsonObject): string | null {
  const id = textAt(run, 'reference_example_id') ?? '';
  return isUuid(id) ? id : null;
}

/** What its experiment is called: on the wire a session, or a project. */
export function experimentOf(run: JsonObject): { key: string; name: string } | undefined {
  const id = textAt(run, 'session_id') ?? textAt(run, 'project_id');
  const name = textAt(run, 'session_name');
  if (id === undefined) return name === undefined ? undefined : { key: name, name };
  return { key: id, name: name ?? id.slice(0, 8) };
}

/** Why a root run cannot be a row; undefined if it can. */
export function refusalOf(run: JsonObject): string | undefined {
  const isOpen = (run.end_time ?? null) === null && statusOf(run) !== 'success';
  if (isOpen && (run.outputs ?? null) === null && failureOf(run) === undefined)
    return 'the run has neither outputs nor an error: it has not ended, or they were not asked for';
  if ((run.inputs ?? null) !== null || exampleOf(run) !== null) return undefined;
  const where = objectAt(run, 'inputs_s3_urls') ? '; inputs_s3_urls says where they are' : '';
  return `the inputs of the run are not in the file${where}`;
}

function statusOf(run: JsonObject): string | undefined {
  return textAt(run, 'status')?.toLowerCase();
}

/** What a run that failed says of it, besides its error. */
function failureOf(run: JsonObject): string | undefined {
  const error = textAt(run, 'error');
  if (error !== undefined || statusOf(run) !== 'error') return error;
  return textAt(run, 'error_preview') ?? 'the run failed, and does not say why';
}

/** Whether its status says no more than its outputs or error do. */
function isTold(run: JsonObject): boolean {
  const status = statusOf(run);
  return status === 'error' || (status === 'success' && textAt(run, 'error') === undefined);
}

/** Reads when a run started and ended; its dotted order says the start where only a part of it is here. */
function readTimes(run: RecordReader): JsonObject {
  const [end, start] = [inUtc(run.take('end_time')), inUtc(run.take('start_time'))];
  const [, time = null] =
    /(\d{8}T\d{12}Z)[^.]*$/.exec(textAt(run.record, 'dotted_order') ?? '') ?? [];
  const latency = run.figure('latency_seconds') ?? run.figure('latency');
  const began = start ?? (time && `${time.slice(0, -7)}.${time.slice(-7)}`);
  return {
    start_time: began,
    end_time: isWithinTheSameMs(began, end) ? began : end,
    latency: end === null ? (latency ?? null) : null,
  };
}

/**
 * The JS SDK puts the order of runs where a start’s microseconds would be, and has none for an end: a run of less than a
 * millisecond seems to end before it starts. @see npm langsmith, run_trees: convertToDottedOrderFormat
 */
function isWithinTheSameMs(start: JsonValue, end: JsonValue): boolean {
  const us = Number(readWhen(start)) - Number(readWhen(end));
  return us > 0 && us < US_PER_MS;
}

/** Times of LangSmith are in UTC, whether or not they say so. */
function inUtc(time: JsonValue): JsonValue {
  return isWithoutZone(time) ? `${time}Z` : time;
}

/** Version 2 writes kinds of runs in capitals. */
function readType(run: RecordReader): JsonValue {
  const type = RUN_TYPES.find((one) => one === textAt(run.record, 'run_type')?.toLowerCase());
  if (type) run.leaveOut('run_type');
  return type ?? null;
}

/** Where LangSmith names no model, the parameters of the call do. */
function readModel(metadata: JsonObject, ...holders: readonly JsonObject[]): JsonObject {
  if (textAt(metadata, 'ls_model_name') !== undefined) return {};
  const parameters = [
    ...holders.map((holder) => objectAt(holder, 'invocation_params')),
    objectAt(metadata, 'ls_invocation_params'),
  ];
  const names = ['model', 'model_name', 'model_id', 'deployment_name'];
  const [model] = parameters.flatMap((one) => names.flatMap((name) => textAt(one, name) ?? []));
  const provider = textAt(metadata, 'ls_provider');
  return { ...splitModel(model), ...known({ ls_provider: provider }) };
}

/** A run that used no model is given counts of 0. What its metadata says of tokens is finer than the run's own counts. */
function readTokens(metadata: JsonObject, run: RecordReader): JsonObject {
  const counts = objectAt(readUsage(run), 'usage_metadata') ?? {};
  const given = objectAt(metadata, 'usage_metadata') ?? {};
  const isUsed = Object.values(counts).some((count) => !isNumber(count) || Number(count) > 0);
  return known({ usage_metadata: { ...(isUsed && counts), ...given } });
}

/** By their names, as their content is not in the file. */
function readAttachments(run: RecordReader, note: Note): JsonObject {
  const PREFIX = 'attachment.';
  const names = ['attachments', 'attachment_urls'].flatMap((name) => {
    const files = run.take(name);
    return isJsonObject(files) ? Object.keys(files) : [];
  });
  const stored = Object.keys(objectAt(run.record, 's3_urls') ?? {});
  const all = [...names, ...stored.filter((name) => name.startsWith(PREFIX))];
  if (all.length === 0) return {};
  note(ATTACHMENTS);
  return { attachments: [...new Set(all.map((name) => name.replace(PREFIX, '')))] };
}

/** What says where feedback belongs, which its run says already, and when it was given. */
const PLACE = [
  ...['id', 'run_id', 'trace_id', 'session_id', 'start_time', 'is_root'],
  ...['created_at', 'modified_at', 'source_run_id', 'target_run_id', 'sourceRunId', 'targetRunId'],
];
const MEAN =
  'a score that was given several times is their mean; how many there are is in metadata';

/**
 * Scores of a run: what was said of it one by one (`feedbacks`), and under other keys what that comes to
 * (`feedback_stats`).
 *
 * @param stated feedback that is known from elsewhere.
 * @see https://api.smith.langchain.com/redoc, RunSchemaComparisonView
 */
function readScores(
  run: RecordReader,
  stated: readonly JsonObject[],
  note: (text: string) => void,
): JsonObject[] {
  const each = [...stated, ...run.items('feedbacks').map(readFeedback)];
  const keys = new Set(each.map(({ key }) => key));
  const stats = run.object('feedback_stats') ?? {};
  for (const key of Object.keys(stats)) {
    const figures = stats[key] ?? null;
    if (keys.has(key) || saysNothing(figures)) continue;
    if (countOf(figures) > 1) note(MEAN);
    each.push(readFigures(key, figures));
  }
  return each;
}

/** Feedback as the API and the SDKs spell it. */
function readFeedback(given: JsonObject): JsonObject {
  return feedbackOf(given, (one) => {
    one.leaveOut(PLACE);
    return {
      key: one.take('key'),
      score: one.take('score'),
      value: one.take('value'),
      comment: one.text('comment') ?? null,
      correction: one.take('correction'),
    };
  });
}

/** The results of evaluators as the SDKs give them: `{results: [{key, score, …}]}`. */
export function readResults(evaluation: RecordReader): JsonObject[] {
  const results = evaluation.items('results');
  const isNamed = (one: JsonObject) => textAt(one, 'key') !== undefined;
  evaluation.keep({ results: results.filter((one) => !isNamed(one)) });
  return results.filter(isNamed).map(readFeedback);
}

function countOf(figures: JsonValue): number {
  return isJsonObject(figures) && isNumber(figures.n) ? Number(figures.n) : 1;
}

/** What the feedback under one key comes to: `{n, avg, values: {label: count}, comments: […]}`. */
function readFigures(key: string, figures: JsonValue): JsonObject {
  if (!isJsonObject(figures)) return { key, value: figures };
  return feedbackOf(figures, (one) => {
    const isCounted = Object.values(objectAt(figures, 'values') ?? {}).every(isNumber);
    const values = (isCounted && one.object('values')) || {};
    const [label] = Object.keys(values);
    const comments = one.texts('comments');
    const isAll = label !== undefined && Number(values[label]) === countOf(figures);
    const copies = [figures.avg, 0, false].map((figure) => printJson(figure ?? null));
    if (isNumber(figures.n) && Number(figures.n) === 1) one.leaveOut('n');
    const figured = one.left().filter((name) => name !== 'avg' && name !== 'n');
    one.leaveOut(figured.filter((name) => copies.includes(printJson(figures[name] ?? null))));
    return {
      key,
      score: one.number('avg') ?? null,
      value: label === undefined ? null : isAll ? label : values,
      comment: comments.length > 0 ? comments.join('\n') : null,
    };
  });
}
