import { LsRecordError } from '../../errors.js';
import type { Sample } from '../../input/row.js';
import { checkColumns } from '../../input/table.js';
import type { JsonObject } from '../../json/value.js';
import { areQuestions, askAboutColumns, type ColumnAnswer, type ColumnQuestion } from './ask.js';
import { assign } from './assign.js';
import { describePlacements } from './describe.js';
import { type ColumnFacts, holdsOnly, lookAtColumns } from './facts.js';
import { type ColumnOptions, leavesOutputsOut, readOptions } from './options.js';

export type { ColumnAnswer, ColumnOptions, ColumnQuestion };

import type { MetadataMembers } from '../variants/tally.js';
import { placeLastInputs } from './last-inputs.js';
import { describeLongTable, findLongTable, nameByMetric, placeLongTable } from './long-rows.js';
import { findMeasuresInside } from './measures-inside.js';
import { toSnake } from './names.js';
import type { Placement } from './placement.js';
import { listedRanks, TIER } from './roles.js';
import { ColumnRow, type ReadColumns } from './row.js';
import { tellScoresApart } from './row-scores.js';
import { soundsLikeScore } from './score-names.js';
import { moveVaryingInputs } from './varying-inputs.js';

/** What each column of rows without our names means, decided once for all of them. */
export interface ColumnReading {
  /** In words, a line a group: `question → inputs.question`. */
  readonly described: readonly string[];
  /** The same for programs: the path of each column, and where it goes, in the order of the decisions. */
  readonly targets: [column: string[], target: string[]][];
  readonly assumptions: readonly string[];
  /** What cannot be explicit; without answers the rows cannot be read. */
  readonly questions: readonly ColumnQuestion[];
  /** A column tells which experiment a row belongs to. */
  readonly hasExperiments: boolean;
  /** What may still tell experiments apart; undefined if a person said what does. */
  readonly members: MetadataMembers | undefined;
  /** Each row has one metric: rows that follow one another are joined where only their scores differ. */
  readonly isLong: boolean;
  /** Makes a row in our own shape. */
  read(record: JsonObject): ReadColumns;
}

const MAX_LATE_COLUMNS = 10_000;

/**
 * Decides by their names, and by all sampled rows together, what columns mean. What options say comes before any
 * guess: a role that they fill is not guessed, except that scores and metadata of `--map` join the others.
 *
 * @param around what columns mean that the rows have from the objects around them.
 * @throws {LsRecordError} `USAGE` if an option names a column that is not there; `INPUT_INVALID` if two columns of a
 * table have one name.
 */
export function decideColumns(
  sample: Sample,
  options: ColumnOptions,
  around: readonly Placement[] = [],
): ColumnReading {
  const columns = lookAtColumns(sample);
  const isTable = sample.kind === 'table';
  const index = findIndex(columns);
  const file = sample.name === '-' ? 'stdin' : sample.name;
  if (isTable) checkColumns(index ? sample.columns.slice(1) : sample.columns, file);

  const leavesOut = leavesOutputsOut(options, columns);
  const stated = readOptions(options, columns);
  if (index && !stated.some(({ column }) => column === index.column)) stated.push(index);
  const open = columns.filter(({ name }) => !stated.some(({ column }) => column === name));
  const long = findLongTable(sample, open);
  const explicit = long ? [...stated, ...placeLongTable(long)] : stated;
  const given = around.filter(({ column }) => !explicit.some((one) => one.column === column));
  const taken = new Set([...explicit, ...given].filter(isUsedUp).map(({ column }) => column));
  const rest = columns.filter(({ name }) => !taken.has(name));
  // Those around rows are offered only if their names say what the app was given.
  const own = columns.filter(
    (column) => !given.some((one) => one.column === column.name) || soundsLikeInput(column),
  );
  const skipped = new Set([
    ...(options.inputs?.length ? ['context'] : []),
    ...(leavesOut ? ['outputs'] : []),
    ...(options.score?.length ? ['score', 'scoreObject'] : []),
  ]);
  const assigned = assign(rest, explicit, skipped);

  const found = [...explicit, ...assigned.placements, ...given];
  const known = long ? nameByMetric(found, long) : found;
  const inside = findMeasuresInside(columns, known);
  const last = placeLastInputs(sample, columns, [...known, ...inside.placements]);
  const moved = moveVaryingInputs(sample, last.placements);
  const placements = tellScoresApart(moved.placements);
  const ask = (what: readonly Placement[]) => askAboutColumns(own, what, assigned, leavesOut);
  const first = ask(placements);
  const isDoubtful = first.questions.length > 0 || hasQuestions(columns, placements);
  // What an id stands for is asked, too, where a column may be it.
  const again = isDoubtful ? ask(placements.filter(({ isStandIn }) => !isStandIn)) : first;
  const mayBeKnown = again.questions.some((one) => one.hasGuess && one.choices[0]?.options.inputs);
  const asked = mayBeKnown ? again : first;
  if (isTable && asked.questions.length > 0) checkNames(columns, file);
  return {
    described: describePlacements(placements),
    targets: placements.map(({ column, below = [], target, key }) => [
      [column, ...below],
      [...target, ...(key ? [key.column] : [])],
    ]),
    assumptions: [
      ...new Set([...assigned.assumptions, ...inside.assumptions]),
      ...(long ? [describeLongTable(long)] : []),
      ...last.assumptions,
      ...moved.assumptions,
      ...asked.assumptions,
    ],
    questions: asked.questions,
    hasExperiments: placements.some(
      ({ target: [head] }) => head === 'experiment' || head === 'model',
    ),
    members: findMembers(placements),
    isLong: long !== undefined,
    read: readerOf(placements, isTable),
  };
}

