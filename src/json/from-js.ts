import { JsonNumber, type JsonObject, type JsonValue, setKey } from './value.js';

/**
 * Takes a JavaScript value as JSON.stringify would, except that nothing numeric is lost:
 * a bigint is its digits, NaN and Infinity stay themselves.
 */
export function fromJs(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : new JsonNumber(String(value));
  if (typeof value === 'bigint') return new JsonNumber(String(value));
  if (value instanceof JsonNumber) return value;
  if (typeof value !== 'object') return null;
  if ('toJSON' in value && typeof value.toJSON === 'function') return fromJs(value.toJSON());
  if (Array.isArray(value)) return value.map(fromJs);

  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined && typeof member !== 'function') setKey(object, key, fromJs(member));
  }
  return object;
}
