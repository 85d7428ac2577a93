import { isUtf8 } from 'node:buffer';
import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { isJsonObject, isNumber, JsonNumber, type JsonValue } from '../json/value.js';
import { invalid, Refusal } from './refusal.js';

/** From the lowest signed to the highest unsigned integer of 64 bits. */
const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 64n - 1n;
/** With its sign, the longest of them; of a million digits even the conversion takes seconds. */
const MAX_DIGITS = 20;
const MAX_QUOTED = 100;

/** What only may be a number that LangSmith would refuse; without it there is nothing to look for. */
const SUSPICIOUS = /\d{19}|\d[eE]\+?\d|NaN|Infinity/;

/** In JSON text a backslash always begins an escape, so escapes are distinguished by walking over all of them. */
const ESCAPE = /\\(?:u0000|.)/g;

/** JSON text with U+FFFD instead of each U+0000, which PostgreSQL cannot hold; it is as long as before. */
export function replaceNul(json: string): { text: string; replaced: number } {
  let replaced = 0;
  if (!json.includes('\\u0000')) return { text: json, replaced };
  const text = json.replace(ESCAPE, (sequence) => {
    if (sequence !== '\\u0000') return sequence;
    replaced++;
    return '\\ufffd';
  });
  return { text, replaced };
}

/**
 * Parses JSON as strictly as LangSmith does: no NaN, no number out of range, no integer beyond 64 bits.
 * What it holds of U+0000 is replaced.
 *
 * @param loc where the text stands in the request.
 * @throws {Refusal} 422.
 */
export function parseStrictJson(text: string, loc: readonly (string | number)[]): JsonValue {
  let value: JsonValue;
  try {
    value = parseJson(replaceNul(text).text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid([
      {
        loc: [...loc, error.offset],
        msg: `JSON decode error: ${error.message}`,
        type: 'json_invalid',
      },
    ]);
  }
  if (SUSPICIOUS.test(text)) refuseInexact(value, loc);
  return value;
}

/** Decodes UTF-8. @throws {Refusal} 422 if it is not. */
export function decodeText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal(422, 'the body is not valid UTF-8');
  return bytes.toString();
}

function refuseInexact(value: JsonValue, loc: readonly (string | number)[]): void {
  const refuse = (msg: string, type: string) => invalid([{ loc, msg, type }]);
  if (isNumber(value)) {
    const text = value instanceof JsonNumber ? value.text : String(value);
    if (/^-?\d+$/.test(text)) {
      if (text.length > MAX_DIGITS || BigInt(text) > LARGEST || BigInt(text) < SMALLEST)
        throw refuse('int too big to convert', 'int_parsing_size');
    } else if (!Number.isFinite(Number(text))) {
      throw refuse(`${text.slice(0, MAX_QUOTED)} is not a number in JSON`, 'finite_number');
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseInexact(item, [...loc, index]);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) refuseInexact(member, [...loc, key]);
  }
}
