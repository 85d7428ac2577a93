import type { Histogram } from '../../../../experiments/statistics.js';
import type { Html } from '../../html.js';

const WIDTH = 40;
const HEIGHT = 18;

/** How values are spread, as small bars: the words are for whoever cannot see them. */
export function histogram({ from, to, counts }: Histogram): Html {
  const most = counts.reduce((high, n) => Math.max(high, n), 1);
  const step = WIDTH / counts.length;
  const bars = counts.flatMap((n, at) => {
    if (n === 0) return [];
    const height = Math.max(1, Math.round((n / most) * HEIGHT));
    return [`M${round((at + 0.5) * step)} ${HEIGHT}v-${height}`];
  });
  return (
    <svg
      class="hist"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={wordsOf(from, to, counts)}
    >
      <path d={bars.join('')} stroke-width={round(step * 0.8)} />
    </svg>
  );
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function wordsOf(from: number, to: number, counts: readonly number[]): string {
  return `From ${Number(from.toPrecision(3))} to ${Number(to.toPrecision(3))}: ${counts.join(', ')}`;
}
