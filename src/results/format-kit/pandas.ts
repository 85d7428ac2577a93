import { findAt } from '../../input/place.js';
import type { Row, Sample } from '../../input/row.js';
import { spell } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { FormatRow, ResultsFile } from '../formats/format.js';
import { Gatherer, type Layout, type Piece } from './layout.js';
import { listAt } from './members.js';
import type { RecordReader } from './reader.js';
import { type ReadRecord, readOne } from './rows.js';

/** The index that pandas writes first. */
export const PANDAS_INDEX = /^(?:|Unnamed: 0)$/;

const LAYOUTS = {
  columns: { kind: 'columns', recordsAt: ['*'], within: [], except: [] },
  split: { kind: 'split', recordsAt: ['data'], within: [], except: [] },
} satisfies Record<string, Layout>;

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

/** Tells how a table is laid out; any document that is none is a single record. */
export function flatten({ kind, document, columns, rows }: Sample): FlatSample {
  if (kind === 'table') return { columns, rows, orient: 'csv' };
  if (kind === 'list')
    return { columns: [...new Set(rows.flatMap(Object.keys))], rows, orient: 'records' };
  const names = listAt(document, 'columns')?.map(spell);
  if (names && listAt(document, 'data')) return gather(document, 'split', names);
  const keys = Object.keys(document);
  return isColumnsFirst(document)
    ? gather(document, 'columns', keys)
    : { columns: keys, rows: [document], orient: 'records' };
}

function gather(
  document: JsonObject,
  orient: keyof typeof LAYOUTS,
  columns: readonly string[],
): FlatSample {
  const { recordsAt } = LAYOUTS[orient];
  const gatherer = new Gatherer(LAYOUTS[orient]);
  const pieces = [...findAt(document, recordsAt)].flatMap((found) => gatherer.take(found));
  const rows = [...pieces, ...gatherer.endSample()].map(({ value }) => value);
  return { columns, rows: rows.filter(isJsonObject), orient, recordsAt };
}

function isColumnsFirst(document: JsonObject): boolean {
  const columns = Object.values(document);
  const isIndexed = (column: JsonValue) =>
    isJsonObject(column) && Object.keys(column).every((index) => /^\d+$/.test(index));
  return columns.length > 1 && columns.every(isIndexed);
}

/** Reads the rows of a table that was recognised by its sample. */
export async function* readFlat(
  { header, records }: ResultsFile,
  { orient, columns }: FlatSample,
  read: (record: RecordReader, origin: Row['origin']) => ReadRecord,
): AsyncGenerator<FormatRow> {
  const isPlain = orient === 'csv' || orient === 'records';
  const gatherer = isPlain ? undefined : new Gatherer<Piece & Pick<Row, 'origin'>>(LAYOUTS[orient]);
  const expected = orient === 'split' ? `a list of ${columns.length} cells` : 'an object';
  for await (const record of records) {
    const { origin, value, path = [] } = record;
    const around = [header, undefined];
    for (const row of gatherer?.take({ origin, value, path, around }) ?? [record])
      yield readOne(row, expected, (one) => read(one, row.origin));
  }
  for (const row of gatherer?.end() ?? [])
    yield readOne(row, expected, (one) => read(one, row.origin));
}
