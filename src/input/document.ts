import { LsRecordError } from '../errors.js';
import { JsonSyntaxError, parseJson, positionAt } from '../json/parse.js';
import { describeSize } from '../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import type { JsonText, ScannedValue } from './json-text.js';
import { readRow } from './jsonl.js';
import type { Row } from './row.js';
import { countValues, MAX_ROW_CHARACTERS, MAX_ROW_VALUES, MOST_VALUES } from './row-text.js';

/** A record, before it is counted. */
export type DocumentRow = Omit<Row, 'index'>;

const MAX_SAMPLE_DEPTH = 12;
const MAX_SAMPLE_MEMBERS = 200;
const MAX_SAMPLE_ELEMENTS = 20;
const MAX_SAMPLE_TEXT = 2000;
/** Characters that one look keeps: of a text, of a list or object that has many members, and in all. */
const MAX_KEPT_TEXT = 100_000;
const MAX_KEPT_NESTED = 256 * 1024;
const MAX_KEPT = 4 * 1024 * 1024;

/** What one look at a document kept of it. */
export interface Look {
  readonly value: JsonValue;
  /** Where something was left out; `*` is an element or a member. */
  readonly cuts: readonly (readonly string[])[];
}

/** Goes through one value and keeps its shape: lists cut to their first elements, long texts cut short. */
export async function sampleValue(text: JsonText): Promise<JsonValue> {
  return cutToSample((await lookAt(text)).value);
}

/**
 * Goes through one value and keeps most of it: of lists and objects that are long, the beginning.
 *
 * @param lastAt takes down, for each member of the value itself, the number of the one that counts: keys may repeat.
 */
export async function lookAt(text: JsonText, lastAt?: Map<string, number>): Promise<Look> {
  const cuts: (readonly string[])[] = [];
  let kept = 0;

  const look = async (path: readonly string[]): Promise<JsonValue> => {
    const start = kept;
    const isFull = () => kept - start > MAX_KEPT_NESTED || kept > MAX_KEPT;
    const isDeep = path.length === MAX_SAMPLE_DEPTH;
    if (await text.take('{')) {
      const object: JsonObject = {};
      let members = 0;
      let isCut = false;
      for await (const key of readMembers(text)) {
        if (path.length === 0) lastAt?.set(key, members);
        isCut ||= isDeep || (members >= MAX_SAMPLE_MEMBERS && isFull());
        members++;
        kept += key.length;
        if (isCut) await skipValue(text);
        else setKey(object, key, await look([...path, key]));
      }
      if (isCut) cuts.push(path);
      return object;
    }
    if (await text.take('[')) {
      const list: JsonValue[] = [];
      const first = await text.peek();
      const most = mostOf(first === '[' || first === '{');
      for await (const _ of readElements(text)) {
        if (isDeep || (list.length >= most && isFull())) {
          // At once: a list may have millions of numbers.
          await text.skipRest();
          cuts.push(path);
          break;
        }
        list.push(await look([...path, '*']));
      }
      return list;
    }
    const taken = await text.takeValue({ keep: true });
    kept += taken.text.length;
    const value = taken.problem === undefined ? readScalar(taken.text) : taken.text;
    if (value !== undefined && taken.text.length <= MAX_KEPT_TEXT) return value;
    // What is no JSON, or too long for a row, is an error of the reading that comes.
    cuts.push(path);
    return typeof value === 'string' ? value.slice(0, MAX_SAMPLE_TEXT) : null;
  };
  return { value: await look([]), cuts };
}

