import { shorten } from '../found.js';
import { readWhen } from '../when.js';
import type { Assignment, Rival } from './assign.js';
import { lookAtWords } from './compare.js';
import { type ColumnFacts, holdsOnly, textOf } from './facts.js';
import { NUMBERS } from './fit.js';
import { hintsAt } from './grammar.js';
import { listColumns, showValues } from './list-columns.js';
import { quoteName, showOption } from './names.js';
import { type ColumnOptions, NONE } from './options.js';
import type { Placement } from './placement.js';
import { listedRanks } from './roles.js';
import { isAboutAnswer } from './score-names.js';

/** Options that answer a question, each with names of columns. */
export type ColumnAnswer = Pick<ColumnOptions, 'inputs' | 'outputs' | 'reference' | 'systems'>;

/** A column that may mean several things. */
export interface ColumnQuestion {
  readonly message: string;
  /** What may answer it, the likeliest first; nothing if the file is a dataset, as no column can be an answer. */
  readonly choices: readonly { readonly options: ColumnAnswer; readonly meaning: string }[];
  /** Something speaks for the first choice. */
  readonly hasGuess: boolean;
  /** The file may be a dataset: there is nothing to record. */
  readonly mayBeDataset: boolean;
  /** The columns of the file, one a line, with two values of each. */
  readonly columns: readonly string[];
}

type Asked = Omit<ColumnQuestion, 'columns'>;
type Payload = 'inputs' | 'outputs';

/** What is known of the columns when a question comes up. */
interface Known {
  readonly columns: readonly ColumnFacts[];
  /** First words of targets, by column. */
  readonly heads: ReadonlyMap<string, string | undefined>;
  /** Another column is guessed to be what the app was given. */
  readonly isGiven?: boolean;
}

const MAX_CHOICES = 12;

/**
 * What a person must say before rows can be read: which columns the app was given, and which it gave.
 *
 * @param leavesOut a person said that no column is what the app gave.
 */
export function askAboutColumns(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
  { rivals, maybeDataset }: Assignment,
  leavesOut: boolean,
): { readonly questions: ColumnQuestion[]; readonly assumptions: readonly string[] } {
  const heads = new Map(placements.map(({ column, target: [head] }) => [column, head]));
  const has = (name: string) => placements.some(({ target: [head] }) => head === name);
  const asked: Asked[] = [];
  const assumptions: string[] = [];
  const hasExamples = has('inputs') || has('example_id');
  if (!hasExamples) asked.push(askForInputs({ columns, heads }));
  if (rivals.length > 0) {
    const [rival, ...others] = rivals;
    asked.push(
      rival && others.length === 0
        ? askIfGiven(rival.column)
        : askWhichRival(rivals, columns, has('reference_outputs')),
    );
  } else if (leavesOut || has('outputs') || failsAlways(columns, placements)) {
    // There is nothing to ask.
  } else if (hasExamples && mayLeaveOut({ columns, heads })) {
    for (const one of offerOutputs({ columns, heads })) assumptions.push(one);
  } else {
    // What is suggested for the inputs is not suggested for the outputs.
    const given = asked[0]?.hasGuess ? (asked[0].choices[0]?.options.inputs ?? []) : [];
    const others = columns.filter(({ name }) => !given.includes(name));
    asked.push(askForOutputs({ columns: others, heads, isGiven: given.length > 0 }));
  }
  if (maybeDataset !== undefined) asked.push(askIfRight(maybeDataset));
  const listed = listColumns(columns);
  const questions = asked.map((question) => ({ ...question, columns: listed }));
  return { questions, assumptions };
}

function askForInputs(known: Known): Asked {
  const ranked = rankUnknown('inputs', known);
  const contexts = known.columns.filter(
    (one) => one.count > 0 && listedRanks(one.snake).has('context'),
  );
  const more = contexts.map(({ name }) => name);
  return {
    message: 'no column is known to be what the app was given',
    choices: ranked.slice(0, MAX_CHOICES).map(({ column }) => ({
      options: { inputs: [...new Set([column.name, ...more])] },
      meaning: `${shorten(column.name)} is what the app was given: ${showValues(column)}`,
    })),
    hasGuess: hasGuess(ranked),
    mayBeDataset: false,
  };
}

function askForOutputs(known: Known): Asked {
  const ranked = rankUnknown('outputs', known);
  const isRun = [...known.heads.values()].some((head) => LEFT_BY_RUNS.test(head ?? ''));
  const hasExamples = known.isGiven || [...known.heads.values()].includes('inputs');
  const isDataset = hasExamples && !isRun && ranked.every(({ likelihood }) => likelihood < 0);
  const without = {
    options: { outputs: [NONE] },
    meaning: 'no column is what the app gave: the rows have scores only',
  };
  return {
    message: isDataset
      ? 'no column is what an app gave: this is a dataset'
      : `no column is known to be what the app gave; without one this is a dataset, or scores without their answers${isScored(known) ? ' (--outputs none)' : ''}`,
    choices: [
      ...(isDataset ? [] : ranked).slice(0, MAX_CHOICES).map(({ column }) => ({
        options: { outputs: [column.name] },
        meaning: `${shorten(column.name)} is what the app gave: ${showValues(column)}`,
      })),
      ...(isScored(known) ? [without] : []),
    ],
    hasGuess: hasGuess(ranked),
    mayBeDataset: hasExamples && !isRun,
  };
}

