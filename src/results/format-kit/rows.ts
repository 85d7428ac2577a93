import type { Row } from '../../input/row.js';
import type { Sample } from '../../input/sample.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import type { FormatRow, SummaryScores } from '../formats/format.js';
import { describeFound } from '../found.js';

/** A row, scores of the experiment, or what is wrong with the record. */
type ReadRecord =
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
 * Reads records one by one. One that is no object, or does not pass the test, is a problem.
 *
 * @param expected what a record should be: `a result of BFCL`.
 */
export async function* readEach(
  records: AsyncIterable<Row>,
  expected: string,
  read: (record: JsonObject, row: Row) => ReadRecord,
  test: (record: JsonObject) => boolean = () => true,
): AsyncGenerator<FormatRow> {
  for await (const row of records) {
    const { origin, value: record } = row;
    const answer =
      isJsonObject(record) && test(record)
        ? read(record, row)
        : `found ${describeFound(record)}, expected ${expected}`;
    if (typeof answer === 'string') yield { origin, problem: answer };
    else yield 'summary' in answer ? answer : { origin, ...answer };
  }
}
