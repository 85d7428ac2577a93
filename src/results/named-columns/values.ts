import { printJson } from '../../json/print.js';
import { isJsonObject, isNumber, type JsonValue } from '../../json/value.js';
import { readScalar, readScoreCell } from '../columns.js';
import { readWhen } from '../when.js';
import { type Commas, convert, readAmountText } from './amounts.js';
import { isNotANumber, onlyOne, readSpelledNumber, readWord, textOf } from './facts.js';
import type { Placement } from './placement.js';

/** A value that is not what its place takes. */
export const MISFIT = Symbol('misfit');

type Read = JsonValue | undefined | typeof MISFIT;

/** @returns what goes to the target; undefined if nothing is there. */
export function readValue(placement: Placement, value: JsonValue): Read {
  const { column, target } = placement;
  if (value === null) return undefined;
  const [head, second, third] = target;
  switch (head) {
    case 'scores':
      if (placement.spread) return typeof value === 'object' ? value : MISFIT;
      if (third === 'comment') return readComment(value);
      return third === 'score' ? readScore(value, placement) : value;
    case 'latency':
    case 'latency_ms':
      return readDuration(value, placement);
    case 'metadata':
      return second === 'usage_metadata' && third !== undefined
        ? readCount(value, placement)
        : value;
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
      return isJsonObject(value) || Array.isArray(value) ? value : MISFIT;
    default:
      return value;
  }
}

function readScore(given: JsonValue, placement: Placement): Read {
  const { hasWords, isNumeric } = placement;
  const value = onlyOne(given);
  if (Array.isArray(value)) return MISFIT;
  if (typeof value !== 'string') return isNotANumber(value) ? undefined : value;
  const word = hasWords ? readWord(value) : undefined;
  const read = word ?? readSpelledNumber(value, placement.commas) ?? readScoreCell(value);
  return isNumeric && typeof read === 'string' ? MISFIT : read;
}

function readComment(value: JsonValue): Read {
  if (typeof value !== 'string') return printJson(value);
  return value.trim() === '' ? undefined : value;
}

/** A time in the unit of its target; a text may have a unit of its own. */
function readDuration(value: JsonValue, placement: Placement): Read {
  const {
    unit,
    target: [head],
  } = placement;
  const wanted = head === 'latency' ? 's' : 'ms';
  const own =
    (typeof value === 'string' && readAmountText(value, 'thousands')?.unit) || unit || wanted;
  const amount = readAmount(value, placement.commas);
  if (own === wanted || amount === undefined || amount === MISFIT) return amount;
  return convert(Number(amount), own, wanted);
}

function readAmount(value: JsonValue, commas: Commas): Read {
  const text = typeof value === 'string' ? value : undefined;
  const amount =
    text === undefined
      ? value
      : (readAmountText(text, commas)?.value ?? readSpelledNumber(text) ?? readScalar(text));
  if (amount === undefined || isNotANumber(amount)) return undefined;
  // Some harnesses write -1 where the app failed.
  return isNumber(amount) && Number.isFinite(Number(amount)) && Number(amount) >= 0
    ? amount
    : MISFIT;
}

/** Counts of tokens are whole; pandas writes them as `12.0` if one of them is missing. */
function readCount(value: JsonValue, placement: Placement): Read {
  if (isJsonObject(value)) return value;
  const amount = readAmount(value, placement.commas);
  if (amount === undefined || amount === MISFIT || placement.target.at(-1)?.endsWith('cost'))
    return amount;
  return Number.isSafeInteger(Number(amount)) ? Number(amount) : MISFIT;
}

/** None and NaN are no error, nor are `false`, 0, {} and []. */
function readError(column: string, value: JsonValue): Read {
  if (Array.isArray(value) || isJsonObject(value))
    return Object.keys(value).length === 0 ? undefined : value;
  const read = typeof value === 'string' ? readScalar(value) : value;
  if (typeof read === 'string') return value;
  const isError = isNumber(read) ? Number(read) !== 0 && !isNotANumber(read) : read === true;
  return isError ? `${column}: ${textOf(read as JsonValue)}` : undefined;
}

function readLabel(value: JsonValue): Read {
  if (typeof value === 'string') return readScalar(value) === undefined ? undefined : value.trim();
  return isNumber(value) || typeof value === 'boolean' ? textOf(value) : MISFIT;
}
