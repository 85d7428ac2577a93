/** `2,000`. */
export function showNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 row`, `2,000 rows`. */
export function count(howMany: number, one: string, many = `${one}s`): string {
  return `${showNumber(howMany)} ${howMany === 1 ? one : many}`;
}

/** What there is to say, without what a condition left out. */
export function said<T>(parts: readonly (T | false)[]): T[] {
  return parts.filter((part): part is T => part !== false);
}

/** `2026-11-24 15:08`, in UTC as LangSmith gives it; a time of another form stays as it is. */
export function showTime(iso: string): string {
  const minute = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(iso);
  return minute ? `${minute[1]} ${minute[2]}` : iso;
}

/** `850 ms`, `1.25 s`. */
export function showSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toPrecision(3))} s`;
}

/** US dollars; of a small sum, the digits that are not 0. */
export function showCost(dollars: number): string {
  return `$${dollars >= 1 ? showNumber(Number(dollars.toFixed(2))) : Number(dollars.toPrecision(3))}`;
}

export { showScore } from '../../experiments/scores.js';

/** `12.5 MB`, in units of a thousand. */
export function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(
    Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0),
    units.length - 1,
  );
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`;
}

/** The path of a file as an argument: a name that begins with a dash would be an option. */
export function asArgument(path: string): string {
  return /^-./.test(path) ? `./${path}` : path;
}
