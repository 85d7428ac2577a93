import { addTo } from '../../group-by.js';
import type { Path, PathStep } from '../../input/place.js';
import { sampleOf } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Kind, Layout } from '../format-kit/layout.js';
import { lookAtColumn, lookAtColumns } from '../named-columns/facts.js';
import { isNamed, named } from './facts.js';
import { isOutcome, isPart } from './names.js';
import { allAt, lastMany } from './path.js';

const MAX_STEPS = 5;
const MAX_CANDIDATES = 80;
/** So many values show how all at a place look. */
const MAX_LOOKED_AT = 100;

/** Places in a sample where rows may be, the outer before the inner. */
export function findCandidates(root: JsonValue): Layout[] {
  const found: Layout[] = [];
  for (const layout of walk([root], [])) {
    if (found.push(layout) === MAX_CANDIDATES) break;
  }
  return found;
}

/** What is at one place, whatever it may be. */
export function candidatesAt(root: JsonValue, path: Path): Layout[] {
  return [...here(allAt(root, path).slice(0, MAX_LOOKED_AT), path)];
}

function* walk(values: readonly JsonValue[], path: Path): Generator<Layout> {
  yield* here(values, path);
  if (path.length === MAX_STEPS) return;
  const lists = values.filter(Array.isArray);
  const below = lists.flat().slice(0, MAX_LOOKED_AT);
  if (below.some(isNested)) yield* walk(below, [...path, '*']);
  const members = membersOf(values.filter(isJsonObject));
  const grouped = new Set<string>();
  for (const names of alikeIn(members)) {
    const step: PathStep = names.length === members.size || names.length > 50 ? '*' : names;
    const all = names.flatMap((name) => members.get(name) ?? []);
    yield* walk(all.slice(0, MAX_LOOKED_AT), [...path, step]);
    for (const name of names) grouped.add(name);
  }
  for (const [name, some] of members) {
    if (!grouped.has(name)) yield* walk(some.slice(0, MAX_LOOKED_AT), [...path, name]);
  }
}

function* here(values: readonly JsonValue[], path: Path): Generator<Layout> {
  const make = (kind: Kind, recordsAt: Path | undefined, more?: Partial<Layout>) => ({
    kind,
    recordsAt,
    within: [],
    except: [],
    ...more,
  });
  const elements = values.filter(Array.isArray).flat();
  if (mostAre(elements, isJsonObject)) yield make('list', path);
  const objects = values.filter(isJsonObject);
  if (objects.length === 0) return;

  const at = lastMany(path);
  if (path.at(-1) !== '*' && !Array.isArray(path.at(-1)))
    yield make('single', at === -1 ? undefined : path.slice(0, at), {
      within: path.slice(at + 1) as string[],
    });
  if (objects.every(isSplit)) yield make('split', [...path, 'data']);
  const columns = columnsIn(objects[0] ?? {});
  if (columns.length > 1) yield make('columns', [...path, columns]);
  const members = membersOf(objects);
  const keyed = alikeIn(members).find((names) => members.get(names[0] ?? '')?.every(isJsonObject));
  if (keyed) {
    const core = new Set(keyed.flatMap((name) => keysOf(members.get(name) ?? [])));
    const isAlien = (value: JsonValue) =>
      isJsonObject(value) ? !keysOf([value]).some((key) => core.has(key)) : value !== null;
    const except = objects.flatMap((object) =>
      Object.entries(object).flatMap(([name, value]) => (isAlien(value) ? [name] : [])),
    );
    yield make('keyed', path, { except });
  }
}

/** Values of the members that hold something, of all objects, by name. */
function membersOf(objects: readonly JsonObject[]): Map<string, JsonValue[]> {
  const members = new Map<string, JsonValue[]>();
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      if (isNested(value)) addTo(members, name, value);
    }
  }
  return members;
}

/** Names of members that hold alike things: objects with nearly the same keys, or lists or objects of such. */
function alikeIn(members: ReadonlyMap<string, readonly JsonValue[]>): string[][] {
  const groups: { kind: string; keys: Set<string>; names: string[] }[] = [];
  for (const [name, values] of members) {
    const { kind, keys } = looksOf(values);
    if (keys.size === 0 || isPart(name)) continue;
    const group = groups.find((one) => one.kind === kind && areAlike(one.keys, keys));
    if (group) group.names.push(name);
    else groups.push({ kind, keys, names: [name] });
  }
  // Failures next to results may be some of them.
  const isMixed = (names: readonly string[]) => names.some(isOutcome) && !names.every(isOutcome);
  return groups
    .map(({ names }) => names)
    .filter((names) => names.length > 1 && !isMixed(names))
    .sort((one, other) => other.length - one.length);
}

