import { spell } from '../../json/print.js';
import type { JsonValue } from '../../json/value.js';
import { isUuid } from '../../uuid.js';
import { splitHeader } from '../columns.js';
import { usagePathOf } from '../format-kit/usage.js';
import { shorten } from '../found.js';
import { isUnderstood } from '../loose-fields.js';
import { soundsLikeSetting } from '../variants/names.js';
import { readWhen } from '../when.js';
import { commasOf, readAmountText } from './amounts.js';
import { parseCell } from './cells.js';
import {
  type ColumnFacts,
  countOf,
  holdsMostly,
  holdsOnly,
  lookAtColumn,
  onlyOne,
  textOf,
  type ValueKind,
} from './facts.js';
import { isSpoken } from './grammar.js';
import { mapTo, quoteName, showOption, unitOf, wordsOf } from './names.js';
import type { Placement } from './placement.js';
import { soundsLikeCount, soundsLikeScore, soundsLikeVerdict } from './score-names.js';

/** A column that may have a role. */
export interface Candidate extends ColumnFacts {
  /** The tier of its name in the list of the role, and its place there: the lowest is preferred. */
  readonly tier: number;
  readonly rank: number;
  /** Its name speaks for some role. */
  readonly isNamed: boolean;
  /** Which part of an output it is, if another column has the right value of it; else empty. */
  readonly part: string;
  /** Its name says that the app gave it, and all of it. */
  readonly isSure: boolean;
}

/** Where the values of a column go, and what is assumed of them. */
export interface FittedPlacement extends Omit<Placement, 'column'> {
  readonly assumed?: readonly string[];
}

/** What the roles before have filled. */
export interface Filled {
  readonly placements: readonly Placement[];
  /** First words of targets. */
  readonly heads: ReadonlySet<string>;
  /** The score that a column explains, by its name. */
  readonly findExplained: (name: string) => string | undefined;
}

/** Fields of a row that no synonym stands for, and what they hold. */
const FIELDS: ReadonlyMap<string, readonly ValueKind[]> = new Map([
  ['metadata', ['object']],
  ['example_metadata', ['object']],
  ['feedback', ['list']],
  ['tags', ['text', 'list']],
  ['split', ['text', 'list']],
  ['name', ['text']],
  ['child_runs', ['list']],
]);
const RUN_TYPE = /^(?:tool|chain|llm|retriever|embedding|prompt|parser)$/;

/** One of our own names that holds what it means; those of payloads, times and errors are synonyms of themselves. */
export function fitOwnField(column: ColumnFacts): FittedPlacement | undefined {
  const name = column.name.trim();
  const path = splitHeader(name);
  if (path[0] === 'usage_metadata') return { target: ['metadata', ...path] };
  if (path.length > 1) return { target: path };
  if (name === '_rejected') return { target: [] };
  if (isUnderstood(name)) return { target: ['metadata', name] };
  const isEach = (test: (text: string) => boolean) =>
    holdsOnly(column, 'text') && column.values.every((value) => test(spell(value)));
  const fits =
    holdsOnly(column, FIELDS.get(name) ?? []) ||
    (name === 'example_id' && isEach(isUuid)) ||
    (name === 'run_type' && isEach((text) => RUN_TYPE.test(text)));
  return fits ? { target: [name] } : undefined;
}

/** Payload names whose objects are the payload itself. */
const WHOLE =
  /^(?:inputs?|outputs?|actual_outputs?|reference_outputs?|expected(?:_outputs?)?|reference)$/;

export function fitPayload(payload: 'inputs' | 'outputs' | 'reference_outputs') {
  return (column: ColumnFacts): FittedPlacement => {
    const isWhole =
      WHOLE.test(column.snake) &&
      (column.snake === payload || holdsOnly(column, 'object') || holdsOnly(column, 'list'));
    return { target: isWhole ? [payload] : [payload, column.name.trim()], isWhole };
  };
}

export function fitInputs(column: Candidate): FittedPlacement | undefined {
  const place = fitPayload('inputs')(column);
  // The last tier of names is titles and ids, which stand for a question if they differ.
  if (column.tier < 2) return place;
  if (column.count > 1 && new Set(column.values.map(textOf)).size === 1) return undefined;
  const assumed = `${shorten(column.name)} is used as the input: no column has the question itself`;
  return { ...place, isStandIn: true, assumed: [assumed] };
}

