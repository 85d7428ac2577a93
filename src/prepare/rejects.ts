import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { type PackedRow, unpackRow } from './packed-row.js';
import { withKeys } from './sendable.js';

/**
 * A row that was not recorded, as a line that `record` reads again once it is fixed: the row, plus `_rejected`, which
 * says where it is and why.
 */
export function rejectedLine(row: PackedRow, reason: string): string {
  const { file, head } = row;
  const { line, text } = head;
  const rejected: JsonObject = { file, line, reason };
  if (text !== undefined) rejected.text = text;
  return printJson(withKeys(unpackRow(row), { _rejected: rejected }));
}