function isScored({ heads }: Known): boolean {
  return [...heads.values()].some((head) => head === 'scores' || head === 'feedback');
}

/** Rows with scores need no outputs, unless a text is left that could be one. */
function mayLeaveOut(known: Known): boolean {
  const texts = rankUnknown('outputs', known);
  return isScored(known) && texts.every(({ likelihood }) => likelihood < 1);
}

const MAX_OFFERED = 3;

/** Words that differ may be an answer: a letter of multiple choice, a label. */
function offerOutputs(known: Known): string[] {
  const labels = rankUnknown('outputs', known).filter(({ likelihood, column: { values } }) => {
    const isTime = values.every((value) => readWhen(value) !== undefined);
    return likelihood === 0 && !isTime && new Set(values.map(textOf)).size > 1;
  });
  return labels
    .slice(0, MAX_OFFERED)
    .map(
      ({ column: { name } }) =>
        `${shorten(name)} is not what the app gave (${showOption('outputs', quoteName(name))} if it is)`,
    );
}

/** Heads of targets that questions and right answers do not have. */
const LEFT_BY_RUNS = /^(?:scores|feedback|latency|latency_ms|error|experiment|model|usage)$/;

function askWhichRival(
  rivals: readonly Rival[],
  columns: readonly ColumnFacts[],
  hasReference: boolean,
): Asked {
  const shown = rivals.slice(0, MAX_CHOICES);
  const named = shown.map(({ column }) => shorten(column)).join(', ');
  const more = rivals.length > shown.length ? ', …' : '';
  return {
    message: `${named}${more}: which of them did the app give?`,
    choices: shown.map(({ column }) => {
      const mayBeRight = (other: Rival) => other.column !== column && other.mayBeReference;
      const right = hasReference ? [] : rivals.filter(mayBeRight);
      const values = columns.filter(({ name }) => name === column).map(showValues);
      return {
        options: {
          outputs: [column],
          ...(right.length > 0 && { reference: right.map((one) => one.column) }),
        },
        meaning: `the app gave ${shorten(column)}: ${values.join('')}`,
      };
    }),
    hasGuess: true,
    mayBeDataset: false,
  };
}

function askIfGiven(column: string): Asked {
  const name = shorten(column);
  return {
    message: `is ${name} what the app gave, or the right one?`,
    choices: [
      { options: { outputs: [column] }, meaning: `the app gave ${name}` },
      {
        options: { outputs: [NONE], reference: [column] },
        meaning: `${name} is right; no column is what the app gave`,
      },
    ],
    hasGuess: true,
    mayBeDataset: false,
  };
}

function askIfRight(column: string): Asked {
  return {
    message: `is ${shorten(column)} what the app gave? There are no scores, times or errors: if it is the right answer, this is a dataset, and there is nothing to record`,
    choices: [{ options: { outputs: [column] }, meaning: `the app gave ${shorten(column)}` }],
    hasGuess: true,
    mayBeDataset: true,
  };
}

/** Rows of which each has an error need no outputs. */
function failsAlways(columns: readonly ColumnFacts[], placements: readonly Placement[]): boolean {
  const error = placements.find(({ target }) => target[0] === 'error');
  const count = columns.find(({ name }) => name === error?.column)?.count ?? 0;
  return count > 0 && columns.every((column) => column.count <= count);
}

/** How likely a column is a payload: below 0 it is something else, from 2 on it says so. */
interface Likely {
  readonly column: ColumnFacts;
  readonly likelihood: number;
}

export function areQuestions({ values }: ColumnFacts): boolean {
  return values.every((value) => /[?？]\s*$/.test(textOf(value)));
}

/** Columns that could be what the app was given or gave, the likeliest first. */
function rankUnknown(payload: Payload, { columns, heads }: Known): Likely[] {
  const most = columns.reduce((max, { count }) => Math.max(max, count), 0);
  return columns
    .filter(({ name }) => name !== '' && !['inputs', 'outputs'].includes(heads.get(name) ?? ''))
    .map((column) => {
      const likelihood = rate(payload, column, heads.get(column.name));
      // What few rows have is a remark.
      return { column, likelihood: column.count * 2 < most ? Math.min(likelihood, 0) : likelihood };
    })
    .sort((one, other) => other.likelihood - one.likelihood);
}

function rate(payload: Payload, column: ColumnFacts, head: string | undefined): number {
  const isPayload = column.count > 0 && !holdsOnly(column, ...NUMBERS, 'boolean');
  if (head !== 'kept' || !isPayload || isAboutAnswer(column.snake)) return -1;
  if (hintsAt(payload, column.snake)) return 3;
  if (payload === 'inputs' && areQuestions(column)) return 2;
  return lookAtWords(column).isProse ? 1 : 0;
}

/** Where no name says so, the only text of several words is a guess. */
function hasGuess([first, second]: readonly Likely[]): boolean {
  const likelihood = first?.likelihood ?? -1;
  return likelihood > 1 || (likelihood === 1 && (second?.likelihood ?? 0) < 1);
}
