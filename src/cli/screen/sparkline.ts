import type { Histogram } from '../../experiments/statistics.js';
import type { Context } from '../context.js';

/** The first stands for none at all. */
const BLOCKS = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = ['.', ':', '-', '=', '+', '*', '#', '%', '@'];

/** A histogram in one line: `0 ▂···█ 1`. In ASCII where a terminal says that it knows no better. */
export function drawHistogram(
  { from, to, counts }: Histogram,
  { environment }: Pick<Context, 'environment'>,
): string {
  const [none = '', ...levels] = environment.TERM === 'dumb' ? ASCII : BLOCKS;
  const highest = counts.reduce((most, n) => Math.max(most, n), 0);
  const bars = counts.map((n) =>
    n === 0 ? none : levels[Math.ceil((n / highest) * levels.length) - 1],
  );
  const [low, high] = [from, to].map((edge) => String(Number(edge.toPrecision(3))));
  return from === to ? `${low} ${bars.join('')}` : `${low} ${bars.join('')} ${high}`;
}
