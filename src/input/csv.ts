import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { LsRecordError } from '../errors.js';
import { type JsonObject, setKey } from '../json/value.js';
import type { Row } from './row.js';

const MAX_HEADER = 1_000_000;

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
  let line = 1;

  for await (const { fields, isQuoteOpen } of records(text, delimiter)) {
    const origin = { file, line };
    line += 1 + fields.reduce((count, field) => count + newlinesIn(field), 0);
    if (isQuoteOpen) throw openQuote(file, origin.line);
    if (fields.length === 1 && fields[0]?.trim() === '') continue;
    if (!header) {
      header = readHeader(fields, file, origin.line);
      continue;
    }
    yield { origin, index: index++, shape: 'columns', ...readCells(header, fields) };
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
): Pick<Row, 'value' | 'problem' | 'text'> {
  const isRagged = fields.length < names.length || fields.length > width;
  if (isRagged || fields.slice(names.length).some((field) => field !== '')) {
    return {
      value: null,
      problem: `found ${fields.length} fields, expected ${names.length} as in the header`,
      text: Papa.unparse([[...fields]]).slice(0, 1000),
    };
  }
  const value: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(value, name, fields[at] as string);
  return { value };
}

function newlinesIn(field: string): number {
  let count = 0;
  for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count++;
  return count;
}

function openQuote(file: string, line: number): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file}:${line}: a quote is opened in this row and not closed as CSV demands`,
    {
      hint: 'Within quotes a quote is written twice: "He said ""no"".".',
    },
  );
}

interface CsvRecord {
  readonly fields: string[];
  readonly isQuoteOpen: boolean;
}

/** Papaparse pushes; this lets its consumer pull, a chunk at a time. */
async function* records(
  text: AsyncIterable<string>,
  delimiter: string | undefined,
): AsyncGenerator<CsvRecord> {
  let chunk: Papa.ParseResult<string[]> | undefined;
  let parser: Papa.Parser | undefined;
  let isDone = false;
  let failure: Error | undefined;
  let wake = () => {};
  const stream = Readable.from(wholeHeader(text), { objectMode: true, highWaterMark: 1 });

  Papa.parse<string[]>(stream as unknown as File, {
    header: false,
    ...(delimiter !== undefined && { delimiter }),
    chunk: (results, itself) => {
      itself.pause();
      chunk = results;
      parser = itself;
      wake();
    },
    complete: () => {
      isDone = true;
      wake();
    },
    error: (error) => {
      failure = error;
      wake();
    },
  });
  stream.on('error', (error) => {
    failure = error;
    wake();
  });

  try {
    for (;;) {
      if (!chunk && !isDone && !failure) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure;
      if (!chunk) return;
      const { data, errors } = chunk;
      const open = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row));
      chunk = undefined;
      for (const [at, fields] of data.entries()) yield { fields, isQuoteOpen: open.has(at) };
      parser?.resume();
    }
  } finally {
    stream.destroy();
  }
}

/** Papaparse guesses delimiter and line ends by what comes first: that must be a line, not a chunk's beginning. */
async function* wholeHeader(text: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | undefined = '';
  for await (const chunk of text) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head += chunk;
    if (!head.includes('\n') && head.length < MAX_HEADER) continue;
    yield head;
    head = undefined;
  }
  if (head) yield head;
}
