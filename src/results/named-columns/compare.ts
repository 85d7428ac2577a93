import { type ColumnFacts, holdsOnly, textOf } from './facts.js';
import { isVerdict } from './fit.js';
import {
  FORM,
  inputTierOf,
  isSpoken,
  type Looks,
  type NameParts,
  OUTPUT_TIERS,
  type OutputTier,
  outputTierOf,
  partName,
  placeInTier,
  type Speaker,
} from './grammar.js';
import { toSnake } from './names.js';
import { listedRanks, TIER } from './roles.js';
import { isAboutAnswer, soundsLikeScore, soundsLikeVerdict } from './score-names.js';

/** A column, and the roles that it may have, by its name next to the names of the others. */
export interface RankedColumn {
  readonly column: ColumnFacts;
  /** By role; the lowest is preferred, and each hundred is a tier. */
  readonly ranks: Map<string, number>;
  readonly parts: NameParts;
  /** How much its name speaks for outputs. */
  tier?: OutputTier | undefined;
  /** Which part of an output it is, if another column has the right value of it: sql of `predicted_sql`; else empty. */
  part: string;
  /** Its name says that the app gave it, and all of it: `bot_reply`. */
  isSure: boolean;
  /** Another column is what the app gave instead: it is right only in comparison. */
  hasYielded: boolean;
}

/**
 * Ranks columns for the roles by their names. What one name means depends on the others: `answer` is what the app gave,
 * but next to `prediction` it is right; so is `sql` next to `predicted_sql`, but not next to `gold_sql`.
 *
 * @param hasReference a person said which column is the reference.
 */
export function rankColumns(
  columns: readonly ColumnFacts[],
  hasReference: boolean,
): RankedColumn[] {
  const all = columns.map(nameColumn);
  const filled = all.filter(({ column }) => column.count > 0);
  const inputs = filled.filter(isInput);
  for (const one of all) readSqlQuery(one, inputs);
  const voices = listen(filled);
  if (!voices.has('q') || voices.has('b')) forget(all, 'a', 'outputs');
  if (!voices.has('c')) for (const letter of 'abcde') forget(all, letter, 'subject');
  if (voices.has('premise')) takeHypothesis(all);
  for (const one of all) compare(one, voices);
  takeOutputsList(filled);
  if (filled.every(({ tier }) => tier === undefined)) takeForecasts(filled);
  const right = new Set(filled.filter(isRight).map(({ parts }) => parts.noun));
  for (const one of all) pair(one, right);
  for (const one of all) giveWay(one, { filled, inputs, voices });
  for (const one of all) one.isSure = one.part === '' && isSurelyGiven(one);
  const order = orderTiers(filled, hasReference || filled.some(isRight));
  for (const { tier, parts, ranks } of all)
    if (tier) ranks.set('outputs', order[tier] * TIER + placeInTier(parts));
  return all;
}

