import type { Html } from '../../html.js';
import { visibleText } from '../visible.js';
import { extentOf } from './extent.js';

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 56;
const TOP = 10;
const BOTTOM = 22;

/** One value of a line chart. */
export interface ChartPoint {
  readonly value: number | undefined;
  /** What it is, in words. */
  readonly title: string;
  readonly href: string;
  /** Below the axis, at the ends of the line. */
  readonly label: string;
}

/**
 * Values in their order, each a link, with the value of a baseline across.
 *
 * @param props.print how values are written at the axis.
 */
export function LineChart(props: {
  readonly points: readonly ChartPoint[];
  readonly baseline: { readonly value: number; readonly title: string } | undefined;
  readonly title: string;
  readonly print: (value: number) => string;
}): Html | null {
  const { points, baseline } = props;
  const known = points.flatMap(({ value }) => value ?? []);
  if (known.length === 0) return null;
  const all = baseline ? [...known, baseline.value] : known;
  const [low, high] = extentOf(all);
  const x = (place: number) =>
    LEFT + (points.length === 1 ? 0.5 : place / (points.length - 1)) * (WIDTH - LEFT - 10);
  const y = (value: number) => {
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return Math.round((HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)) * 10) / 10;
  };
  const at = points.flatMap((point, place) =>
    point.value === undefined ? [] : [{ ...point, x: Math.round(x(place)), y: y(point.value) }],
  );
  return (
    <svg class="line-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <title>{props.title}</title>
      {[...new Set([high, low])].map((value) => (
        <>
          <line class="grid" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
          <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
            {props.print(value)}
          </text>
        </>
      ))}
      {baseline && (
        <line class="baseline" x1={LEFT} x2={WIDTH} y1={y(baseline.value)} y2={y(baseline.value)}>
          <title>{visibleText(baseline.title)}</title>
        </line>
      )}
      <polyline points={at.map((point) => `${point.x},${point.y}`).join(' ')} />
      {at.map((point) => (
        <a href={point.href} aria-label={visibleText(point.title)}>
          <circle cx={point.x} cy={point.y} r="4">
            <title>{visibleText(point.title)}</title>
          </circle>
        </a>
      ))}
      <text x={LEFT} y={HEIGHT - 4}>
        {visibleText(points[0]?.label ?? '')}
      </text>
      {points.length > 1 && (
        <text x={WIDTH} y={HEIGHT - 4} text-anchor="end">
          {visibleText(points.at(-1)?.label ?? '')}
        </text>
      )}
    </svg>
  );
}
