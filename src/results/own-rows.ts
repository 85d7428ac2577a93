import type { Sample } from '../input/row.js';
import type { JsonObject } from '../json/value.js';
import { splitHeader } from './columns.js';
import { ROW_FIELDS } from './result.js';

/** Rows that use our own names. A table does so in all its columns: others could be scores. */
export function isNative({ kind, columns, rows }: Sample): boolean {
  if (kind === 'table') {
    const fields = columns.map((name) => splitHeader(name)[0] ?? name);
    const has = (field: string) => fields.includes(field);
    const areOurs = fields.every((field) => ROW_FIELDS.has(field) || field === 'usage_metadata');
    const isRun = ['outputs', 'error', 'scores', 'feedback'].some(has);
    return areOurs && (has('inputs') || has('example_id')) && isRun;
  }
  return rows.length > 0 && rows.some(isOurs);
}

export function isOurs(row: JsonObject): boolean {
  const has = (field: string) => Object.hasOwn(row, field);
  const isWholly = () => Object.keys(row).every((field) => ROW_FIELDS.has(field));
  return (has('inputs') || has('example_id')) && (has('outputs') || has('error') || isWholly());
}
