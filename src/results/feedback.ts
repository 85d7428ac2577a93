import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../json/value.js';
import { describeFound } from './found.js';

/** A score on a run, under a key. */
export interface Feedback {
  readonly key: string;
  readonly score?: number | boolean | JsonNumber;
  /** Text, an object, or a number that is no score. */
  readonly value?: JsonValue;
  readonly comment?: string;
  readonly correction?: JsonValue;
  /** What else the score's object held. */
  readonly details?: JsonObject;
}

/** What was read, and what could not be, each with its place below the field. */
export interface ReadFeedback {
  readonly feedback: Feedback[];
  readonly problems: { readonly path: (string | number)[]; readonly message: string }[];
}

/** @see https://docs.smith.langchain.com, POST /feedback */
const MAX_KEY_LENGTH = 180;
const KNOWN = ['score', 'value', 'comment', 'correction'];

/** Reads `{key: score}` and `{key: {score, value, comment, correction}}`. */
export function readScores(value: JsonValue): ReadFeedback {
  const read: ReadFeedback = { feedback: [], problems: [] };
  if (value === null) return read;
  if (!isJsonObject(value)) {
    read.problems.push({
      path: [],
      message: `found ${describeFound(value)}, expected an object of scores by key`,
    });
    return read;
  }
  for (const key of Object.keys(value)) addScore(read, [key], key, value[key] as JsonValue);
  return read;
}

/** Reads `[{key, score, value, comment, correction}]`; a key may come more than once. */
export function readFeedback(value: JsonValue): ReadFeedback {
  const read: ReadFeedback = { feedback: [], problems: [] };
  if (value === null) return read;
  if (!Array.isArray(value)) {
    read.problems.push({
      path: [],
      message: `found ${describeFound(value)}, expected a list of {key, score}`,
    });
    return read;
  }
  for (const [index, item] of value.entries()) {
    if (!isJsonObject(item) || typeof item.key !== 'string') {
      read.problems.push({
        path: [index],
        message: `found ${describeFound(item)}, expected an object with a key`,
      });
      continue;
    }
    const { key, ...rest } = item;
    addScore(read, [index], key as string, rest);
  }
  return read;
}

function addScore(
  read: ReadFeedback,
  path: (string | number)[],
  key: string,
  given: JsonValue,
): void {
  if (key === '' || key.length > MAX_KEY_LENGTH) {
    read.problems.push({
      path,
      message: `the key has ${key.length} characters, expected 1 to ${MAX_KEY_LENGTH}`,
    });
    return;
  }
  if (Array.isArray(given)) {
    read.problems.push({
      path,
      message: `found ${describeFound(given)}, expected a number, true or false, text, null, or {score, …}`,
    });
    return;
  }
  if (!isJsonObject(given)) {
    const item = readScalar(given);
    if (item) read.feedback.push({ key, ...item });
    return;
  }
  if (!KNOWN.some((name) => Object.hasOwn(given, name))) {
    if (Object.keys(given).length > 0) read.feedback.push({ key, value: given });
    return;
  }
  addObject(read, path, key, given);
}

function addObject(
  read: ReadFeedback,
  path: (string | number)[],
  key: string,
  given: JsonObject,
): void {
  const { score = null, value = null, comment = null, correction = null } = given;
  if (typeof score === 'object' && score !== null && !(score instanceof JsonNumber)) {
    read.problems.push({
      path: [...path, 'score'],
      message: `found ${describeFound(score)}, expected a number, true or false, text or null`,
    });
    return;
  }
  if (comment !== null && typeof comment !== 'string') {
    read.problems.push({
      path: [...path, 'comment'],
      message: `found ${describeFound(comment)}, expected text`,
    });
    return;
  }
  const details = detailsOf(given);
  const item = {
    ...readScalar(score),
    ...(value !== null && { value: Array.isArray(value) ? { values: value } : value }),
    ...(comment && { comment }),
    ...(correction !== null && { correction }),
    ...(details && { details }),
  };
  if (Object.keys(item).length > 0) read.feedback.push({ key, ...item });
}

/** Text is a value, as of a category. NaN, as pandas writes what is missing, is no score, nor is Infinity. */
function readScalar(
  score: null | boolean | string | number | JsonNumber,
): Omit<Feedback, 'key'> | undefined {
  if (score === null || score === '') return undefined;
  if (typeof score === 'string') return { value: score };
  if (score instanceof JsonNumber && !Number.isFinite(Number(score))) {
    return /\d/.test(score.text) ? { value: score.text } : undefined;
  }
  return { score };
}

function detailsOf(given: JsonObject): JsonObject | undefined {
  const names = Object.keys(given).filter((name) => !KNOWN.includes(name));
  if (names.length === 0) return undefined;
  const details: JsonObject = {};
  for (const name of names) setKey(details, name, given[name] as JsonValue);
  return details;
}
