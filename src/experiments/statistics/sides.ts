import {
  judgeTogether,
  type KeyComparison,
  type KeyPairs,
  pairMeasures,
  pairScores,
  type Rules,
  withJudgement,
} from './keys.js';
import { meanOf } from './numbers.js';
import { type Alignment, align, type ByExample, type Side, type Values } from './pairs.js';
import { NOT_COMPARABLE } from './verdict.js';

/** Experiment B against A. */
export interface SidesCompared {
  readonly alignment: Alignment;
  /** Whether rows that B lacks are lost, or may still come. */
  readonly isFinished: boolean;
  /** Examples in which B newly has an error, or lacks a score that A has and others of B have. */
  readonly failed: readonly string[];
  /** The other way round. */
  readonly fixed: readonly string[];
  /** How many examples B lost: failed, and absent where it is finished. */
  readonly lost: number;
  /** Scores, and `error` where any run of either failed. */
  readonly scores: readonly KeyComparison[];
  readonly measures: readonly KeyComparison[];
}

export function compareSides(a: Side, b: Side, rules: Rules): SidesCompared {
  const alignment = align(a, b, rules.changed);
  const scores = judgeTogether(pairScores(a, b, alignment, rules), rules.alternative);
  const { failed, fixed } = failures(scores);
  return {
    alignment,
    isFinished: b.isFinished,
    failed,
    fixed,
    lost: failed.length + (b.isFinished ? alignment.absent.length : 0),
    scores,
    measures: judgeTogether(pairMeasures(a, b, alignment), rules.alternative),
  };
}

function failures(scores: readonly KeyComparison[]) {
  const [failed, fixed] = [new Set<string>(), new Set<string>()];
  for (const { kind, pairs } of scores) {
    // A score that only one of them has at all was not given to the other: no row of it failed.
    const areScored = pairs.scoredA > 0 && pairs.scoredB > 0;
    for (const id of areScored ? pairs.failed : []) failed.add(id);
    for (const id of areScored ? pairs.fixed : []) fixed.add(id);
    if (kind !== 'error') continue;
    for (const [at, id] of pairs.ids.entries()) {
      const [before = 0, after = 0] = [pairs.a[at], pairs.b[at]];
      if (before === 0 && after > 0) failed.add(id);
      if (before > 0 && after === 0) fixed.add(id);
    }
  }
  return { failed: [...failed].sort(), fixed: [...fixed].sort() };
}

/** The examples of one group. */
export interface GroupCompared {
  readonly group: string;
  readonly examples: number;
  /** Those with fewer than six pairs are `not judged`. */
  readonly scores: readonly KeyComparison[];
}

const PAIRS_OF_A_GROUP = 6;

/**
 * Compares each group of examples by itself; all keys of all groups are judged as one family.
 *
 * @param groupOf names an example's group; undefined: it is in none.
 */
export function compareGroups(
  a: Side,
  b: Side,
  groupOf: (exampleId: string) => string | undefined,
  rules: Rules,
): GroupCompared[] {
  const [ofA, ofB] = [groupsOf(a, groupOf), groupsOf(b, groupOf)];
  const paired = [...new Set([...ofA.keys(), ...ofB.keys()])].map((group) => {
    const inA = ofA.get(group) ?? { ...a, ...NOTHING };
    const inB = ofB.get(group) ?? { ...b, ...NOTHING };
    const alignment = align(inA, inB);
    const keys = pairScores(inA, inB, alignment, rules, group);
    return { group, examples: inA.rows.size + alignment.added.length, keys };
  });
  const family = paired
    .flatMap(({ keys }) => keys)
    .filter(({ pairs }) => pairs.gains.length >= PAIRS_OF_A_GROUP);
  const judged = judgeTogether(family, rules.alternative);
  const verdicts = new Map<KeyPairs, KeyComparison | undefined>(
    family.map((key, at) => [key, judged[at]]),
  );
  return paired.sort(byGroup).map(({ group, examples, keys }) => ({
    group,
    examples,
    scores: keys.map((key) => verdicts.get(key) ?? unjudged(key)),
  }));
}

const NOTHING = { rows: new Map(), scores: new Map(), measures: new Map() };

/** The part of an experiment that is about each group, without its measures. */
function groupsOf(side: Side, groupOf: (exampleId: string) => string | undefined) {
  const divide = <T>(values: ByExample<T>) => {
    const parts = new Map<string, Map<string, T>>();
    for (const [id, one] of values) {
      const group = groupOf(id);
      if (group === undefined) continue;
      const part = parts.get(group) ?? new Map<string, T>();
      parts.set(group, part.set(id, one));
    }
    return parts;
  };
  const scores = [...side.scores].map(([key, values]) => [key, divide(values)] as const);
  return new Map(
    [...divide(side.rows)].map(([group, rows]): [string, Side] => {
      const own = scores.flatMap(([key, parts]): [string, Values][] => {
        const part = parts.get(group);
        return part ? [[key, part]] : [];
      });
      return [group, { ...side, ...NOTHING, rows, scores: new Map(own) }];
    }),
  );
}

/** The difference alone. */
function unjudged(key: KeyPairs): KeyComparison {
  const { gains } = key.pairs;
  const mean = gains.length === 0 ? undefined : meanOf(gains);
  return withJudgement(key, { ...NOT_COMPARABLE, verdict: 'not judged', mean });
}

function byGroup(one: { readonly group: string }, other: { readonly group: string }): number {
  return one.group < other.group ? -1 : 1;
}

/** The part of an experiment that is about these examples. */
export function restrict(side: Side, ids: ReadonlySet<string>): Side {
  const only = <T>(values: ByExample<T>) => new Map([...values].filter(([id]) => ids.has(id)));
  const each = <K>(all: ReadonlyMap<K, Values>) =>
    new Map(
      [...all].flatMap(([key, values]): [K, Values][] => {
        const kept = only(values);
        return kept.size > 0 ? [[key, kept]] : [];
      }),
    );
  return {
    ...side,
    rows: only(side.rows),
    scores: each(side.scores),
    measures: each(side.measures),
  };
}
