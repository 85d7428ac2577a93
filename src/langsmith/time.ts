/** Times are whole microseconds since the epoch: exact in a double until the year 2255. */
export type Micros = number;

/** `2026-01-31T12:00:00.123456Z`. */
export function isoTime(us: Micros): string {
  const { date, micros } = split(us);
  return `${date.toISOString().slice(0, 19)}.${micros}Z`;
}

/** The time of a dotted_order segment: `20260131T120000123456Z`. */
export function orderTime(us: Micros): string {
  return isoTime(us).replace(/[-:.]/g, '');
}

/** Reads what a LangSmith server writes; a time without a zone is UTC. */
export function parseTime(iso: string): Micros {
  const match = /^(.*?:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/i.exec(iso.trim());
  const ms = match ? Date.parse(`${match[1]}${match[3] ?? 'Z'}`) : Date.parse(iso);
  if (Number.isNaN(ms)) throw new Error(`not a time: ${iso}`);
  return ms * 1000 + Number((match?.[2] ?? '').padEnd(6, '0').slice(0, 6));
}

function split(us: Micros): { date: Date; micros: string } {
  const whole = Math.floor(us);
  const seconds = Math.floor(whole / 1_000_000);
  return {
    date: new Date(seconds * 1000),
    micros: String(whole - seconds * 1_000_000).padStart(6, '0'),
  };
}
