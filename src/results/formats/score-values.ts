import { JsonNumber, type JsonValue } from '../../json/value.js';
import { readNumber } from './cells.js';

const NO_SCORE = /^(?:nan|none|null|n\/a|na|<na>|)$/i;
const TRUE = /^(?:true|pass|passed|yes)$/i;
const FALSE = /^(?:false|fail|failed|no)$/i;

/** Reads what stands where a score is expected: the words of Python and pandas for true, false and none, and digits. */
export function readScore(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string') return value ?? null;
  const text = value.trim();
  if (NO_SCORE.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  return readNumber(text) ?? value;
}

/** Whether a value is a number that counts: NaN does not. */
export function isFiniteNumber(value: JsonValue | undefined): value is number | JsonNumber {
  const isOne = typeof value === 'number' || value instanceof JsonNumber;
  return isOne && Number.isFinite(Number(value));
}
