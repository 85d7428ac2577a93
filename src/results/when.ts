import { JsonNumber, type JsonValue } from '../json/value.js';

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** Digits between a unit and microseconds, by the magnitude of the number: any date from 1973 to 5138 is told apart. */
const UNITS = [
  { below: 1e11, digits: 6 },
  { below: 1e14, digits: 3 },
  { below: 1e17, digits: 0 },
  { below: 1e20, digits: -3 },
];

/**
 * Reads a point in time: ISO 8601 (without a zone: UTC), or a number of seconds, milliseconds, microseconds or
 * nanoseconds since the epoch, as its magnitude says.
 *
 * @returns microseconds since the epoch; undefined if it is no time.
 */
export function readWhen(value: JsonValue): number | undefined {
  if (typeof value === 'string') return readIso(value.trim()) ?? readEpoch(value.trim());
  if (typeof value === 'number') return readEpoch(String(value));
  if (value instanceof JsonNumber) return readEpoch(value.text);
  return undefined;
}

/** Whether a time says nothing of its zone, so that UTC is assumed. */
export function isWithoutZone(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string') return false;
  const match = ISO.exec(value.trim());
  return match !== null && match[8] === undefined;
}

function readIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(
    fields[0],
    fields[1] - 1,
    ...(fields.slice(2) as [number, number, number, number]),
  );
  const date = new Date(ms);
  // Date.UTC rolls over: the 31st of June would be the 1st of July.
  const isReal =
    date.getUTCMonth() === fields[1] - 1 &&
    date.getUTCDate() === fields[2] &&
    fields[3] < 24 &&
    fields[4] < 60 &&
    fields[5] < 60;
  if (!isReal) return undefined;
  return (ms - zoneMs(zone)) * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

function zoneMs(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function readEpoch(text: string): number | undefined {
  const plain = /e/i.test(text) ? expand(text) : text;
  const match = DECIMAL.exec(plain);
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  const unit = UNITS.find(({ below }) => Number(whole) < below);
  if (!unit) return undefined;
  if (unit.digits < 0) return Number(whole.slice(0, unit.digits) || '0');
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
