import { shorten } from '../found.js';
import { type ColumnFacts, holdsOnly } from './column-facts.js';
import type { Guesses } from './column-guesses.js';
import type { Placement } from './column-row.js';
import type { ColumnQuestion } from './named-columns.js';

const MAX_CHOICES = 12;

/** What must be told before rows can be read: which columns the app was given, and which it gave. */
export function askAboutColumns(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
  { rivals, maybeDataset }: Guesses,
): ColumnQuestion[] {
  const has = (head: string) => placements.some(({ target }) => target[0] === head);
  const questions: ColumnQuestion[] = [];
  if (!has('inputs') && !has('example_id'))
    questions.push(
      askForAny('inputs', 'no column is known to be what the app was given', columns, placements),
    );
  if (rivals.length > 0) questions.push(askWhich(rivals));
  else if (!has('outputs') && !failsAlways(columns, placements))
    questions.push(
      askForAny(
        'outputs',
        'no column is known to be what the app gave; without one this is a dataset, or scores without their answers',
        columns,
        placements,
        questions.length,
      ),
    );
  if (maybeDataset !== undefined) questions.push(askOfDataset(maybeDataset));
  return questions;
}

/** Rows of which each has an error need no outputs. */
function failsAlways(columns: readonly ColumnFacts[], placements: readonly Placement[]): boolean {
  const error = placements.find(({ target }) => target[0] === 'error');
  const count = columns.find(({ name }) => name === error?.column)?.count ?? 0;
  return count > 0 && columns.every((column) => column.count <= count);
}

function askWhich(rivals: readonly string[]): ColumnQuestion {
  const names = rivals.map(shorten);
  return {
    message: `${names.slice(0, MAX_CHOICES).join(', ')}${ellipsis(rivals)}: which of them did the app give?`,
    choices: rivals.slice(0, MAX_CHOICES).map((name) => ({
      map: mapTo('outputs', name),
      meaning: `the app gave ${shorten(name)}; ${describeOthers(rivals, name)}`,
    })),
  };
}

function describeOthers(rivals: readonly string[], chosen: string): string {
  const others = rivals.filter((name) => name !== chosen).map(shorten);
  return `not ${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}`;
}

function askOfDataset(answer: string): ColumnQuestion {
  const name = shorten(answer);
  return {
    message: `is ${name} what the app gave? There are no scores, times or errors: if it is the right answer, this is a dataset, and there is nothing to record`,
    choices: [{ map: mapTo('outputs', answer), meaning: `the app gave ${name}` }],
  };
}

function askForAny(
  payload: 'inputs' | 'outputs',
  message: string,
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
  passedOver = 0,
): ColumnQuestion {
  const placed = new Map(placements.map(({ column, target }) => [column, target]));
  const isFree = ({ name }: ColumnFacts) => placed.get(name)?.[0] === 'kept' || !placed.has(name);
  const likelihood = (column: ColumnFacts) =>
    (isFree(column) ? 0 : 2) +
    (holdsOnly(column, 'number', 'boolean') || column.count === 0 ? 1 : 0);
  const offered = columns
    .filter(({ name }) => name !== '' && placed.get(name)?.length !== 0)
    .filter(({ name }) => !['inputs', 'outputs'].includes(placed.get(name)?.[0] ?? ''))
    .sort((one, other) => likelihood(one) - likelihood(other));
  // What is suggested for one payload is not suggested for the next.
  const ordered = [...offered.slice(passedOver), ...offered.slice(0, passedOver)];
  return {
    message: `${message}${offered.length > MAX_CHOICES ? `; ${offered.length} columns could be, the likeliest first` : ''}`,
    choices: ordered.slice(0, MAX_CHOICES).map(({ name }) => ({
      map: mapTo(payload, name),
      meaning: `${shorten(name)} is what the app ${payload === 'inputs' ? 'was given' : 'gave'}`,
    })),
  };
}

/** A name in a target has no dots and no =: they would part it. */
function mapTo(payload: string, column: string): string {
  const name = column.trim().replace(/[.=]+/g, '_');
  return /^_*$/.test(name) ? `${payload}=${column}` : `${payload}.${name}=${column}`;
}

function ellipsis(names: readonly string[]): string {
  return names.length > MAX_CHOICES ? ', …' : '';
}
