import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { CHILD_FIELDS } from './child-runs.js';
import { isNotFinite, isWrapped } from './feedback.js';
import { shorten } from './found.js';
import { soundsLikeScore } from './named-columns/score-names.js';
import { ROW_FIELDS } from './result.js';
import { gatherRun } from './run-metadata.js';
import { isWithoutZone } from './when.js';

const NO_OUTPUTS = 'rows without outputs are recorded with their scores only';
const NO_ZONE = 'times without a zone are read as UTC';
const NO_SCORE = 'scores that are NaN, Infinity or a spreadsheet error are ignored';
const LIST_VALUE =
  'a score’s value that is a list is kept as {"values": […]}, since LangSmith accepts no lists';
const CORRECTION = 'a correction that is neither text nor an object is wrapped into an object';

/** Assumptions that were made of a good row, in words that are the same for all rows they were made for. */
export function notesOf(row: JsonValue): string[] {
  if (!isJsonObject(row)) return [];
  const notes: string[] = [];
  if ((row.outputs ?? row.error ?? null) === null) notes.push(NO_OUTPUTS);
  noteRun(row, ROW_FIELDS, 'in the run’s metadata', notes);

  const below: JsonValue[] = [row.child_runs ?? null];
  for (let runs = below.pop(); runs !== undefined; runs = below.pop()) {
    if (!Array.isArray(runs)) continue;
    for (const run of runs.filter(isJsonObject)) {
      noteRun(run, CHILD_FIELDS, 'in the metadata of its child run', notes);
      if (run.child_runs !== undefined) below.push(run.child_runs);
    }
  }
  return notes.length > 1 ? [...new Set(notes)] : notes;
}

function noteRun(
  run: JsonObject,
  known: ReadonlySet<string>,
  where: string,
  notes: string[],
): void {
  if (isWithoutZone(run.start_time) || isWithoutZone(run.end_time)) notes.push(NO_ZONE);
  if (isJsonObject(run.scores)) {
    for (const key of Object.keys(run.scores)) noteScore(run.scores[key], notes);
  }
  if (Array.isArray(run.feedback)) {
    for (const item of run.feedback) noteScore(item, notes);
  }
  const gathered = gatherRun(run, known);
  for (const note of gathered.notes) notes.push(note);
  for (const { name, kept } of gathered.kept) {
    const as = kept === name ? '' : ` as "${shorten(kept)}"`;
    const isScore = soundsLikeScore(name) && isScalar(run[name] as JsonValue);
    const but = isScore ? '; scores belong in "scores"' : '';
    notes.push(`field "${shorten(name)}" is kept ${where}${as}${but}`);
  }
}

function isScalar(value: JsonValue): boolean {
  return typeof value === 'boolean' || isNumber(value);
}

function noteScore(given: JsonValue | undefined, notes: string[]): void {
  if (isNotFinite(given)) notes.push(NO_SCORE);
  if (!isJsonObject(given)) return;
  if (isNotFinite(given.score)) notes.push(NO_SCORE);
  if (isWrapped('value', given.value)) notes.push(LIST_VALUE);
  if (isWrapped('correction', given.correction)) notes.push(CORRECTION);
}
