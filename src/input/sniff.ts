import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { encodingOf } from './decode.js';
import { findDelimiter } from './delimiter.js';

/** Kinds of text that hold rows. */
export type TextFormat = 'jsonl' | 'json' | 'csv' | 'tsv';
/** What holds something else, or rows in a form of its own. */
export type Container = 'gzip' | 'zstd' | 'zip' | 'parquet' | 'yaml';
export type FileFormat = TextFormat | Container;
/** What can be named, since it is text: the others cannot be mistaken. */
export type NamedFormat = TextFormat | 'yaml';

/**
 * What a head of a file turned out to be; `unclear`: more of it is needed. `isOurs`: its first row has our fields, or
 * it cannot be told what it has.
 */
export type Sniffed =
  | { readonly format: FileFormat; readonly isOurs?: boolean }
  | { readonly binary: string }
  | { readonly unclear: true };

/** A longer first line is recognised by its beginning. */
export const MAX_HEAD = 64 * 1024;

const ROW_KEYS = ['inputs', 'outputs', 'example_id'];
const OUR_KEYS = ['inputs', 'example_id'];
/** The fields of a row, by which the header of a table is known for ours. */
export const OUR_FIELDS: ReadonlySet<string> = new Set(
  `_rejected child_runs end_time error example_id example_metadata feedback id inputs latency latency_ms metadata name
  outputs reference_outputs run_type scores split start_time tags usage_metadata`.split(/\s+/),
);
const YAML_KEY = /^[A-Za-z_][\w-]*:(?:\s|$)/;
const YAML_ITEM = /^-(?:\s+(?:[A-Za-z_][\w-]*:(?:\s|$)|[{[])|\s*$)/;
/** The text of a string and the colon after a key, or a bracket; the last string may be cut. */
const TOKENS = /"((?:[^"\\]|\\.?)*)(?:"(\s*:)?|$)|[[\]{}]/gs;
/** Beyond that many, blank ones, there is nothing to be told. */
const MAX_LINES = 100;
const CONTAINERS: [bytes: string, what: Container][] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['50415231', 'parquet'],
];
const MAGIC: [bytes: string, what: string][] = [
  ['53514c69746520666f726d6174', 'an SQLite database; export its rows as JSON Lines'],
  ['25504446', 'a PDF'],
];

/** Tells by content, not by name, what a file or stream holds. `isAll`: nothing follows these bytes. */
export function sniff(head: Uint8Array, isAll: boolean): Sniffed {
  const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
  const container = CONTAINERS.find(([bytes]) => hex.startsWith(bytes));
  if (container) return { format: container[1] };
  const magic = MAGIC.find(([bytes]) => hex.startsWith(bytes));
  if (magic) return { binary: magic[1] };
  const encoding = encodingOf(head);
  if (encoding === 'utf-8' && head.includes(0)) return { binary: 'binary data' };

  const whole = new TextDecoder(encoding).decode(head);
  const text = whole.trimStart();
  const canGrow = !isAll && head.length < MAX_HEAD;
  const [line = '', next] = lines(text, isAll);
  if (text === '' || line === '') return canGrow ? { unclear: true } : sniffLongLine(text);
  if (text.startsWith('[')) return { format: 'json' };
  if (!text.startsWith('{')) {
    if (isYaml(text)) return { format: 'yaml' };
    // A table would quote an object with a comma in it: what is above one is no header, but a line of a log.
    if (next !== undefined && isObject(next) && (isJson(line) || next.includes(',')))
      return { format: 'jsonl', isOurs: hasOurField(next) };
    const delimiter = findDelimiter(whole, isAll);
    return { format: delimiter === '\t' ? 'tsv' : 'csv', isOurs: isOurHeader(line, delimiter) };
  }
  const format = sniffObject(line, next);
  if (format !== undefined) return { format, isOurs: hasOurField(line) };
  return canGrow ? { unclear: true } : { format: 'json' };
}

/** Any other column of a table may be a score, which the rows that follow must tell. */
function isOurHeader(line: string, delimiter: string): boolean {
  const names = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const fields = names.map((name) => name.split('.', 1)[0] ?? '');
  return (
    fields.every((field) => OUR_FIELDS.has(field)) && OUR_KEYS.some((key) => fields.includes(key))
  );
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
  return { format: text === '' ? 'jsonl' : 'csv' };
}

/** What begins with an object in a line of its own, or not; undefined: the next line must tell. */
function sniffObject(line: string, next: string | undefined): TextFormat | undefined {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // A broken first line of many, which only a reader of lines gets past; or an object over several lines.
    if (next !== undefined) return isObject(next) ? 'jsonl' : 'json';
    if (error.offset === line.length) return undefined;
    return hasRowKey(line) ? 'jsonl' : 'json';
  }
  if (!isJsonObject(value) || ROW_KEYS.some((key) => Object.hasOwn(value, key))) return 'jsonl';
  // An object alone may be a document that holds the rows.
  return next === undefined ? undefined : 'jsonl';
}

/** A first row that is broken may well be ours. */
function hasOurField(line: string): boolean {
  try {
    const value = parseJson(line);
    return !isJsonObject(value) || OUR_KEYS.some((key) => Object.hasOwn(value, key));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return true;
    throw error;
  }
}

/** What no header of a table has: the mark of a document, or a key and its colon at the beginning of a line. */
function isYaml(text: string): boolean {
  if (/^(?:---|%YAML)\s/.test(text)) return true;
  const isSaid = (line: string) => line.trim() !== '' && !line.startsWith('#');
  const [first = '', second = ''] = text.split('\n', MAX_LINES).filter(isSaid);
  if (YAML_ITEM.test(first)) return true;
  if (!YAML_KEY.test(first) || !text.includes('\n')) return false;
  // A title over a table may have a colon too; in YAML another key follows, or what is below the first.
  const isSentence = /[,;\t]/.test(first.trimEnd());
  return !isSentence || YAML_KEY.test(second) || /^(?:\s+|- )\S/.test(second);
}

function isObject(line: string): boolean {
  return isJsonObject(tryParse(line));
}

/** A number, a text or null, which the names of columns are not if objects follow. */
function isJson(line: string): boolean {
  return tryParse(line) !== undefined;
}

function tryParse(line: string): JsonValue | undefined {
  try {
    return parseJson(line);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
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
