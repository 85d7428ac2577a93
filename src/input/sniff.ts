import { parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { encodingOf } from './decode.js';
import type { Source } from './row.js';

export type Format = Source['format'];

/** What a head of a file turned out to be; `unclear`: more of it is needed. */
export type Sniffed =
  | { readonly format: Format }
  | { readonly binary: string }
  | { readonly unclear: true };

/** A first line that is longer tells nothing more. */
export const MAX_HEAD = 64 * 1024;

const ROW_KEYS = ['inputs', 'outputs', 'error'];
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
  if (text === '' && !isAll && head.length < MAX_HEAD) return { unclear: true };
  const newline = text.indexOf('\n');
  const hasLine = newline !== -1 || isAll;
  if (!hasLine && head.length < MAX_HEAD) return { unclear: true };
  const line = newline === -1 ? text : text.slice(0, newline);

  if (text.startsWith('[')) return { format: 'json' };
  if (text.startsWith('{')) return { format: hasLine ? sniffObject(line) : 'json' };
  return { format: line.includes('\t') && !line.includes(',') ? 'tsv' : 'csv' };
}

/** A first line that is an object by itself begins JSON Lines, unless it holds the rows. */
function sniffObject(line: string): Format {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch {
    // An object over several lines; or a broken first line of many, which only a reader of lines gets past.
    return looksCut(line) ? 'jsonl' : 'json';
  }
  if (!isJsonObject(value) || ROW_KEYS.some((key) => Object.hasOwn(value, key))) return 'jsonl';
  const holdsRows = Object.values(value).some(
    (member) => Array.isArray(member) && member.some(isJsonObject),
  );
  return holdsRows ? 'json' : 'jsonl';
}

/** Names fields of a row, and more than a pretty-printed document has in its first line. */
function looksCut(line: string): boolean {
  return /"(inputs|outputs|error)"\s*:.*[,}\]"]/.test(line);
}
