import type { Sample } from '../../input/row.js';
import { printJson } from '../../json/print.js';
import {
  isJsonObject,
  isNumber,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../json/value.js';
import { readScoreCell } from '../columns.js';
import { isNotFinite } from '../feedback.js';
import { type Commas, readAmountText, readGrouped } from './amounts.js';
import { parseCell } from './cells.js';
import { toSnake } from './names.js';

/**
 * What a value is; `pass` is PASS, FAIL, ✓ or ✗, `yes` is yes, no, Y or N, `percent` is 85%, `comma` is 0,85, `fraction`
 * is 4/5, `grouped` is 1,234, `amount` is $0.02 or 1.2s.
 */
export type ValueKind =
  | 'number'
  | 'boolean'
  | 'pass'
  | 'yes'
  | 'percent'
  | 'comma'
  | 'fraction'
  | 'grouped'
  | 'amount'
  | 'text'
  | 'list'
  | 'object';

/** What the sampled rows hold in one column. */
export interface ColumnFacts {
  readonly name: string;
  /** The name in lower case, its words joined by underscores. */
  readonly snake: string;
  /** Values that are there: not null, empty, NaN or None. */
  readonly count: number;
  readonly kinds: ReadonlyMap<ValueKind, number>;
  readonly numbers: readonly number[];
  /** Values as they are in a JSON file or a cell of a table, as many as tell something. */
  readonly values: readonly JsonValue[];
  /** Some of its numbers and booleans stood in a JSON file as text. */
  readonly isQuoted: boolean;
}

const PASS_OR_FAIL = /^\s*(?:(?:pass|fail)(?:ed)?|[✓✔✅✗✘❌]\uFE0F?)\s*$/i;
/** 4/5; as a date may be written so, only the name of a score makes it one. */
const FRACTION = /^\s*(\d{1,9}(?:\.\d{1,9})?)\s?\/\s?([1-9]\d{0,8})\s*$/;
const YES_OR_NO = /^\s*(?:yes|no|y|n)\s*$/i;
const PERCENT = /^\s*[-+]?\d{1,9}(?:[.,]\d{1,9})?\s?%\s*$/;
/** With three digits after it, and not a zero before it, a comma may part thousands. */
const COMMA = /^\s*[-+]?(?:0,\d{1,15}|\d{1,9},(?:\d{1,2}|\d{4,15}))\s*$/;

/** Looks at all columns of the sampled rows, in the order in which they appear. */
export function lookAtColumns({ kind, rows, columns }: Sample): ColumnFacts[] {
  const isTable = kind === 'table';
  const values = new Map<string, JsonValue[]>(columns.map((name) => [name, []]));
  for (const row of rows) {
    for (const name of Object.keys(row)) {
      if (!values.has(name)) values.set(name, []);
      values.get(name)?.push(row[name] as JsonValue);
    }
  }
  return [...values].map(([name, found]) => lookAtColumn(name, found, isTable));
}

/** Looks at the values of one column. */
export function lookAtColumn(
  name: string,
  found: readonly JsonValue[],
  isTable: boolean,
): ColumnFacts {
  const kinds = new Map<ValueKind, number>();
  const numbers: number[] = [];
  const values: JsonValue[] = [];
  let isQuoted = false;
  for (const value of found) {
    // A header that stands between the rows, as where two tables were joined, tells nothing.
    const read = isTable && value === name ? undefined : readWhatItMeans(value, isTable);
    if (read === undefined) continue;
    const kind = kindOf(read);
    values.push(value);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kind === 'number') numbers.push(Number(read));
    if (!isTable && typeof value === 'string' && kind !== 'text') isQuoted = true;
  }
  return { name, snake: toSnake(name), count: values.length, kinds, numbers, values, isQuoted };
}

