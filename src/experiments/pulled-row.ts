import type { Printable } from '../json/print.js';
import { isNumber, JsonNumber, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { isoTime, type Micros, parseTime } from '../langsmith/time.js';
import type { Run, RunFeedback } from '../langsmith/wire.js';
import { exampleIdByContent } from '../recorder/ids.js';
import { splitOff } from '../results/splits.js';
import { uuidText } from '../uuid.js';
import type { AnsweredExample } from './answers.js';
import { isUntimed, latencyOf, rowIdOf } from './row-head.js';

/** A run with its scores and the runs below it. */
export interface PulledRun {
  readonly run: Run;
  readonly feedback: readonly RunFeedback[];
  readonly below: PulledRun[];
}

interface PulledExample {
  readonly exampleId: string | undefined;
  readonly example: AnsweredExample | undefined;
  readonly datasetId: string;
  readonly exampleIds: boolean;
  /** Whether scores name themselves, so that a copy of them is made once. */
  readonly feedbackIds?: boolean | undefined;
}

export type RowFields = { readonly [name: string]: Printable | undefined };

/** The row that `record` would make this root run of, and those below it. */
export function rowOf(root: PulledRun, place: PulledExample): RowFields {
  const { exampleId, example, datasetId, exampleIds } = place;
  const rowId = rowIdOf(root.run);
  const run = { ...root.run, metadata: asInRow(root.run.metadata, rowId) };
  const { inputs, outputs, error } = run;
  const { metadata = {}, split = [] } = example ? splitOff(example.metadata) : {};
  const reference = example?.referenceOutputs;
  const isNamedByContent = uuidText(exampleIdByContent(datasetId, inputs, reference)) === exampleId;
  return {
    id: rowId,
    example_id: exampleIds && example && !isNamedByContent ? exampleId : undefined,
    inputs,
    // A row needs outputs or an error; a run that has not ended has neither.
    outputs: outputs ?? (error === undefined ? {} : undefined),
    reference_outputs: reference,
    ...runFields({ ...root, run }, undefined, place.feedbackIds),
    split: split.length > 0 ? [...split] : undefined,
    example_metadata: unlessEmpty(asInRow(metadata, rowId)),
  };
}

/** A run above others. */
interface Above {
  readonly run: Run;
  /** It is not at the time that it was, if it had any, by itself or with one above it. */
  readonly isMoved: boolean;
}

function childOf(child: PulledRun, parent: Above, feedbackIds: boolean | undefined): RowFields {
  return {
    inputs: unlessEmpty(child.run.inputs),
    outputs: child.run.outputs,
    ...runFields(child, parent, feedbackIds),
  };
}

function runFields(
  pulled: PulledRun,
  parent: Above | undefined,
  feedbackIds: boolean | undefined,
): RowFields {
  const { run, below } = pulled;
  const isMoved = parent?.isMoved === true || originalOf(run) !== undefined || isUntimed(run);
  const { metadata, feedback } = restoreScores(pulled, feedbackIds === true);
  const times = timesOf(run, parent);
  for (const name of times.taken) delete metadata[name];
  return {
    error: run.error,
    ...times.fields,
    feedback: feedback.length > 0 ? feedback : undefined,
    metadata: unlessEmpty(metadata),
    tags: run.tags.length > 0 ? run.tags : undefined,
    name: run.name,
    run_type: run.runType,
    child_runs:
      below.length > 0
        ? below.map((child) => childOf(child, { run, isMoved }, feedbackIds))
        : undefined,
  };
}

const ORIGINAL = ['original_start_time', 'original_end_time'] as const;

/**
 * The true times of a run: those it had before a recording moved it. One that was moved with its parent, and has no
 * times of its own in metadata, never had any: only how long it took is known.
 */
function timesOf(
  run: Run,
  parent: Above | undefined,
): { fields: RowFields; taken: readonly string[] } {
  if (isUntimed(run)) return { fields: {}, taken: ['untimed'] };
  const [start, end] = [parseTime(run.startTime), run.endTime && parseTime(run.endTime)];
  const original = originalOf(run);
  if (original) return { fields: spell(original.start, original.end), taken: ORIGINAL };

  const isMovedAlong = parent?.isMoved === true && run.startTime === parent.run.startTime;
  if (!isMovedAlong) return { fields: spell(start, end || undefined), taken: [] };
  const latency = run.endTime === parent.run.endTime ? undefined : latencyOf(run);
  return { fields: latency === undefined ? {} : { latency }, taken: [] };
}

function originalOf({ metadata }: Run): { start: Micros; end: Micros } | undefined {
  const [start, end] = ORIGINAL.map((name) => metadata[name]);
  if (typeof start !== 'string' || typeof end !== 'string') return undefined;
  if (Number.isNaN(Date.parse(start)) || Number.isNaN(Date.parse(end))) return undefined;
  return { start: parseTime(start), end: parseTime(end) };
}

/** Without an end before the start, which no row may have. */
function spell(start: Micros, end: Micros | undefined): RowFields {
  return {
    start_time: isoTime(start),
    end_time: end !== undefined && end >= start ? isoTime(end) : undefined,
  };
}

/** Metadata as the row gave it: its id has a field of its own, and a member of that name has its name again. */
function asInRow(metadata: JsonObject, rowId: string | undefined): JsonObject {
  const own: JsonObject = {};
  for (const name of Object.keys(metadata)) {
    if (name === 'row_id' && metadata.row_id === rowId) continue;
    setKey(own, name === 'source_row_id' ? 'row_id' : name, metadata[name] as JsonValue);
  }
  return own;
}

/** Scores with all their decimals, where a recording kept the exact ones in metadata. */
function restoreScores(
  { run, feedback }: PulledRun,
  feedbackIds: boolean,
): {
  metadata: JsonObject;
  feedback: RowFields[];
} {
  const metadata: JsonObject = {};
  for (const name of Object.keys(run.metadata))
    setKey(metadata, name, run.metadata[name] as JsonValue);

  // Servers give them in an order of their own; sorted, the same experiment gives the same file.
  const inOrder = [...feedback].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const restored = inOrder.map((one) => {
    const { key, score, value, comment, correction } = one;
    const exact = exactScore(metadata[`scores.${key}`], score);
    if (exact) delete metadata[`scores.${key}`];
    const source = sourceOf(one, feedbackIds);
    return { key, score: exact ?? score, value, comment, correction, feedback_source: source };
  });
  return { metadata, feedback: restored };
}

/** Undefined of a score that came with its row. */
function sourceOf(
  { id, sourceType: type = 'model', source, userName }: RunFeedback,
  feedbackIds: boolean,
): RowFields | undefined {
  const metadata = unlessEmpty(
    userName === undefined ? source : { ...source, user_name: userName },
  );
  if (!feedbackIds && type === 'model' && !metadata) return undefined;
  return { type, metadata, id: feedbackIds ? id : undefined };
}

function exactScore(kept: JsonValue | undefined, score: JsonValue | undefined) {
  if (typeof kept !== 'string' || !isNumber(score) || !/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(kept))
    return undefined;
  return Number(Number(kept).toFixed(4)) === Number(score) ? new JsonNumber(kept) : undefined;
}

function unlessEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
