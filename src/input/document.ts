import { LsRecordError } from '../errors.js';
import { JsonSyntaxError, parseJson, positionAt } from '../json/parse.js';
import { describeSize } from '../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import type { JsonText, ScannedValue } from './json-text.js';
import { readRow } from './jsonl.js';
import { isMany, matches, type Path, pathsBelow } from './place.js';
import type { Row } from './row.js';
import { countValues, MAX_ROW_CHARACTERS, MAX_ROW_VALUES, MOST_VALUES } from './row-text.js';

/** A record, before it is counted. */
export type DocumentRow = Omit<Row, 'index'>;

/**
 * Reads a document without its records.
 *
 * @param recordsAt path to the records.
 * @param leaveOut paths of members that are passed over.
 */
export async function readHeader(
  text: JsonText,
  recordsAt: Path,
  leaveOut: readonly Path[],
): Promise<JsonObject> {
  const header = await headerOf(text, [recordsAt, ...leaveOut], nothingRead());
  return isJsonObject(header) ? header : {};
}

/** Reads the values of a list without their records; see {@link readHeader}. */
export async function readHeaders(
  text: JsonText,
  recordsAt: Path,
  leaveOut: readonly Path[],
): Promise<JsonValue[]> {
  const paths = pathsBelow([recordsAt, ...leaveOut], undefined);
  const size = nothingRead();
  const headers: JsonValue[] = [];
  for await (const _ of eachValue(text)) headers.push((await headerOf(text, paths, size)) ?? null);
  return headers;
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
  paths: readonly Path[],
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
      const value = await headerOf(text, pathsBelow(paths, key), size);
      if (value !== undefined) setKey(object, key, value);
    }
    return object;
  }
  if (first === '[' && paths.some(([step]) => step === '*')) {
    await text.take('[');
    const list: JsonValue[] = [];
    for await (const _ of readElements(text))
      list.push((await headerOf(text, pathsBelow(paths, undefined), size)) ?? null);
    return list;
  }
  return takeValue(text, size);
}

/**
 * Reads the records of a document, one at a time: the elements of the lists, or members of the objects, that stand at
 * a path.
 *
 * @param lastAt which of the document's members counts, by its key.
 */
export async function* readRecords(
  text: JsonText,
  recordsAt: Path | undefined,
  lastAt?: ReadonlyMap<string, number>,
): AsyncGenerator<DocumentRow> {
  if (recordsAt === undefined) yield await takeRow(text);
  else yield* recordsBelow(text, recordsAt, [], lastAt);
  const found = await text.peek();
  if (found !== undefined) throw text.expected('nothing more', found);
}

async function* recordsBelow(
  text: JsonText,
  path: Path,
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
      else if (!matches(step, key)) await skipValue(text);
      else yield* recordsBelow(text, rest, isMany(step) ? [...above, key] : above);
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

/**
 * Reads the values of a list: those of an array, or documents one after another.
 *
 * @param recordsAt where within the list the records are, if the values are none: it begins with `*`.
 */
export async function* readValues(text: JsonText, recordsAt?: Path): AsyncGenerator<DocumentRow> {
  let index = 0;
  for await (const _ of eachValue(text)) {
    if (recordsAt) yield* recordsBelow(text, recordsAt.slice(1), [index++]);
    else yield await takeRow(text);
  }
}

/** Goes through the values of a list; the caller takes each. */
export async function* eachValue(text: JsonText): AsyncGenerator<void> {
  for (let first = await text.peek(); first !== undefined; first = await text.peek()) {
    if (await text.take('[')) {
      yield* readElements(text);
      continue;
    }
    yield;
    if (first === '{') await text.passComma();
  }
}

export async function skipValue(text: JsonText): Promise<void> {
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
export async function* readMembers(text: JsonText): AsyncGenerator<string> {
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
export async function* readElements(text: JsonText): AsyncGenerator<void> {
  if (await text.take(']')) return;
  for (;;) {
    yield;
    if (!(await text.takeSeparator(']'))) return;
  }
}

function headerTooLong(file: string, most: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${file} contains more than ${most} besides its rows`, {
    hint: 'Wrong --format?',
  });
}
