import { addTo } from '../../group-by.js';
import { sampleOf } from '../../input/row.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import { readCell } from '../format-kit/values.js';
import { ROW_FIELDS } from '../result.js';
import { cutName } from './cut-name.js';
import { type ColumnFacts, holdsOnly, lookAtColumns } from './facts.js';
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
/** Families of models, and the words that follow in the name of one: GPT-4o mini, claude_3_5_sonnet. */
const FAMILY =
  '(?:(?:chat)?gpt|claude|gemini|gemma|llama|mi[sx]tral|qwen|phi|deepseek|grok|o[134])(?:_?\\d\\w{0,3})*';
const SIZE =
  'mini|nano|turbo|pro|flash|opus|sonnet|haiku|instruct|chat|coder|large|medium|small|lite|preview|latest|reasoner|it|[vr]?\\d\\w{0,3}';
const MODEL = new RegExp(`(?:^|_)${FAMILY}(?:_(?:${SIZE}))*$`);
/** What systems under comparison are called: numbered, or after their part in it. */
const SYSTEM = new RegExp(
  `${MODEL.source}|^(?:model|system|agent|bot|llm|variant|arm|pipeline|method)_?(?:\\d+|[a-z])$|(?:^|_)(?:base|baseline|vanilla|(?:fine_?)?tuned|rag|bm25|ours|control|treatment|candidate|challenger|champion)(?:_\\w+)?$`,
);
/** A system says who it is. */
const NAME = /^(?:(?:model|system)_?)?name$|^model$/;
const SCORES = /^(?:scores?|metrics|evals?|evaluations?)$/;

/** Whether a column is what an app gave, by its name alone. */
export function isGiven(name: string): boolean {
  return GIVEN.test(toSnake(name));
}

/**
 * Finds systems: by objects with the like members, next to each other or in one; by columns whose names differ in
 * nothing but the system; by columns that are called like models.
 */
export function guessSystems(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const filled = columns.filter(({ count }) => count > 0);
  for (const column of filled) {
    const guessed = guessByMembers(column);
    if (guessed) return withOthers(guessed, filled, column);
  }
  const guessed = guessByObjects(filled) ?? guessByNames(filled) ?? guessByModels(filled);
  return guessed && withOthers(guessed, filled);
}

/** If something that no system owns may be the output, that they are systems is no more than possible. */
function withOthers(
  guessed: GuessedSystems,
  columns: readonly ColumnFacts[],
  holder?: ColumnFacts,
): GuessedSystems {
  const isOther = (column: ColumnFacts) =>
    column !== holder &&
    !/^answers?$/.test(column.snake) &&
    (GIVEN.test(column.snake) || GIVEN_BY_ALL.test(column.snake));
  return columns.some(isOther) ? { ...guessed, isLikely: false } : guessed;
}

/** `results: {gpt4: {answer, score}, claude: …}`, or `answers: {gpt4: "…", claude: "…"}`. */
function guessByMembers(column: ColumnFacts): GuessedSystems | undefined {
  if (!holdsOnly(column, 'object') || ROW_FIELDS.has(column.name)) return undefined;
  const members = membersOf(column);
  const models = GIVEN.test(column.snake) ? guessByModels(members) : undefined;
  const guessed = models ?? guessByObjects(members);
  return guessed?.names.length === members.length ? guessed : undefined;
}

function guessByObjects(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const objects = columns.filter(
    (column) =>
      holdsOnly(column, 'object') &&
      !ROW_FIELDS.has(column.name) &&
      listedRanks(column.snake).size === 0 &&
      mayNameSystem(column.snake) &&
      membersOf(column).some(({ snake }) => GIVEN.test(snake)),
  );
  if (objects.length < 2) return undefined;
  return {
    names: objects.map(({ name }) => name),
    isLikely: objects.every(
      (one) =>
        SYSTEM.test(one.snake) ||
        (!ORDINAL.test(one.snake) &&
          membersOf(one).some((member) => isScore(member) || NAME.test(member.snake))),
    ),
  };
}

/** The members of a column's objects, as columns. */
function membersOf({ values }: ColumnFacts): ColumnFacts[] {
  const rows = values.flatMap((value): JsonObject[] => {
    const read = typeof value === 'string' ? readCell(value) : value;
    return isJsonObject(read) ? [read] : [];
  });
  return lookAtColumns(sampleOf(rows));
}

/** Texts under names of models: they gave them. */
function guessByModels(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const models = columns.filter(
    (column) =>
      MODEL.test(column.snake) && !column.kinds.has('object') && !column.kinds.has('list'),
  );
  const names = models.map(({ name }) => name);
  const haveTexts = models.some(({ kinds }) => kinds.has('text'));
  return names.length > 1 && haveTexts ? { names, isLikely: true } : undefined;
}

function guessByNames(columns: readonly ColumnFacts[]): GuessedSystems | undefined {
  const families = new Map<string, string[]>();
  for (const column of columns) {
    for (const { system, rest } of cutsOf(column.name)) {
      if (!GIVEN.test(toSnake(rest)) || !mayNameSystem(toSnake(system))) continue;
      const key = toSnake(rest).replace(/s$/, '');
      addTo(families, key, system);
    }
  }
  const [names] = [...families.values()]
    .filter((systems) => systems.length > 1)
    .sort((one, other) => other.length - one.length || other.join().length - one.join().length);
  if (!names) return undefined;
  const isLikely = names.every(
    (name) => SYSTEM.test(toSnake(name)) || hasScore(name, names, columns),
  );
  return { names, isLikely };
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

/** Scores of its own, which each other system has, too. */
function hasScore(
  name: string,
  names: readonly string[],
  columns: readonly ColumnFacts[],
): boolean {
  const scores = (system: string) =>
    columns.flatMap((column) => {
      const rest = cutName(column.name, system)?.rest;
      return rest && isScore(column) ? [toSnake(rest)] : [];
    });
  return scores(name).some((rest) => names.every((other) => scores(other).includes(rest)));
}

/** Numbers or judgements, or objects of them. */
function isScore(column: ColumnFacts): boolean {
  if (holdsOnly(column, 'object'))
    return SCORES.test(column.snake) || membersOf(column).some(isScore);
  return (
    soundsLikeScore(column.name) ||
    holdsOnly(column, 'number', 'boolean', 'pass', 'percent', 'comma')
  );
}
