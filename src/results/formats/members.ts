import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';

/** A member that is an object; undefined for any other, and of anything that has no members. */
export function objectAt(value: JsonValue | undefined, key: string): JsonObject | undefined {
  const member = memberAt(value, key);
  return isJsonObject(member) ? member : undefined;
}

/** A member that is a list; undefined for any other. */
export function listAt(value: JsonValue | undefined, key: string): JsonValue[] | undefined {
  const member = memberAt(value, key);
  return Array.isArray(member) ? member : undefined;
}

/** A member that is text with something in it; undefined for any other. */
export function textAt(value: JsonValue | undefined, key: string): string | undefined {
  const member = memberAt(value, key);
  return typeof member === 'string' && member !== '' ? member : undefined;
}

/** A member that is not null. */
export function memberAt(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key] ?? undefined;
}
