import { shorten } from '../found.js';
import type { Assignment } from './assign.js';
import { type ColumnFacts, holdsOnly } from './facts.js';
import { mapTo } from './names.js';
import type { Placement } from './row.js';

/** A column that may mean several things. */
export interface ColumnQuestion {
  readonly message: string;
  /** Each a `--map` value that answers it, and what it means. */
  readonly choices: readonly { readonly map: string; readonly meaning: string }[];
}

const MAX_CHOICES = 12;

/** What a person must say before rows can be read: which columns the app was given, and which it gave. */
export function askAboutColumns(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
  { rivals, maybeDataset }: Assignment,
): ColumnQuestion[] {
  const has = (head: string) => placements.some(({ target }) => target[0] === head);
  const likely = rankUnknown(columns, placements);
  const more =
    likely.length > MAX_CHOICES ? `; ${likely.length} columns could be, the likeliest first` : '';
  const questions: ColumnQuestion[] = [];
  if (!has('inputs') && !has('example_id'))
    questions.push({
      message: `no column is known to be what the app was given${more}`,
      choices: offer('inputs', likely, (name) => `${name} is what the app was given`),
    });
  if (rivals.length > 0)
    questions.push({
      message: `${list(rivals, MAX_CHOICES)}: which of them did the app give?`,
      choices: offer(
        'outputs',
        rivals,
        (name, others) => `the app gave ${name}; not ${list(others, 3)}`,
      ),
    });
  else if (!has('outputs') && !failsAlways(columns, placements)) {
    // What is suggested for the inputs is not suggested for the outputs.
    const passed = questions.length;
    questions.push({
      message: `no column is known to be what the app gave; without one this is a dataset, or scores without their answers${more}`,
      choices: offer(
        'outputs',
        [...likely.slice(passed), ...likely.slice(0, passed)],
        (name) => `${name} is what the app gave`,
      ),
    });
  }
  if (maybeDataset !== undefined)
    questions.push({
      message: `is ${shorten(maybeDataset)} what the app gave? There are no scores, times or errors: if it is the right answer, this is a dataset, and there is nothing to record`,
      choices: offer('outputs', [maybeDataset], (name) => `the app gave ${name}`),
    });
  return questions;
}

function offer(
  payload: 'inputs' | 'outputs',
  names: readonly string[],
  describe: (name: string, others: readonly string[]) => string,
): ColumnQuestion['choices'] {
  return names.slice(0, MAX_CHOICES).map((name) => ({
    map: mapTo(payload, name),
    meaning: describe(
      shorten(name),
      names.filter((other) => other !== name),
    ),
  }));
}

function list(names: readonly string[], max: number): string {
  return `${names.slice(0, max).map(shorten).join(', ')}${names.length > max ? ', …' : ''}`;
}

/** Rows of which each has an error need no outputs. */
function failsAlways(columns: readonly ColumnFacts[], placements: readonly Placement[]): boolean {
  const error = placements.find(({ target }) => target[0] === 'error');
  const count = columns.find(({ name }) => name === error?.column)?.count ?? 0;
  return count > 0 && columns.every((column) => column.count <= count);
}

/** Names of columns that could be what the app was given or gave, those first that have no other meaning, and texts before numbers. */
function rankUnknown(columns: readonly ColumnFacts[], placements: readonly Placement[]): string[] {
  const heads = new Map(placements.map(({ column, target: [head] }) => [column, head]));
  const unlikelihood = (column: ColumnFacts) =>
    (heads.get(column.name) === 'kept' ? 0 : 2) +
    (holdsOnly(column, 'number', 'boolean') || column.count === 0 ? 1 : 0);
  const offered = columns
    .filter(
      ({ name }) => name !== '' && ![undefined, 'inputs', 'outputs'].includes(heads.get(name)),
    )
    .sort((one, other) => unlikelihood(one) - unlikelihood(other))
    .map(({ name }) => name);
  // The right answer is neither, unless nothing else is there.
  const likely = offered.filter((name) => heads.get(name) !== 'reference_outputs');
  return likely.length > 0 ? likely : offered;
}
