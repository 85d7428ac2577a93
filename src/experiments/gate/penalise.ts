import { LsRecordError } from '../../errors.js';
import { directionOf, type Rules, type Side, type Value } from '../statistics.js';

/**
 * Counts each error as the worst score under every key, in both experiments.
 *
 * @throws {LsRecordError} `USAGE` for a key whose feedback config declares no range.
 */
export function penalise(sides: readonly [Side, Side], rules: Rules): readonly [Side, Side] {
  const keys = new Set(sides.flatMap(({ scores }) => [...scores.keys()]));
  const worst = new Map([...keys].map((key) => [key, worstOf(key, rules)]));
  const [a, b] = sides;
  return [withErrors(a, worst), withErrors(b, worst)];
}

function worstOf(key: string, { ranges, directions }: Rules): number {
  const range = ranges.get(key);
  if (range) return directionOf(key, directions).lowerIsBetter ? range.max : range.min;
  throw new LsRecordError(
    'USAGE',
    `errors cannot count as the worst "${key}": its range is unknown`,
    {
      hint: 'Declare it: set min and max in the score’s feedback config, or leave --errors-as-worst out.',
    },
  );
}

function withErrors(side: Side, worst: ReadonlyMap<string, number>): Side {
  const scores = new Map(
    [...worst].map(([key, value]) => {
      const values = new Map<string, Value>(side.scores.get(key));
      for (const [id, { errors }] of side.rows) {
        if (errors === 0) continue;
        const { mean, n } = values.get(id) ?? { mean: 0, n: 0 };
        const all = n + errors;
        values.set(id, { mean: (mean * n + value * errors) / all, n: all });
      }
      return [key, values] as const;
    }),
  );
  return { ...side, scores };
}
