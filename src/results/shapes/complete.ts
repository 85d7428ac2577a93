import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import type { Piece } from '../format-kit/layout.js';
import { ownValue } from '../named-columns/facts.js';
import { columnOf, type Fact, isFact, type LeftOut, type Level } from './facts.js';
import type { Key } from './groups.js';

/** What is around rows, and what it is called in them. */
export interface Additions {
  readonly levels: readonly Level[];
  readonly facts: readonly Fact[];
  readonly leftOut: readonly LeftOut[];
  readonly keys: readonly Key[];
}

/** Makes what gives rows the facts around them. What a row has under the same name stays its own. */
export function completer(additions: Additions): (piece: Piece) => JsonValue {
  const readers = additions.levels.map((level) => readerOf(level, additions));
  return ({ value, path, around }) => {
    if (!isJsonObject(value)) return value;
    const row = { ...value };
    const isTaken = (column: string) => Object.hasOwn(row, column);
    for (const { at, column } of additions.keys)
      if (!isTaken(column)) setKey(row, column, String(path[at] ?? ''));
    for (const { level, read } of readers)
      for (const [column, fact] of read(around[level.at]))
        setKey(row, columnOf(level, column, isTaken), fact);
    return row;
  };
}

/** Reads the facts of a level; those of one object once, as its rows follow one another. */
function readerOf(level: Level, { facts, leftOut }: Additions) {
  const columns = new Map(
    facts.flatMap((fact) => (fact.level === level ? [[fact.name, fact.column.name]] : [])),
  );
  const others = new Set(leftOut.flatMap((one) => (one.level === level ? [one.name] : [])));
  let last: JsonObject | undefined;
  let found: readonly [string, JsonValue][] = [];
  const read = (object: JsonObject | undefined) => {
    if (object === last) return found;
    last = object;
    found = Object.keys(object ?? {}).flatMap((name): [string, JsonValue][] => {
      const value = (object && ownValue(object, name)) ?? null;
      if (others.has(name) || level.leadsOn(name, value)) return [];
      const column = columns.get(name);
      if (column !== undefined) return [[column, value]];
      // No sampled object has it: under a name of its own it cannot be mistaken for a field of the row.
      return level.isOfRow || isFact(name, value) ? [[`${level.name}_${name}`, value]] : [];
    });
    return found;
  };
  return { level, read };
}
