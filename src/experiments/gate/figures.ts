import { percentile } from '../../percentile.js';
import { MEASURES, meanOf, type Side, type Values } from '../statistics.js';

/** A figure of one experiment. */
export interface Figure {
  readonly value: number;
  /** Examples that it is of. */
  readonly n: number;
  readonly what: string;
}

/**
 * What `--min` and `--max` bound: the mean of a score, of latency (seconds), tokens or cost (US dollars), or a
 * percentile of one of them, `latency_p95`. Repetitions count as their mean.
 *
 * @returns undefined if no example has it.
 */
export function figureOf({ scores, measures }: Side, name: string): Figure | undefined {
  const score = scores.get(name);
  if (score) return describe(score, undefined);
  const [, base = name, digits] = /^(.+)_p(\d+(?:\.\d+)?)$/.exec(name) ?? [];
  const measure = MEASURES.find((one) => one === base);
  const values = measure ? measures.get(measure) : scores.get(base);
  return values && describe(values, digits === undefined ? undefined : Number(digits));
}

function describe(values: Values, share: number | undefined): Figure | undefined {
  const means = [...values.values()].map(({ mean }) => mean).sort((one, other) => one - other);
  if (means.length === 0) return undefined;
  return share === undefined
    ? { value: meanOf(means), n: means.length, what: 'mean' }
    : { value: percentile(means, share / 100), n: means.length, what: `p${share}` };
}
