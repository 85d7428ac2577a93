import { LsRecordError } from '../errors.js';
import { type JsonObject, setKey } from '../json/value.js';
import type { Row, RowsOptions } from './row.js';
import { MAX_KEPT_TEXT, type TakenText } from './row-text.js';

/** More would each be a name to look at, and cost a kilobyte. */
export const MAX_COLUMNS = 20_000;
/** As many lines may be above a header. */
const MAX_TITLES = 10;
/** With fewer fields, a header may be one name and a comma too many. */
export const MIN_COLUMNS = 3;
/** So many lines of as many fields are a table, whatever is above them. */
export const MIN_ALIKE = 3;
const LONGEST_NAME = 200;

/** The cells of a line, before it is known what they mean. */
export interface TableRecord {
  readonly fields: string[];
  readonly line: number;
  /** Instead of its fields: the row was passed over. */
  readonly tooLong?: TakenText;
}

/** What records are part of. */
export interface Table {
  /** In messages. */
  readonly file: string;
  /** Records end with their last cell that is not empty, as in a spreadsheet; else all have a field for each column. */
  readonly isSparse?: boolean;
  /** What a row looks like in the file. */
  print(fields: readonly string[]): string;
  /** How fields were parted, where that was guessed: said of rows that do not fit. */
  readonly guess?: string | undefined;
}

export interface TableOptions extends RowsOptions {
  /** Gets the names of the columns before the first row; they may be empty or repeat. */
  readonly onHeader?: ((names: readonly string[]) => void) | undefined;
}

/**
 * Makes rows of the records below a header: each is an object of header → text, its cells next to it. Empty records, lines
 * above the header, headers that repeat, and averages and totals below all rows are left out. A row with too many or too few fields is a row with a problem.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if there is no header.
 */
export async function* readTable(
  records: AsyncIterable<TableRecord>,
  table: Table,
  { tolerated, onHeader }: TableOptions = {},
): AsyncGenerator<Row> {
  let header: Header | undefined;
  const takeHeader = (record: TableRecord): Header => {
    const taken = readHeader(record, table);
    onHeader?.(taken.names);
    return taken;
  };
  let held: TableRecord[] = [];
  let index = 0;
  const toRow = (record: TableRecord, { names, width }: Header): Row | undefined => {
    const { fields, line, tooLong } = record;
    const origin = { file: table.file, line };
    if (tooLong) return { origin, index: index++, shape: 'columns', value: null, ...tooLong };
    if (repeats(fields, names)) {
      tolerated?.add('repeatedHeader', 1, [line]);
      return undefined;
    }
    return { origin, index: index++, shape: 'columns', ...readCells(names, width, fields, table) };
  };

  /** Rows of averages if no other row follows them. */
  const figures: TableRecord[] = [];
  for await (const record of records) {
    if (isEmpty(record)) {
      if (record.fields.length > 1) tolerated?.add('emptyRow');
    } else if (header && hasFigures(record, header)) {
      figures.push(record);
    } else if (header) {
      if (figures.length > 0) yield* rowsOf(figures.splice(0), header);
      const row = toRow(record, header);
      if (row) yield row;
    } else {
      held.push(record);
      const at = findHeader(held, table);
      if (at === undefined) continue;
      if (at > 0) tolerated?.add('title', at);
      header = takeHeader(held[at] as TableRecord);
      yield* rowsOf(held.slice(at + 1), header);
      held = [];
    }
  }
  if (header && index === 0) {
    yield* rowsOf(figures, header);
  } else if (figures.length > 0) {
    const lines = figures.map(({ line }) => line);
    tolerated?.add('figures', lines.length, lines);
  }
  if (header) return;
  const [first, ...others] = held;
  if (!first) throw noHeader(table);
  yield* rowsOf(others, takeHeader(first));

  function* rowsOf(some: readonly TableRecord[], found: Header): Generator<Row> {
    for (const record of some) {
      const row = toRow(record, found);
      if (row) yield row;
    }
  }
}

/** @throws {LsRecordError} `INPUT_INVALID` if a column has no name, or shares one. */
export function checkColumns(names: readonly string[], file: string): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  const problem = names.includes('')
    ? `column ${names.indexOf('') + 1} has no name`
    : twice !== undefined && `two columns are named "${twice}"`;
  if (!problem) return;
  throw new LsRecordError('INPUT_INVALID', `${file}:1: ${problem}`, {
    hint: 'Each column needs a unique name in the first line.',
  });
}

interface Header {
  readonly names: readonly string[];
  /** Columns at the end that have no name, as spreadsheets leave them: their cells must be empty. */
  readonly width: number;
}