function soundsLikeInput({ snake }: ColumnFacts): boolean {
  return (listedRanks(snake).get('inputs') ?? 2 * TIER) < 2 * TIER;
}

function findMembers(placements: readonly Placement[]): MetadataMembers | undefined {
  const explicit = placements.filter(({ isExplicit }) => isExplicit);
  if (explicit.some(({ target: [head] }) => head === 'experiment')) return undefined;
  const settled = new Set(
    explicit.flatMap(({ column, below = [], target: [head, ...path] }) =>
      head === 'kept' || head === 'metadata'
        ? [[column, ...below].join('\n'), path.join('\n')]
        : [],
    ),
  );
  const kept = new Set(
    placements.flatMap(({ column, target: [head] }) => (head === 'kept' ? [column] : [])),
  );
  return {
    isSettled: (path) => settled.has(path.join('\n')) || settled.has(path[0] ?? ''),
    nameOf: (path) => (kept.has(path[0] ?? '') ? path : ['metadata', ...path]).join('.'),
  };
}

/** What pandas writes before the first column: numbers of rows, without a name. */
function findIndex([first]: readonly ColumnFacts[]): Placement | undefined {
  if (!first || !/^(?:Unnamed: 0)?$/.test(first.name)) return undefined;
  const isCounted =
    first.count === 0 || (holdsOnly(first, 'number') && first.numbers.every(Number.isInteger));
  return { column: first.name, target: isCounted ? [] : ['id'] };
}

/** Whether a column has nothing but questions, while another stands for what was asked. */
function hasQuestions(columns: readonly ColumnFacts[], placements: readonly Placement[]): boolean {
  const kept = placements.filter(({ target: [head] }) => head === 'kept');
  const names = new Set(kept.map(({ column }) => column));
  return (
    placements.some(({ isStandIn }) => isStandIn) &&
    columns.some((one) => names.has(one.name) && one.count > 1 && areQuestions(one))
  );
}

/** @throws {LsRecordError} `INPUT_INVALID` if the first line is a row like all others. */
function checkNames(columns: readonly ColumnFacts[], file: string): void {
  const isNumber = ({ name }: ColumnFacts) => name.trim() !== '' && Number.isFinite(Number(name));
  if (!columns.some((one) => isNumber(one) && holdsOnly(one, 'number'))) return;
  throw new LsRecordError('INPUT_INVALID', `${file}:1: the first line does not name the columns`, {
    hint: 'Add a line above it with a name for each column.',
  });
}

/** Scores without answers can only be recorded if a score stands for its answer too. */
function isUsedUp(placement: Placement): boolean {
  const staysScore = placement.target[0] === 'outputs' && soundsLikeScore(placement.column);
  return isOfWholeColumn(placement) && !staysScore;
}

/** Whether a placement is of a whole column; if a part of one was mapped, the rest is still to be placed. */
function isOfWholeColumn({ below = [] }: Placement): boolean {
  return below.length === 0;
}

function readerOf(placements: readonly Placement[], isTable: boolean): ColumnReading['read'] {
  const known = new Set(placements.filter(isOfWholeColumn).map(({ column }) => column));
  const late = new Map<string, Placement>();
  const hasError = placements.some(({ target }) => target[0] === 'error');
  return (record) => {
    const row = new ColumnRow(isTable);
    for (const placement of placements) row.add(placement, record);
    for (const name of Object.keys(record)) {
      if (known.has(name)) continue;
      const placement = late.get(name) ?? placeLate(name, hasError);
      if (late.size < MAX_LATE_COLUMNS) late.set(name, placement);
      row.add(placement, record);
    }
    return row.finish();
  };
}

/** A column that no sampled row has. Errors may come late and seldom. */
function placeLate(column: string, hasError: boolean): Placement {
  const isError = !hasError && listedRanks(toSnake(column)).has('error');
  return { column, target: [isError ? 'error' : 'kept'] };
}