/** What an app gave may be an image, too; and numbers under a letter are what somebody rated. */
export function fitSubject(column: Candidate, { heads }: Filled): FittedPlacement | undefined {
  const isRated = column.snake.length === 1 && holdsMostly(column, ...NUMBERS);
  const isAskedAbout = heads.has('inputs') && heads.has('outputs') && !isRated;
  return isAskedAbout ? { target: ['inputs', column.name.trim()] } : undefined;
}

/** A column that holds nothing but values of some kinds. */
export function holding(target: readonly string[], ...kinds: readonly ValueKind[]) {
  return (column: ColumnFacts): FittedPlacement | undefined =>
    holdsOnly(column, kinds) ? { target } : undefined;
}

export function fitProvider(column: ColumnFacts, { heads }: Filled): FittedPlacement | undefined {
  if (!holdsOnly(column, 'text')) return undefined;
  const isModel = column.values.some((value) => /[:/]/.test(spell(value)));
  return { target: [isModel && !heads.has('model') ? 'model' : 'provider'] };
}

const MAX_SYSTEMS = 20;
const MAX_LABEL = 100;
/** From so many rows on, names of systems repeat. */
const MIN_ROWS = 10;

/** Few and short values are systems under test; a value that differs in nearly every row is none. */
export function fitSystem(column: ColumnFacts): FittedPlacement | undefined {
  const { count, values } = column;
  if (count === 0) return undefined;
  const labels = new Set(values.map(textOf));
  const isLabel =
    holdsOnly(column, 'text', 'number', 'boolean') &&
    [...labels].every((label) => label.length <= MAX_LABEL) &&
    labels.size <= MAX_SYSTEMS &&
    (count < MIN_ROWS || labels.size <= count / 2);
  if (isLabel) return { target: ['experiment'] };
  const assumed = `${shorten(column.name)} is not what distinguishes rows: it has too many values, or long ones`;
  return { target: ['kept'], assumed: [assumed] };
}

/** Smaller numbers are seconds of a clock that began with the machine. */
const FROM_1973_US = 1e14;

export function fitTime(head: 'start_time' | 'end_time') {
  return ({ name, count, values }: ColumnFacts): FittedPlacement | undefined => {
    const isTime = values.every((value) => (readWhen(value) ?? 0) >= FROM_1973_US);
    if (count === 0 || !isTime) return undefined;
    const isPlain = head === 'end_time' || /start/i.test(name);
    return { target: [head], assumed: isPlain ? [] : [`${shorten(name)} is when a row started`] };
  };
}

/** Numbers of tokens, seconds and dollars, as programs and as people write them. */
const AMOUNTS = ['number', 'comma', 'grouped', 'amount'] as const;
/** A median of more than a quarter of an hour is of milliseconds. */
const MS_FROM = 1000;

export function fitLatency(
  column: ColumnFacts,
  { placements }: Filled,
): FittedPlacement | undefined {
  if (!holdsMostly(column, ...AMOUNTS)) return undefined;
  const isOfRecording = placements.some(
    ({ column: name, target: [head] }) => head === 'inputs' && /audio|video|speech/i.test(name),
  );
  if (isOfRecording && /^duration/.test(column.snake)) return undefined;
  // Next to our own payloads, a name that is also ours means what we mean.
  const isOurs = ['inputs', 'outputs'].every((payload) =>
    placements.some(
      ({ column: name, target: [head] }) =>
        head === payload && (name === payload || name.startsWith(`${payload}.`)),
    ),
  );
  const unit = unitOf(column.snake) ?? (isOurs && column.name === 'latency' ? 's' : undefined);
  const isLong = unit === 's' || unit === 'min' || unit === undefined;
  const commas = commasOf(column.values, column.numbers) ?? (isLong ? undefined : 'thousands');
  if (unit) return { target: [unit === 'ms' ? 'latency_ms' : 'latency'], unit, commas };
  const amounts = column.values.map((value) => readAmountText(textOf(value), commas));
  if (amounts.some((amount) => amount?.unit)) return { target: ['latency'], commas };
  const numbers = amounts.map((amount, at) => amount?.value ?? Number(column.values[at]));
  const sorted = numbers.filter(Number.isFinite).sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const [target, words] =
    median > MS_FROM ? ['latency_ms', 'milliseconds'] : ['latency', 'seconds'];
  const assumed = `${shorten(column.name)} is in ${words}: its median is ${median}, and no unit is named`;
  return { target: [target], commas, assumed: [assumed] };
}

