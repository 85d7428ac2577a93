import {
  compareSides,
  type Directions,
  differencesOf,
  judgeTogether,
  type KeyComparison,
  type KeyPairs,
  lowerBoundOf,
  pairMeasures,
  pairScores,
  type Range,
  type Rules,
  restrict,
  type Side,
  type SidesCompared,
} from '../statistics.js';
import { describeCheck } from './describe.js';
import { figureOf } from './figures.js';
import { penalise } from './penalise.js';
import type { Check, GateResult } from './result.js';
import { type GateKey, readGateKey, type Thresholds } from './thresholds.js';

/** Two experiments, and what the second is held to. */
export interface Gated {
  readonly a: Side;
  readonly b: Side;
  readonly thresholds: Thresholds;
  readonly kept: Directions['kept'];
  readonly ranges: ReadonlyMap<string, Range>;
  readonly changed?: Rules['changed'];
  /** Examples by group, for keys such as `correct@topic=billing`. */
  readonly groupOf: (exampleId: string, field: string) => string | undefined;
  /** The row's own id of an example, where a file gave one. */
  readonly rowIdOf: (exampleId: string) => string | undefined;
}

/** What a gate says of two experiments, without their names. */
export type JudgedGate = Pick<GateResult, 'passed' | 'checks' | 'lost' | 'warnings' | 'examples'>;

/** With fewer pairs, a difference is no reason to fail by itself. */
const PAIRS_FOR_TOLERANCE = 20;

/**
 * Judges whether B may follow A: one-sided tests of its keys as one family, and bounds.
 *
 * @throws {LsRecordError} `USAGE` if errors shall count as the worst score, and a score has no declared range.
 */
export function judgeGate(gated: Gated): JudgedGate {
  const { thresholds } = gated;
  const rules = rulesOf(gated);
  const [a, b] = thresholds.errors_as_worst
    ? penalise([gated.a, gated.b], rules)
    : [gated.a, gated.b];
  const compared = compareSides(a, b, rules);
  const checks = [
    ...checkLost(compared, a, thresholds),
    ...checkErrors(a, b, thresholds),
    ...checkKeys(a, b, compared, rules, gated),
    ...checkBounds(b, thresholds),
  ];
  const { alignment, failed } = compared;
  return {
    passed: checks.every(({ status }) => status !== 'failed'),
    checks,
    lost: [
      ...failed.map((id) => lostRow(id, 'failed', gated)),
      ...(b.isFinished ? alignment.absent : []).map((id) => lostRow(id, 'absent', gated)),
    ],
    warnings: warningsOf(compared),
    examples: {
      both: alignment.both.length,
      failed: failed.length,
      absent: alignment.absent.length,
      changed: alignment.changed.length,
      new: alignment.added.length,
      quarantined: 0,
    },
  };
}

function lostRow(id: string, reason: 'failed' | 'absent', { rowIdOf }: Gated) {
  return { example_id: id, row_id: rowIdOf(id) ?? null, reason };
}

function rulesOf({ thresholds, kept, ranges, changed }: Gated): Rules {
  const typed = new Map<string, boolean>();
  for (const key of thresholds.lower_is_better ?? []) typed.set(key, true);
  for (const key of thresholds.higher_is_better ?? []) typed.set(key, false);
  const tolerances = new Map<string, number>();
  for (const [name, value] of Object.entries({ ...thresholds.no_worse, ...thresholds.prove }))
    if (value !== true) tolerances.set(readGateKey(name).key, value);
  return { alternative: 'worse', directions: { typed, kept }, ranges, tolerances, changed };
}

/** Rows that B lacks: the crashed ones must not turn the gate green by being left out. */
function checkLost(compared: SidesCompared, a: Side, { max_lost: most }: Thresholds): Check[] {
  const { lost, failed, isFinished, alignment } = compared;
  const absent = isFinished ? alignment.absent.length : 0;
  if (most === undefined && lost === 0) return [];
  const limit = most === undefined ? 0 : countOf(most, a.rows.size);
  const counted = most === undefined ? absent : lost;
  const status = counted > limit ? 'failed' : lost > 0 ? 'warned' : 'passed';
  return [
    describeCheck({
      check: 'lost',
      key: 'lost',
      status,
      threshold: most ?? 0,
      facts: { lost, failed: failed.length, absent, of: a.rows.size },
    }),
  ];
}

function checkErrors(a: Side, b: Side, { max_errors: most }: Thresholds): Check[] {
  if (most === undefined) return [];
  const count = ({ rows }: Side) => [...rows.values()].reduce((sum, one) => sum + one.errors, 0);
  const [before, errors] = [count(a), count(b)];
  const status = errors > countOf(most, a.rows.size) ? 'failed' : 'passed';
  const facts = { errors, before, of: b.rows.size };
  return [describeCheck({ check: 'errors', key: 'error', status, threshold: most, facts })];
}

/** A count, or that share of A's rows. */
function countOf(bound: number | string, rows: number): number {
  return typeof bound === 'number' ? bound : (Number.parseFloat(bound) / 100) * rows;
}

