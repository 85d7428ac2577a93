import Papa from 'papaparse';
import { LsRecordError } from '../errors.js';
import { findDelimiter, lineOfDelimiter, nameDelimiter, RecordScan } from './delimiter.js';
import type { Row } from './row.js';
import { MAX_KEPT_TEXT, passBlankLines, RowText, type TakenText } from './row-text.js';
import {
  describeTooWide,
  MAX_COLUMNS,
  readTable,
  type Table,
  type TableOptions,
  type TableRecord,
} from './table.js';

const MAX_HEADER = 1_000_000;
/** A row that is longer is gathered first. */
const LONG_ROW = 1_000_000;

/** What separates the fields of a file. */
export interface Separation {
  readonly delimiter: string;
  /** Not said by anybody, but found. */
  readonly isGuessed: boolean;
}

/**
 * Reads a table with a header. See `readTable`.
 *
 * @param separation default: found in the first piece of text.
 * @throws {LsRecordError} `INPUT_INVALID` if there is no header, or a quote is never closed.
 */
export function readCsv(
  text: AsyncIterable<string>,
  file: string,
  separation?: Separation,
  options?: TableOptions,
): AsyncGenerator<Row> {
  return readTable(records(text, file, separation?.delimiter), tableOf(file, separation), options);
}

function tableOf(
  file: string,
  { delimiter = ',', isGuessed = false }: Partial<Separation> = {},
): Table {
  const guess = `${nameDelimiter(delimiter)} is assumed to separate them (--delimiter overrides)`;
  return {
    file,
    print: (fields) => Papa.unparse([[...fields]], { delimiter }),
    guess: isGuessed ? guess : undefined,
  };
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
): AsyncGenerator<TableRecord> {
  let parser: Papa.Parser | undefined;
  let delimiter = ',';
  let newline: '\n' | '\r' = '\n';
  let rest = '';
  let line = 1;

  const parse = function* (isEnd: boolean): Generator<TableRecord> {
    if (!parser) {
      delimiter = wanted ?? findDelimiter(rest, false);
      const said = lineOfDelimiter(rest);
      rest = rest.slice(said.length);
      line += count('\n', said);
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
      if (!isBlank(fields)) yield { fields: withoutReturn(fields, newline), line: start };
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
      yield { fields: [], line, tooLong: taken };
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
    yield { fields: [], line, tooLong: taken };
  }
}

/** A row that comes in many pieces, gathered to its end: Papaparse would look through all of it again with each piece. */
class LongRow {
  readonly #scan: RecordScan;
  readonly #text = new RowText();

  constructor(newline: string, delimiter: string) {
    this.#scan = new RecordScan(newline, delimiter);
  }

  get isQuoteOpen(): boolean {
    return this.#scan.isQuoteOpen;
  }

  /** Line breaks in it, its last included. */
  get lines(): number {
    return this.#scan.lines;
  }

  /** @returns where in the piece the next row begins; undefined: not in this piece. */
  add(piece: string): number | undefined {
    const end = this.#scan.run(piece);
    this.#text.add(end === undefined ? piece : piece.slice(0, end - 1));
    return end;
  }

  take(): TakenText {
    const taken = this.#text.take();
    const { columns } = this.#scan;
    if (taken.problem !== undefined || columns <= MAX_COLUMNS) return taken;
    const text = taken.text.slice(0, MAX_KEPT_TEXT);
    return { text, problem: describeTooWide(columns) };
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
  return new LsRecordError('INPUT_INVALID', `${file}:${line}: a quote opened here is not closed`, {
    hint: 'Inside quotes, write a quote twice: "He said ""no"".".',
  });
}
