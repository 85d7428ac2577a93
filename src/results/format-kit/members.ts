import {
  isJsonObject,
  isNumber,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../../json/value.js';

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

/** A number, or a text that reads as one; NaN of all else. `Number()` would call an object's own `valueOf`. */
export function toNumber(value: JsonValue | undefined): number {
  return isNumber(value) || typeof value === 'string' ? Number(value) : Number.NaN;
}

/** Whether it is an object with all of these keys, even if they hold null. */
export function hasKeys(
  value: JsonValue | undefined,
  ...keys: readonly (string | readonly string[])[]
): boolean {
  return isJsonObject(value) && keys.flat().every((key) => Object.hasOwn(value, key));
}

/** Whether it is an object in which none of these members is absent or null. */
export function hasMembers(value: JsonValue | undefined, ...keys: readonly string[]): boolean {
  return keys.every((key) => memberAt(value, key) !== undefined);
}

/** The members of an object but for some, without copying what they hold. */
export function without(
  object: JsonObject,
  ...names: readonly (string | readonly string[])[]
): JsonObject {
  const left = new Set(names.flat());
  const rest: JsonObject = {};
  for (const name of Object.keys(object)) {
    if (!left.has(name)) setKey(rest, name, object[name] as JsonValue);
  }
  return rest;
}
