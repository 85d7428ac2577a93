/** Whole microseconds since the epoch. */
export type Micros = number;

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const ORDER = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{6})Z$/;
/** From year 1, which is Python's first, to where a double would lose a microsecond: 2255. */
const EARLIEST = -62_135_596_800_000_000;
const LATEST = Number.MAX_SAFE_INTEGER;

/** Reads an ISO 8601 time; one without a zone is UTC. Undefined if it is none. */
export function parseIso(text: string): Micros | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, date = '', time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}:${seconds}${fullZone(zone.toUpperCase())}`);
  if (Number.isNaN(ms) || !isDay(date)) return undefined;
  return inRange(ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)));
}

/** Epoch milliseconds, as the JS SDK writes some times. */
export function parseEpochMs(ms: number): Micros | undefined {
  return inRange(Math.round(ms * 1000));
}

/** The time of a dotted_order segment. */
export function parseOrderTime(text: string): Micros | undefined {
  const match = ORDER.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = match;
  return parseIso(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
}

/** `2026-01-31T12:00:00.123456+00:00`. */
export function printIso(us: Micros): string {
  const seconds = Math.floor(us / 1_000_000);
  const fraction = String(us - seconds * 1_000_000).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}+00:00`;
}

/** JavaScript would read 31 February as 2 March. */
function isDay(date: string): boolean {
  return new Date(date).getUTCDate() === Number(date.slice(8));
}

function fullZone(zone: string): string {
  return /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone;
}

function inRange(us: number): Micros | undefined {
  return us >= EARLIEST && us <= LATEST ? us : undefined;
}

/** As it stands in a dotted_order: `20260131T120000123456Z`. */
export function printOrderTime(us: Micros): string {
  return `${printIso(us).slice(0, 26).replace(/[-:.]/g, '')}Z`;
}
