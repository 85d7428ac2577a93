import type { Row, Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import type { FormatRow, Reading, ResultsFile, SummaryScores } from '../formats/format.js';
import { describeFound } from '../found.js';
import { memberAt } from './members.js';
import { RecordReader, withRest } from './reader.js';

/** A row, scores of the experiment, or what is wrong with the record. */
export type ReadRecord =
  | { readonly value: JsonObject; readonly experiment?: string; readonly notes?: readonly string[] }
  | { readonly summary: SummaryScores }
  | string;

/**
 * Whether more than half of a list’s records pass a test: one that is odd is reported when it is read. A list of one
 * may come as a document. None of a table does.
 */
export function mostRecords(
  { kind, rows, document }: Sample,
  test: (record: JsonObject) => boolean,
): boolean {
  if (kind === 'table') return false;
  return most(kind === 'document' ? [document] : rows, test);
}

function most(records: readonly unknown[], test: (record: JsonObject) => boolean): boolean {
  const passed = records.filter((record) => isJsonObject(record) && test(record));
  return passed.length * 2 > records.length;
}

/**
 * Finds the records most of which pass a test: those of a list, a document that is one, or what a member of a document
 * holds, in a list or by its keys.
 *
 * @param members where a document may hold them, first come first; `*` is the document itself, by its keys.
 */
export function findRecords(
  sample: Sample,
  test: (record: JsonObject) => boolean,
  members: readonly string[] = [],
): Pick<Reading, 'recordsAt'> | undefined {
  if (mostRecords(sample, test)) return {};
  if (sample.kind !== 'document') return undefined;
  const { document } = sample;
  const member = members.find((name) => {
    const held = name === '*' ? document : memberAt(document, name);
    return (Array.isArray(held) || isJsonObject(held)) && most(Object.values(held), test);
  });
  return member === undefined ? undefined : { recordsAt: member === '*' ? [] : [member] };
}

/**
 * Recognises a list by a test that most of its records pass, and reads them one by one.
 *
 * @param options.members where a document may hold the records; see `findRecords`.
 * @param options.expected what a record should be: `a result of BFCL`.
 * @param options.isEnough what a record needs in order to be read at all.
 */
export function readingOf(
  sample: Sample,
  options: Omit<Reading, 'rows' | 'recordsAt'> & {
    readonly members?: readonly string[];
    readonly is: (record: JsonObject) => boolean;
    readonly isEnough?: (record: JsonObject) => boolean;
    readonly expected: string;
    readonly read: (record: RecordReader, row: Row, file: ResultsFile) => ReadRecord;
  },
): Reading | undefined {
  const { members, is, isEnough = is, expected, read, ...reading } = options;
  const place = findRecords(sample, is, members);
  if (!place) return undefined;
  const rows = (file: ResultsFile) =>
    readEach(file.records, expected, (record, row) => read(record, row, file), isEnough);
  return { ...reading, ...place, rows };
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
