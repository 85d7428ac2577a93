import { JsonNumber, type JsonValue } from '../json/value.js';

/** `2026-01-31`, then perhaps a time of day to the minute, second or finer, and a zone. */
const ISO =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?$/i;
/** The same without separators, to the second: `20260131T120000`. */
const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?!\d)/i;
const OFFSET = /([+-])(\d\d):?(\d\d)?$/;
const ENDS_IN_ZONE = /(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$/i;
const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** Digits between a unit and microseconds, by the magnitude of the number: any date from 1973 on is recognised. */
const UNITS = [
  { below: 1e11, digits: 6 },
  { below: 1e14, digits: 3 },
  { below: 1e17, digits: 0 },
  { below: 1e20, digits: -3 },
];

const DATE_LENGTH = '2026-01-31'.length;
const MINUTE_LENGTH = '2026-01-31T12:00'.length;
const SECOND_LENGTH = '2026-01-31T12:00:00'.length;

/**
 * Reads a point in time from 1970 on: ISO 8601 (without a zone: UTC), or a number of seconds, milliseconds,
 * microseconds or nanoseconds since the epoch, as its magnitude says.
 *
 * @returns whole microseconds since the epoch; undefined if it is no time, or one that a double cannot hold exactly.
 */
export function readWhen(value: JsonValue): number | undefined {
  const us = read(value);
  return us !== undefined && us >= 0 && us <= Number.MAX_SAFE_INTEGER ? us : undefined;
}

/** Whether a time says nothing of its zone, so that UTC is assumed. */
export function isWithoutZone(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string' || value.endsWith('Z')) return false;
  const text = separate(value.trim());
  return ISO.test(text) && (text.length <= DATE_LENGTH || !ENDS_IN_ZONE.test(text));
}

function read(value: JsonValue): number | undefined {
  if (typeof value === 'number') return readEpoch(String(value));
  if (value instanceof JsonNumber) return readEpoch(value.text);
  if (typeof value !== 'string') return undefined;
  const text = separate(value.trim());
  return ISO.test(text) ? readIso(text) : readEpoch(text);
}

function separate(text: string): string {
  return text.charAt(4) === '-' ? text : text.replace(COMPACT, '$1-$2-$3T$4:$5:$6');
}

/** Every field has its fixed place; this runs twice a row, so nothing is cut out that need not be. */
function readIso(text: string): number | undefined {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hasTime = text.length > DATE_LENGTH;
  const hour = hasTime ? digitsAt(text, 11, 2) : 0;
  const minute = hasTime ? digitsAt(text, 14, 2) : 0;
  const hasSeconds = text.charAt(MINUTE_LENGTH) === ':';
  const second = hasSeconds ? digitsAt(text, 17, 2) : 0;
  if (hour > 23 || minute > 59 || second > 59 || !isDate(year, month, day)) return undefined;

  let end = hasSeconds ? SECOND_LENGTH : MINUTE_LENGTH;
  let fraction = 0;
  if (hasSeconds && /[.,]/.test(text.charAt(end))) {
    let scale = 100_000;
    for (end++; isDigit(text.charCodeAt(end)); end++) {
      fraction += (text.charCodeAt(end) - 0x30) * Math.floor(scale);
      scale /= 10;
    }
  }
  const offset = hasTime ? readOffset(text, end) : 0;
  if (offset === undefined) return undefined;
  return (Date.UTC(year, month - 1, day, hour, minute, second) - offset) * 1000 + fraction;
}

function digitsAt(text: string, start: number, count: number): number {
  let number = 0;
  for (let at = start; at < start + count; at++) number = number * 10 + text.charCodeAt(at) - 0x30;
  return number;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Date.UTC rolls over: to it, the 31st of June is the 1st of July, and the year 99 is 1999. */
function isDate(year: number, month: number, day: number): boolean {
  if (year < 100 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Milliseconds east of UTC. */
function readOffset(text: string, start: number): number | undefined {
  const sign = text.charAt(start) === ' ' ? text.charAt(start + 1) : text.charAt(start);
  if (sign !== '+' && sign !== '-') return 0;
  const [, , hours = '0', minutes = '0'] = OFFSET.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -offset : offset;
}

function readEpoch(text: string): number | undefined {
  const plain = /e/i.test(text) ? expand(text) : text;
  const match = DECIMAL.exec(plain);
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  const unit = UNITS.find(({ below }) => Number(whole) < below);
  if (!unit) return undefined;
  if (unit.digits < 0) return Number(whole.slice(0, unit.digits));
  // On digits, not on doubles: 1700000000.123456 keeps its microseconds.
  return Number(whole + fraction.slice(0, unit.digits).padEnd(unit.digits, '0'));
}

/** `1.7e9` in plain digits. */
function expand(text: string): string {
  const number = Number(text);
  return Number.isFinite(number) && number >= 0
    ? number.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 9 })
    : text;
}
