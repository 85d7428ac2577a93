import { isJsonObject, type JsonObject } from '../../json/value.js';
import { readCell } from '../format-kit/values.js';
import { ROW_FIELDS } from '../result.js';
import { cutName } from './cut-name.js';
import { type ColumnFacts, holdsOnly } from './facts.js';
import { mayNameSystem } from './grammar.js';
import { toSnake } from './names.js';
import { listedRanks } from './roles.js';
import { soundsLikeScore } from './score-names.js';

/** Systems that seem to be side by side in each row. */
export interface GuessedSystems {
  readonly names: readonly string[];
  /** Each has scores or a name of its own, or is called what systems are called. */
  readonly isLikely: boolean;
}

/** What an app gives, by the last word of a column's name. */
const GIVEN =
  /^(?:model_)?(?:answer|response|reply|output|completion|prediction|pred|generation)s?$/;
/** The same, of a name that is not of one of the systems. */
const GIVEN_BY_ALL = /^(?:predicted|generated|actual|final)(?:_\w+)?$|^(?:hypothesis|candidate)$/;
/** Which step, sample or choice it is: mostly of one system. */
const ORDINAL =
  /^(?:\d+|[a-z]|first|second|third|previous|next|last|initial|final|draft|revised|raw|clean(?:ed)?|full|short|long|extracted|parsed|(?:step|turn|round|stage|iteration|attempt|try|sample|run|hop|part|question|q|message|choice|option)(?:_?\w)?)$/;
/** What systems under comparison are called: models, and roles in a comparison. */
const SYSTEM =
  /^(?:.*(?:gpt|claude|gemini|gemma|llama|mistral|mixtral|qwen|phi|deepseek|grok|command_r|bm25).*|(?:model|system|agent|bot|llm|variant|arm|pipeline|method)_?(?:\d+|[a-z])|(?:.*_)?(?:base|baseline|vanilla|(?:fine_?)?tuned|rag|ours|control|treatment|candidate|challenger|champion)(?:_(?:model|\w+))?)$/;

/** Whether a column is what an app gave, by its name alone. */
export function isGiven(name: string): boolean {
  return GIVEN.test(toSnake(name));
}

/** Finds systems by columns whose names differ in nothing but the system, or by objects with the same members. */
export function guessSystems(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const isOther = ({ snake, count }: ColumnFacts) =>
    count > 0 &&
    snake !== 'answer' &&
    snake !== 'answers' &&
    (GIVEN.test(snake) || GIVEN_BY_ALL.test(snake));
  const guessed = guessByObjects(columns) ?? guessByNames(columns);
  return guessed && columns.some(isOther) ? { ...guessed, isLikely: false } : guessed;
}

function guessByObjects(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const objects = columns.filter(
    (column) =>
      holdsOnly(column, 'object') &&
      !ROW_FIELDS.has(column.name) &&
      listedRanks(column.snake).size === 0 &&
      mayNameSystem(column.snake) &&
      membersOf(column).some((member) => GIVEN.test(toSnake(member))),
  );
  if (objects.length < 2) return undefined;
  const says = (column: ColumnFacts) =>
    membersOf(column).some(
      (member) =>
        soundsLikeScore(member) ||
        /^(?:scores?|metrics|evals?|(?:model_?)?name|model)$/i.test(member),
    );
  return {
    names: objects.map(({ name }) => name),
    isLikely: objects.every(
      (one) => SYSTEM.test(one.snake) || (!ORDINAL.test(one.snake) && says(one)),
    ),
  };
}

function membersOf({ values }: ColumnFacts): string[] {
  const objects = values.flatMap((value): JsonObject[] => {
    const read = typeof value === 'string' ? readCell(value) : value;
    return isJsonObject(read) ? [read] : [];
  });
  return [...new Set(objects.flatMap((object) => Object.keys(object)))];
}

function guessByNames(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const families = new Map<string, string[]>();
  for (const column of columns) {
    if (column.count === 0) continue;
    for (const { system, rest } of cutsOf(column.name)) {
      if (!GIVEN.test(toSnake(rest)) || !mayNameSystem(toSnake(system))) continue;
      const key = toSnake(rest).replace(/s$/, '');
      const others = families.get(key) ?? [];
      families.set(key, [...others, system]);
    }
  }
  const [names] = [...families.values()]
    .filter((systems) => systems.length > 1)
    .sort((one, other) => other.length - one.length || other.join().length - one.join().length);
  if (!names) return undefined;
  return {
    names,
    isLikely: names.every((name) => {
      const snake = toSnake(name);
      return SYSTEM.test(snake) || hasScore(name, names, columns);
    }),
  };
}

/** What a column's name may be made of: a system and what it gave, in either order. */
function cutsOf(name: string): { system: string; rest: string }[] {
  const words = toSnake(name).split('_');
  const rests = words.slice(1).flatMap((_, at) => [words.slice(0, at + 1), words.slice(at + 1)]);
  return rests.flatMap((some) => {
    const rest = some.join('_');
    const system = cutName(name, rest)?.rest;
    return system ? [{ system, rest }] : [];
  });
}

/** A column of numbers or judgements of its own, as each other system has. */
function hasScore(
  name: string,
  names: readonly string[],
  columns: readonly ColumnFacts[],
): boolean {
  const scores = (system: string) =>
    columns.flatMap((column) => {
      const rest = cutName(column.name, system)?.rest;
      const isScore = holdsOnly(column, 'number', 'boolean', 'pass', 'percent', 'comma');
      return rest && isScore ? [toSnake(rest)] : [];
    });
  return scores(name).some((rest) => names.every((other) => scores(other).includes(rest)));
}
