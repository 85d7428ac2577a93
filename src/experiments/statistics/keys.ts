import { type Direction, type Directions, directionOf } from './direction.js';
import {
  type Alignment,
  type Changed,
  countSides,
  differencesOf,
  errorShares,
  gainOf,
  logGain,
  MEASURES,
  meanOfValues,
  type Pairs,
  pairUp,
  rangeOf,
  type Side,
  type Values,
} from './pairs.js';
import { type Margin, marginOf, type Range } from './sensitivity.js';
import { type Alternative, seedOf } from './sign-flip.js';
import { type Judgement, judge, NOT_COMPARABLE } from './verdict.js';

/** What the keys of a comparison are judged by. */
export interface Rules {
  readonly alternative: Alternative;
  readonly directions: Directions;
  /** What scores range over, as their feedback configs say. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** The difference that matters, as typed for a key. */
  readonly tolerances: ReadonlyMap<string, number>;
  /** Examples that were edited between the two: see `Alignment`. */
  readonly changed?: readonly Changed[] | undefined;
}

/** Two experiments under one key, before it is judged. */
export interface KeyPairs {
  readonly key: string;
  /** `error` is the share of runs that failed, `measure` what runs took: of both, less is better. */
  readonly kind: 'score' | 'error' | 'measure';
  readonly direction: Direction;
  /** Means over all examples that have the key: not to be subtracted, for A's and B's may be of different examples. */
  readonly meanA: number | undefined;
  readonly meanB: number | undefined;
  readonly pairs: Pairs;
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  /** Examples that A has it for and B has no row of. */
  readonly absent: readonly string[];
  /** Failed, and absent where B is finished. */
  readonly lost: number;
  readonly margin: Margin | undefined;
  readonly seed: string;
}

export interface KeyComparison extends KeyPairs {
  /** Signed: more is better. */
  readonly judgement: Judgement;
  /** B − A over the pairs, not signed; of a measure the ratio less 1. */
  readonly difference: number | undefined;
  /** The 95 % confidence interval of the difference. */
  readonly interval: readonly [number, number] | undefined;
}

/** The scores of two experiments, and `error` where any run of either failed. */
export function pairScores(
  a: Side,
  b: Side,
  alignment: Alignment,
  rules: Rules,
  group?: string,
): KeyPairs[] {
  const keys = [...new Set([...a.scores.keys(), ...b.scores.keys()])].sort();
  const pairOne = makePair(a, b, alignment, group);
  const pairs = keys.map((key) => {
    const values: Both = [a.scores.get(key), b.scores.get(key)];
    const direction = directionOf(key, rules.directions);
    const declared = { tolerance: rules.tolerances.get(key), range: rules.ranges.get(key) };
    const margin = marginOf(declared, rangeOf(values));
    return pairOne(
      { key, kind: 'score', direction, margin },
      values,
      gainOf(direction.lowerIsBetter),
    );
  });
  if (hasErrors(a) || hasErrors(b)) {
    const key = keys.includes(ERROR) ? `run ${ERROR}` : ERROR;
    const margin = marginOf({ tolerance: rules.tolerances.get(key) }, { min: 0, max: 1 });
    const named = { key, kind: 'error', direction: LOWER, margin } as const;
    pairs.push(pairOne(named, [errorShares(a), errorShares(b)], gainOf(true)));
  }
  return pairs;
}

/** What runs took: compared by ratio, over examples that took more than nothing in both. */
export function pairMeasures(a: Side, b: Side, alignment: Alignment): KeyPairs[] {
  const pairOne = makePair(a, b, alignment);
  return MEASURES.flatMap((key) => {
    const values: Both = [a.measures.get(key), b.measures.get(key)];
    if (!values[0]?.size && !values[1]?.size) return [];
    return pairOne({ key, kind: 'measure', direction: LOWER, margin: undefined }, values, logGain);
  });
}

const ERROR = 'error';
const LOWER: Direction = { lowerIsBetter: true, source: 'name' };

type Both = readonly [Values | undefined, Values | undefined];

function makePair(a: Side, b: Side, alignment: Alignment, group?: string) {
  return (
    named: Pick<KeyPairs, 'key' | 'kind' | 'direction' | 'margin'>,
    [ofA, ofB]: Both,
    gain: (a: number, b: number) => number | undefined,
  ): KeyPairs => {
    const pairs = pairUp(alignment, ofA, ofB, gain);
    const absent = alignment.absent.filter((id) => ofA?.has(id));
    return {
      ...named,
      meanA: meanOfValues(ofA),
      meanB: meanOfValues(ofB),
      pairs,
      ...countSides(pairs),
      absent,
      lost: pairs.failed.length + (b.isFinished ? absent.length : 0),
      seed: seedOf(group === undefined ? named.key : `${named.key}@${group}`, [a.id, b.id]),
    };
  };
}

function hasErrors({ rows }: Side): boolean {
  for (const { errors } of rows.values()) if (errors > 0) return true;
  return false;
}

/** Judges keys as one family. */
export function judgeTogether(
  keys: readonly KeyPairs[],
  alternative: Alternative,
): KeyComparison[] {
  const judgements = judge(
    keys.map(({ pairs, margin, seed }) => ({
      differences: differencesOf(pairs),
      scoredInFewer: Math.min(pairs.scoredA, pairs.scoredB),
      margin,
      seed,
    })),
    alternative,
  );
  return keys.map((key, at) => withJudgement(key, judgements[at] ?? NOT_COMPARABLE));
}

/** Turns the judgement round where less is better: what is printed is B − A. */
export function withJudgement(key: KeyPairs, judgement: Judgement): KeyComparison {
  const { mean, interval } = judgement;
  const { kind, direction } = key;
  const shown = (gain: number) => {
    const difference = direction.lowerIsBetter ? 0 - gain : gain;
    return kind === 'measure' ? Math.expm1(difference) : difference;
  };
  const ends = interval?.map(shown).sort((one, other) => one - other);
  const [low, high] = ends ?? [];
  return {
    ...key,
    judgement,
    difference: mean === undefined ? undefined : shown(mean),
    interval: low === undefined || high === undefined ? undefined : [low, high],
  };
}
