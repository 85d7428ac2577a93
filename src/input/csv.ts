import Papa from 'papaparse';
import { LsRecordError } from '../errors.js';
import { type JsonObject, setKey } from '../json/value.js';
import { findDelimiter } from './delimiter.js';
import type { Row } from './row.js';
import { MAX_KEPT_TEXT, passBlankLines, RowText, type TakenText } from './row-text.js';

const MAX_HEADER = 1_000_000;
/** More would each be a name to look at, and cost a kilobyte. */
const MAX_COLUMNS = 20_000;
/** A row that is longer is gathered first. */
const LONG_ROW = 1_000_000;
const QUOTE = '"'.charCodeAt(0);

/**
 * Reads a table with a header; each row is an object of header → text, its cells beside it. The delimiter is found
 * unless it is given. A row with too many or too few fields is a row with a problem.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if there is no header, or a quote is never closed.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  file: string,
  delimiter?: string,
): AsyncGenerator<Row> {
  let header: Header | undefined;
  let index = 0;

  for await (const record of records(text, file, delimiter)) {
    const { fields, line, delimiter: separator, tooLong } = record;
    if (tooLong) {
      if (!header) throw notRead(file, record);
      yield { origin: { file, line }, index: index++, shape: 'columns', value: null, ...tooLong };
      continue;
    }
    if (!header) {
      header = readHeader(record, file);
      continue;
    }
    const cells = readCells(header, fields, separator);
    yield { origin: { file, line }, index: index++, shape: 'columns', ...cells };
  }
  if (!header) throw noHeader(file);
}

/** Reads only the names of a table's columns; they may be empty or repeat. */
export async function readCsvHeader(
  text: AsyncIterable<string>,
  file: string,
  delimiter?: string,
): Promise<readonly string[]> {
  for await (const record of records(text, file, delimiter)) return readHeader(record, file).names;
  throw noHeader(file);
}

/** @throws {LsRecordError} `INPUT_INVALID` if a column cannot be told from others by its name. */
export function checkColumns(names: readonly string[], file: string): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  const problem = names.includes('')
    ? `column ${names.indexOf('') + 1} has no name`
    : twice !== undefined && `two columns are named "${twice}"`;
  if (!problem) return;
  throw new LsRecordError('INPUT_INVALID', `${file}:1: ${problem}`, {
    hint: 'Each column needs a name of its own in the first line.',
  });
}

interface Header {
  readonly names: readonly string[];
  /** Columns at the end that have no name, as spreadsheets leave them: their cells must be empty. */
  readonly width: number;
}

function readHeader(record: CsvRecord, file: string): Header {
  const { fields } = record;
  if (record.tooLong || fields.length > MAX_COLUMNS) throw notRead(file, record);
  const names = fields.map((field) => field.trim());
  while (names.length > 1 && names.at(-1) === '') names.pop();
  return { names, width: fields.length };
}