function readHeader(record: TableRecord, table: Table): Header {
  const { fields, line, tooLong } = record;
  if (tooLong || fields.length > MAX_COLUMNS) {
    const problem = tooLong?.problem ?? describeTooWide(fields.length);
    throw new LsRecordError('INPUT_INVALID', `${table.file}:${line}: ${problem}`, {
      hint: 'The first line of a table names its columns.',
    });
  }
  const names = fields.map((field) => field.trim());
  while (names.length > 1 && names.at(-1) === '') names.pop();
  return { names, width: table.isSparse ? names.length : fields.length };
}

/**
 * The place of the header among records: the first, unless that is a title, which is alone in its line.
 *
 * @returns undefined if a further record must tell.
 */
function findHeader(records: readonly TableRecord[], { isSparse }: Table): number | undefined {
  const [first] = records;
  const last = records.at(-1);
  if (!first || !last || first.tooLong || last.tooLong) return 0;
  if (first.fields[0]?.trim() === '' || countFilled(first) !== 1) return 0;
  const width = first.fields.length;
  if (!isSparse && width > 1 && width < MIN_COLUMNS) return 0;
  const at = records.findIndex((record) => countFilled(record) > 1);
  if (at === -1) return records.length > MAX_TITLES ? 0 : undefined;
  const below = records.slice(at);
  const [header = first] = below;
  if (!header.fields.every(isName)) return 0;
  if (isSparse || width > 1) return at;
  // A title that is not padded could be the name of the only column, of texts with commas in them.
  const isTable = below.every(({ fields }) => fields.length === header.fields.length);
  if (!isTable || header.fields.length < MIN_COLUMNS) return 0;
  return below.length < MIN_ALIKE ? undefined : at;
}

function countFilled({ fields }: TableRecord): number {
  return fields.filter((field) => field.trim() !== '').length;
}

function isName(field: string): boolean {
  return field.length <= LONGEST_NAME && (field.trim() === '' || Number.isNaN(Number(field)));
}

function isEmpty({ fields, tooLong }: TableRecord): boolean {
  // The first field settles it for most rows.
  if (tooLong || fields[0]?.trim()) return false;
  return fields.every((field) => field.trim() === '');
}

/** What rows below a table sum up, by its first words and its last, and in the languages of spreadsheets. */
const SUMS =
  'totals?|overall|sum|counts?|n|mean|median|averages?|avg|std|std ?dev|min|max|(?:grand|overall) totals?';
const OF =
  'scores?|accuracy|pass(?:ed)?|pass rate|fail(?:ed|ures)?|success|success rate|correct|f1|latency|tokens|cost';
const ABROAD = 'gesamt|summe|durchschnitt|mittelwert|moyenne|promedio|总计|合计|平均|平均分|平均值';
const FIGURES = new RegExp(`^(?:(?:${SUMS})\\.?(?: (?:${OF}))?|${OF}|${ABROAD}):?$`, 'i');

/** Whether a row sums up the rows above it: a name such as Average, numbers, and cells that are empty. */
function hasFigures({ fields, tooLong }: TableRecord, { names }: Header): boolean {
  if (tooLong || names.length < MIN_COLUMNS) return false;
  const [name, ...numbers] = fields.map((field) => field.trim()).filter((field) => field !== '');
  if (!FIGURES.test(name ?? '') || numbers.length === 0) return false;
  return numbers.length + 1 < names.length && numbers.every((number) => NUMBER.test(number));
}

const NUMBER = /^-?[\d.,]+ ?%?$/;

function repeats(fields: readonly string[], names: readonly string[]): boolean {
  if (names.length < 2 || fields[0]?.trim() !== names[0]) return false;
  return (
    fields.length >= names.length && fields.every((field, at) => field.trim() === (names[at] ?? ''))
  );
}

function readCells(
  names: readonly string[],
  width: number,
  fields: string[],
  { isSparse, print, guess }: Table,
): Pick<Row, 'value' | 'cells' | 'problem' | 'text'> {
  if (isSparse) while (fields.length < names.length) fields.push('');
  const isRagged = fields.length < names.length || fields.length > width;
  if (isRagged || fields.slice(names.length).some((field) => field !== '')) {
    const found = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`;
    const why = guess === undefined ? '' : `; ${guess}`;
    return {
      value: null,
      problem: `found ${found}, expected ${names.length} as in the header${why}`,
      text: print(fields).slice(0, MAX_KEPT_TEXT),
    };
  }
  const value: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(value, name, fields[at] as string);
  return { value, cells: fields };
}

function noHeader({ file }: Table): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${file} has no header row`, {
    hint: 'The first line of a table names its columns.',
  });
}

export function describeTooWide(columns: number): string {
  const most = MAX_COLUMNS.toLocaleString('en-US');
  return `row has ${columns.toLocaleString('en-US')} columns; the limit is ${most}`;
}
