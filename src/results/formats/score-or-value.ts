import { isJsonObject, type JsonValue } from '../../json/value.js';

/** A part of feedback: a list or an object is a value, as it is nothing that has a mean. */
export function scoreOrValue(value: JsonValue): { score: JsonValue } | { value: JsonValue } {
  return Array.isArray(value) || isJsonObject(value) ? { value } : { score: value };
}