/** What a name says by itself; a remark after it says something only if the rest does not: `answer (text, optional)`. */
function nameColumn(column: ColumnFacts): RankedColumn {
  const whole = readName(column, column.snake.replace(/_used$/, ''));
  const rest = toSnake(column.name.replace(/\s*[(,[].*$/s, ''));
  const saysNothing = whole.ranks.size === 0 && !whole.tier && whole.parts.speaker === undefined;
  return saysNothing && rest !== column.snake ? readName(column, rest) : whole;
}

function readName(column: ColumnFacts, snake: string): RankedColumn {
  const parts = partName(snake);
  const ranks = new Map<string, number>();
  const named: RankedColumn = { column, parts, ranks, part: '', isSure: false, hasYielded: false };
  if (isVerdict(column) || snake === '') return named;
  const looks = lookAtWords(column);
  const tier = outputTierOf(parts, looks);
  const listed = listedRanks(snake);
  // A column called LLM may hold its name, or its words.
  const isWords =
    tier === 'produced' && parts.speaker === 'model' && parts.noun === '' && snake !== 'model';
  if (listed.size > 0 && !isWords) {
    for (const [role, rank] of listed) ranks.set(role, rank);
    const rank = ranks.get('outputs');
    if (rank !== undefined) named.tier = OUTPUT_TIERS[Math.floor(rank / TIER)];
    else if (tier === 'product') named.tier = tier;
  } else if (parts.speaker === 'right') {
    if (maySayRight(snake)) ranks.set('reference_outputs', TIER / 2);
  } else if (tier === undefined) {
    // ticket_text is a ticket.
    const whole = looks.isText ? listedRanks(snake.replace(FORM, '')).get('inputs') : undefined;
    const input = isAboutAnswer(snake) ? undefined : inputTierOf(snake, looks);
    const rank = input === undefined ? whole : (input + 1) * TIER - 1;
    if (rank !== undefined) ranks.set('inputs', rank);
  } else if (!isAboutAnswer(snake) || isPredictedVerdict(parts, snake, looks)) {
    named.tier = tier;
  }
  return named;
}

/** A judgement in words that an app gave. */
function isPredictedVerdict({ speaker }: NameParts, snake: string, { isText }: Looks): boolean {
  return speaker === 'predicted' && isText && soundsLikeVerdict(snake);
}

/** gt_match and target_language are about the right answer; expected_score, gold_label and gold_doc_ids are one. */
function maySayRight(snake: string): boolean {
  if (/^expected(?:_|$)/.test(snake) || !isAboutAnswer(snake)) return true;
  const isSurely = /^(?:gold|golden|gt|ground_truth)_/.test(snake) && !/_error$/.test(snake);
  return isSurely && (soundsLikeVerdict(snake) || !soundsLikeScore(snake));
}

/** A text of three words or more. */
const PROSE = /\S\s+\S+\s+\S/;

export function lookAtWords(column: ColumnFacts): Looks {
  const isText =
    column.count > 0 && !holdsOnly(column, 'number', 'boolean', 'pass', 'yes', 'list', 'object');
  const prose = column.values.filter((value) => PROSE.test(textOf(value)));
  const isVaried = new Set(column.values.map(textOf)).size > column.count / 2;
  return { isText, isProse: prose.length > column.count / 2, isVaried };
}

const SQL = /^\s*(?:select|with|insert|update|delete|create|match)\b/i;

/** In text-to-SQL, `query` may be the right SQL for a question. */
function readSqlQuery(one: RankedColumn, inputs: readonly RankedColumn[]): void {
  const { column, ranks, parts } = one;
  if (parts.noun !== 'query' || column.count === 0 || !hasOther(one, inputs)) return;
  if (!column.values.every((value) => SQL.test(textOf(value)))) return;
  ranks.clear();
  one.tier = 'product';
}

/** Later tiers of inputs are titles and ids. */
function isInput({ ranks }: RankedColumn): boolean {
  return (ranks.get('inputs') ?? 2 * TIER) < 2 * TIER;
}

function hasOther(one: RankedColumn, inputs: readonly RankedColumn[]): boolean {
  return inputs.length > 1 || (inputs.length === 1 && inputs[0] !== one);
}

/** `a` is an answer next to `q` only; next to `b` and `c` it is a choice. */
function forget(all: readonly RankedColumn[], noun: string, role: string): void {
  for (const one of all.filter(({ column }) => column.snake === noun)) {
    one.ranks.delete(role);
    if (role === 'outputs') one.tier = undefined;
  }
}

/** Next to a premise, a hypothesis is what the app has to judge. */
function takeHypothesis(all: readonly RankedColumn[]): void {
  for (const one of all.filter(({ column }) => column.snake === 'hypothesis')) {
    one.ranks.set('inputs', TIER - 1);
    one.tier = undefined;
  }
}

/** Who speaks of each noun. */
type Voices = ReadonlyMap<string, ReadonlySet<Speaker | 'plain'>>;

function listen(filled: readonly RankedColumn[]): Voices {
  const voices = new Map<string, Set<Speaker | 'plain'>>();
  for (const { parts } of filled) {
    const said = voices.get(parts.noun) ?? new Set();
    voices.set(parts.noun, said.add(parts.speaker ?? 'plain'));
  }
  return voices;
}

/** A plain noun is the right value next to a predicted one, and what the app gave next to a right one. */
function compare(one: RankedColumn, voices: Voices): void {
  const { column, parts, ranks } = one;
  const said = voices.get(parts.noun);
  if (!said || parts.noun === '') return;
  const isPredicted = said.has('predicted');
  if (parts.speaker === 'actual' && isPredicted) setRight(one);
  const isAbout = holdsOnly(column, 'number') && isAboutAnswer(column.snake);
  const isGiven = isPredicted || said.has('model') || said.has('app');
  if (parts.speaker !== undefined || isAbout || isGiven === said.has('right')) return;
  // What is listed for another role keeps it: contexts are given, also next to gold_contexts.
  if (ranks.size > 0 && one.tier === undefined && !ranks.has('reference_outputs')) return;
  if (isGiven) {
    setRight(one);
  } else {
    ranks.clear();
    one.tier = 'produced';
  }
}

/** RULER has the right answers as a list in outputs, and what the app gave in pred. */
function takeOutputsList(filled: readonly RankedColumn[]): void {
  const list = filled.find(({ column }) => column.name === 'outputs' && holdsOnly(column, 'list'));
  if (list && filled.some((one) => one !== list && one.tier === 'predicted')) setRight(list);
}

/** If nothing else is an output, the app may give what elsewhere is a score: pred_rating is its, and rating is right. */
function takeForecasts(filled: readonly RankedColumn[]): void {
  for (const one of filled) {
    const { noun, speaker } = one.parts;
    const right = filled.find(({ column }) => column.snake === noun);
    if (speaker !== 'predicted' || !right || !FORECAST.test(one.column.snake)) continue;
    one.tier = 'predicted';
    setRight(right);
  }
}

const FORECAST = /^pred(?:icted)?_|_pred(?:icted|iction)?$/;

function setRight(one: RankedColumn): void {
  one.ranks.clear();
  one.ranks.set('reference_outputs', TIER / 2);
  one.tier = undefined;
  one.hasYielded = true;
}

/** Whatever its noun, a column is an output if another has the right value of the same. */
function pair(one: RankedColumn, right: ReadonlySet<string>): void {
  const { speaker, noun } = one.parts;
  const mayBeGiven = speaker === undefined ? one.tier !== undefined : GIVEN.has(speaker);
  if (!mayBeGiven || noun === '' || !right.has(noun) || isRight(one)) return;
  // An answer is all of an output; of those, there is one.
  one.part = isSpoken(noun) ? '' : noun;
  if (speaker !== undefined) one.tier = speaker === 'predicted' ? 'predicted' : 'produced';
}

const GIVEN: ReadonlySet<Speaker> = new Set(['predicted', 'model', 'app', 'actual']);

function isRight({ ranks }: RankedColumn): boolean {
  return (ranks.get('reference_outputs') ?? TIER) < TIER;
}

/** What is right if something else is what the app gave; and code, if nothing else was given to the app, is an input. */
function giveWay(
  one: RankedColumn,
  {
    filled,
    inputs,
    voices,
  }: { filled: readonly RankedColumn[]; inputs: readonly RankedColumn[]; voices: Voices },
): void {
  const { parts, tier, ranks } = one;
  if (tier === undefined || parts.speaker !== undefined) return;
  if (ranks.has('inputs') && !hasOther(one, inputs)) {
    one.tier = undefined;
    return;
  }
  // In datasets to tune models with, an instruction has its output, and a prompt its completion.
  const isTuning =
    (parts.noun === 'output' && voices.has('instruction')) ||
    (parts.noun === 'completion' && voices.has('prompt'));
  if (isTuning && filled.some(isSurelyGiven)) setRight(one);
  else if (tier === 'answer' || tier === 'product' || isTuning)
    ranks.set('reference_outputs', 2 * TIER - 1);
}

/** Its name says whose it is: model_output, llama_output. */
function isSurelyGiven({ tier, parts }: RankedColumn): boolean {
  return tier === 'produced' && (parts.speaker !== undefined || parts.noun.includes('_'));
}

/**
 * With a reference, `answer` may as well be what the app gave as `response`. Without one, a product next to either may
 * be it, or the right one: a person must say.
 */
function orderTiers(
  filled: readonly RankedColumn[],
  hasReference: boolean,
): Record<OutputTier, number> {
  if (hasReference)
    return { predicted: 0, final: 1, produced: 2, answer: 2, raw: 3, product: 4, result: 5 };
  const isOpen = filled.some(({ tier }) => tier === 'product') && !filled.some(isSurelyGiven);
  const open = isOpen ? 1 : 2;
  return { predicted: 0, produced: 1, answer: open, product: open, final: open, raw: 2, result: 3 };
}
