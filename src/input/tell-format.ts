import { LsRecordError } from '../errors.js';
import { positionAt } from '../json/parse.js';
import type { JsonObject } from '../json/value.js';
import type { Separation } from './csv.js';
import { encodingOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import { ASK_IF_WRITTEN } from './opened.js';
import type { Unreadable } from './signatures.js';
import { type FileFormat, type NamedFormat, sniff } from './sniff.js';

/** What is said of text, instead of what its content says. */
export interface TextOptions {
  readonly format?: NamedFormat | undefined;
  /** Between the fields of a table: a character, or `tab`. */
  readonly delimiter?: string | undefined;
  /** The table to read, by name, where a file holds several. */
  readonly sheet?: string | undefined;
}

/** A file's format, and what its reading needs to know from its beginning. */
export interface ToldFormat {
  readonly format: FileFormat;
  readonly isOurs?: boolean;
  readonly separation?: Separation;
}

const OF_LINES = /\.(?:jsonl|ndjson)(?:\.(?:gz|zst))?$/i;
const OF_YAML = /\.ya?ml(?:\.(?:gz|zst))?$/i;
const OF_MARKDOWN = /\.(?:md|markdown)$/i;

/**
 * Tells a file's format by its beginning, by its name where that leaves a choice.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if there is nothing, or no format in which rows can be.
 */
export function tellFormat(
  head: Uint8Array,
  isAll: boolean,
  file: string,
  options: TextOptions,
): ToldFormat {
  const found = tell(head, isAll, file, options);
  const { format } = found;
  if (format !== 'csv' && format !== 'tsv') return found;
  const isGuessed = options.delimiter === undefined && options.format !== 'tsv';
  const delimiter =
    options.delimiter ?? (format === 'tsv' ? '\t' : findDelimiter(textOf(head), isAll));
  return { ...found, separation: { delimiter, isGuessed } };
}

/** What identifies a reading besides its bytes, as far as it was said and not found. */
export function saidOf({ delimiter }: TextOptions): JsonObject {
  return { ...(delimiter !== undefined && { delimiter }) };
}

function tell(
  head: Uint8Array,
  isAll: boolean,
  file: string,
  { delimiter, format = delimiter === undefined ? undefined : 'csv' }: TextOptions,
): ToldFormat {
  if (isAll && isBlank(head))
    throw new LsRecordError('INPUT_INVALID', `${file} is empty`, { hint: ASK_IF_WRITTEN });
  const sniffed = sniff(head, isAll, file);
  if ('unreadable' in sniffed) throw notReadable(file, sniffed.unreadable, textOf(head));
  const found = 'format' in sniffed ? sniffed : { format: 'jsonl' as const, isOurs: true };
  if (format && isOfText(found.format)) return { ...found, format };
  // YAML may begin with nearly any text, that of a table's header too.
  const isTable = found.format === 'csv' || found.format === 'tsv';
  if (isTable && OF_YAML.test(file)) return { format: 'yaml' };
  if ((isTable || found.format === 'yaml') && OF_MARKDOWN.test(file)) return { format: 'markdown' };
  // One object in one line is a document or the only row: the content cannot tell, but the name does.
  const isOnlyRow = found.format === 'json' && OF_LINES.test(file) && isOneObject(head);
  return isOnlyRow ? { ...found, format: 'jsonl' } : found;
}

/** The error that a file is something else than rows, with the command that gives them. */
export function notReadable(
  file: string,
  { what, hint, offset }: Unreadable,
  text = '',
): LsRecordError {
  const { line, column } = positionAt(text, offset ?? 0);
  const message =
    offset === undefined ? `${file} is ${what}` : `${file}:${line}:${column}: this is ${what}`;
  const name = /^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  return new LsRecordError('INPUT_INVALID', message, {
    hint: file === 'stdin' ? hint : hint.replaceAll("'FILE'", `'${file}'`).replaceAll('FILE', name),
  });
}

function textOf(head: Uint8Array): string {
  return new TextDecoder(encodingOf(head)).decode(head);
}

function isOneObject(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head).trim();
  return text.startsWith('{') && !text.includes('\n');
}

function isOfText(format: FileFormat): boolean {
  return !['gzip', 'zstd', 'zip', 'parquet'].includes(format);
}

function isBlank(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes).trim() === '';
}