function readScalar(json: string): JsonValue | undefined {
  try {
    return parseJson(json);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/**
 * A document without its records, as far as one look at it kept all of it.
 *
 * @returns undefined if something else was left out, too.
 */
export function headerOfLook(
  { value, cuts }: Look,
  recordsAt: readonly string[],
  leaveOut: readonly (readonly string[])[],
): JsonObject | undefined {
  const paths = [recordsAt, ...leaveOut];
  const isLeftOut = (cut: readonly string[]) =>
    paths.some(
      (path) =>
        path.length <= cut.length && path.every((step, n) => step === '*' || step === cut[n]),
    );
  if (!cuts.every(isLeftOut)) return undefined;
  const header = withoutPaths(value, paths);
  return isJsonObject(header) ? header : {};
}

function withoutPaths(
  value: JsonValue,
  paths: readonly (readonly string[])[],
): JsonValue | undefined {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0) return value;
  if (Array.isArray(value)) {
    return paths.some(([step]) => step === '*')
      ? value.map((element) => withoutPaths(element, below(paths, undefined)) ?? null)
      : value;
  }
  if (!isJsonObject(value)) return value;
  const object: JsonObject = {};
  for (const key of Object.keys(value)) {
    const member = withoutPaths(value[key] as JsonValue, below(paths, key));
    if (member !== undefined) setKey(object, key, member);
  }
  return object;
}

/** Of a list that begins with a text, as one of column names does, more is kept than of a list of objects. */
function mostOf(isNested: boolean): number {
  return isNested ? MAX_SAMPLE_ELEMENTS : MAX_SAMPLE_MEMBERS;
}

/** The shape of a value: lists cut to their first elements, long texts cut short, the deepest levels left out. */
export function cutToSample(value: JsonValue, depth = 0): JsonValue {
  if (typeof value === 'string') return value.slice(0, MAX_SAMPLE_TEXT);
  const isCut = depth === MAX_SAMPLE_DEPTH;
  if (Array.isArray(value)) {
    const most = mostOf(Array.isArray(value[0]) || isJsonObject(value[0]));
    const elements = isCut ? [] : value.slice(0, most);
    return elements.map((element) => cutToSample(element, depth + 1));
  }
  if (!isJsonObject(value)) return value;
  const sample: JsonObject = {};
  const keys = isCut ? [] : Object.keys(value).slice(0, MAX_SAMPLE_MEMBERS);
  for (const key of keys) setKey(sample, key, cutToSample(value[key] as JsonValue, depth + 1));
  return sample;
}

/**
 * Reads a document without its records.
 *
 * @param recordsAt path to the records; `*` is every member or element.
 * @param leaveOut paths of members that are passed over.
 */
export async function readHeader(
  text: JsonText,
  recordsAt: readonly string[],
  leaveOut: readonly (readonly string[])[],
): Promise<JsonObject> {
  const header = await headerOf(text, [recordsAt, ...leaveOut], nothingRead());
  return isJsonObject(header) ? header : {};
}

interface SizeOfHeader {
  characters: number;
  values: number;
}

function nothingRead(): SizeOfHeader {
  return { characters: 0, values: 0 };
}

/** @returns undefined for what is left out. */
async function headerOf(
  text: JsonText,
  paths: readonly (readonly string[])[],
  size: SizeOfHeader,
): Promise<JsonValue | undefined> {
  if (paths.some((path) => path.length === 0)) {
    await skipValue(text);
    return undefined;
  }
  if (paths.length === 0) return takeValue(text, size);
  const first = await text.peek();
  if (first === '{') {
    await text.take('{');
    const object: JsonObject = {};
    for await (const key of readMembers(text)) {
      const value = await headerOf(text, below(paths, key), size);
      if (value !== undefined) setKey(object, key, value);
    }
    return object;
  }
  if (first === '[' && paths.some(([step]) => step === '*')) {
    await text.take('[');
    const list: JsonValue[] = [];
    for await (const _ of readElements(text))
      list.push((await headerOf(text, below(paths, undefined), size)) ?? null);
    return list;
  }
  return takeValue(text, size);
}

function below(paths: readonly (readonly string[])[], key: string | undefined) {
  return paths.filter(([step]) => step === '*' || step === key).map((path) => path.slice(1));
}

/**
 * Reads the records of a document, one at a time: the elements of the lists, or members of the objects, that stand at
 * a path.
 *
 * @param lastAt which of the document's members counts, by its key.
 */
export async function* readRecords(
  text: JsonText,
  recordsAt: readonly string[] | undefined,
  lastAt?: ReadonlyMap<string, number>,
): AsyncGenerator<DocumentRow> {
  if (recordsAt === undefined) yield await takeRow(text);
  else yield* recordsBelow(text, recordsAt, [], lastAt);
  const found = await text.peek();
  if (found !== undefined) throw text.expected('nothing more', found);
}

async function* recordsBelow(
  text: JsonText,
  path: readonly string[],
  above: readonly (string | number)[],
  lastAt?: ReadonlyMap<string, number>,
): AsyncGenerator<DocumentRow> {
  const [step, ...rest] = path;
  const first = await text.peek();
  if (first === '{') {
    await text.take('{');
    let number = -1;
    for await (const key of readMembers(text)) {
      number++;
      const isReplaced = lastAt !== undefined && lastAt.get(key) !== number;
      if (isReplaced) await skipValue(text);
      else if (step === undefined) yield { ...(await takeRow(text)), path: [...above, key] };
      else if (step === '*') yield* recordsBelow(text, rest, [...above, key]);
      else if (step === key) yield* recordsBelow(text, rest, above);
      else await skipValue(text);
    }
  } else if (first === '[' && (step === undefined || step === '*')) {
    await text.take('[');
    let index = 0;
    for await (const _ of readElements(text)) {
      if (step === undefined) yield { ...(await takeRow(text)), path: [...above, index] };
      else yield* recordsBelow(text, rest, [...above, index]);
      index++;
    }
  } else {
    await skipValue(text);
  }
}

/** Reads the values of a list: those of an array, or documents one after another. */
export async function* readValues(text: JsonText): AsyncGenerator<DocumentRow> {
  for (let first = await text.peek(); first !== undefined; first = await text.peek()) {
    if (first !== '[') {
      yield await takeRow(text);
      if (first === '{') await text.passComma();
      continue;
    }
    await text.take('[');
    for await (const _ of readElements(text)) yield await takeRow(text);
  }
}

async function skipValue(text: JsonText): Promise<void> {
  await text.takeValue({ keep: false });
}

async function takeValue(text: JsonText, size?: SizeOfHeader): Promise<JsonValue> {
  return parseValue(text, await text.takeValue({ keep: true }), size);
}

function parseValue(
  text: JsonText,
  taken: ScannedValue,
  size: SizeOfHeader = nothingRead(),
): JsonValue {
  size.characters += taken.text.length;
  if (taken.problem !== undefined || size.characters > MAX_ROW_CHARACTERS)
    throw headerTooLong(text.file, describeSize(MAX_ROW_CHARACTERS));
  size.values += countValues(taken.text);
  if (size.values > MAX_ROW_VALUES) throw headerTooLong(text.file, `${MOST_VALUES} values`);
  try {
    return parseJson(taken.text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column } = positionAt(taken.text, error.offset);
    throw text.invalid(error.message, {
      line: taken.line + line - 1,
      column: line === 1 ? taken.column + column - 1 : column,
    });
  }
}

async function takeRow(text: JsonText): Promise<DocumentRow> {
  const { line, column, ...taken } = await text.takeValue({ keep: true });
  return readRow(taken, { file: text.file, line }, 0, { column, tolerated: text.tolerated });
}

/** Goes through an object whose brace is taken; the caller takes each value. */
async function* readMembers(text: JsonText): AsyncGenerator<string> {
  if (await text.take('}')) return;
  for (;;) {
    const found = await text.peek();
    if (found !== '"') throw text.expected('a key in double quotes', found);
    const key = await takeValue(text);
    if (!(await text.take(':'))) throw text.expected('":"', await text.peek());
    yield String(key);
    if (!(await text.takeSeparator('}'))) return;
  }
}

/** Goes through an array whose bracket is taken; the caller takes each value. */
async function* readElements(text: JsonText): AsyncGenerator<void> {
  if (await text.take(']')) return;
  for (;;) {
    yield;
    if (!(await text.takeSeparator(']'))) return;
  }
}

function headerTooLong(file: string, most: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${file} holds more than ${most} beside its rows`, {
    hint: 'Is it another kind of file than was told? --format names the kind.',
  });
}
