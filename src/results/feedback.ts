import {
  isJsonObject,
  isNumber,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../json/value.js';
import { without } from './format-kit/members.js';
import { feedbackOf } from './format-kit/reader.js';
import {
  findComment,
  isNamedScore,
  isScoreObject,
  readNamedScore,
  takeScore,
} from './format-kit/score-list.js';
import { describeFound, shorten } from './found.js';

/** A score on a run, under a key. */
export interface Feedback {
  readonly key: string;
  readonly score?: number | boolean | JsonNumber;
  /** Text, an object, or a number that is no score; never a list. */
  readonly value?: JsonValue;
  readonly comment?: string;
  /** Text or an object. */
  readonly correction?: JsonValue;
  /** The scorer failed: there is no score, and the comment says why. */
  readonly isError?: true;
  readonly giver?: Giver;
  /** What gave it; undefined: it came with the row. */
  readonly source?: ScoreSource;
}

/** A scorer, as its feedback names it: part of the feedback's id, and a digest of how it scores. */
export type ScoreSource = {
  readonly scorer: string;
  readonly definition: string;
  /** How many scores it gave the row at once, if several. */
  readonly of?: number;
};

/** Who gave a score that came with its row. @see https://docs.smith.langchain.com, POST /feedback: feedback_source */
export interface Giver {
  readonly type: (typeof GIVER_TYPES)[number];
  readonly metadata?: JsonObject | undefined;
  /** The id of the score where it is copied from: it stays the same whatever else its run was given. */
  readonly id?: string | undefined;
}

/** What was read, and what could not be, each with its place below the field. */
export interface ReadFeedback {
  readonly feedback: Feedback[];
  /** What else a score's object held, which feedback has no place for. */
  readonly details: { readonly key: string; readonly details: JsonObject }[];
  readonly problems: { readonly path: (string | number)[]; readonly message: string }[];
}

/** @see https://docs.smith.langchain.com, POST /feedback */
const MAX_KEY_LENGTH = 180;
const GIVER_TYPES = ['api', 'app', 'model', 'auto_eval'] as const;
const KNOWN = ['score', 'value', 'comment', 'correction'];

/** Reads `{key: score}` and `{key: {score, value, comment, correction}}`, or a list as `feedback`. */
export function readScores(value: JsonValue): ReadFeedback {
  if (Array.isArray(value)) return readFeedback(value);
  const read: ReadFeedback = { feedback: [], details: [], problems: [] };
  if (value === null) return read;
  if (!isJsonObject(value)) return refuse(read, [], value, 'an object of scores by key');
  for (const key of Object.keys(value)) addScore(read, [key], key, value[key] as JsonValue);
  return read;
}

/** Reads `[{key, score, value, comment, correction}]`, or `{name, value, reason}` in anyone’s words; a key may come more than once. */
export function readFeedback(value: JsonValue): ReadFeedback {
  const read: ReadFeedback = { feedback: [], details: [], problems: [] };
  if (value === null) return read;
  if (!Array.isArray(value)) return refuse(read, [], value, 'a list of {key, score}');
  for (const [index, item] of value.entries()) {
    const named = isKeyless(item) ? readNamedScore(item) : item;
    if (!isJsonObject(named) || typeof named.key !== 'string') {
      refuse(read, [index], item, 'an object with a key that is text');
      continue;
    }
    const { key, ...rest } = named;
    addScore(read, [index], named.key, rest);
  }
  return read;
}

function refuse(
  read: ReadFeedback,
  path: (string | number)[],
  found: JsonValue,
  expected: string,
): ReadFeedback {
  read.problems.push({ path, message: `found ${describeFound(found)}, expected ${expected}` });
  return read;
}

function isKeyless(item: JsonValue): item is JsonObject {
  return isNamedScore(item) && !Object.hasOwn(item, 'key');
}

/** Whether a number cannot be a score: pandas writes what is missing as NaN. */
export function isNotFinite(value: JsonValue | undefined): boolean {
  return value instanceof JsonNumber
    ? !/\d/.test(value.text)
    : typeof value === 'number' && !Number.isFinite(value);
}

/** Whether LangSmith refuses a value or a correction as it is, so that it is wrapped into an object. */
export function isWrapped(part: 'value' | 'correction', value: JsonValue | undefined): boolean {
  if (part === 'value') return Array.isArray(value);
  return value !== undefined && value !== null && typeof value !== 'string' && !isJsonObject(value);
}

function addScore(
  read: ReadFeedback,
  path: (string | number)[],
  key: string,
  given: JsonValue,
): void {
  if (key === '' || isTooLong(key)) {
    read.problems.push({
      path,
      message: `the key "${shorten(key)}" has ${[...key].length} characters, expected 1 to ${MAX_KEY_LENGTH}`,
    });
  } else if (Array.isArray(given)) {
    refuse(read, path, given, 'a number, true or false, text, null, or {score, …}');
  } else if (!isJsonObject(given)) {
    const scalar = readScalar(given);
    if (scalar) read.feedback.push({ key, ...scalar });
  } else if (KNOWN.some((name) => Object.hasOwn(given, name))) {
    addObject(read, path, key, withComment(given));
  } else if (isScoreObject(given)) {
    addObject(read, path, key, feedbackOf(given, takeScore));
  } else if (isGroup(given)) {
    for (const name of Object.keys(given))
      addScore(read, [...path, name], `${key}.${name}`, given[name] as JsonValue);
  } else if (Object.keys(given).length > 0) {
    read.feedback.push({ key, value: given });
  }
}

/** `rouge: {f1: 0.5, precision: 0.4}` is a score for each. */
function isGroup(given: JsonObject): boolean {
  const values = Object.values(given);
  return (
    values.length > 0 && values.every((value) => typeof value === 'boolean' || isNumber(value))
  );
}

/** Why it was scored so goes by many names. */
function withComment(given: JsonObject): JsonObject {
  const name = Object.hasOwn(given, 'comment') ? undefined : findComment(given);
  if (name === undefined) return given;
  const { [name]: comment, ...rest } = given;
  return { ...rest, comment: comment as JsonValue };
}

function isTooLong(key: string): boolean {
  return key.length > MAX_KEY_LENGTH && [...key].length > MAX_KEY_LENGTH;
}

function addObject(
  read: ReadFeedback,
  path: (string | number)[],
  key: string,
  given: JsonObject,
): void {
  const { score = null, value = null, comment = null, correction = null } = given;
  if (typeof score === 'object' && score !== null && !(score instanceof JsonNumber)) {
    refuse(read, [...path, 'score'], score, 'a number, true or false, text or null');
    return;
  }
  if (comment !== null && typeof comment !== 'string') {
    refuse(read, [...path, 'comment'], comment, 'text');
    return;
  }

  const scalar = readScalar(score);
  const giver = readGiver(given.feedback_source);
  if (scalar || value !== null || comment || correction !== null) {
    read.feedback.push({
      key,
      score: scalar?.score,
      value: value === null ? scalar?.value : wrapPart('value', value),
      comment: comment || undefined,
      correction: correction === null ? undefined : wrapPart('correction', correction),
      giver,
    });
  }

  const details = without(given, giver ? [...KNOWN, 'feedback_source'] : KNOWN);
  // A score in words and a value want the same place.
  if (scalar?.value !== undefined && value !== null) details.score = scalar.value;
  if (Object.keys(details).length > 0) read.details.push({ key, details });
}

/** What else is said of the giver, such as a person's name, goes to its metadata. */
function readGiver(given: JsonValue | undefined): Giver | undefined {
  if (!isJsonObject(given)) return undefined;
  const { type: named, metadata, id, ...others } = given;
  const type = GIVER_TYPES.find((one) => one === named);
  if (!type) return undefined;
  const rest = Object.entries(others).filter(([, value]) => value !== null);
  const known = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const all = Object.fromEntries([...known, ...rest]);
  return {
    type,
    metadata: Object.keys(all).length > 0 || isJsonObject(metadata) ? all : undefined,
    id: typeof id === 'string' ? id : undefined,
  };
}

function wrapPart(part: 'value' | 'correction', value: JsonValue): JsonValue {
  if (!isWrapped(part, value)) return value;
  return Array.isArray(value) ? { values: value } : { value };
}

/** Text is a value, as of a category. A number beyond a double has only its digits to show. */
function readScalar(
  score: null | boolean | string | number | JsonNumber,
): Omit<Feedback, 'key'> | undefined {
  if (score === null || score === '' || isNotFinite(score)) return undefined;
  if (typeof score === 'string') return { value: score };
  if (score instanceof JsonNumber && !Number.isFinite(Number(score))) return { value: score.text };
  return { score };
}
