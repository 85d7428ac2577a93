import type { Row, Sample } from '../../input/row.js';
import { printJson } from '../../json/print.js';
import { isJsonObject } from '../../json/value.js';
import { shorten } from '../found.js';
import { soundsLikeSetting } from '../variants/names.js';
import { type ColumnFacts, countDistinct as count, holdsMostly, holdsOnly } from './facts.js';
import type { Placement } from './placement.js';
import { listedRanks } from './roles.js';

/** A table with a row for each metric: `metric` names what `value` is of. */
export interface LongTable {
  readonly key: ColumnFacts;
  readonly value: ColumnFacts;
}

const KEY =
  /^(?:metric|measure|criterion|criteria|dimension|aspect)(?:_(?:name|key|id|type))?$|^(?:score|scorer|eval|evaluator|evaluation)_(?:name|key|type)$/;
const VALUE = /^(?:(?:metric|score|evaluation|eval)_)?(?:value|score|rating|result)$/;

/** Tells a table with a row for each metric: what was asked comes once with each. */
export function findLongTable(
  { rows }: Sample,
  columns: readonly ColumnFacts[],
): LongTable | undefined {
  const key = columns.find((one) => KEY.test(one.snake) && holdsOnly(one, 'text'));
  const value = columns.find(
    (one) => VALUE.test(one.snake) && holdsMostly(one, 'number', 'boolean', 'pass', 'yes'),
  );
  if (!key || !value || key.count < rows.length) return undefined;
  const named = (...roles: string[]) =>
    columns.filter(({ snake }) => roles.some((role) => listedRanks(snake).has(role)));
  const systems = [
    ...named('model', 'experiment', 'repetition'),
    ...columns.filter(({ name }) => soundsLikeSetting(name)),
  ].map(({ name }) => name);
  const isLong = named('inputs', 'id').some(({ name }) => {
    const answered = [name, ...systems];
    return (
      count(rows, answered) < rows.length && count(rows, [...answered, key.name]) === rows.length
    );
  });
  return isLong ? { key, value } : undefined;
}

/** Where the values go, and the names of the metrics. */
export function placeLongTable({ key, value }: LongTable): Placement[] {
  return [
    { column: value.name, target: ['scores', value.name.trim(), 'score'], hasWords: true },
    { column: key.name, target: [] },
  ];
}

/** Scores, and their comments, are named by the column of metrics. */
export function nameByMetric(
  placements: readonly Placement[],
  { key, value }: LongTable,
): Placement[] {
  return placements.map((one) =>
    one.target[0] === 'scores' && one.target[1] === value.name.trim()
      ? { ...one, keyColumn: key.name }
      : one,
  );
}

export function describeLongTable({ key, value }: LongTable): string {
  return `each row is one metric: ${shorten(key.name)} names what ${shorten(value.name)} is of, and rows that follow one another are joined where only their scores differ`;
}

/** Joins rows that follow one another where only their scores differ. */
export function joinRows(rows: readonly Row[]): Row[] {
  const joined: Row[] = [];
  for (const row of rows) {
    const both = joinScores(joined.at(-1), row);
    if (both) joined.splice(-1, 1, both);
    else joined.push(row);
  }
  return joined;
}

function joinScores(one: Row | undefined, other: Row): Row | undefined {
  if (!isJsonObject(one?.value) || !isJsonObject(other.value)) return undefined;
  const { scores: first = {}, ...rest } = one.value;
  const { scores: second = {}, ...others } = other.value;
  const isSame = one.experiment === other.experiment && printJson(rest) === printJson(others);
  if (!isSame || !isJsonObject(first) || !isJsonObject(second)) return undefined;
  const isNew = Object.keys(second).every((key) => !Object.hasOwn(first, key));
  return isNew ? { ...one, value: { ...rest, scores: { ...first, ...second } } } : undefined;
}