/** By what values are compared: their keys, or those of what they hold under keys of its own. */
function looksOf(values: readonly JsonValue[]): { kind: string; keys: Set<string> } {
  const [first = null] = values;
  const isKeyed = isJsonObject(first) && Object.values(first).every(isJsonObject);
  const kind = Array.isArray(first) ? 'list' : isKeyed ? 'keyed' : 'object';
  const held = isKeyed ? values.filter(isJsonObject).flatMap((one) => Object.values(one)) : values;
  return { kind, keys: new Set(keysOf(held, true)) };
}

/** More than half of all keys are in both. */
function areAlike(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const both = [...one].filter((key) => other.has(key)).length;
  return both * 2 > one.size + other.size - both;
}

/**
 * Keys of objects, and of the objects in lists.
 *
 * @param withKinds a key of a list is another than the same of an object, or of a text.
 */
function keysOf(values: readonly JsonValue[], withKinds = false): string[] {
  const keys = new Set<string>();
  for (const value of values.slice(0, MAX_LOOKED_AT)) {
    for (const one of (Array.isArray(value) ? value : [value]).filter(isJsonObject))
      for (const [key, member] of Object.entries(one))
        keys.add(withKinds ? kindOf(member) + key : key);
  }
  return [...keys];
}

function kindOf(value: JsonValue): string {
  return Array.isArray(value) ? '[' : isJsonObject(value) ? '{' : '.';
}

/** Whether a value is an object, or a list with something in it. */
export function isNested(value: JsonValue): boolean {
  return Array.isArray(value) ? value.length > 0 : isJsonObject(value);
}

function mostAre<T extends JsonValue>(
  values: readonly JsonValue[],
  test: (value: JsonValue) => value is T,
): boolean {
  return values.filter(test).length * 2 > values.length;
}

function isSplit({ columns, data }: JsonObject): boolean {
  const isNamed = Array.isArray(columns) && columns.every((column) => typeof column === 'string');
  return isNamed && Array.isArray(data) && data.length > 0 && data.every(Array.isArray);
}

/** A sample has no more elements of a list: of texts or numbers, and of what is nested. */
const CUT_AT = { plain: 200, nested: 20 };

/** Names of lists of one length, or of objects with the same keys, whichever an object has. */
function columnsIn(object: JsonObject): string[] {
  const entries = Object.entries(object).filter(([, value]) => isNested(value));
  const objects = entries.filter(([, value]) => isJsonObject(value));
  const keysAt = ([, value]: [string, JsonValue]) => Object.keys(value ?? {}).join('\n');
  const [first] = objects;
  // The payloads of one row may have the same keys, too.
  const indexed = objects.filter((one) => first && keysAt(one) === keysAt(first));
  if (indexed.length > 1 && !isJsonObject(object.inputs)) return indexed.map(([name]) => name);
  const lists = entries.flatMap(([name, value]) =>
    Array.isArray(value) && !holdsRows(name, value) ? [{ name, value }] : [],
  );
  const sizes = lists.map(({ value }) => value.length);
  const countOf = (size: number) => sizes.filter((one) => one === size).length;
  if (Array.isArray(object.inputs) && object.inputs.length === 1) return [];
  const usual = [...sizes].sort((one, other) => countOf(other) - countOf(one))[0] ?? 0;
  // Of those that rows are made of, each counts: if one is shorter, no row of the others is whole.
  return lists
    .filter(({ name, value }) => isOfLength(value, usual) || isPayload(name, value))
    .map(({ name }) => name);
}

/** Objects that are messages, rows, or known by an id are no cells. */
function holdsRows(name: string, list: readonly JsonValue[]): boolean {
  const objects = list.filter(isJsonObject);
  if (objects.length === 0) return false;
  const columns = lookAtColumns(sampleOf(objects));
  const has = (role: string) => named(columns, role).length > 0;
  return isPart(name) || has('id') || (has('inputs') && has('outputs'));
}

function isPayload(name: string, values: readonly JsonValue[]): boolean {
  const column = lookAtColumn(name, values, false);
  return ['inputs', 'outputs', 'reference_outputs'].some((role) => isNamed(column, role));
}

function isOfLength(list: readonly JsonValue[], length: number): boolean {
  const most = isNested(list[0] ?? null) ? CUT_AT.nested : CUT_AT.plain;
  return list.length === length || (list.length === most && length > most);
}
