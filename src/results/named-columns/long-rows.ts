import type { Row, Sample } from '../../input/row.js';
import { printJson } from '../../json/print.js';
import { isJsonObject } from '../../json/value.js';
import { shorten } from '../found.js';
import { tellByName } from '../variants/names.js';
import { lookAtWords } from './compare.js';
import { type ColumnFacts, countDistinct, holdsMostly, holdsOnly, ownValue } from './facts.js';
import { inputTierOf } from './grammar.js';
import type { Placement } from './placement.js';
import { listedRanks } from './roles.js';

/** A table with a row for each metric: `metric` names what `value` is of, or what each score is of. */
export interface LongTable {
  readonly metric: string;
  readonly value: string | undefined;
  /** Columns that differ with the metric. */
  readonly varying: ReadonlySet<string>;
}

const METRIC =
  /^(?:metric|measure|criterion|criteria|dimension|aspect)(?:_(?:name|key|id|type))?$|^(?:score|scorer|eval|evaluator|evaluation)_(?:name|key|type)$/;
const VALUE = /^(?:(?:metric|score|evaluation|eval)_)?(?:value|score|rating|result)$/;

/** Tells a table with a row for each metric: what was asked comes once with each. */
export function findLongTable(
  { rows }: Sample,
  columns: readonly ColumnFacts[],
): LongTable | undefined {
  const metric = columns.find((one) => METRIC.test(one.snake) && holdsOnly(one, 'text'));
  if (!metric || metric.count < rows.length) return undefined;
  const others = columns.filter((one) => one !== metric);
  const apart = others.filter(({ name }) => tellByName(name).telling !== 'unknown');
  const count = (...some: readonly ColumnFacts[]) =>
    countDistinct(
      rows,
      [...some, ...apart].map(({ name }) => name),
    );
  const key = others
    .filter(isAsked)
    .find((one) => count(one) < rows.length && count(one, metric) === rows.length);
  if (!key) return undefined;
  const isValue = (one: ColumnFacts) =>
    VALUE.test(one.snake) && holdsMostly(one, 'number', 'boolean', 'pass', 'yes');
  const varying = others.filter((one) => count(key, one) > count(key));
  return {
    metric: metric.name,
    value: others.find(isValue)?.name,
    varying: new Set(varying.map(({ name }) => name)),
  };
}

function isAsked(column: ColumnFacts): boolean {
  const { snake } = column;
  const ranks = listedRanks(snake);
  const isListed = ranks.has('inputs') || ranks.has('id');
  return isListed || inputTierOf(snake, lookAtWords(column)) !== undefined;
}

/** Where the values go, and the names of the metrics. */
export function placeLongTable({ metric, value }: LongTable): Placement[] {
  const names = { column: metric, target: [] };
  if (value === undefined) return [names];
  return [{ column: value, target: ['scores', value.trim(), 'score'], hasWords: true }, names];
}

/** Scores that differ with the metric, and their comments, are named by it. */
export function nameByMetric(
  placements: readonly Placement[],
  { metric: column, value, varying }: LongTable,
): Placement[] {
  return placements.map((one) => {
    const isPrefix = one.target[1] !== value?.trim();
    const isOfMetric = !isPrefix || varying.has(one.column);
    return one.target[0] === 'scores' && !one.spread && isOfMetric
      ? { ...one, key: { column, isPrefix } }
      : one;
  });
}

export function describeLongTable({ metric, value }: LongTable): string {
  return `each row is one metric: ${shorten(metric)} names what ${value === undefined ? 'its scores are' : `${shorten(value)} is`} of, and rows that follow one another are joined where only their scores differ`;
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
  const isNew = Object.keys(second).every((key) => {
    const score = ownValue(second, key) ?? null;
    return printJson(ownValue(first, key) ?? score) === printJson(score);
  });
  return isNew ? { ...one, value: { ...rest, scores: { ...first, ...second } } } : undefined;
}
