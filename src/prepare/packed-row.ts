import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../json/value.js';
import type { Feedback, Giver, ScoreSource } from '../results/feedback.js';
import type { ChildRun, Result } from '../results/result.js';
import { type Changes, printPayload, roundScore, storableText, withKeys } from './sendable.js';
import type { RowTimes } from './time-range.js';

/** A score in a package. `score`, `value` and `correction` are JSON text that the server takes. */
export interface PackedScore {
  readonly key: string;
  readonly score?: string | undefined;
  readonly value?: string | undefined;
  readonly comment?: string | undefined;
  readonly correction?: string | undefined;
  readonly isError?: boolean | undefined;
  readonly source?: ScoreSource | undefined;
  readonly giver?: PackedGiver | undefined;
}

/** Its metadata is JSON text. */
interface PackedGiver extends Omit<Giver, 'metadata'> {
  readonly metadata?: string | undefined;
}

/** What a package says of a run besides its payloads. Times are microseconds. */
export interface RunHead {
  readonly name?: string | undefined;
  readonly runType?: string | undefined;
  readonly error?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly latencyUs?: number | undefined;
  readonly scores?: readonly PackedScore[] | undefined;
  readonly children?: readonly RunHead[] | undefined;
}

/** What a package says of a row besides its payloads. */
export interface RowHead extends RunHead {
  /** Position among the rows of its experiment, from 0. */
  readonly row: number;
  /** The run that it is a copy of. */
  readonly runId?: string | undefined;
  readonly line: number;
  readonly column?: number | undefined;
  /** The row's own. */
  readonly id?: string | undefined;
  /** UUID of the example that the row answers; absent of a row that cannot be recorded. */
  readonly example?: string | undefined;
  /** The first row of its experiment that answers this example. */
  readonly isFirst?: true | undefined;
  /** The row names its example. */
  readonly isNamed?: true | undefined;
  /** UUID of the example that a row which names one is of in a dataset that has no such example; absent without inputs. */
  readonly byContent?: string | undefined;
  /** The first row of its experiment with this `example` and this `byContent`. */
  readonly isFirstByContent?: true | undefined;
  readonly split?: readonly string[] | undefined;
  /** Why the row cannot be recorded. */
  readonly problem?: string | undefined;
  /** The text of a row that could not be parsed. */
  readonly text?: string | undefined;
}

/** A row as it lies in a package. Of the payloads, those that a row does not have are empty. */
export interface PackedRow {
  /** Where it was read. */
  readonly file: string;
  readonly head: RowHead;
  readonly payloads: Payloads;
}

/** In this order; then inputs, outputs and metadata of each child run, depth first. */
export const PAYLOAD = {
  inputs: 0,
  outputs: 1,
  metadata: 2,
  reference: 3,
  exampleMetadata: 4,
  /** The whole row as it was read, where the server does not take all of it as it is. */
  original: 5,
} as const;

const OF_ROW = 6;
const OF_CHILD = 3;

export type Payloads = readonly Uint8Array[];

/** The payloads of a run's `n`th descendant, counted depth first from 0. */
export function payloadsOfChild(payloads: Payloads, n: number): Payloads {
  return payloads.slice(OF_ROW + n * OF_CHILD, OF_ROW + (n + 1) * OF_CHILD);
}

/** Marks a run whose row gave no time at all: its start is its end, and says nothing of how long it took. */
export const UNTIMED = 'untimed';
/** Under which a run's metadata, and by `--identity id` its example's, has the row's own id. */
export const ROW_ID = 'row_id';

/**
 * Turns a result into what is kept and sent of it: payloads printed once, in words that the server takes.
 *
 * @param options.original the row as it was read; kept only if something had to be replaced.
 * @param options.tellsExample the row's own id goes into the example's metadata too.
 */
