import type { JsonValue } from '../../json/value.js';
import { shorten } from '../found.js';
import type { ColumnBoard } from './column-board.js';
import { type ColumnFacts, holdsOnly } from './column-facts.js';
import { rankAsId, roleOf, toSnake } from './column-roles.js';
import {
  indexComments,
  soundsLikeCount,
  soundsLikeScore,
  soundsLikeVerdict,
} from './score-names.js';

/** @see https://docs.smith.langchain.com, POST /feedback */
const MAX_KEY = 180;
/** Larger numbers count something, unless their name says otherwise. */
const LARGEST_SCORE = 100;

/** Places scores and what is said of them. @param told keys of scores, instead of any that could be guessed. */
export function placeScores(board: ColumnBoard, told: readonly string[]): void {
  for (const column of told.length > 0 ? [] : board.left.filter(isScore)) {
    const hasWords = holdsOnly(column, 'boolean', 'pass', 'yes');
    if (column.kinds.has('percent'))
      board.assumptions.push(`${shorten(column.name)} is a share of 1: 85% is 0.85`);
    if (column.kinds.has('comma'))
      board.assumptions.push(`${shorten(column.name)} has decimal commas: 0,85 is 0.85`);
    board.place(column, ['scores', column.name.trim(), 'score'], {
      hasWords,
      tellsFailure: /^(?:success|status)$/.test(toSnake(column.name)),
    });
  }
  const guessed = board.placements.flatMap(({ target }) =>
    target[0] === 'scores' && target.length > 1 ? [target[1] as string] : [],
  );
  const findCommented = indexComments([...told, ...guessed]);
  const commented = new Set<string>();
  for (const column of board.left) {
    const score = holdsOnly(column, 'text', 'yes', 'pass') ? findCommented(column.name) : undefined;
    if (score === undefined || commented.has(score)) continue;
    commented.add(score);
    board.place(column, ['scores', score, 'comment']);
  }
  for (const column of board.left) {
    if (/^(?:status|result)$/.test(toSnake(column.name)) && holdsOnly(column, 'text', 'pass'))
      board.place(column, ['kept'], { tellsFailure: true });
  }
}

/** A column is a score in all rows or in none. */
function isScore(column: ColumnFacts): boolean {
  const { name, numbers } = column;
  if (name.trim() === '' || name.length > MAX_KEY || isKnownOtherwise(column)) return false;
  const sounds = soundsLikeScore(name);
  if (column.count === 0) return sounds;
  if (holdsOnly(column, 'number', 'comma', 'percent', 'boolean', 'pass', 'yes')) {
    if (sounds) return true;
    const isPlain =
      holdsOnly(column, 'number', 'comma', 'percent', 'boolean') ||
      holdsOnly(column, 'boolean', 'pass');
    return (
      isPlain &&
      !column.isQuoted &&
      !soundsLikeCount(name) &&
      numbers.every((number) => Math.abs(number) <= LARGEST_SCORE)
    );
  }
  return (
    (soundsLikeVerdict(name) || isVerdict(column)) &&
    holdsOnly(column, 'text', 'number', 'boolean', 'pass', 'yes')
  );
}

/** What is named for something else is no score, even if it did not get that place. */
function isKnownOtherwise(column: ColumnFacts): boolean {
  const role = roleOf(column.name)?.role;
  return (role !== undefined && !isVerdict(column)) || rankAsId(column.name) !== undefined;
}

/** Words of judgement under a name that may mean an output: `result: passed`, `label: correct`. */
export function isVerdict(column: ColumnFacts): boolean {
  const name = toSnake(column.name);
  if ((name !== 'result' && name !== 'label') || column.count === 0) return false;
  if (name === 'result' && holdsOnly(column, 'boolean')) return true;
  const isWord = (value: JsonValue) =>
    /^(?:pass|passed|fail|failed|correct|incorrect|error|timed out|timeout|failed: .*)$/i.test(
      String(value),
    );
  return column.values.every(isWord);
}
