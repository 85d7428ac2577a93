import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { Compare, Condition, NumberField, TextField, Where } from './where.js';

/** An example in a comparison, as far as a condition asks. */
export interface WhereRow {
  /** The mean of repetitions in the judged experiment; `delta` is its difference from the baseline's. */
  number(field: NumberField, key: string | undefined): number | undefined;
  /** A run says this in words under the key. */
  hasWord(key: string, value: string): boolean;
  /** Any of its runs failed. */
  readonly isFailed: boolean;
  readonly splits: readonly string[];
  /** The metadata of the example, then of its run: the first that has the name counts. */
  readonly metadata: readonly (JsonObject | undefined)[];
  payloads(field: TextField): readonly (JsonObject | undefined)[];
}

/** Whether a condition holds. What a row does not have fulfils no comparison, `!=` included. */
export function holds(where: Where, row: WhereRow): boolean {
  switch (where.kind) {
    case 'and':
      return where.terms.every((term) => holds(term, row));
    case 'or':
      return where.terms.some((term) => holds(term, row));
    case 'not':
      return !holds(where.term, row);
    default:
      return fulfils(where, row);
  }
}

function fulfils(condition: Condition, row: WhereRow): boolean {
  switch (condition.kind) {
    case 'error':
      return row.isFailed;
    case 'split':
      return row.splits.includes(condition.value);
    case 'category':
      return row.hasWord(condition.key, condition.value);
    case 'number': {
      const number = row.number(condition.field, condition.key);
      return number !== undefined && compareNumbers(number, condition.compare, condition.value);
    }
    case 'metadata': {
      const value = valueAt(row.metadata, condition.path);
      return value !== undefined && compareValues(value, condition.compare, condition.value);
    }
    case 'text': {
      const { field, text } = condition;
      const fields: readonly TextField[] = field ? [field] : ['input', 'output', 'reference'];
      const wanted = lower(text);
      return fields.some((one) =>
        row.payloads(one).some((payload) => payload !== undefined && hasWords(payload, wanted)),
      );
    }
  }
}

/** Scores are equal if they are so to the four decimals that are kept. */
const SAME = 5e-5;

function compareNumbers(number: number, compare: Compare, value: number): boolean {
  const isSame = Math.abs(number - value) < SAME;
  switch (compare) {
    case '=':
      return isSame;
    case '!=':
      return !isSame;
    case '<=':
      return number < value || isSame;
    case '>=':
      return number > value || isSame;
    case '<':
      return number < value && !isSame;
    case '>':
      return number > value && !isSame;
  }
}

/** Compares any item of a list; an object never holds. */
function compareValues(value: JsonValue, compare: Compare, typed: string): boolean {
  const items = Array.isArray(value) ? value : [value];
  return items.some((item) => compareItem(item, compare, typed));
}

/** By size where both are numbers; else by their text, of which only `=` and `!=` make sense. */
function compareItem(item: JsonValue, compare: Compare, typed: string): boolean {
  if (isNumber(item) && typed.trim() !== '' && Number.isFinite(Number(typed)))
    return compareNumbers(Number(item), compare, Number(typed));
  if (item === null || Array.isArray(item) || isJsonObject(item)) return false;
  return compare === '=' ? String(item) === typed : compare === '!=' && String(item) !== typed;
}

/** The value below these names. */
export function valueAt(
  objects: readonly (JsonObject | undefined)[],
  path: readonly string[],
): JsonValue | undefined {
  for (const object of objects) {
    let value: JsonValue | undefined = object;
    for (const name of path) {
      const inner: JsonObject | undefined = isJsonObject(value) ? value : undefined;
      value = inner && Object.hasOwn(inner, name) ? inner[name] : undefined;
    }
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** In its texts, not in its names. */
function hasWords(value: JsonValue, wanted: string): boolean {
  if (typeof value === 'string') return lower(value).includes(wanted);
  if (Array.isArray(value)) return value.some((item) => hasWords(item, wanted));
  if (isJsonObject(value))
    return Object.keys(value).some((name) => hasWords(value[name] as JsonValue, wanted));
  return isNumber(value) && String(value).includes(wanted);
}

/** As SQLite does it, A to Z only: a page asks there. */
function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
