import { LsRecordError } from '../../errors.js';
import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { readCell } from '../format-kit/values.js';
import { listNames, shorten } from '../found.js';
import { cutName } from './cut-name.js';
import { toSnake } from './names.js';

/** What one record says of one of the systems that are side by side in it. */
export interface SystemRecord {
  /** What its experiment is called; undefined if the record says nothing of any system. */
  readonly label: string | undefined;
  readonly record: JsonObject;
}

/** Systems that are side by side: each has columns of its own in the same rows. */
export interface Systems {
  /** The sample with a row for each system. */
  readonly sample: Sample;
  /** Which columns are whose, a line a system. */
  readonly described: readonly string[];
  /** The same for programs. */
  readonly decisions: JsonObject;
  /** Names of columns, as the sample has them, that come from columns of the systems. */
  readonly own: ReadonlySet<string>;
  split(record: JsonObject): SystemRecord[];
}

/** Where the values of a column go. */
interface Owned {
  readonly system: string;
  /** What is left of the column's name; empty if nothing is. */
  readonly rest: string;
}

/** A column that has nothing but the system's name is what it gave. */
const NAMELESS = 'output';
/** Members in which a system says what it is called, the better first. */
const NAME = ['name', 'system', 'system_name', 'model', 'model_name', 'model_id'];

/**
 * Parts the columns of each system from those that all share.
 *
 * @param names the systems, as their columns' names begin or end.
 * @throws {LsRecordError} `USAGE` if a system has no column.
 */
export function partSystems(sample: Sample, names: readonly string[]): Systems {
  const columns = columnsOf(sample);
  const owned = findOwned(columns, names);
  const nested = new Set(columns.filter((name) => isBySystem(sample, name, names)));
  const having = new Set([...owned.values()].map(({ system }) => system));
  const missing = names.find((name) => !having.has(name));
  if (missing !== undefined && nested.size === 0) throw noColumn(missing, columns);
  const shared = columns.filter((name) => !owned.has(name) && !nested.has(name));
  const taken = Object.fromEntries(shared.map((name) => [name, true]));
  const isTable = sample.kind === 'table';
  const labels = new Map<string, string>();
  const ownerOf = rememberOwners(names);

  const split = (record: JsonObject): SystemRecord[] => {
    const parts = new Map(names.map((name) => [name, {} as JsonObject]));
    const common: JsonObject = {};
    for (const column of Object.keys(record)) {
      const value = record[column] as JsonValue;
      const read = isTable && typeof value === 'string' ? readCell(value) : value;
      const owner = owned.get(column) ?? ownerOf(column);
      const own = owner && parts.get(owner.system);
      if (own && owner.rest === '') addBelow(own, NAMELESS, isJsonObject(read) ? read : value);
      else if (own) setKey(own, freeName(owner.rest, own), value);
      else if (nested.has(column) && isJsonObject(read)) addBySystem(parts, column, read);
      else setKey(common, column, value);
    }
    const found = names.flatMap((name): SystemRecord[] => {
      const own = parts.get(name) ?? {};
      if (!saysSomething(own)) return [];
      return [{ label: labels.get(name) ?? name, record: join(common, own, taken) }];
    });
    return found.length > 0 ? found : [{ label: undefined, record: common }];
  };

  for (const [name, label] of findLabels(sample, names, split)) labels.set(name, label);
  const rows = sample.rows.flatMap(split).map(({ record }) => record);
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const own = new Set(all.filter((name) => !shared.includes(name)));
  return {
    sample: { ...sample, rows, columns: isTable ? all : [] },
    described: names.map((name) => describe(name, owned, nested)),
    decisions: {
      systems: names.map((name) => [name, labels.get(name) ?? name]),
      owned: [...owned].map(([column, { system, rest }]) => [column, system, rest]),
      nested: [...nested],
    },
    own,
    split,
  };
}

function columnsOf({ columns, rows }: Sample): string[] {
  return [...new Set([...columns, ...rows.flatMap((row) => Object.keys(row))])];
}

/** The columns of each system, by their whole names, or by the beginning of one that others have the like of. */
function findOwned(columns: readonly string[], names: readonly string[]): Map<string, Owned> {
  const owned = new Map<string, Owned>();
  for (const column of columns) {
    const owner = ownerByName(column, names);
    if (owner) owned.set(column, owner);
  }
  const shorter = names.flatMap((name) =>
    shortNames(name, names).map((short) => ({ system: name, short })),
  );
  const maybe = columns
    .filter((column) => !owned.has(column))
    .flatMap((column) =>
      shorter.flatMap(({ system, short }) => {
        const rest = cutName(column, short)?.rest.replace(METRIC, '');
        return rest ? [{ column, system, rest }] : [];
      }),
    );
  const all = [...owned.values(), ...maybe];
  for (const { column, system, rest } of maybe) {
    const hasLike = all.some((other) => other.system !== system && other.rest === rest);
    if (hasLike && !owned.has(column)) owned.set(column, { system, rest });
  }
  return owned;
}

/**
 * The system whose whole name a column's begins or ends with; of several, the one with the longest name. What begins
 * with one and ends with another, as base_vs_tuned, is of both.
 */
