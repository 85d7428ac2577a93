import { isJsonObject, type JsonValue } from '../../json/value.js';
import { isExplainedScore } from '../format-kit/score-list.js';
import { isFiniteNumber } from '../format-kit/values.js';
import { shorten } from '../found.js';
import { parseCell } from './cells.js';
import type { Candidate, Filled, FittedPlacement } from './fit.js';
import { soundsLikeScore } from './score-names.js';
import { findScores, type ScoreRules, soundsLikeScores } from './score-objects.js';

/** So much of a column has to be objects or lists; what else is there stays in metadata. */
const SHARE = 0.95;
/** Above, a number is a score only under a name of a metric. */
const MAX_NUMBER = 100;
/** Keys that differ from row to row are documents or tokens, and no metrics. */
const MAX_KEYS = { few: 12, share: 0.5 };

/** An object or a list that holds scores: `metrics: {f1: 0.5}`. */
export function fitScoreObject(
  column: Candidate,
  { placements }: Filled,
): FittedPlacement | undefined {
  const { name } = column;
  // Of an object in which a person named scores, the rest is none.
  if (placements.some((one) => one.column === name && one.target[0] === 'scores')) return undefined;
  const nested = nestedIn(column.values);
  if (nested.length === 0 || nested.length < column.values.length * SHARE) return undefined;
  const isTold = soundsLikeScores(name) || (!column.isNamed && nested.every(isTelling));
  return isTold ? placeScores(name, nested) : undefined;
}

/** Whether an object is of scores whatever its name: `{score, reason}`, or metrics and nothing else. */
function isTelling(value: JsonValue): boolean {
  if (isExplainedScore(value)) return true;
  if (!isJsonObject(value)) return false;
  const names = Object.keys(value);
  const isNumber = (name: string) =>
    isFiniteNumber(value[name]) || typeof value[name] === 'boolean';
  return (
    names.every(isNumber) && names.filter(soundsLikeScore).length * 2 >= Math.max(names.length, 1)
  );
}

/** An object or a list of which a person said that it holds scores. */
export function placeAllScores(
  name: string,
  values: readonly JsonValue[],
): FittedPlacement | undefined {
  const nested = nestedIn(values);
  if (nested.length === 0) return undefined;
  const rules = { takesAll: true };
  return {
    target: ['scores'],
    spread: { rules, keys: [...countKeys(name, nested, rules).keys()] },
  };
}

function nestedIn(values: readonly JsonValue[]): JsonValue[] {
  return values.map(parseCell).filter((value) => isJsonObject(value) || Array.isArray(value));
}

function placeScores(name: string, values: readonly JsonValue[]): FittedPlacement | undefined {
  const takesAll = name.trim() === 'scores';
  const keys = countKeys(name, values, { takesAll });
  if (keys.size > MAX_KEYS.few && mostOf(keys) < values.length * MAX_KEYS.share) {
    const assumed = `${shorten(name)} holds no scores: what is in it differs from row to row`;
    return { target: ['kept'], assumed: [assumed] };
  }
  const excluded = takesAll ? new Set<string>() : findAmounts(name, values);
  const rules = { takesAll, excluded };
  const found = [...countKeys(name, values, rules).keys()];
  return found.length === 0 ? undefined : { target: ['scores'], spread: { rules, keys: found } };
}

/** In how many rows each key is. */
function countKeys(
  name: string,
  values: readonly JsonValue[],
  rules: ScoreRules,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values)
    for (const { key } of findScores(name, value, rules).scores)
      counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function mostOf(counts: ReadonlyMap<string, number>): number {
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  return most;
}

/** Names of numbers that are too large to say how good something is. */
function findAmounts(name: string, values: readonly JsonValue[]): Set<string> {
  const found = values.flatMap((value) => findScores(name, value).scores);
  const large = found.filter(({ key, score: { score } }) => {
    return isFiniteNumber(score) && Math.abs(Number(score)) > MAX_NUMBER && !soundsLikeScore(key);
  });
  return new Set(large.map(({ key }) => key.slice(key.lastIndexOf('.') + 1)));
}
