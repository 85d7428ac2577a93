import type { Row } from '../../input/row.js';
import type { Sample } from '../../input/sample.js';
import { printJson } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import type { FormatRow, ResultsFile } from '../formats/format.js';
import { listAt, objectAt } from './members.js';
import type { RecordReader } from './reader.js';
import { type ReadRecord, readOne, unexpected } from './rows.js';

/** The index that pandas writes first. */
export const PANDAS_INDEX = /^(?:|Unnamed: 0)$/;

const MAX_CELLS = 1_000_000;
const MAX_CHARACTERS = 256 * 1024 * 1024;

/**
 * What a table begins with, however pandas wrote it: as CSV, or as JSON by `orient`: `records`, also by lines;
 * `columns`, which is `{"column": {"0": …}}`; `split`, which is `{"columns": […], "data": [[…]]}`.
 *
 * @see https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html
 */
export interface FlatSample {
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  readonly orient: 'csv' | 'records' | 'columns' | 'split';
  /** Where the records of a document are, or the cells. */
  readonly recordsAt?: readonly string[];
}

/** A row of a table, or what is wrong with it. */
type FlatRow =
  | { readonly origin: Row['origin']; readonly value: JsonObject }
  | { readonly origin: Row['origin']; readonly problem: string };

/** Tells how a table is laid out; any document that is none is a single record. */
export function flatten({ kind, document, columns, rows }: Sample): FlatSample {
  if (kind === 'table') return { columns, rows, orient: 'csv' };
  if (kind === 'list')
    return { columns: [...new Set(rows.flatMap(Object.keys))], rows, orient: 'records' };
  const names = listAt(document, 'columns')?.map(String);
  const data = listAt(document, 'data');
  if (names && data) {
    const named = data.map((cells) => nameCells(cells, names) ?? {});
    return { columns: names, rows: named, orient: 'split', recordsAt: ['data'] };
  }
  const keys = Object.keys(document);
  if (!isColumnsFirst(document)) return { columns: keys, rows: [document], orient: 'records' };
  const joined = new Map<string, JsonObject>();
  for (const name of keys) {
    const column = objectAt(document, name) ?? {};
    for (const index of Object.keys(column)) addCell(joined, index, name, column[index] ?? null);
  }
  return { columns: keys, rows: [...joined.values()], orient: 'columns', recordsAt: ['*'] };
}

function isColumnsFirst(document: JsonObject): boolean {
  const columns = Object.values(document);
  const isIndexed = (column: JsonValue) =>
    isJsonObject(column) && Object.keys(column).every((index) => /^\d+$/.test(index));
  return columns.length > 1 && columns.every(isIndexed);
}

/** Reads the rows of a table that was told by its sample. */
export async function* readFlat(
  file: ResultsFile,
  { orient }: FlatSample,
  read: (record: RecordReader) => ReadRecord,
): AsyncGenerator<FormatRow> {
  for await (const row of orient === 'columns' ? joinColumns(file.records) : named(file, orient))
    yield 'problem' in row ? row : readOne(row, 'an object', read);
}

async function* named(
  { header, records }: ResultsFile,
  orient: FlatSample['orient'],
): AsyncGenerator<FlatRow> {
  const names = orient === 'split' ? (listAt(header, 'columns') ?? []).map(String) : undefined;
  for await (const row of records) {
    const { origin, value } = row;
    const record = names ? nameCells(value, names) : value;
    const expected = names ? `a list of ${names.length} cells` : 'an object';
    if (isJsonObject(record)) yield { origin, value: record };
    else yield unexpected(row, expected);
  }
}

/** Cells come column by column: a first row is whole only when the last column was read. */
async function* joinColumns(cells: AsyncIterable<Row>): AsyncGenerator<FlatRow> {
  const rows = new Map<string, JsonObject>();
  const origins = new Map<string, Row['origin']>();
  let count = 0;
  let characters = 0;
  for await (const { origin, value, path = [] } of cells) {
    const [column, index] = path.map(String);
    if (column === undefined || index === undefined) continue;
    characters += printJson(value).length;
    if (++count > MAX_CELLS || characters > MAX_CHARACTERS) {
      const problem =
        'the table is too large to be put together from columns; write it with orient="records", lines=True';
      yield { origin, problem };
      return;
    }
    addCell(rows, index, column, value);
    if (!origins.has(index)) origins.set(index, origin);
  }
  for (const [index, value] of rows) {
    const origin = origins.get(index);
    if (origin) yield { origin, value };
  }
}

function addCell(
  rows: Map<string, JsonObject>,
  index: string,
  column: string,
  value: JsonValue,
): void {
  const row = rows.get(index) ?? {};
  setKey(row, column, value);
  rows.set(index, row);
}

function nameCells(cells: JsonValue, names: readonly string[]): JsonObject | undefined {
  if (!Array.isArray(cells) || cells.length !== names.length) return undefined;
  const record: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(record, name, cells[at] ?? null);
  return record;
}
