import type { Row } from '../input/row.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import { nestColumns } from './columns.js';
import { listNames, shorten } from './found.js';
import { notesOf } from './notes.js';
import { type Result, resultSchema } from './result.js';

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
  if (parsed.success) {
    const notes = [...(row.notes ?? []), ...notesOf(row.value)];
    return { row, result: parsed.data, notes };
  }

  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = path.map((name) => shorten(String(name))).join('.');
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
  const isAsked = shape === 'columns' && (field === 'inputs' || field === 'outputs');
  return isAsked && isJsonObject(value) ? `${message}. ${describeColumns(field, value)}` : message;
}

function describeColumns(field: string, cells: JsonObject): string {
  const columns = Object.keys(cells);
  const own = columns.find((name) => name === field || name.startsWith(`${field}.`));
  if (own !== undefined) return `Column ${shorten(own)} is empty here`;
  return `The columns are ${listNames(columns)}; those of ${field} are named ${field}.<name>`;
}