/** A number, boolean, list or object, also of one that is written as text. */
function readWhatItMeans(value: JsonValue, isTable: boolean): JsonValue | undefined {
  if (value === null) return undefined;
  const cell = isTable ? parseCell(value) : value;
  const read = typeof cell === 'string' ? readScoreCell(cell) : cell;
  return isNotFinite(read) ? undefined : read;
}

/** The only value of a list of one, as Langfuse exports what a key was scored; all else is itself. */
export function onlyOne(value: JsonValue): JsonValue {
  if (!Array.isArray(value) || value.length !== 1) return value;
  const [only = null] = value;
  return typeof only === 'object' && !(only instanceof JsonNumber) ? value : only;
}

export function isNotANumber(value: JsonValue): boolean {
  return isNotFinite(value) && Number.isNaN(Number(value));
}

function kindOf(value: JsonValue): ValueKind {
  if (isNumber(value)) return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') {
    if (PERCENT.test(value)) return 'percent';
    if (COMMA.test(value)) return 'comma';
    if (FRACTION.test(value)) return 'fraction';
    if (PASS_OR_FAIL.test(value)) return 'pass';
    if (YES_OR_NO.test(value)) return 'yes';
    if (readGrouped(value, 'thousands') !== undefined) return 'grouped';
    return readAmountText(value, 'thousands') ? 'amount' : 'text';
  }
  return isJsonObject(value) ? 'object' : 'list';
}

/** PASS, ✓ and yes are true, FAIL, ✗ and no are false. */
export function readWord(text: string): boolean | undefined {
  return PASS_OR_FAIL.test(text) || YES_OR_NO.test(text) ? /^\s*[py✓✔✅]/i.test(text) : undefined;
}

/** The number that a text like 85% or 0,85 stands for. */
export function readSpelledNumber(value: string, commas?: Commas): number | undefined {
  const [, part, whole] = FRACTION.exec(value) ?? [];
  if (part !== undefined) return Number((Number(part) / Number(whole)).toPrecision(15));
  const isPercent = PERCENT.test(value);
  if (!isPercent && !COMMA.test(value)) return readGrouped(value, commas);
  const number = Number(value.replace('%', '').replace(',', '.'));
  // 90.5 / 100 is 0.905: of so few digits the nearest double prints the same.
  return isPercent ? Number((number / 100).toPrecision(15)) : number;
}

/** Kinds, also as lists of them. */
type Kinds = readonly (ValueKind | readonly ValueKind[])[];

/** Number of a column's values that are of these kinds; a number in another spelling is text too. */
export function countOf({ kinds }: ColumnFacts, ...wanted: Kinds): number {
  const takes = new Set(wanted.flat());
  if (takes.has('text'))
    takes.add('percent').add('comma').add('fraction').add('grouped').add('amount');
  return [...takes].reduce((sum, kind) => sum + (kinds.get(kind) ?? 0), 0);
}

/** Whether a column has values, and all are of these kinds. */
export function holdsOnly(column: ColumnFacts, ...wanted: Kinds): boolean {
  return column.count > 0 && countOf(column, wanted.flat()) === column.count;
}

/** Where this share of the values agree, an odd one is a slip. */
const MOST = 0.95;

/** Whether a column has values, and at least 19 in 20 are of these kinds. */
export function holdsMostly(column: ColumnFacts, ...wanted: Kinds): boolean {
  return column.count > 0 && countOf(column, wanted.flat()) >= column.count * MOST;
}

/** A value in the characters that it has in the file; objects and lists as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : printJson(value);
}

/** A row's own value under a name; undefined if there is none. */
export function ownValue(row: JsonObject, name: string): JsonValue | undefined {
  if (name === '__proto__')
    return Object.getOwnPropertyDescriptor(row, name)?.value as JsonValue | undefined;
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

/** How many different values columns have together. */
export function countDistinct(rows: readonly JsonObject[], columns: readonly string[]): number {
  return new Set(rows.map((row) => printJson(columns.map((name) => ownValue(row, name) ?? null))))
    .size;
}
