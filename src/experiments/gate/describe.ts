import { type KeyComparison, pairsNeeded } from '../statistics.js';
import { showDifference, showP } from '../verdict-words.js';
import type { Figure } from './figures.js';
import type { Check } from './result.js';
import type { GateKey } from './thresholds.js';

/** What a check found, before it is put into words. */
interface Finding extends Pick<Check, 'check' | 'key' | 'status' | 'threshold'> {
  readonly name?: GateKey;
  readonly found?: KeyComparison | undefined;
  readonly facts?: {
    readonly lost?: number;
    readonly failed?: number;
    readonly absent?: number;
    readonly errors?: number;
    readonly before?: number;
    readonly of?: number;
    readonly figure?: Figure | undefined;
    readonly bound?: number | undefined;
    readonly isBeyond?: boolean;
    readonly isThin?: boolean;
  };
}

/** Puts a finding into the result, with a sentence that says all of it. */
export function describeCheck(finding: Finding): Check {
  const { check, key, status, threshold, name, found } = finding;
  const judgement = found?.judgement;
  return {
    check,
    key,
    group: name?.group ? `${name.group.field}=${name.group.value}` : null,
    status,
    message: messageOf(finding),
    verdict: judgement?.verdict ?? (check === 'no-worse' ? 'not comparable' : null),
    pairs: found?.pairs.gains.length ?? null,
    mean_a: found?.meanA ?? null,
    mean_b: found?.meanB ?? finding.facts?.figure?.value ?? null,
    difference: found?.difference ?? null,
    interval: found?.interval ? [...found.interval] : null,
    p: judgement?.p ?? null,
    adjusted_p: judgement?.adjustedP ?? null,
    sensitivity: judgement?.sensitivity ?? null,
    lower_is_better: found?.direction.lowerIsBetter ?? null,
    direction_source: found?.direction.source ?? null,
    threshold,
  };
}

function messageOf(finding: Finding): string {
  const { check, facts = {}, threshold, status } = finding;
  const { figure } = facts;
  switch (check) {
    case 'lost': {
      const parts = [
        ...(facts.failed ? [`${facts.failed} failed or without a score`] : []),
        ...(facts.absent ? [`${facts.absent} absent`] : []),
      ];
      const what = parts.length > 0 ? ` (${parts.join(', ')})` : '';
      return `lost ${facts.lost} of ${facts.of} rows of the baseline${what}; allowed ${threshold}`;
    }
    case 'errors':
      return `${facts.errors} runs have an error (baseline ${facts.before}); allowed ${threshold}`;
    case 'min':
    case 'max': {
      const limit = `${check === 'min' ? 'at least' : 'at most'} ${threshold}`;
      if (!figure) return `no example has a value; wanted ${limit}`;
      return `${figure.what} ${show(figure.value)} over ${figure.n} examples; wanted ${limit}`;
    }
    case 'prove':
      return describeProof(finding);
    case 'no-worse':
      return `${describeVerdict(finding)}${status === 'failed' ? describeDirection(finding) : ''}`;
  }
}

function describeVerdict({ found, threshold, facts = {} }: Finding): string {
  if (!found || found.judgement.verdict === 'not comparable')
    return `not comparable: ${describeGap(found)}`;
  const { verdict, adjustedP, sensitivity } = found.judgement;
  const n = found.pairs.gains.length;
  const size = `${showDifference(found)}, n ${n}`;
  const p = `one-sided p ${showP(adjustedP)}`;
  if (verdict === 'worse')
    return `worse by ${size}, ${p}; ${found.worse} worse, ${found.better} better`;
  if (facts.isBeyond) return `differs by ${size}, more than ${threshold} (${verdict}, ${p})`;
  const seen =
    sensitivity === undefined
      ? ''
      : `; a drop of about ${show(sensitivity)} would have been detected`;
  return `${verdict} (${size}, ${p}${seen})${facts.isThin ? describeNeed(found) : ''}`;
}

function describeGap(found: KeyComparison | undefined): string {
  const { scoredA = 0, scoredB = 0 } = found?.pairs ?? {};
  if (scoredA === 0 && scoredB === 0) return 'neither has it';
  if (scoredB === 0)
    return 'only the baseline has it; score this experiment, too, or name other scores to test';
  return scoredA === 0 ? 'the baseline does not have it' : 'too few examples have it in both';
}

/** How many pairs would do. */
function describeNeed({ judgement, margin, pairs }: KeyComparison): string {
  const { sensitivity, verdict } = judgement;
  if (verdict === 'too few to tell') return `; at least ${judgement.pairsNeeded} rows are needed`;
  if (sensitivity === undefined || !margin) return '';
  const needed = pairsNeeded(pairs.gains.length, sensitivity, margin.value);
  return `; to see ${show(margin.value)} it needs about ${needed} rows`;
}

function describeProof({ found, threshold, facts = {}, status }: Finding): string {
  if (!found) return 'not comparable: no example has it in both';
  const n = found.pairs.gains.length;
  if (facts.bound === undefined) return `too few to prove: ${n} pairs, 20 are needed`;
  const bound = `with 95 % confidence no more than ${show(Math.max(0, -facts.bound))} worse`;
  return `${status === 'passed' ? 'proven' : 'not proven'}: ${bound} (n ${n}); wanted ${threshold}`;
}

/** Nobody said which way this score is better. */
function describeDirection({ found }: Finding): string {
  if (found?.kind !== 'score') return '';
  const { lowerIsBetter, source } = found.direction;
  if (source === 'option' || source === 'config') return '';
  return `; ${lowerIsBetter ? 'lower' : 'higher'} was assumed to be better`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
