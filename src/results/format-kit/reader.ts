import { printJson } from '../../json/print.js';
import {
  isJsonObject,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../../json/value.js';
import { nameInMetadata } from '../loose-fields.js';
import { memberAt, saysNothing } from './members.js';
import { isFiniteNumber, readScore } from './values.js';

type Fields = { readonly [name: string]: JsonValue | undefined };

/** Names, also as lists of them. */
type Names = readonly (string | readonly string[])[];

/**
 * Reads a record and remembers which members were taken. All others are kept automatically, in the metadata of a run or
 * next to a score, so nothing that a harness writes is lost or comes twice.
 */
export class RecordReader {
  #record: JsonObject;
  readonly #taken = new Set<string>();
  readonly #opened = new Map<string, RecordReader>();
  readonly #merged: RecordReader[] = [];
  readonly #kept: Fields[] = [];

  /** @param record anything but an object has nothing to take. */
  constructor(record: JsonValue | undefined) {
    this.#record = isJsonObject(record) ? record : {};
  }

  /** The record itself, to look at without taking. */
  get record(): JsonObject {
    return this.#record;
  }

  /** Takes the first of these members that exists and is not null; null if none does. */
  take(...names: readonly string[]): JsonValue {
    return this.#takeIf(names, (value) => value !== null) ?? null;
  }

  /** Takes the first of these members that is text; undefined if none is, or it is empty. */
  text(...names: Names): string | undefined {
    return this.#takeIf(names.flat(), (value) => typeof value === 'string') || undefined;
  }

  /** Takes a member that is a number; NaN and Infinity stay. */
  number(name: string): number | JsonNumber | undefined {
    return this.#takeIf([name], isFiniteNumber);
  }

  /** Takes a member that is a number, or a text that reads as one, as in a table. */
  figure(name: string): number | JsonNumber | undefined {
    const figure = readScore(this.record[name]);
    if (!isFiniteNumber(figure)) return undefined;
    this.#taken.add(name);
    return figure;
  }

  object(name: string): JsonObject | undefined {
    return this.#takeIf([name], isJsonObject);
  }

  list(name: string): JsonValue[] | undefined {
    return this.#takeIf([name], (value) => Array.isArray(value));
  }

  /**
   * Takes what a list has for one of several runs, of which a record tells all at once; the list itself if it has not
   * one element for each.
   */
  own(name: string, run: number, runs: number): JsonValue {
    const list = this.list(name) ?? null;
    return list?.length === runs ? (list[run] ?? null) : list;
  }

  /** Takes those of these members that are not null, under their names. */
  pick(...names: readonly string[]): JsonObject {
    const picked: JsonObject = {};
    for (const name of names) {
      const value = this.take(name);
      if (value !== null) setKey(picked, name, value);
    }
    return picked;
  }

  /** Takes the objects of a list; what else is in it stays. */
  items(name: string): JsonObject[] {
    return this.#elements(name, isJsonObject);
  }

  /** Takes the texts of a list; what else is in it stays. */
  texts(name: string): string[] {
    return this.#elements(name, (value) => typeof value === 'string');
  }

  /** Opens a member that is an object: what is not taken of it stays under the member's name. */
  open(name: string): RecordReader {
    const reader = new RecordReader(this.record[name]);
    if (isJsonObject(this.record[name])) this.#opened.set(name, reader);
    return reader;
  }

  /** Opens a member that is an object: what is not taken of it stays as if it were the record's own. */
  merge(name: string): RecordReader {
    return this.join(this.object(name));
  }

  /** Reads another object too: what is not taken of it stays as if it were the record's own. */
  join(other: JsonValue | undefined): RecordReader {
    const reader = new RecordReader(other);
    this.#merged.push(reader);
    return reader;
  }

  /** Drops members on purpose: copies of others, and what says nothing about the run. */
  leaveOut(...names: Names): void {
    for (const name of names.flat()) this.#taken.add(name);
  }

  /** Drops a member that equals another value. */
  leaveOutCopy(name: string, of: JsonValue | undefined): void {
    if (printJson(this.record[name] ?? null) === printJson(of ?? null)) this.#taken.add(name);
  }

  /** Adds to what stays. */
  keep(fields: Fields): void {
    this.#kept.push(fields);
  }

  /** Replaces the record by the same one in other words, such as with its cells parsed. */
  rewrite(record: JsonObject): void {
    this.#record = record;
  }

  /** The names of the record's own members that were not taken. */
  left(): string[] {
    return Object.keys(this.record).filter((name) => !this.#taken.has(name));
  }

  /** All that was not taken. */
  rest(): JsonObject {
    const rest: JsonObject = {};
    for (const reader of this.#merged) addAll(rest, reader.rest());
    for (const name of this.left())
      addUnder(rest, name, this.#opened.get(name)?.rest() ?? this.record[name] ?? null);
    for (const fields of this.#kept) addAll(rest, fields);
    return rest;
  }

  #takeIf<T extends JsonValue>(
    names: readonly string[],
    test: (value: JsonValue) => value is T,
  ): T | undefined {
    for (const name of names) {
      const value = memberAt(this.record, name) ?? null;
      if (!test(value)) continue;
      this.#taken.add(name);
      return value;
    }
    return undefined;
  }

  #elements<T extends JsonValue>(name: string, test: (value: JsonValue) => value is T): T[] {
    const list = this.list(name) ?? [];
    this.keep({ [name]: list.filter((value) => !test(value)) });
    return list.filter(test);
  }
}

/** Reads a row or a child run; what is not taken goes into its metadata. */
export function readRun(
  record: JsonObject,
  read: (record: RecordReader) => JsonObject,
): JsonObject {
  const reader = new RecordReader(record);
  return withRest(read(reader), reader);
}

/** Adds to a run's metadata what was not taken from its record. */
export function withRest(run: JsonObject, reader: RecordReader): JsonObject {
  const metadata = { ...(run.metadata as JsonObject | undefined) };
  addMetadata(metadata, reader.rest());
  return { ...run, metadata };
}

/** Returns what was not taken from several records, without those that have nothing left. */
export function restOf(readers: readonly RecordReader[]): JsonObject[] {
  return readers.map((reader) => reader.rest()).filter((rest) => !saysNothing(rest));
}

/** Reads a score and its key, or what was said; what is not taken goes next to that. */
export function feedbackOf(
  record: JsonObject,
  read: (record: RecordReader) => JsonObject,
): JsonObject {
  const reader = new RecordReader(record);
  const feedback = { ...read(reader) };
  addAll(feedback, reader.rest());
  return feedback;
}

/**
 * Keeps what a harness says of a row in its metadata, under its own name, or `source_<name>` where that is taken or
 * means something to LangSmith. Null, {} and [] say nothing.
 */
export function addMetadata(metadata: JsonObject, fields: Fields): void {
  for (const name of Object.keys(fields))
    addUnder(metadata, nameInMetadata(name), fields[name] ?? null);
}

function addAll(object: JsonObject, fields: Fields): void {
  for (const name of Object.keys(fields)) addUnder(object, name, fields[name] ?? null);
}

function addUnder(object: JsonObject, name: string, value: JsonValue): void {
  if (saysNothing(value)) return;
  let free = name;
  for (; Object.hasOwn(object, free); free = `source_${free}`)
    if (printJson(object[free] ?? null) === printJson(value)) return;
  setKey(object, free, value);
}
