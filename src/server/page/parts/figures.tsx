import { type Micros, printIso } from '../../time.js';
import type { Html } from '../html.js';

const COUNT = new Intl.NumberFormat('en-US');
const PERCENT = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });

const NONE = <span class="none">–</span>;

export function count(value: number | undefined): Html | string {
  return value === undefined ? NONE : COUNT.format(value);
}

/** `3 runs`, `1 run`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${COUNT.format(value)} ${value === 1 ? singular : plural}`;
}

/** The share of runs that failed, from 0 to 1; it stands out if there are any. */
export function errorShare(share: number | undefined): Html | string {
  if (share === undefined) return NONE;
  const text = PERCENT.format(share);
  return share > 0 ? <span class="bad">{text}</span> : text;
}

/** @param value seconds. */
export function seconds(value: number | undefined): Html | string {
  if (value === undefined) return NONE;
  if (value < 0.01 && value > 0) return `${Number((value * 1000).toPrecision(2))} ms`;
  const rounded = Math.round(value * 100) / 100;
  if (rounded < 60) return `${rounded.toFixed(2)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** @param value US dollars. */
export function dollars(value: number | undefined): Html | string {
  if (value === undefined) return NONE;
  return value > 0 && value < 0.01 ? `$${Number(value.toPrecision(2))}` : `$${value.toFixed(2)}`;
}

/** A day, for labels. */
export function dateOf(time: Micros): string {
  return DAY.format(time / 1000);
}

export function moment(time: Micros | undefined): Html | string {
  if (time === undefined) return NONE;
  const iso = printIso(time);
  return (
    <time datetime={iso} title={iso}>
      {DATE.format(time / 1000)} UTC
    </time>
  );
}
