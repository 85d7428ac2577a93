import { isUuid } from '../../uuid.js';
import { splitHeader } from '../columns.js';
import { isUnderstood } from '../loose-fields.js';
import { type ColumnFacts, holdsOnly, type ValueKind } from './column-facts.js';

/** Fields of a row that no synonym stands for, and what they hold. */
const FIELDS: ReadonlyMap<string, readonly ValueKind[]> = new Map([
  ['metadata', ['object']],
  ['example_metadata', ['object']],
  ['scores', ['object']],
  ['feedback', ['list']],
  ['tags', ['text', 'list']],
  ['split', ['text', 'list']],
  ['name', ['text']],
  ['child_runs', ['list']],
]);
const RUN_TYPE = /^(?:tool|chain|llm|retriever|embedding|prompt|parser)$/;

/**
 * Where a column goes that has one of our own names, and holds what that means.
 *
 * @returns undefined for any other; those of payloads, times and errors are synonyms of themselves.
 */
export function findNative(column: ColumnFacts): readonly string[] | undefined {
  const name = column.name.trim();
  const path = splitHeader(name);
  if (path[0] === 'usage_metadata') return ['metadata', ...path];
  if (path.length > 1) return path;
  if (name === '_rejected') return [];
  if (isUnderstood(name)) return ['metadata', name];
  const takes = FIELDS.get(name);
  if (takes && holdsOnly(column, takes)) return [name];
  const isOnly = (test: (text: string) => boolean) =>
    holdsOnly(column, 'text') && column.values.every((value) => test(String(value)));
  if (name === 'example_id' && isOnly(isUuid)) return [name];
  return name === 'run_type' && isOnly((text) => RUN_TYPE.test(text)) ? [name] : undefined;
}
