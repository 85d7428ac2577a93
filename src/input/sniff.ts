import { JsonSyntaxError, parseJson, tryParseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import type { TextFormat } from './contents.js';
import { encodingOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import { isComment, parseLoosely } from './loose-json.js';
import { isMarkdown } from './markdown.js';
import { nameBytes, nameText, type Unreadable } from './signatures.js';

/** What holds something else, or rows in a form of its own. */
type Container = 'gzip' | 'zstd' | 'zip' | 'parquet' | 'yaml' | 'markdown';
export type FileFormat = TextFormat | Container;
/** What can be named, since it is text: the others cannot be mistaken. */
export type NamedFormat = TextFormat | 'yaml';

/**
 * What a head of a file turned out to be; `unclear`: more of it is needed. `isOurs`: its first row has our fields, or
 * it cannot be known what it has.
 */
type Sniffed =
  | { readonly format: FileFormat; readonly isOurs?: boolean }
  | { readonly unreadable: Unreadable }
  | { readonly unclear: true };

/** A longer first line is recognised by its beginning. */
export const MAX_HEAD = 64 * 1024;

/** The fields of a row, by which the header of a table is known for ours. */
export const OUR_FIELDS: ReadonlySet<string> = new Set(
  `_rejected child_runs end_time error example_id example_metadata feedback id inputs latency latency_ms metadata name
  outputs reference_outputs run_type scores split start_time tags usage_metadata`.split(/\s+/),
);
const YAML_KEY = /^[A-Za-z_][\w-]*:(?:\s|$)/;
const YAML_ITEM = /^-(?:\s+(?:[A-Za-z_][\w-]*:(?:\s|$)|[{[])|\s*$)/;
/** Beyond that many, blank ones, there is nothing to learn. */
const MAX_LINES = 100;
const CONTAINERS: [bytes: string, what: Container][] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['50415231', 'parquet'],
];
/** What has no text, and is none of what is known. */
const BINARY: Unreadable = {
  what: 'binary data',
  hint: 'Supported: JSON Lines, JSON, CSV, TSV, YAML, Parquet, Excel (.xlsx), Markdown tables, and gzip, zstd and zip of text.\nTo list supported tools: ls-record formats',
};

/**
 * Tells by content what a file or stream holds.
 *
 * @param isAll nothing follows these bytes.
 * @param file its name, which only helps to say what it is if it cannot be read.
 */
export function sniff(head: Uint8Array, isAll: boolean, file?: string): Sniffed {
  const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
  const container = CONTAINERS.find(([bytes]) => hex.startsWith(bytes));
  if (container) return { format: container[1] };
  const encoding = encodingOf(head);
  const isBinary = encoding === 'utf-8' && head.includes(0);
  const unreadable = nameBytes(head, file) ?? (isBinary ? BINARY : undefined);
  if (unreadable) return { unreadable };

  const whole = new TextDecoder(encoding).decode(head);
  const text = whole.trimStart();
  const canGrow = !isAll && head.length < MAX_HEAD;
  const all = lines(text, isAll);
  const [line] = all;
  if (line === undefined && canGrow) return { unclear: true };
  const named = nameText(whole);
  if (named) return { unreadable: named };
  if (text === '') return { format: 'jsonl' };
  if (!/^[[{]/.test(text) && isMarkdown(text)) return { format: 'markdown' };
  if (isYaml(text)) return { format: 'yaml' };
  const json = sniffJson(text, all, canGrow);
  if (json) return json;
  const delimiter = findDelimiter(whole, isAll);
  const isOurs = line !== undefined && isOurHeader(line, delimiter);
  return { format: delimiter === '\t' ? 'tsv' : 'csv', isOurs };
}

/** Any other column of a table may be a score, which the rows that follow must tell. */
function isOurHeader(line: string, delimiter: string): boolean {
  const names = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const fields = names.map((name) => name.split('.', 1)[0] ?? '');
  return (
    fields.every((field) => OUR_FIELDS.has(field)) && OUR_KEYS.some((key) => fields.includes(key))
  );
}

/** The first lines that are whole, blank ones left out. */
function lines(text: string, isAll: boolean): string[] {
  const all = text.split('\n', MAX_LINES);
  const areWhole = isAll || all.length === MAX_LINES;
  return (areWhole ? all : all.slice(0, -1)).filter((line) => line.trim() !== '');
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

/** What begins as JSON does; `unclear`: more of it is needed. */
type SniffedJson =
  | { readonly format: 'json' | 'jsonl'; readonly isOurs?: boolean }
  | { readonly unclear: true };

const ROW_KEYS = ['inputs', 'outputs', 'example_id'];
const OUR_KEYS = ['inputs', 'example_id'];
/** The text of a string and the colon after a key, or a bracket; the last string may be cut. */
const TOKENS = /"((?:[^"\\]|\\.?)*)(?:"(\s*:)?|$)|[[\]{}]/gs;
/** Names in braces, such as `{{question}}`, that are the header of a table. */
const TEMPLATES = /^\{(?:\{|\s*[A-Za-z][\w .-]*\}\s*(?:[,;\t|]|\r?$))/m;
/** How a list begins; what is in brackets in a log is no value. */
const LIST =
  /^\[\s*(?:$|[[\]{"]|(?:-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)|true|false|null|NaN)\s*(?:[,\]]|$))/i;

/**
 * Tells JSON from other text, and whether each of its lines is a value.
 *
 * @param lines the first that are whole, blank ones left out.
 * @param canGrow more of the text may come.
 * @returns undefined if it is no JSON.
 */
function sniffJson(
  text: string,
  lines: readonly string[],
  canGrow: boolean,
): SniffedJson | undefined {
  const [line = '', next] = lines.filter((one) => !isComment(one));
  if (text.startsWith('[')) {
    const isLog = !LIST.test(lines[0] ?? text) && next !== undefined && isObject(next);
    return isLog ? { format: 'jsonl', isOurs: hasOurField(next) } : { format: 'json' };
  }
  if (isComment(lines[0] ?? '')) {
    if (line === '' && canGrow) return { unclear: true };
    if (!line.trimStart().startsWith('{')) return undefined;
    return { format: isBraced(line) ? 'jsonl' : 'json', isOurs: hasOurField(line) };
  }
  if (!text.startsWith('{')) {
    // A table would quote an object with a comma in it: what is above one is no header, but a line of a log.
    const isLog = next !== undefined && isObject(next) && (isJson(line) || next.includes(','));
    return isLog ? { format: 'jsonl', isOurs: hasOurField(next) } : undefined;
  }
  if (TEMPLATES.test(lines[0] ?? text)) return undefined;
  if (line === '') return { format: hasRowKey(text) ? 'jsonl' : 'json' };
  const format = sniffObject(line, next);
  if (format !== undefined) return { format, isOurs: hasOurField(line) };
  return canGrow ? { unclear: true } : { format: 'json' };
}

/** What begins with an object in a line of its own, or not; undefined: the next line must tell. */
function sniffObject(line: string, next: string | undefined): 'json' | 'jsonl' | undefined {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const loose = parseLoosely(line);
    if (loose === undefined) return sniffBroken(line, next, error.offset);
    value = loose;
  }
  if (!isJsonObject(value) || ROW_KEYS.some((key) => Object.hasOwn(value, key))) return 'jsonl';
  // An object alone may be a document that holds the rows.
  return next === undefined ? undefined : 'jsonl';
}

/** A broken first line of many, which only a reader of lines gets past; or an object over several lines. */
function sniffBroken(
  line: string,
  next: string | undefined,
  offset: number,
): 'json' | 'jsonl' | undefined {
  if (next !== undefined) {
    const areAlike = isBraced(line) && isBraced(next);
    return !isInList(line) && (areAlike || isObject(next)) ? 'jsonl' : 'json';
  }
  if (offset === line.length) return undefined;
  // Objects that follow one another may be any number in one line.
  const isFollowed = /^\s*[{,]/.test(line.slice(offset)) && /\}\s*$/.test(line.slice(0, offset));
  return hasRowKey(line) && !isFollowed ? 'jsonl' : 'json';
}

/** Whether a line ends between the elements of a list, so that what follows is another. */
function isInList(line: string): boolean {
  if (!/[[,]\s*$/.test(line)) return false;
  const open: string[] = [];
  for (const [token] of line.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(token);
    else if (token === '}' || token === ']') open.pop();
  }
  return open.at(-1) === '[';
}

function isBraced(line: string): boolean {
  return /^\s*\{.*\}\s*,?\s*$/s.test(line);
}

/** A first row that is broken may well be ours. */
function hasOurField(line: string): boolean {
  const value = tryParse(line);
  return !isJsonObject(value) || OUR_KEYS.some((key) => Object.hasOwn(value, key));
}

function isObject(line: string): boolean {
  return isJsonObject(tryParse(line));
}

/** A number, a text or null, which the names of columns are not if objects follow. */
function isJson(line: string): boolean {
  return tryParse(line) !== undefined;
}

function tryParse(line: string): JsonValue | undefined {
  return tryParseJson(line) ?? parseLoosely(line);
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
