import Papa from 'papaparse';
import { LsRecordError } from '../errors.js';
import { type JsonObject, setKey } from '../json/value.js';
import { findDelimiter } from './delimiter.js';
import { MAX_ROW_CHARACTERS } from './jsonl.js';
import type { Row } from './row.js';

const MAX_HEADER = 1_000_000;
/** A row that is longer comes in pieces that grow with it: it is looked through again for each piece. */
const LONG_ROW = 1_000_000;

/**
 * Reads a table with a header; each row is an object of header → text. The delimiter is found unless it is given.
 * A row with too many or too few fields is a row with a problem.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if the header cannot be used, or a quote is never closed.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  file: string,
  delimiter?: string,
): AsyncGenerator<Row> {
  let header: Header | undefined;
  let index = 0;

  for await (const { fields, line, delimiter: separator } of records(text, file, delimiter)) {
    const isBlank = fields.length === 1 && fields[0]?.trim() === '';
    if (isBlank) continue;
    if (!header) {
      header = readHeader(fields, file, line);
      continue;
    }
    const cells = readCells(header, fields, separator);
    yield { origin: { file, line }, index: index++, shape: 'columns', ...cells };
  }
  if (!header)
    throw new LsRecordError('INPUT_INVALID', `${file} has no header row`, {
      hint: 'The first line of a table names its columns.',
    });
}

interface Header {
  readonly names: readonly string[];
  /** Columns at the end that have no name, as spreadsheets leave them: their cells must be empty. */
  readonly width: number;
}

function readHeader(fields: readonly string[], file: string, line: number): Header {
  const names = fields.map((field) => field.trim());
  while (names.length > 1 && names.at(-1) === '') names.pop();
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  const problem = names.includes('')
    ? `column ${names.indexOf('') + 1} has no name`
    : twice !== undefined && `two columns are named "${twice}"`;
  if (problem) {
    throw new LsRecordError('INPUT_INVALID', `${file}:${line}: ${problem}`, {
      hint: 'Each column needs a name of its own in the first line.',
    });
  }
  return { names, width: fields.length };
}

function readCells(
  { names, width }: Header,
  fields: readonly string[],
  delimiter: string,
): Pick<Row, 'value' | 'problem' | 'text'> {
  const isRagged = fields.length < names.length || fields.length > width;
  if (isRagged || fields.slice(names.length).some((field) => field !== '')) {
    return {
      value: null,
      problem: `found ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, expected ${names.length} as in the header`,
      text: Papa.unparse([[...fields]], { delimiter }).slice(0, 1000),
    };
  }
  const value: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(value, name, fields[at] as string);
  return { value };
}

interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
  readonly delimiter: string;
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

    for (const [at, fields] of data.entries()) {
      if (at === openQuote?.row) {
        const before = count(newline, rest.slice(0, openQuote.index));
        throw notClosed(file, firstOfPiece + before);
      }
      const start = line;
      line += 1 + fields.reduce((sum, field) => sum + count(newline, field), 0);
      yield { fields: withoutReturn(fields, newline), line: start, delimiter };
    }
    rest = rest.slice(meta.cursor);
  };

  for await (const piece of pieces(text, () => rest.length)) {
    rest += piece;
    yield* parse(false);
    if (rest.length > MAX_ROW_CHARACTERS) throw tooLong(file, line);
  }
  yield* parse(true);
}

/** The header first, for what it tells of the table; then as it comes, unless a row grows long. */
async function* pieces(
  text: AsyncIterable<string>,
  openLength: () => number,
): AsyncGenerator<string> {
  let isHeader = true;
  let gathered: string[] = [];
  let length = 0;
  for await (const chunk of text) {
    gathered.push(chunk);
    length += chunk.length;
    const open = openLength();
    if (isHeader && length < MAX_HEADER && !gathered.join('').trimStart().includes('\n')) continue;
    if (open > LONG_ROW && length < open && open + length <= MAX_ROW_CHARACTERS) continue;
    isHeader = false;
    yield gathered.join('');
    gathered = [];
    length = 0;
  }
  yield gathered.join('');
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

function tooLong(file: string, line: number): LsRecordError {
  const size = `${MAX_ROW_CHARACTERS / 1024 / 1024} MB`;
  return new LsRecordError('INPUT_INVALID', `${file}:${line}: the row is longer than ${size}`, {
    hint: 'Is a quote opened in it that is never closed?',
  });
}