function checkKeys(
  a: Side,
  b: Side,
  { alignment, scores, measures }: SidesCompared,
  rules: Rules,
  { thresholds, groupOf }: Gated,
): Check[] {
  const all = [...scores, ...measures];
  const named = Object.entries(thresholds.no_worse ?? {});
  const wanted: readonly (readonly [GateKey, number | true])[] =
    named.length > 0
      ? named.map(([name, tolerance]) => [readGateKey(name), tolerance] as const)
      : keysToTest(scores).map((key) => [readGateKey(key), true] as const);

  const pairsOf = ({ key, group }: GateKey): KeyPairs | undefined => {
    if (!group) return all.find((one) => one.key === key);
    const ids = [...new Set([...a.rows.keys(), ...b.rows.keys()])];
    const members = new Set(ids.filter((id) => groupOf(id, group.field) === group.value));
    const [inA, inB] = [restrict(a, members), restrict(b, members)];
    const both = alignment.both.filter((id) => members.has(id));
    const part = { ...alignment, both, absent: alignment.absent.filter((id) => members.has(id)) };
    const label = `${group.field}=${group.value}`;
    return [...pairScores(inA, inB, part, rules, label), ...pairMeasures(inA, inB, part)].find(
      (one) => one.key === key,
    );
  };

  const family: { name: GateKey; tolerance: number | true; pairs: KeyPairs | undefined }[] =
    wanted.map(([name, tolerance]) => ({ name, tolerance, pairs: pairsOf(name) }));
  const error = scores.find(({ kind }) => kind === 'error');
  const isErrorNamed = wanted.some(([{ key, group }]) => key === error?.key && !group);
  if (error && thresholds.max_errors === undefined && !isErrorNamed)
    family.push({ name: readGateKey(error.key), tolerance: true, pairs: error });

  const judged = judgeTogether(
    family.flatMap(({ pairs }) => pairs ?? []),
    'worse',
  );
  let at = 0;
  const noWorse = family.map(({ name, tolerance, pairs }) =>
    judgeKey(name, tolerance, pairs && judged[at++], thresholds),
  );
  const prove = Object.entries(thresholds.prove ?? {}).map(([name, tolerance]) => {
    const key = readGateKey(name);
    const pairs = pairsOf(key);
    return proveKey(key, tolerance, pairs && judgeTogether([pairs], 'worse')[0]);
  });
  return [...noWorse, ...prove];
}

/** All scores of the baseline; new ones, which it has none of, only where it has no other. */
function keysToTest(all: readonly KeyComparison[]): string[] {
  const scores = all.filter(({ kind }) => kind === 'score');
  const known = scores.filter(({ pairs }) => pairs.scoredA > 0);
  return (known.length > 0 ? known : scores).map(({ key }) => key);
}

function judgeKey(
  name: GateKey,
  tolerance: number | true,
  found: KeyComparison | undefined,
  { too_few: tooFew = 'pass' }: Thresholds,
): Check {
  const threshold = tolerance === true ? null : tolerance;
  const common = { check: 'no-worse', name, found, threshold } as const;
  if (!found || found.judgement.verdict === 'not comparable')
    return describeCheck({ ...common, key: name.key, status: 'failed' });
  const { verdict, mean = 0, isUnderpowered } = found.judgement;
  const isBeyond =
    tolerance !== true && mean < -tolerance && found.pairs.gains.length >= PAIRS_FOR_TOLERANCE;
  if (verdict === 'worse' || isBeyond)
    return describeCheck({ ...common, key: name.key, status: 'failed', facts: { isBeyond } });
  const isThin = verdict === 'too few to tell' || (isUnderpowered && verdict === 'within noise');
  const status = isThin ? (tooFew === 'fail' ? 'failed' : 'warned') : 'passed';
  return describeCheck({ ...common, key: name.key, status, facts: { isThin } });
}

/** Non-inferiority: the one-sided 95 % bound of the difference has to be above the tolerance. */
function proveKey(name: GateKey, tolerance: number, found: KeyComparison | undefined): Check {
  const bound = found && lowerBoundOf(differencesOf(found.pairs));
  const isProven = bound !== undefined && bound > -tolerance;
  return describeCheck({
    check: 'prove',
    key: name.key,
    name,
    found,
    threshold: tolerance,
    status: isProven ? 'passed' : 'failed',
    facts: { bound },
  });
}

function checkBounds(b: Side, { min = {}, max = {} }: Thresholds): Check[] {
  const check = (kind: 'min' | 'max', key: string, threshold: number): Check => {
    const figure = figureOf(b, key);
    const isGood =
      figure !== undefined &&
      (kind === 'min' ? figure.value >= threshold : figure.value <= threshold);
    const status = isGood ? 'passed' : 'failed';
    return describeCheck({ check: kind, key, threshold, status, facts: { figure } });
  };
  return [
    ...Object.entries(min).map(([key, value]) => check('min', key, value)),
    ...Object.entries(max).map(([key, value]) => check('max', key, value)),
  ];
}

function warningsOf({ alignment, scores, isFinished }: SidesCompared): string[] {
  const warnings: string[] = [];
  const { changed, added, absent } = alignment;
  if (!isFinished && absent.length > 0)
    warnings.push(`${absent.length} rows of the baseline are not recorded yet`);
  if (changed.length > 0)
    warnings.push(`${changed.length} examples were edited since the baseline and are not compared`);
  if (added.length > 0) warnings.push(`${added.length} new examples have no counterpart`);
  for (const { key, kind, pairs } of scores) {
    if (pairs.failed.length > 0)
      warnings.push(`${key}: ${pairs.failed.length} rows have it in the baseline only`);
    if (kind === 'score' && pairs.scoredA === 0)
      warnings.push(`${key} is new: the baseline has no such score`);
  }
  return warnings;
}
