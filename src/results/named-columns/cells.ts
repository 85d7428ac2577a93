import type { JsonValue } from '../../json/value.js';
import { readPythonLiteral } from '../format-kit/python-literal.js';
import { readCell } from '../format-kit/values.js';

/** What a text holds: an object or a list, written as JSON or as Python prints it, else itself. */
export function parseCell(value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  const read = readCell(value);
  return typeof read === 'string' ? (readPythonLiteral(read) ?? read) : read;
}