function noHeader(file: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${file} has no header row`, {
    hint: 'The first line of a table names its columns.',
  });
}

function notRead(file: string, { fields, line, tooLong }: CsvRecord): LsRecordError {
  const problem = tooLong?.problem ?? describeTooWide(fields.length);
  return new LsRecordError('INPUT_INVALID', `${file}:${line}: ${problem}`, {
    hint: 'The first line of a table names its columns.',
  });
}

function describeTooWide(columns: number): string {
  const most = MAX_COLUMNS.toLocaleString('en-US');
  return `row has ${columns.toLocaleString('en-US')} columns; no more than ${most} are read`;
}

function readCells(
  { names, width }: Header,
  fields: readonly string[],
  delimiter: string,
): Pick<Row, 'value' | 'cells' | 'problem' | 'text'> {
  const isRagged = fields.length < names.length || fields.length > width;
  if (isRagged || fields.slice(names.length).some((field) => field !== '')) {
    return {
      value: null,
      problem: `found ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, expected ${names.length} as in the header`,
      text: Papa.unparse([[...fields]], { delimiter }).slice(0, MAX_KEPT_TEXT),
    };
  }
  const value: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(value, name, fields[at] as string);
  return { value, cells: fields };
}

interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
  readonly delimiter: string;
  /** Instead of its fields: the row was passed over. */
  readonly tooLong?: TakenText;
}

/** What papaparse says of a piece of text. */
interface Parsed {
  readonly data: string[][];
  readonly errors: readonly {
    readonly type: string;
    readonly row: number;
    readonly index: number;
  }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Papaparse's streams push, and end at an unclosed quote as if all were well;
 * its parser takes text piece by piece and says how far it came.
 */
async function* records(
  text: AsyncIterable<string>,
  file: string,
  wanted: string | undefined,
): AsyncGenerator<CsvRecord> {
  let parser: Papa.Parser | undefined;
  let delimiter = ',';
  let newline: '\n' | '\r' = '\n';
  let rest = '';
  let line = 1;

  const parse = function* (isEnd: boolean): Generator<CsvRecord> {
    if (!parser) {
      delimiter = wanted ?? findDelimiter(rest);
      newline = rest.includes('\r') && !rest.includes('\n') ? '\r' : '\n';
      parser = new Papa.Parser({ delimiter, newline });
    }
    const { data, errors, meta }: Parsed = parser.parse(rest, 0, !isEnd);
    const quotes = errors.filter(({ type }) => type === 'Quotes');
    const openQuote = quotes.find(({ row }) => row < data.length);
    const firstOfPiece = line;
    const isBlank = (fields: readonly string[]) => fields.length === 1 && fields[0]?.trim() === '';

    for (const [at, fields] of data.entries()) {
      if (at === openQuote?.row) {
        const before = count(newline, rest.slice(0, openQuote.index));
        throw notClosed(file, firstOfPiece + before);
      }
      const start = line;
      line += 1 + fields.reduce((sum, field) => sum + count(newline, field), 0);
      if (!isBlank(fields))
        yield { fields: withoutReturn(fields, newline), line: start, delimiter };
    }
    rest = rest.slice(meta.cursor);
  };

  let long: LongRow | undefined;
  for await (const piece of withWholeHeader(text)) {
    let fresh = piece;
    if (!long) {
      rest += piece;
      if (parser) {
        const { start, line: first } = passBlankLines(rest, 0, line);
        rest = rest.slice(start);
        line = first;
      }
      yield* parse(false);
      if (rest.length <= LONG_ROW) continue;
      long = new LongRow(newline, delimiter);
      fresh = rest;
      rest = '';
    }
    const end = long.add(fresh);
    if (end === undefined) continue;
    const taken = long.take();
    rest = fresh.slice(end);
    if (taken.problem === undefined) {
      rest = `${taken.text}${newline}${rest}`;
      yield* parse(false);
    } else {
      yield { fields: [], line, delimiter, tooLong: taken };
      line += long.lines;
    }
    long = undefined;
  }
  const taken = long?.take();
  if (taken?.problem === undefined) {
    rest = taken?.text ?? rest;
    yield* parse(true);
  } else {
    if (long?.isQuoteOpen) throw notClosed(file, line);
    yield { fields: [], line, delimiter, tooLong: taken };
  }
}

/**
 * A row that comes in many pieces, gathered to its end: the first line break outside of quotes. Papaparse would look
 * through all of it again with each piece.
 */
class LongRow {
  readonly #newline: number;
  readonly #delimiter: number;
  readonly #text = new RowText();
  /** A quote opens only where a field begins, or again right after it closed. */
  #mayOpen = true;
  isQuoteOpen = false;
  #columns = 1;
  /** Line breaks in it, its last included. */
  lines = 0;

  constructor(newline: string, delimiter: string) {
    this.#newline = newline.charCodeAt(0);
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** @returns where in the piece the next row begins; undefined: not in this piece. */
  add(piece: string): number | undefined {
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      const isQuote = char === QUOTE;
      if (isQuote && (this.isQuoteOpen || this.#mayOpen)) this.isQuoteOpen = !this.isQuoteOpen;
      this.#mayOpen = isQuote || char === this.#delimiter;
      if (char === this.#delimiter && !this.isQuoteOpen) this.#columns++;
      if (char !== this.#newline) continue;
      this.lines++;
      if (this.isQuoteOpen) continue;
      this.#text.add(piece.slice(0, at));
      return at + 1;
    }
    this.#text.add(piece);
    return undefined;
  }

  take(): TakenText {
    const taken = this.#text.take();
    if (taken.problem !== undefined || this.#columns <= MAX_COLUMNS) return taken;
    const text = taken.text.slice(0, MAX_KEPT_TEXT);
    return { text, problem: describeTooWide(this.#columns) };
  }
}

/** The first piece tells of the table: it has all of the header, unless that is very long. */
async function* withWholeHeader(text: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | undefined = '';
  for await (const chunk of text) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head += chunk;
    if (head.length < MAX_HEADER && !head.trimStart().includes('\n')) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined) yield head;
}

/** Lines may end in \r\n, all or some: papaparse is told that they end in \n, and leaves the rest to the last field. */
function withoutReturn(fields: string[], newline: string): string[] {
  const last = fields.at(-1);
  if (newline === '\n' && last?.endsWith('\r')) fields[fields.length - 1] = last.slice(0, -1);
  return fields;
}

function count(char: string, text: string): number {
  let found = 0;
  for (let at = text.indexOf(char); at !== -1; at = text.indexOf(char, at + 1)) found++;
  return found;
}

function notClosed(file: string, line: number): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file}:${line}: a quote is opened here and not closed as CSV demands`,
    { hint: 'Within quotes a quote is written twice: "He said ""no"".".' },
  );
}