function ownerByName(column: string, names: readonly string[]): Owned | undefined {
  const cuts = names.flatMap((system) => {
    const cut = cutName(column, system);
    return cut ? [{ system, ...cut }] : [];
  });
  const [owner, ...others] = cuts.sort((one, other) => one.rest.length - other.rest.length);
  const isOfBoth = others.some(
    ({ system, isAtStart }) =>
      isAtStart !== owner?.isAtStart && cutName(owner?.rest ?? '', system) !== undefined,
  );
  if (!owner || isOfBoth) return undefined;
  return { system: owner.system, rest: owner.rest.replace(METRIC, '') };
}

/** Before the name of a score, this says that it is one: base_metric_sas. */
const METRIC = /^metrics?[\s_./-]+(?=\p{L})/iu;

const MAX_REMEMBERED = 10_000;

/** The same, for columns that no sampled row has; each name is looked at once. */
function rememberOwners(names: readonly string[]): (column: string) => Owned | undefined {
  const known = new Map<string, Owned | undefined>();
  return (column) => {
    if (known.has(column)) return known.get(column);
    const owner = ownerByName(column, names);
    if (known.size < MAX_REMEMBERED) known.set(column, owner);
    return owner;
  };
}

/** `base` of `base_model`, where no other system begins so. */
function shortNames(name: string, names: readonly string[]): string[] {
  const words = toSnake(name).split('_');
  return words
    .map((_, at) => words.slice(0, words.length - 1 - at).join('_'))
    .filter(
      (short) =>
        short !== '' &&
        names.every((other) => other === name || !`${toSnake(other)}_`.startsWith(`${short}_`)),
    );
}

/** An object with a member for each system: `scores: {"base": 0.5, "tuned": 0.7}`. */
function isBySystem({ rows, kind }: Sample, column: string, names: readonly string[]): boolean {
  const found = rows.flatMap((row) => {
    const value = row[column] ?? null;
    const read = kind === 'table' && typeof value === 'string' ? readCell(value) : value;
    return value === null || value === '' ? [] : [read];
  });
  return (
    found.length > 0 &&
    found.every(
      (value) =>
        isJsonObject(value) &&
        Object.keys(value).length > 0 &&
        Object.keys(value).every((key) => names.some((name) => cutName(key, name)?.rest === '')),
    )
  );
}

function addBySystem(
  parts: ReadonlyMap<string, JsonObject>,
  column: string,
  value: JsonObject,
): void {
  for (const key of Object.keys(value))
    for (const [name, part] of parts)
      if (cutName(key, name)?.rest === '') addBelow(part, column, value[key] as JsonValue);
}

/** Adds the members of a system's object as its columns. */
function addBelow(part: JsonObject, name: string, value: JsonValue): void {
  const members = isJsonObject(value) ? value : { [name]: value };
  for (const key of Object.keys(members))
    setKey(part, freeName(key, part), members[key] as JsonValue);
}

function saysSomething(part: JsonObject): boolean {
  return Object.keys(part).some((name) => part[name] !== null && part[name] !== '');
}

/** What is shared keeps its name: `answer` next to `gpt4_answer` is the right one. */
function freeName(rest: string, taken: object): string {
  let free = rest;
  while (Object.hasOwn(taken, free)) free = `model_${free}`;
  return free;
}

function join(common: JsonObject, own: JsonObject, taken: object): JsonObject {
  const record: JsonObject = {};
  for (const name of Object.keys(common)) setKey(record, name, common[name] as JsonValue);
  for (const name of Object.keys(own))
    setKey(record, freeName(name, taken), own[name] as JsonValue);
  return record;
}

/** What systems call themselves, if each has one name and no two have the same. */
function findLabels(
  { rows }: Sample,
  names: readonly string[],
  split: (record: JsonObject) => SystemRecord[],
): Map<string, string> {
  const parts = rows.flatMap(split);
  for (const member of NAME) {
    const labels = new Map<string, string>();
    const said = parts.flatMap(({ label, record }) => {
      const column = Object.keys(record).find((name) => toSnake(name) === member);
      const value = column === undefined ? undefined : record[column];
      return typeof value === 'string' && label !== undefined ? [[label, value] as const] : [];
    });
    const isOne = said.every(
      ([name, value]) => (labels.get(name) ?? value) === value && labels.set(name, value),
    );
    if (isOne && labels.size === names.length && new Set(labels.values()).size === names.length)
      return labels;
  }
  return new Map();
}

function describe(
  name: string,
  owned: ReadonlyMap<string, Owned>,
  nested: ReadonlySet<string>,
): string {
  const own = [...owned].filter(([, { system }]) => system === name);
  const columns = own.map(([column, { rest }]) => (rest === '' ? column : `${column} (${rest})`));
  return `${[...columns, ...nested].map(shorten).join(', ')} → experiment ${shorten(name)}`;
}

const MAX_NAMED = 40;

function noColumn(name: string, columns: readonly string[]): LsRecordError {
  return new LsRecordError(
    'USAGE',
    `--systems: no column's name begins or ends with ${shorten(name)}`,
    { hint: `The columns are ${listNames(columns, MAX_NAMED)}.` },
  );
}
