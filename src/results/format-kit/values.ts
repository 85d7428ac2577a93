import { describeTooMany } from '../../input/row-text.js';
import { parseJson, tryParseJson } from '../../json/parse.js';
import { isJsonObject, isNumber, type JsonNumber, type JsonValue } from '../../json/value.js';
import { readScoreCell } from '../columns.js';

/** What a table's cell holds: JSON where all of it is an object or a list that can be held, else its text. */
export function readCell(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text) || describeTooMany(text) !== undefined) return text;
  return tryParseJson(text) ?? text;
}

/** A number with the digits that it has; null for anything else. */
export function readNumber(text: string): JsonValue {
  const number = text.trim();
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(number) ? parseJson(number) : null;
}

/** A part of feedback: a list or an object is a value, as it is nothing that has a mean. */
export function scoreOrValue(value: JsonValue): { score: JsonValue } | { value: JsonValue } {
  return Array.isArray(value) || isJsonObject(value) ? { value } : { score: value };
}

const TRUE = /^(?:true|pass|passed|yes)$/i;
const FALSE = /^(?:false|fail|failed|no)$/i;

/** Reads what stands where a score is expected: the words of Python and pandas for true, false and none, and digits. */
export function readScore(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string') return value ?? null;
  const text = value.trim();
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  return readScoreCell(value) ?? null;
}

/** Whether a value is a number that counts: NaN does not. */
export function isFiniteNumber(value: JsonValue | undefined): value is number | JsonNumber {
  return isNumber(value) && Number.isFinite(Number(value));
}

/** The members that are scores, each under its name. */
export function scoresIn(object: JsonValue | undefined): { key: string; score: JsonValue }[] {
  if (!isJsonObject(object)) return [];
  return Object.entries(object)
    .filter(([, score]) => typeof score === 'boolean' || isFiniteNumber(score))
    .map(([key, score]) => ({ key, score }));
}

/** The text between two marks: after the first of the one and before the last of the other. */
export function cut(
  text: string,
  { start, end }: { readonly start: string; readonly end: string },
): string | undefined {
  const from = text.indexOf(start);
  const to = text.lastIndexOf(end);
  return from === -1 || to < from + start.length ? undefined : text.slice(from + start.length, to);
}