export function fitUsage(column: ColumnFacts): FittedPlacement | undefined {
  const path = usagePathOf(column.name);
  if (path && holdsMostly(column, ...AMOUNTS)) {
    // Tokens are whole.
    const isCost = path.at(-1)?.endsWith('cost');
    const commas = commasOf(column.values, column.numbers) ?? (isCost ? undefined : 'thousands');
    return { target: ['metadata', 'usage_metadata', ...path], commas };
  }
  return holding(['usage'], 'object', 'list')(column);
}

/** A name under which LangSmith takes feedback is no longer. @see https://docs.smith.langchain.com, POST /feedback */
const MAX_KEY = 180;
/** Numbers above are amounts, whatever their name. */
const MAX_SCORE = 100;

/** A column is a score in all rows or in none; what is named for another role is none even if it did not get that. */
export function fitScore(column: Candidate, { placements }: Filled): FittedPlacement | undefined {
  const place = column.isNamed ? undefined : fitScoreByName(column);
  // Without a column of outputs, no success says nothing of an error of the app.
  const hasOutputs = placements.some(({ target: [head] }) => head === 'outputs');
  return place && (hasOutputs ? place : { ...place, tellsFailure: false });
}

/** The one rule of which columns are scores, for formats whose users add columns of their own too. */
export function fitScoreByName(given: ColumnFacts): FittedPlacement | undefined {
  const { name } = given;
  const column = soundsLikeScore(name) ? withoutLists(given) : given;
  if (name.trim() === '' || name.length > MAX_KEY) return undefined;
  const isNumeric = holdsMostly(column, ...NUMBERS);
  const isWhole = column.count === 0 || holdsOnly(column, ...NUMBERS, ...TRUTHS);
  const isNamedScore = soundsLikeScore(name);
  if (isNamedScore && (isWhole || isNumeric || holdsMostly(column, ...TRUTHS)))
    return scoreOf(column, isNumeric || !isWhole, []);
  if (isJudgement(column)) return scoreOf(column, isNumeric, []);
  if (isNamedScore && countOf(column, ...NUMBERS) > 0)
    return keep(column, 'some of its values are not numbers');
  return isPlain(column) ? fitUnknown(column, isNumeric) : undefined;
}

/** The column with the values in its lists, where each has one. */
function withoutLists(column: ColumnFacts): ColumnFacts {
  if (!holdsOnly(column, 'list')) return column;
  const values = column.values.map((value) => onlyOne(parseCell(value)));
  return values.some(Array.isArray) ? column : lookAtColumn(column.name, values, false);
}

function scoreOf(
  column: ColumnFacts,
  isNumeric: boolean,
  assumed: readonly string[],
): FittedPlacement {
  const { name, snake, kinds } = column;
  const commas = commasOf(column.values, column.numbers);
  const spellings = [
    kinds.has('percent') && `${shorten(name)} is a share of 1: 85% is 0.85`,
    kinds.has('fraction') && `${shorten(name)} is a share of 1: 4/5 is 0.8`,
    commas === 'decimal' && `${shorten(name)} has decimal commas: 0,85 is 0.85`,
    kinds.has('grouped') &&
      commas === 'thousands' &&
      `${shorten(name)} has commas between thousands`,
  ];
  return {
    target: ['scores', name.trim(), 'score'],
    hasWords: holdsMostly(column, ...TRUTHS),
    commas,
    isNumeric,
    tellsFailure: snake === 'success' || snake === 'status',
    assumed: [...spellings.filter((text) => text !== false), ...assumed],
  };
}

export const NUMBERS = ['number', 'comma', 'percent', 'fraction', 'grouped'] as const;
const TRUTHS = ['boolean', 'pass', 'yes'] as const;

