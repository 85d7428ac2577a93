import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { encodingOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import type { Source } from './row.js';

export type Format = Source['format'];

/** What a head of a file turned out to be; `unclear`: more of it is needed. */
export type Sniffed =
  | { readonly format: Format }
  | { readonly binary: string }
  | { readonly unclear: true };

/** A first line that is longer is told by its beginning. */
export const MAX_HEAD = 64 * 1024;

const ROW_KEYS = ['inputs', 'outputs', 'error'];
/** The text of a string and the colon after a key, or a bracket; the last string may be cut. */
const TOKENS = /"((?:[^"\\]|\\.?)*)(?:"(\s*:)?|$)|[[\]{}]/gs;
/** Beyond that many, blank ones, there is nothing to be told. */
const MAX_LINES = 100;
const MAGIC: [bytes: string, what: string][] = [
  ['1f8b', 'gzip data; unpack it with gunzip'],
  ['28b52ffd', 'zstd data; unpack it with unzstd'],
  ['504b0304', 'a zip archive; unpack it with unzip'],
  ['50415231', 'a Parquet file; export it as JSON Lines'],
  ['53514c69746520666f726d6174', 'an SQLite database; export its rows as JSON Lines'],
  ['25504446', 'a PDF'],
];

/** Tells by content, not by name, what a file or stream holds. `isAll`: nothing follows these bytes. */
export function sniff(head: Uint8Array, isAll: boolean): Sniffed {
  const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
  const magic = MAGIC.find(([bytes]) => hex.startsWith(bytes));
  if (magic) return { binary: magic[1] };
  const encoding = encodingOf(head);
  if (encoding === 'utf-8' && head.includes(0)) return { binary: 'binary data' };

  const text = new TextDecoder(encoding).decode(head).trimStart();
  const canGrow = !isAll && head.length < MAX_HEAD;
  const [line = '', next] = lines(text, isAll);
  if (text === '' || line === '') return canGrow ? { unclear: true } : sniffLongLine(text);
  if (text.startsWith('[')) return { format: 'json' };
  if (!text.startsWith('{')) return { format: findDelimiter(text) === '\t' ? 'tsv' : 'csv' };
  const format = sniffObject(line, next);
  if (format !== undefined) return { format };
  return canGrow ? { unclear: true } : { format: 'json' };
}

/** The first two lines that are whole, blank ones left out. */
function lines(text: string, isAll: boolean): string[] {
  const all = text.split('\n', MAX_LINES);
  const areWhole = isAll || all.length === MAX_LINES;
  return (areWhole ? all : all.slice(0, -1)).filter((line) => line.trim() !== '').slice(0, 2);
}

/** An object that goes on and on is a row if it begins like one. */
function sniffLongLine(text: string): Sniffed {
  if (text.startsWith('[')) return { format: 'json' };
  if (text.startsWith('{')) return { format: hasRowKey(text) ? 'jsonl' : 'json' };
  return { format: 'csv' };
}

/** What begins with an object in a line of its own, or not; undefined: the next line must tell. */
function sniffObject(line: string, next: string | undefined): Format | undefined {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // A broken first line of many, which only a reader of lines gets past; or an object over several lines.
    if (next !== undefined) return isObject(next) ? 'jsonl' : 'json';
    return error.offset < line.length ? 'jsonl' : undefined;
  }
  if (!isJsonObject(value) || ROW_KEYS.some((key) => Object.hasOwn(value, key))) return 'jsonl';
  const mayHoldRows = Object.values(value).some(
    (member) => Array.isArray(member) && member.some(isJsonObject),
  );
  if (!mayHoldRows || next !== undefined) return 'jsonl';
  return undefined;
}

function isObject(line: string): boolean {
  try {
    return isJsonObject(parseJson(line));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** Whether the beginning of an object names a field of a row: not one of what is within it. */
function hasRowKey(text: string): boolean {
  let depth = 0;
  for (const [token, key, colon] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon && key !== undefined && ROW_KEYS.includes(key)) return true;
  }
  return false;
}
