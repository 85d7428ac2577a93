import { shorten } from '../found.js';
import { type ColumnFacts, holdsOnly, textOf } from './facts.js';
import { wordsOf } from './names.js';
import type { Placement } from './placement.js';
import { listedRanks } from './roles.js';

/** Last words of names of which one is enough to tell an example. */
const NAMES = new Set(
  `id uid uuid key slug hash name task case item instance problem puzzle challenge example sample test file filename path
   url repo issue`.split(/\s+/),
);
/** Last words of places, which tell it together: year and day, chapter and line. */
const PLACES = new Set(
  'index idx number nr no year month week day date part section chapter line'.split(/\s+/),
);
const MAX_LENGTH = 200;

/** Where columns go once some are used as the input, and what is then said. */
export interface LastInputs {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
}

/**
 * Finds what tells rows apart that have scores, but no question: an id, or places together. Rows of several systems, and
 * repetitions, may share it. An id stays one, too.
 */
export function placeLastInputs(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): LastInputs {
  const heads = new Set(placements.map(({ target: [head] }) => head));
  const isNeeded = heads.has('scores') && !heads.has('example_id');
  const inputs = placements.filter(({ target: [head] }) => head === 'inputs');
  const areSame = () => inputs.every((one) => !one.isExplicit && isSame(one.column, columns));
  const mayBe = inputs.length > 0 ? columns.filter(isIdOfExample) : columns;
  const names = isNeeded && areSame() ? findKey(mayBe, placements) : [];
  if (names.length === 0) return { placements, assumptions: [] };
  const isMoved = ({ column, target: [head] }: Placement) =>
    head === 'kept' && names.includes(column);
  return {
    placements: [
      ...names.map((name) => ({
        column: name,
        target: ['inputs', name.trim()],
        isStandIn: inputs.length === 0,
      })),
      ...placements.filter((one) => !isMoved(one)),
    ],
    assumptions: [
      `${names.map(shorten).join(' and ')} ${names.length === 1 ? 'is' : 'are'} used as ${inputs.length > 0 ? 'an input: else all rows would be one example' : 'the input: no column has the question itself'}`,
    ],
  };
}

function isSame(name: string, columns: readonly ColumnFacts[]): boolean {
  const { values = [] } = columns.find((one) => one.name === name) ?? {};
  return new Set(values.map(textOf)).size === 1;
}

/** task_id; but an id may be of a row, too. */
function isIdOfExample({ snake }: ColumnFacts): boolean {
  return listedRanks(snake).has('inputs');
}

function findKey(columns: readonly ColumnFacts[], placements: readonly Placement[]): string[] {
  const heads = new Map(placements.map(({ column, target: [head] }) => [column, head]));
  const rows = columns.reduce((most, { count }) => Math.max(most, count), 0);
  const full = columns.filter(({ count }) => count === rows);
  const having = (...wanted: string[]) =>
    full.filter(({ name }) => wanted.includes(heads.get(name) ?? ''));
  const metrics = placements.flatMap(({ key }) => (key ? [key.column] : []));
  const systems = [
    ...having('experiment', 'model'),
    ...having('kept').filter(isRepetition),
    ...full.filter(({ name }) => metrics.includes(name)),
  ];
  const kept = having('kept', 'id').filter(isShort);
  const ending = (words: ReadonlySet<string>) =>
    kept.filter(({ snake }) => words.has(wordsOf(snake).at(-1) ?? ''));
  const [names, places] = [ending(NAMES), ending(PLACES)];
  const chosen = [...names.map((name) => [name]), places, [...names, ...places]].find(
    (key) => key.length > 0 && countApart([...systems, ...key], rows) === rows,
  );
  return rows < 2 ? [] : (chosen ?? []).map(({ name }) => name);
}

function isRepetition({ snake }: ColumnFacts): boolean {
  return listedRanks(snake).has('repetition');
}

function isShort(column: ColumnFacts): boolean {
  const { values } = column;
  const areTexts = holdsOnly(column, 'text', 'number');
  return areTexts && values.every((value) => textOf(value).length <= MAX_LENGTH);
}

function countApart(columns: readonly ColumnFacts[], rows: number): number {
  const seen = new Set<string>();
  for (let row = 0; row < rows; row++)
    seen.add(columns.map(({ values }) => textOf(values[row] ?? null)).join('\n'));
  return seen.size;
}
