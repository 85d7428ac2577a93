import type { TextFormat } from './contents.js';
import { encodingOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import { isMarkdown } from './markdown.js';
import { nameBytes, nameText, type Unreadable } from './signatures.js';
import { OUR_KEYS, sniffJson } from './sniff-json.js';

/** What holds something else, or rows in a form of its own. */
export type Container = 'gzip' | 'zstd' | 'zip' | 'parquet' | 'yaml' | 'markdown';
export type FileFormat = TextFormat | Container;
/** What can be named, since it is text: the others cannot be mistaken. */
export type NamedFormat = TextFormat | 'yaml';

/**
 * What a head of a file turned out to be; `unclear`: more of it is needed. `isOurs`: its first row has our fields, or
 * it cannot be told what it has.
 */
export type Sniffed =
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
/** Beyond that many, blank ones, there is nothing to be told. */
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
  hint: 'JSON Lines, JSON, CSV, TSV, YAML, Parquet, Excel (.xlsx), Markdown tables, and gzip, zstd and zip of text can be read.\nWhose results: ls-record formats',
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
