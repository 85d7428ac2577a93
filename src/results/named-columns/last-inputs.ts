import type { Sample } from '../../input/row.js';
import type { JsonObject } from '../../json/value.js';
import { shorten } from '../found.js';
import { type ColumnFacts, countDistinct, holdsOnly, textOf } from './facts.js';
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
  { rows }: Sample,
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): LastInputs {
  const heads = new Set(placements.map(({ target: [head] }) => head));
  const isNeeded = heads.has('scores') && !heads.has('example_id');
  const inputs = placements.filter(({ target: [head] }) => head === 'inputs');
  const areSame = () =>
    inputs.every(({ column, isExplicit }) => !isExplicit && countDistinct(rows, [column]) === 1);
  const mayBe = inputs.length > 0 ? columns.filter(isIdOfExample) : columns;
  const names = isNeeded && areSame() ? findKey(rows, mayBe, placements) : [];
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

/** task_id; but an id may be of a row, too. */
function isIdOfExample({ snake }: ColumnFacts): boolean {
  return listedRanks(snake).has('inputs');
}

function findKey(
  rows: readonly JsonObject[],
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): string[] {
  const heads = new Map(placements.map(({ column, target: [head] }) => [column, head]));
  const full = columns.filter(({ count }) => count === rows.length);
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
  const namesOf = (some: readonly ColumnFacts[]) => some.map(({ name }) => name);
  const chosen = [...names.map((name) => [name]), places, [...names, ...places]].find(
    (key) => key.length > 0 && countDistinct(rows, namesOf([...systems, ...key])) === rows.length,
  );
  return rows.length < 2 ? [] : namesOf(chosen ?? []);
}

function isRepetition({ snake }: ColumnFacts): boolean {
  return listedRanks(snake).has('repetition');
}

function isShort(column: ColumnFacts): boolean {
  const { values } = column;
  const areTexts = holdsOnly(column, 'text', 'number');
  return areTexts && values.every((value) => textOf(value).length <= MAX_LENGTH);
}
