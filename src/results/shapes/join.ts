import { LsRecordError } from '../../errors.js';
import type { Path } from '../../input/place.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import type { Layout, Piece } from '../format-kit/layout.js';
import { ownValue, textOf } from '../named-columns/facts.js';
import { toSnake } from '../named-columns/names.js';
import { singular } from './names.js';
import { printPath } from './path.js';

/** Questions in a list of their own, each under an id that the rows name. */
export interface Join {
  /** Where the questions are: names of members, from the file's object. */
  readonly list: string[];
  /** Their id; undefined if it is the key of each. */
  readonly id: string | undefined;
  /** The column of the rows that names it; undefined if it is their key. */
  readonly ref: string | undefined;
  /** What one of the rows is called. */
  readonly row: string;
}

/** Shorter lists and objects are whole in a sample. */
const WHOLE = 20;
const ID = /^(?:id|key|uid|uuid|index|idx)$|_(?:id|key|uid|idx|index)$/;

/** Finds the only way in which rows name the elements of one of some lists; undefined if there are several. */
export function findJoin(
  rows: { readonly layout: Layout; readonly pieces: readonly Piece[] },
  lists: readonly Layout[],
  root: JsonValue,
): Join | undefined {
  const values = rows.pieces.map(({ value }) => value).filter(isJsonObject);
  const refs: (string | undefined)[] = idsIn(values);
  if (rows.layout.kind === 'keyed') refs.push(undefined);
  const row = lastName(rows.layout.recordsAt ?? []);
  const joins = lists.flatMap(({ recordsAt = [], kind }): Join[] => {
    const list = recordsAt.filter((step) => typeof step === 'string');
    const found = isJsonObject(root) ? memberAt(root, list) : undefined;
    const isOwn = printPath(recordsAt) === printPath(rows.layout.recordsAt ?? []);
    if (isOwn || list.length !== recordsAt.length || !isNested(found)) return [];
    const elements = Object.values(found).filter(isJsonObject);
    const ids = kind === 'keyed' ? [undefined] : idsIn(elements);
    return ids.flatMap((id) =>
      refs
        .map((ref) => ({ list, id, ref, row }))
        .filter((join) => areNamedAlike(join) && resolve(join, found, rows.pieces)),
    );
  });
  const alike = joins.filter(({ id, ref }) => id === ref);
  const best = alike.length > 0 ? alike : joins;
  return best.length === 1 ? best[0] : undefined;
}

function lastName(path: Path): string {
  const name = path.findLast((step) => typeof step === 'string' && step !== '*');
  return typeof name === 'string' ? singular(name) : '';
}

/** The member of `answers` that is the answer's text. */
const CONTENT = /^(?:text|content|value|body)$/;

/** Gives rows what the question has that they name; what they have themselves stays. */
export function joiner({ list, id, ref, row: rowName }: Join): (piece: Piece) => JsonValue {
  const indexes = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();
  const name = lastName(list);
  return ({ value, path, around: [root] }) => {
    const key = isJsonObject(value) ? refOf({ value, path }, ref) : undefined;
    if (!root || !isJsonObject(value) || key === undefined) return value;
    const index = indexes.get(root) ?? indexOf(memberAt(root, list), id, list);
    indexes.set(root, index);
    const row = named(value, rowName);
    const question = named(index.get(key) ?? {}, name);
    for (const column of Object.keys(question)) {
      if (column === id) continue;
      const free = Object.hasOwn(row, column) ? `${name}_${column}` : column;
      setKey(row, free, question[column] ?? null);
    }
    return row;
  };
}

/** A copy in which plain content has the name of what it is the content of. */
function named(record: JsonObject, name: string): JsonObject {
  const copy: JsonObject = {};
  const isFree = name !== '' && !Object.hasOwn(record, name);
  for (const column of Object.keys(record))
    setKey(copy, isFree && CONTENT.test(column) ? name : column, record[column] ?? null);
  return copy;
}

function indexOf(
  found: JsonValue | undefined,
  id: string | undefined,
  list: readonly string[],
): ReadonlyMap<string, JsonObject> {
  const index = new Map<string, JsonObject>();
  for (const [at, element] of isNested(found) ? Object.entries(found) : []) {
    if (!isJsonObject(element)) continue;
    const key = id === undefined ? at : textOf(ownValue(element, id) ?? null);
    if (index.has(key)) throw ambiguous(key, list);
    index.set(key, element);
  }
  return index;
}

function memberAt(root: JsonObject, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (value, name) => (isJsonObject(value) ? ownValue(value, name) : undefined),
    root,
  );
}

function isNested(value: JsonValue | undefined): value is JsonObject | JsonValue[] {
  return Array.isArray(value) || isJsonObject(value);
}

/** Names of columns that have an id in each row. */
function idsIn(rows: readonly JsonObject[]): string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const isId = (value: JsonValue | undefined) =>
    typeof value === 'string' || typeof value === 'number';
  return [...names].filter(
    (name) => ID.test(toSnake(name)) && rows.every((row) => isId(ownValue(row, name))),
  );
}

/** `id` of `tests` is `test_id` in a row, or `id`. */
function areNamedAlike({ list, id, ref }: Join): boolean {
  if (id === ref || id === undefined) return true;
  const own = `${toSnake(singular(list.at(-1) ?? ''))}_`;
  const [name, other] = [toSnake(id), toSnake(ref ?? '')];
  return other === own + name || name === own + other || (name === 'id' && other.endsWith('_id'));
}

/** Whether all rows name something that is there; or any, where the sample has not all of the list. */
function resolve(
  { id, ref }: Join,
  found: JsonObject | JsonValue[],
  pieces: readonly Piece[],
): boolean {
  const index = new Set<string>();
  const elements = Object.entries(found);
  for (const [at, element] of elements)
    index.add(
      id === undefined ? at : isJsonObject(element) ? textOf(ownValue(element, id) ?? null) : '',
    );
  const isThere = (piece: Piece) => index.has(refOf(piece, ref) ?? '');
  const isUnique = index.size === elements.length;
  return isUnique && (elements.length < WHOLE ? pieces.every(isThere) : pieces.some(isThere));
}

function refOf(
  { value, path }: Pick<Piece, 'value' | 'path'>,
  ref: string | undefined,
): string | undefined {
  const found =
    ref === undefined ? path.at(-1) : isJsonObject(value) ? ownValue(value, ref) : undefined;
  return found === undefined || found === null ? undefined : textOf(found);
}

function ambiguous(id: string, list: readonly string[]): LsRecordError {
  const name = list.join('.');
  return new LsRecordError('INPUT_INVALID', `two elements of ${name} have the id ${id}`, {
    hint: `Rows are joined with ${name} by this id: give each element one of its own.`,
  });
}
