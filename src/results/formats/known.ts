import { JsonNumber, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { memberAt } from './members.js';

/** Those members that are known: null, undefined, {} and [] say nothing. */
export function known(fields: { readonly [name: string]: JsonValue | undefined }): JsonObject {
  const object: JsonObject = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? null;
    if (!saysNothing(value)) setKey(object, name, value);
  }
  return object;
}

/** Whether it is null, {} or []. */
export function saysNothing(value: JsonValue): boolean {
  if (value === null) return true;
  return typeof value === 'object' && !isNumber(value) && Object.keys(value).length === 0;
}

/** A member that is a number; undefined for any other. */
export function numberAt(
  value: JsonValue | undefined,
  key: string,
): number | JsonNumber | undefined {
  const member = memberAt(value, key);
  return isNumber(member) ? member : undefined;
}

export function isNumber(value: JsonValue | undefined): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}