export function packResult(
  result: Result,
  options: { changes: Changes; original: JsonValue; tellsExample: boolean },
): { run: RunHead; payloads: string[] } {
  const { changes, original, tellsExample } = options;
  const { id, referenceOutputs, exampleMetadata } = result;
  const before = changes.total;
  const payloads: string[] = [];
  const facts = factsOf(result);
  const run = packRun(result, payloads, changes, facts);
  const ofExample =
    tellsExample && id !== undefined
      ? withFacts(exampleMetadata ?? {}, { [ROW_ID]: id })
      : exampleMetadata;
  payloads.push(
    referenceOutputs ? printPayload(referenceOutputs, changes) : '',
    ofExample ? printPayload(ofExample, changes) : '',
    '',
  );
  const children = packBelow(result, payloads, changes);
  if (changes.total > before) payloads[PAYLOAD.original] = printJson(original);
  return { run: children ? { ...run, children } : run, payloads };
}

function isUntimed({ startTime, endTime, latencyUs }: RowTimes): boolean {
  return (startTime ?? endTime ?? latencyUs) === undefined;
}

function packBelow(
  { childRuns }: Result | ChildRun,
  payloads: string[],
  changes: Changes,
): RunHead[] | undefined {
  if (childRuns.length === 0) return undefined;
  return childRuns.map((child) => {
    const run = packRun(child, payloads, changes);
    const children = packBelow(child, payloads, changes);
    return children ? { ...run, children } : run;
  });
}

/** @param facts that metadata is to have; a member with such a name that says something else is renamed. */
function packRun(
  run: Result | ChildRun,
  payloads: string[],
  changes: Changes,
  facts?: JsonObject,
): RunHead {
  const metadata = facts ? withFacts(run.metadata, facts) : run.metadata;
  const exact: JsonObject = {};
  const scores = run.feedback.length > 0 ? packScores(run.feedback, changes, exact) : undefined;
  const isExact = Object.keys(exact).length === 0;
  payloads.push(
    run.inputs ? printPayload(run.inputs, changes) : '',
    run.outputs ? printPayload(run.outputs, changes) : '',
    printPayload(isExact ? metadata : withKeys(metadata, exact), changes),
  );
  return {
    name: run.name && storableText(run.name, changes),
    runType: run.runType,
    error: run.error === undefined ? undefined : storableText(run.error, changes),
    tags: run.tags.length > 0 ? run.tags.map((tag) => storableText(tag, changes)) : undefined,
    startTime: run.startTime,
    endTime: run.endTime,
    latencyUs: run.latencyUs,
    scores,
  };
}

/** What a run's metadata says of its row; undefined if nothing. */
function factsOf(result: Result): JsonObject | undefined {
  const { id } = result;
  const untimed = isUntimed(result);
  if (id === undefined && !untimed) return undefined;
  return { ...(id !== undefined && { [ROW_ID]: id }), ...(untimed && { [UNTIMED]: true }) };
}

function withFacts(metadata: JsonObject, facts: JsonObject): JsonObject {
  const all: JsonObject = {};
  for (const key of Object.keys(metadata)) {
    const isOther = Object.hasOwn(facts, key) && facts[key] !== metadata[key];
    let kept = isOther ? `source_${key}` : key;
    while (kept !== key && Object.hasOwn(metadata, kept)) kept = `source_${kept}`;
    setKey(all, kept, metadata[key] as JsonValue);
  }
  return withKeys(all, facts);
}

/** @param exact takes the scores as they were read, where they are finer than what the server takes. */
function packScores(
  feedback: readonly Feedback[],
  changes: Changes,
  exact: JsonObject,
): PackedScore[] {
  return feedback.map((one) =>
    packScore(one, changes, (finer) => {
      exact[`scores.${one.key}`] = finer;
      changes.note(
        'score rounded to 4 decimals, as LangSmith stores it; the exact one is in the run’s metadata',
      );
    }),
  );
}

/** @param keepExact is given the score as it was read, where it is finer than what the server takes. */
export function packScore(
  { key, score, value, comment, correction, isError, source, giver }: Feedback,
  changes: Changes,
  keepExact: (text: string) => void,
): PackedScore {
  const rounded = score === undefined ? undefined : roundScore(score);
  if (rounded?.exact !== undefined) keepExact(rounded.exact);
  return {
    key: storableText(key, changes),
    score: rounded?.json,
    value: value === undefined ? undefined : printPayload(value, changes),
    comment: comment === undefined ? undefined : storableText(comment, changes),
    correction: correction === undefined ? undefined : printPayload(correction, changes),
    isError,
    source,
    giver: giver && {
      ...giver,
      metadata: giver.metadata && printPayload(giver.metadata, changes),
    },
  };
}

