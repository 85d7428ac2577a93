import { describeTooMany } from '../../input/row-text.js';
import { JsonSyntaxError, parseJson } from '../../json/parse.js';
import type { JsonValue } from '../../json/value.js';

/** What a table's cell holds: JSON where all of it is an object or a list that can be held, else its text. */
export function readCell(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text) || describeTooMany(text) !== undefined) return text;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return text;
    throw error;
  }
}

/** A number with the digits that it has; null for anything else. */
export function readNumber(text: string): JsonValue {
  const number = text.trim();
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(number) ? parseJson(number) : null;
}
