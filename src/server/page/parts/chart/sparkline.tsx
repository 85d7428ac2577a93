import type { Html } from '../../html.js';
import { extentOf } from './extent.js';

const WIDTH = 100;
const HEIGHT = 20;
const PAD = 2;

/**
 * A row of values as a small line, the last of them marked; gaps where there is none.
 *
 * @param props.title what it shows, in words.
 */
export function Sparkline(props: {
  readonly values: readonly (number | undefined)[];
  readonly title: string;
}): Html | null {
  const known = props.values.flatMap((value, place) =>
    value === undefined ? [] : [[place, value] as const],
  );
  const last = known.at(-1);
  if (!last) return null;
  const [low, high] = extentOf(known.map(([, value]) => value));
  const x = (place: number) =>
    PAD + (place / Math.max(1, props.values.length - 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - PAD - ((value - low) / (high - low)) * (HEIGHT - 2 * PAD);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img">
      <title>{props.title}</title>
      <polyline points={known.map(([place, value]) => point(x(place), y(value))).join(' ')} />
      <circle cx={round(x(last[0]))} cy={round(y(last[1]))} r="2" />
    </svg>
  );
}

function point(x: number, y: number): string {
  return `${round(x)},${round(y)}`;
}

/** Coordinates need no more digits. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
