import { JsonNumber, type JsonValue } from './value.js';

const MEGABYTE = 1024 * 1024;

/** What a number or a literal counts, with the marks around it, in texts of six bytes a character. */
const OF_VALUE = 7;

/**
 * A quick look at how large a value is: the characters of its texts and keys, and a few for anything else.
 * As JSON it takes six bytes for each at most, where all must be escaped.
 */
export function roughSize(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return OF_VALUE;
  let size = OF_VALUE;
  if (Array.isArray(value)) for (const item of value) size += roughSize(item);
  else if (value instanceof JsonNumber) size += value.text.length;
  // Every row is looked at, and asking for all keys at once takes twice the time.
  else for (const key in value) size += key.length + OF_VALUE + roughSize(value[key] as JsonValue);
  return size;
}

/** Bytes of a value as compact JSON, without printing all of it at once. */
export function jsonBytes(value: JsonValue): number {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value));
  if (value === null || typeof value !== 'object') return String(value).length;
  if (value instanceof JsonNumber) return value.text.length;
  // A bracket at each end, and a comma between any two.
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + 1 + jsonBytes(item), value.length > 0 ? 1 : 2);
  const keys = Object.keys(value);
  return keys.reduce(
    (sum, key) => sum + jsonBytes(key) + 2 + jsonBytes(value[key] as JsonValue),
    keys.length > 0 ? 1 : 2,
  );
}

/** `12.5 MB`; rounded up, so that what is over a limit never reads like the limit. */
export function describeSize(bytes: number): string {
  const [unit, name] = bytes < MEGABYTE ? [1024, 'KB'] : [MEGABYTE, 'MB'];
  return `${Math.ceil((bytes / unit) * 10) / 10} ${name}`;
}
