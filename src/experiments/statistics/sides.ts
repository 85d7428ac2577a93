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
  /** Examples in which B newly has an error, or lacks a score that A has. */
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
    for (const id of pairs.failed) failed.add(id);
    for (const id of pairs.fixed) fixed.add(id);
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
  const groups = new Map<string, Set<string>>();
  for (const id of new Set([...a.rows.keys(), ...b.rows.keys()])) {
    const group = groupOf(id);
    if (group === undefined) continue;
    const members = groups.get(group) ?? new Set();
    groups.set(group, members.add(id));
  }
  const paired = [...groups].map(([group, members]) => {
    const [inA, inB] = [restrict(a, members), restrict(b, members)];
    const keys = pairScores(inA, inB, align(inA, inB), rules, group);
    return { group, examples: members.size, keys };
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
