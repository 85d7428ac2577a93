import { printJson } from '../../json/print.js';
import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.js';
import { readScalar } from '../columns.js';
import { isNotFinite } from '../feedback.js';
import { readWhen } from '../when.js';
import { readSpelledNumber, readWord } from './column-facts.js';

/** A value that is not what its place takes. */
export const MISFIT = Symbol('misfit');

/** How the values of a column are read. */
export interface ReadingOfValues {
  readonly column: string;
  readonly target: readonly string[];
  /** PASS and yes are true. */
  readonly hasWords?: boolean;
}

/** @returns what goes to the target; undefined if nothing is there. */
export function readValue(
  { column, target, hasWords = false }: ReadingOfValues,
  value: JsonValue,
): JsonValue | undefined | typeof MISFIT {
  if (value === null) return undefined;
  const [head, second, third] = target;
  switch (head) {
    case 'scores':
      if (target.length < 3) return value;
      if (third === 'comment') return readComment(value);
      return third === 'score' ? readScore(value, hasWords) : value;
    case 'latency':
    case 'latency_ms':
      return readAmount(value);
    case 'usage_metadata':
      return readCount(value, target);
    case 'metadata':
      return second === 'usage_metadata' && third !== undefined ? readCount(value, target) : value;
    case 'start_time':
    case 'end_time':
      if (typeof value === 'string' && readScalar(value) === undefined) return undefined;
      return readWhen(value) === undefined ? MISFIT : value;
    case 'error':
      return target.length > 1 ? value : readError(column, value);
    case 'id':
      if (value === '') return undefined;
      return typeof value === 'string' || isNumber(value) ? value : MISFIT;
    case 'experiment':
    case 'model':
    case 'provider':
      return readLabel(value);
    case 'usage':
      return isJsonObject(value) ? value : MISFIT;
    default:
      return value;
  }
}

function readScore(value: JsonValue, hasWords: boolean): JsonValue | undefined | typeof MISFIT {
  if (Array.isArray(value)) return MISFIT;
  if (typeof value !== 'string')
    return isNotFinite(value) && Number.isNaN(Number(value)) ? undefined : value;
  return (hasWords ? readWord(value) : undefined) ?? readSpelledNumber(value) ?? readScalar(value);
}

function readComment(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return printJson(value);
}

function readAmount(value: JsonValue): JsonValue | undefined | typeof MISFIT {
  const amount = typeof value === 'string' ? readScalar(value) : value;
  if (amount === undefined || (isNotFinite(amount) && Number.isNaN(Number(amount))))
    return undefined;
  // Some harnesses write -1 where the app failed.
  return isNumber(amount) && Number.isFinite(Number(amount)) && Number(amount) >= 0
    ? amount
    : MISFIT;
}

/** Counts of tokens are whole; pandas writes them as `12.0` if one of them is missing. */
function readCount(
  value: JsonValue,
  target: readonly string[],
): JsonValue | undefined | typeof MISFIT {
  if (isJsonObject(value)) return value;
  const amount = readAmount(value);
  if (amount === undefined || amount === MISFIT || target.at(-1)?.endsWith('cost')) return amount;
  return Number.isSafeInteger(Number(amount)) ? Number(amount) : MISFIT;
}

/** None and NaN are no error, nor are `false`, 0, {} and []. */
function readError(column: string, value: JsonValue): JsonValue | undefined {
  if (isNumber(value))
    return Number(value) === 0 || Number.isNaN(Number(value))
      ? undefined
      : `${column}: ${textOf(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (isJsonObject(value)) return Object.keys(value).length === 0 ? undefined : value;
  if (typeof value === 'string' && value.trim() !== '') {
    const read = readScalar(value);
    if (typeof read === 'string') return value;
    return read === undefined ? undefined : readError(column, read);
  }
  return value === true ? `${column}: true` : undefined;
}

function readLabel(value: JsonValue): JsonValue | undefined | typeof MISFIT {
  if (typeof value === 'string') {
    const text = value.trim();
    return text === '' || readScalar(text) === undefined ? undefined : text;
  }
  if (isNumber(value) || typeof value === 'boolean') return textOf(value);
  return MISFIT;
}

function isNumber(value: JsonValue): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

function textOf(value: number | boolean | JsonNumber): string {
  return value instanceof JsonNumber ? value.text : String(value);
}
