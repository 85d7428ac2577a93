import { showScore } from './scores.js';
import { differencesOf, type KeyComparison } from './statistics.js';

/** `+0.12`; of a measure, `+12%`. */
export function showDifference({ kind, difference }: KeyComparison): string {
  if (difference === undefined) return '';
  return kind === 'measure' ? signed(percent(difference), '%') : signed(showScore(difference));
}

/** `+0.02 … +0.19`, with 95 % confidence. */
export function showInterval({ kind, interval }: KeyComparison): string {
  if (!interval) return '';
  const show = (end: number) =>
    kind === 'measure' ? signed(percent(end), '%') : signed(showScore(end));
  return `${show(interval[0])} … ${show(interval[1])}`;
}

/** `0.0031`, `< 0.0001`. */
export function showP(p: number | undefined): string {
  if (p === undefined) return '';
  return p < 0.0001 ? '< 0.0001' : String(Number(p.toPrecision(2)));
}

function percent(ratio: number): string {
  return String(Number((ratio * 100).toFixed(1)));
}

function signed(number: string, unit = ''): string {
  return `${number.startsWith('-') || number === '0' ? '' : '+'}${number}${unit}`.replace('-', '−');
}

/** `±0.17`: from which size on a difference would have been detected; beyond what a key can reach, that says nothing. */
export function showSensitivity({ kind, pairs, judgement }: KeyComparison): string {
  const { sensitivity } = judgement;
  if (sensitivity === undefined) return '';
  if (kind === 'measure') return `±${Number((Math.expm1(sensitivity) * 100).toPrecision(2))}%`;
  const isBeyond = sensitivity > 1 && differencesOf(pairs).areBinary;
  return isBeyond ? '' : `±${Number(sensitivity.toPrecision(2))}`;
}

/** What is to be made of a key, such as `within noise (n 100; about ±0.17 would have been detected)`. */
export function verdictInWords(key: KeyComparison): string {
  const { judgement, pairs, better, worse } = key;
  const n = pairs.gains.length;
  const seen = showSensitivity(key);
  switch (judgement.verdict) {
    case 'better':
    case 'worse':
      return `${judgement.verdict} (p ${showP(judgement.adjustedP)}; ${worse} worse, ${better} better of ${n})`;
    case 'same':
    case 'within noise': {
      if (seen === '') return `${judgement.verdict} (n ${n})`;
      return judgement.isUnderpowered
        ? `${judgement.verdict}, but only ${seen} would have been detected (n ${n})`
        : `${judgement.verdict} (n ${n}; about ${seen} would have been detected)`;
    }
    case 'too few to tell':
      return `too few to tell (n ${n}; at least ${judgement.pairsNeeded} are needed)`;
    case 'not comparable':
      return notComparable(key);
    case 'not judged':
      return `not judged (n ${n})`;
  }
}

/** Whether nothing was found, and something that matters could have been missed. */
export function isDoubtful({ judgement: { verdict, isUnderpowered } }: KeyComparison): boolean {
  return isUnderpowered && (verdict === 'within noise' || verdict === 'same');
}

function notComparable({ pairs }: KeyComparison): string {
  const { scoredA, scoredB } = pairs;
  if (scoredB === 0) return 'not comparable: only the baseline has it';
  if (scoredA === 0) return 'not comparable: the baseline does not have it';
  return `not comparable: ${pairs.gains.length} of ${Math.min(scoredA, scoredB)} examples are in both`;
}
