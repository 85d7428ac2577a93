/** Times are whole microseconds since the epoch: exact in a double until the year 2255. */
export type Micros = number;

/** `2026-01-31T12:00:00.123456Z`. */
export function isoTime(us: Micros): string {
  const [{ second }, micros] = split(us);
  return `${second}.${micros}Z`;
}

/** The time of a dotted_order segment: `20260131T120000123456Z`. */
export function orderTime(us: Micros): string {
  const [{ order }, micros] = split(us);
  return `${order}${micros}Z`;
}

const TIME = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/i;

/** Whether this is what a LangSmith server writes, of a time that microseconds can tell. */
export function isTime(text: string): boolean {
  return Number.isSafeInteger(microsOf(text));
}

/** Reads what a LangSmith server writes; a time without a zone is UTC. */
export function parseTime(iso: string): Micros {
  const us = microsOf(iso);
  if (Number.isNaN(us)) throw new Error(`not a time: ${iso}`);
  return us;
}

function microsOf(iso: string): Micros {
  const [, second, fraction = '', zone = 'Z'] = TIME.exec(iso) ?? [];
  return Date.parse(`${second}${zone}`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** How seconds are printed: many runs share them, and a Date is slow to print. */
const printed = new Map<number, { readonly second: string; readonly order: string }>();
const MAX_PRINTED = 1000;

function split(us: Micros): [{ second: string; order: string }, micros: string] {
  const whole = Math.floor(us);
  const seconds = Math.floor(whole / 1_000_000);
  const micros = String(whole - seconds * 1_000_000).padStart(6, '0');
  return [printSecond(seconds), micros];
}

function printSecond(seconds: number): { second: string; order: string } {
  const known = printed.get(seconds);
  if (known) return known;
  const second = new Date(seconds * 1000).toISOString().slice(0, 19);
  const entry = { second, order: second.replace(/[-:]/g, '') };
  if (printed.size === MAX_PRINTED) printed.clear();
  printed.set(seconds, entry);
  return entry;
}