/** Under a name that says nothing, what is between 0 and 1 is a score; what is true or false may be one. */
function fitUnknown(column: ColumnFacts, isNumeric: boolean): FittedPlacement {
  const { name, numbers } = column;
  if (numbers.some((number) => number < 0 || number > 1))
    return keep(column, 'its name is not one of a metric, and its values are not all from 0 to 1');
  const isFlag = numbers.every(Number.isInteger) && !column.kinds.has('percent');
  const isTruth = column.kinds.has('boolean') || column.kinds.has('yes');
  const what = isTruth ? 'true or false' : '0 or 1';
  const assumed = `${shorten(name)} is a score, as it is ${what} (${showOption('metadata', quoteName(name))} if it is not)`;
  return scoreOf(column, isNumeric, isFlag && !column.kinds.has('pass') ? [assumed] : []);
}

function keep({ name }: ColumnFacts, why: string): FittedPlacement {
  const assumed = `${shorten(name)} is not a score: ${why} (${showOption('map', mapTo('scores', name))} makes it one)`;
  return { target: ['kept'], assumed: [assumed] };
}

/** PASS and FAIL; or numbers and truth values, under a name that says nothing else. */
function isPlain(column: ColumnFacts): boolean {
  if (column.isQuoted || column.kinds.has('fraction') || column.kinds.has('grouped')) return false;
  if (column.snake === 'ok' && column.kinds.has('yes')) return holdsOnly(column, 'yes');
  if (column.kinds.has('pass')) return holdsOnly(column, 'boolean', 'pass');
  return (
    holdsOnly(column, ...NUMBERS, 'boolean') &&
    !soundsLikeCount(column.name) &&
    !soundsLikeSetting(column.name) &&
    column.numbers.every((number) => Math.abs(number) <= MAX_SCORE)
  );
}

/** Words that judge, under a name of a judgement: `verdict`; or a few of them under that of a metric: `relevance: high`. */
function isJudgement(column: ColumnFacts): boolean {
  return (
    holdsOnly(column, 'text', 'number', 'boolean', 'pass', 'yes') &&
    (soundsLikeVerdict(column.name) || isVerdict(column) || isGraded(column))
  );
}

const MAX_GRADES = 10;
const MAX_GRADE = 30;

function isGraded(column: ColumnFacts): boolean {
  const grades = new Set(column.values.map(textOf));
  const areShort = [...grades].every((grade) => grade.length <= MAX_GRADE);
  return (
    soundsLikeScore(column.name) &&
    !isSpoken(wordsOf(column.snake).at(-1) ?? '') &&
    countOf(column, ...NUMBERS, 'boolean') === 0 &&
    grades.size <= MAX_GRADES &&
    areShort
  );
}

const JUDGED = /^(?:result|status|label|evaluation|eval|outcome|assessment)$/;
const VERDICT =
  /^(?:pass|passed|fail|failed|skip|skipped|partial|correct|incorrect|error|timed out|timeout|failed: .*)$/i;

/** Words of judgement under a name that may mean an output: `result: passed`, `label: correct`. */
export function isVerdict(column: ColumnFacts): boolean {
  const { snake, count, values } = column;
  if (!JUDGED.test(snake) || count === 0) return false;
  if (snake === 'result' && holdsOnly(column, 'boolean')) return true;
  // `failed` may say as well that the app did.
  if (snake === 'status') return holdsOnly(column, 'pass');
  return values.every((value: JsonValue) => VERDICT.test(textOf(value)));
}

export function fitComment(
  column: ColumnFacts,
  { findExplained }: Filled,
): FittedPlacement | undefined {
  const score = holdsOnly(column, 'text', 'yes', 'pass') ? findExplained(column.name) : undefined;
  return score === undefined ? undefined : { target: ['scores', score, 'comment'] };
}

/** Words that may say why a row has no outputs. */
export function fitOutcome(column: ColumnFacts): FittedPlacement | undefined {
  const isNamed = column.snake === 'status' || column.snake === 'result';
  return isNamed && holdsOnly(column, 'text', 'pass')
    ? { target: ['kept'], tellsFailure: true }
    : undefined;
}
