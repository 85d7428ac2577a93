import type { Row } from '../input/row.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { nestColumns } from './columns.js';
import { isUnderstood, looseName } from './loose-fields.js';
import { type Result, ROW_FIELDS, resultSchema } from './result.js';
import { isWithoutZone } from './when.js';

/** What is wrong with a row; without a field it is the row itself. */
export interface FieldProblem {
  readonly field?: string;
  readonly message: string;
}

/** A row, checked: a result, or what is wrong with it. `row.value` is then nested, also of a row of columns. */
export type CheckedRow =
  | { readonly row: Row; readonly result: Result; readonly notes: readonly string[] }
  | { readonly row: Row; readonly problems: readonly FieldProblem[] };

/** Checks rows as they come. */
export async function* parseResults(rows: AsyncIterable<Row>): AsyncGenerator<CheckedRow> {
  for await (const row of rows) yield checkRow(row);
}

/** Checks one row against the schema. */
export function checkRow(given: Row): CheckedRow {
  if (given.problem !== undefined) return { row: given, problems: [{ message: given.problem }] };

  const row = nest(given);
  if ('problems' in row) return row;
  const parsed = resultSchema.safeParse(row.value);
  if (parsed.success) return { row, result: parsed.data, notes: notesOf(row.value) };

  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = path.map(String).join('.');
    return { ...(field !== '' && { field }), message: withColumns(message, field, given) };
  });
  return { row, problems };
}

function nest(row: Row): Row | { row: Row; problems: readonly FieldProblem[] } {
  if (row.shape === 'document' || !isJsonObject(row.value)) return row;
  const { value, problems } = nestColumns(row.value);
  const nested = { ...row, value };
  return problems.length > 0 ? { row: nested, problems } : nested;
}

/** Whoever has a table without our names wants to see which columns there are. */
function withColumns(message: string, field: string, { shape, value }: Row): string {
  if (shape !== 'columns' || (field !== 'inputs' && field !== 'outputs') || !isJsonObject(value))
    return message;
  const columns = Object.keys(value).slice(0, 12).join(', ');
  return `${message}. The columns are ${columns}; those of ${field} are named ${field}.<name>`;
}

/** Assumptions that were made, in words that are the same for all rows that they were made for. */
function notesOf(value: JsonValue): string[] {
  if (!isJsonObject(value)) return [];
  const notes: string[] = [];
  if (isWithoutZone(value.start_time) || isWithoutZone(value.end_time)) {
    notes.push('times without a zone are taken as UTC');
  }
  for (const name of Object.keys(value)) {
    if (ROW_FIELDS.has(name) || isUnderstood(name)) continue;
    const kept = looseName(name);
    notes.push(
      `field "${name}" is kept in the run’s metadata${kept === name ? '' : ` as "${kept}"`}`,
    );
  }
  return notes;
}
