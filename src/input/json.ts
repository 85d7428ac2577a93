import { LsRecordError } from '../errors.js';
import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { JsonText } from './json-text.js';
import { readRow } from './jsonl.js';
import type { Row } from './row.js';

/** What tells a row from an object that holds rows. */
const ROW_KEYS = ['inputs', 'outputs', 'error'];
const MAX_NAMED = 12;

/** Where the rows of a document are. */
type Layout = { readonly kind: 'values' } | { readonly kind: 'member'; readonly number: number };

/**
 * Reads JSON documents: an array of rows, one row, rows one after another, or an object without inputs, outputs or
 * error whose only array of objects is the rows. Holds one row at a time.
 *
 * @param open gives the text from its beginning, twice: to look where the rows are, and to read them.
 */
export async function* readJson(
  open: (pass: 'look' | 'read') => AsyncIterable<string>,
  file: string,
): AsyncGenerator<Row> {
  const look = new JsonText(open('look'), file);
  const layout = await findRows(look).finally(() => look.close());
  const text = new JsonText(open('read'), file);
  let index = 0;
  try {
    for await (const row of readLayout(text, layout)) yield { ...row, index: index++ };
  } finally {
    await text.close();
  }
}

async function* readLayout(text: JsonText, layout: Layout): AsyncGenerator<Omit<Row, 'index'>> {
  if (layout.kind === 'member') {
    yield* readMember(text, layout.number);
    return;
  }
  for (let first = await text.peek(); first !== undefined; first = await text.peek()) {
    if (first === '[') yield* readElements(text);
    else yield await takeRow(text);
  }
}

async function findRows(text: JsonText): Promise<Layout> {
  if (!(await text.take('{'))) return { kind: 'values' };
  const members: string[] = [];
  const holders = new Map<string, number>();

  for await (const { key, number } of readMembers(text)) {
    members.push(key);
    if (ROW_KEYS.includes(key)) return { kind: 'values' };
    // Of a repeated key the last counts.
    holders.delete(key);
    if (await holdsObjects(text)) holders.set(key, number);
  }

  // Documents one after another are rows themselves, whatever lists are in them.
  if ((await text.peek()) !== undefined) return { kind: 'values' };

  const [number, ...others] = holders.values();
  if (number !== undefined && others.length === 0) return { kind: 'member', number };
  const found = members.length > MAX_NAMED ? [...members.slice(0, MAX_NAMED), '…'] : members;
  const problem =
    others.length > 0
      ? `it has several lists of objects, any of which could be the rows: ${[...holders.keys()].join(', ')}`
      : `it is an object with ${found.join(', ') || 'nothing in it'}`;
  throw new LsRecordError(
    'INPUT_INVALID',
    `${text.file} holds no rows that can be told: ${problem}`,
    {
      hint: 'Rows come as JSON Lines, as an array, or as the only list of objects in an object. A row has inputs, and outputs or error.',
    },
  );
}

/** Takes a value, and tells whether it is a list of objects. */
async function holdsObjects(text: JsonText): Promise<boolean> {
  if ((await text.peek()) !== '[') {
    await skipValue(text);
    return false;
  }
  await text.take('[');
  const isObject = (await text.peek()) === '{';
  for await (const _ of elements(text)) await skipValue(text);
  return isObject;
}

async function skipValue(text: JsonText): Promise<void> {
  await text.takeValue({ keep: false });
}

/** Goes through an object whose brace is taken; the caller takes each value. */
async function* readMembers(text: JsonText): AsyncGenerator<{ key: string; number: number }> {
  if (await text.take('}')) return;
  for (let number = 0; ; number++) {
    const found = await text.peek();
    if (found !== '"') throw text.expected('a key in double quotes', found);
    const { text: key } = await text.takeValue({ keep: true });
    if (!(await text.take(':'))) throw text.expected('":"', await text.peek());
    yield { key: readKey(text, key), number };
    if (await text.take('}')) return;
    if (!(await text.take(','))) throw text.expected('"," or "}"', await text.peek());
  }
}

function readKey(text: JsonText, json: string): string {
  try {
    return String(parseJson(json));
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw text.expected('a key', json);
    throw error;
  }
}

async function* readMember(text: JsonText, wanted: number): AsyncGenerator<Omit<Row, 'index'>> {
  await text.take('{');
  for await (const { number } of readMembers(text)) {
    if (number === wanted) yield* readElements(text);
    else await skipValue(text);
  }
  const found = await text.peek();
  if (found !== undefined) throw text.expected('nothing more', found);
}

async function* readElements(text: JsonText): AsyncGenerator<Omit<Row, 'index'>> {
  await text.take('[');
  for await (const _ of elements(text)) yield await takeRow(text);
}

/** Goes through an array whose bracket is taken; the caller takes each value. */
async function* elements(text: JsonText): AsyncGenerator<void> {
  if (await text.take(']')) return;
  for (;;) {
    yield;
    if (await text.take(']')) return;
    if (!(await text.take(','))) throw text.expected('"," or "]"', await text.peek());
  }
}

async function takeRow(text: JsonText): Promise<Omit<Row, 'index'>> {
  const { text: json, line, column } = await text.takeValue({ keep: true });
  return readRow(json, { file: text.file, line }, 0, column);
}