/** A row of our own shape that packs into the same again: as it was read, where something had to be replaced. */
export function unpackRow({ head, payloads }: PackedRow): JsonObject {
  const original = read(payloads[PAYLOAD.original]);
  if (isJsonObject(original)) return original;
  if (head.problem !== undefined) return {};
  const { id, example, isNamed, split } = head;
  const row = unpackRun(head, payloads);
  const metadata = row.metadata as JsonObject;
  if (metadata[ROW_ID] === id) delete metadata[ROW_ID];
  if (isUntimed(head)) delete metadata[UNTIMED];
  if (id !== undefined) row.id = id;
  if (isNamed && example !== undefined) row.example_id = example;
  if (split) row.split = [...split];
  setIfRead(row, 'reference_outputs', payloads[PAYLOAD.reference]);
  setIfRead(row, 'example_metadata', payloads[PAYLOAD.exampleMetadata]);
  let n = 0;
  const below = (runs: readonly RunHead[] = []): JsonObject[] =>
    runs.map((run) => {
      const child = unpackRun(run, payloadsOfChild(payloads, n++));
      if (run.children) child.child_runs = below(run.children);
      return child;
    });
  if (head.children) row.child_runs = below(head.children);
  return row;
}

function unpackRun(head: RunHead, payloads: Payloads): JsonObject {
  const { name, runType, error, tags, startTime, endTime, latencyUs, scores } = head;
  const run: JsonObject = {};
  setIfRead(run, 'inputs', payloads[PAYLOAD.inputs]);
  setIfRead(run, 'outputs', payloads[PAYLOAD.outputs]);
  run.metadata = read(payloads[PAYLOAD.metadata]) ?? {};
  const facts = {
    name,
    run_type: runType,
    error,
    start_time: inSeconds(startTime),
    end_time: inSeconds(endTime),
  };
  for (const [key, value] of Object.entries(facts)) if (value !== undefined) run[key] = value;
  if (latencyUs !== undefined) run.latency_ms = latencyUs / 1000;
  if (tags) run.tags = [...tags];
  const given = scores?.filter(({ isError }) => !isError);
  if (given) run.feedback = given.map((score) => unpackScore(score, run.metadata as JsonObject));
  return run;
}

/** The exact score, which metadata has where the server's is rounded, is put back. */
function unpackScore(
  { key, score, value, comment, correction, giver }: PackedScore,
  metadata: JsonObject,
): JsonObject {
  const item: JsonObject = { key };
  const kept = metadata[`scores.${key}`];
  // Of several scores under one key, it is the last one's.
  const isExact = typeof kept === 'string' && roundScore(new JsonNumber(kept)).json === score;
  if (score !== undefined) item.score = parseJson(isExact ? kept : score);
  if (value !== undefined) item.value = parseJson(value);
  if (comment !== undefined) item.comment = comment;
  if (correction !== undefined) item.correction = parseJson(correction);
  if (giver) item.feedback_source = unpackGiver(giver);
  return item;
}

function unpackGiver({ type, metadata, id }: PackedGiver): JsonObject {
  return {
    type,
    ...(metadata !== undefined && { metadata: parseJson(metadata) }),
    ...(id !== undefined && { id }),
  };
}

/** Text with all six decimals: a double does not hold today's microseconds as seconds. */
function inSeconds(us: number | undefined): string | undefined {
  if (us === undefined) return undefined;
  const ms = Math.floor(us / 1000);
  const fraction = String(us - ms * 1000).padStart(3, '0');
  return new Date(ms).toISOString().replace('Z', `${fraction}Z`);
}

function setIfRead(row: JsonObject, key: string, payload: Uint8Array | undefined): void {
  const value = read(payload);
  if (value !== undefined) row[key] = value;
}

function read(payload: Uint8Array | undefined): JsonValue | undefined {
  return payload && payload.length > 0 ? parseJson(Buffer.from(payload).toString()) : undefined;
}
