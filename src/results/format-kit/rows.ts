import type { Row } from '../../input/row.js';
import type { Sample } from '../../input/sample.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import type { FormatRow, Reading, SummaryScores } from '../formats/format.js';
import { describeFound } from '../found.js';
import { RecordReader, withRest } from './reader.js';

/** A row, scores of the experiment, or what is wrong with the record. */
export type ReadRecord =
  | { readonly value: JsonObject; readonly experiment?: string }
  | { readonly summary: SummaryScores }
  | string;

/**
 * Whether more than half of a list’s records pass a test: one that is odd is told of when it is read. A list of one
 * may come as a document. None of a table does.
 */
export function mostRecords(
  { kind, rows, document }: Sample,
  test: (record: JsonObject) => boolean,
): boolean {
  if (kind === 'table') return false;
  const records = kind === 'document' ? [document] : rows;
  return records.filter(test).length * 2 > records.length;
}

/**
 * Recognises a list by a test that most of its records pass, and reads them one by one.
 *
 * @param options.expected what a record should be: `a result of BFCL`.
 * @param options.isEnough what a record needs in order to be read at all.
 */
export function readingOf(
  sample: Sample,
  options: Omit<Reading, 'rows'> & {
    readonly is: (record: JsonObject) => boolean;
    readonly isEnough?: (record: JsonObject) => boolean;
    readonly expected: string;
    readonly read: (record: RecordReader, row: Row) => ReadRecord;
  },
): Reading | undefined {
  const { is, isEnough = is, expected, read, ...reading } = options;
  if (!mostRecords(sample, is)) return undefined;
  return { ...reading, rows: ({ records }) => readEach(records, expected, read, isEnough) };
}

/**
 * Reads records one by one; what `read` does not take goes into the row's metadata. One that is no object, or does not
 * pass the test, is a problem.
 *
 * @param expected what a record should be: `a result of BFCL`.
 */
export async function* readEach(
  records: AsyncIterable<Row>,
  expected: string,
  read: (record: RecordReader, row: Row) => ReadRecord,
  test: (record: JsonObject) => boolean = () => true,
): AsyncGenerator<FormatRow> {
  for await (const row of records)
    yield readOne(row, expected, (record) => read(record, row), test);
}

/** Reads one record; what is not taken from it goes into the row's metadata. */
export function readOne(
  row: Pick<Row, 'origin' | 'value'>,
  expected: string,
  read: (record: RecordReader) => ReadRecord,
  test: (record: JsonObject) => boolean = () => true,
): FormatRow {
  const { origin, value: record } = row;
  if (!isJsonObject(record) || !test(record)) return unexpected(row, expected);
  const reader = new RecordReader(record);
  const answer = read(reader);
  if (typeof answer === 'string') return { origin, problem: answer };
  if ('summary' in answer) return answer;
  return { origin, ...answer, value: withRest(answer.value, reader) };
}

/** Says that a record is not what was expected. */
export function unexpected({ origin, value }: Pick<Row, 'origin' | 'value'>, expected: string) {
  return { origin, problem: `found ${describeFound(value)}, expected ${expected}` };
}

/** Yields the scores of an experiment as a whole, if there are any. */
export function* summaryOf(
  scores: SummaryScores['scores'],
  experiment?: string,
): Generator<FormatRow> {
  if (scores.length > 0) yield { summary: { scores, experiment: experiment || undefined } };
}
