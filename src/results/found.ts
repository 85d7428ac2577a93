import { isJsonObject, isNumber, JsonNumber } from '../json/value.js';

const MAX_SHOWN = 60;
const MAX_KEYS = 5;
const INVISIBLE = /\p{Cc}|\p{Bidi_Control}/gu;

/** What a value is, in a few words: `a list of 3`, `text "abc"`, `the number 12`. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `text "${shorten(value)}"`;
  if (typeof value === 'boolean') return String(value);
  if (isNumber(value))
    return `the number ${shorten(value instanceof JsonNumber ? value.text : String(value))}`;
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (!isJsonObject(value)) return `a ${typeof value}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const more = keys.length > MAX_KEYS ? ', …' : '';
  return `an object with ${shorten(keys.slice(0, MAX_KEYS).join(', '))}${more}`;
}

/** At most 60 characters of a text from outside, without those that would move a cursor or turn a line around. */
export function shorten(text: string): string {
  // Cut first: the text may have megabytes.
  const [...shown] = text
    .slice(0, 4 * MAX_SHOWN)
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '');
  const isWhole = text.length <= 4 * MAX_SHOWN && shown.length <= MAX_SHOWN;
  return isWhole ? shown.join('') : `${shown.slice(0, MAX_SHOWN).join('')}…`;
}

const MAX_LISTED = 12;

/** Names from outside, as many as can be read at a glance. */
export function listNames(names: readonly string[], most = MAX_LISTED): string {
  return names.slice(0, most).map(shorten).join(', ') + (names.length > most ? ', …' : '');
}
