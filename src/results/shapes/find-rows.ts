import { LsRecordError } from '../../errors.js';
import { ASK_IF_WRITTEN } from '../../input/opened.js';
import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { listNames, shorten } from '../found.js';
import { isGiven } from '../named-columns/guess-systems.js';
import type { ColumnOptions } from '../named-columns/options.js';
import { isNested } from './candidates.js';
import { chooseRows, isAnswered, rowsAt } from './choose.js';
import { judge } from './judge.js';
import { type Shape, shapeOf } from './shape.js';

/**
 * Finds the rows of a file that no harness is known to have written.
 *
 * @param asked a path that a person gave, such as `runs.*.results`.
 * @param columns what a person said of columns: rows have those.
 * @returns undefined where each record is a row, as in tables and most lists.
 * @throws {LsRecordError} `INPUT_INVALID` if there are none; `USAGE` if several places may hold them.
 */
export function findRows(
  sample: Sample,
  asked?: string,
  columns?: ColumnOptions,
): Shape | undefined {
  const file = sample.name === '-' ? 'stdin' : sample.name;
  const isList = sample.kind !== 'document';
  const root: JsonValue = isList ? [...sample.rows] : sample.document;
  if (asked !== undefined) return namedRows(root, sample, asked, file);
  if (isList && (sample.kind === 'table' || isPlainList(root))) return undefined;
  const choice = chooseRows(root, columns);
  if ('shape' in choice) return isTrivial(choice.shape, isList) ? undefined : choice.shape;
  if (choice.areEqual) throw severalIn(file, choice.places);
  if (isList) return undefined;
  throw noneIn(file, sample.document, choice.places);
}

/** Rows that are plain to see, with nothing in them that could be looked into. */
function isPlainList(rows: JsonValue): boolean {
  const layout = { kind: 'list', recordsAt: [], within: [], except: [] } as const;
  const shape = shapeOf(layout, rows);
  if (!shape) return true;
  // A list of one may be a document in a single line.
  if (shape.pieces.length === 1) return false;
  const judged = judge(shape);
  return (
    isAnswered(judged) &&
    judged.hasEvidence &&
    !judged.outputs.some((name) => holdsAnswers(shape, name))
  );
}

/** Whether what seems to be an output is a list of answers, as of several models. */
function holdsAnswers({ rows }: Shape, column: string): boolean {
  return rows.some((row) => {
    const value = row[column];
    return (
      Array.isArray(value) &&
      value.some((one) => isJsonObject(one) && Object.keys(one).some(isGiven))
    );
  });
}

/** Each record is a row as it is. */
function isTrivial({ layout: { recordsAt, within, kind } }: Shape, isList: boolean): boolean {
  const isRoot = isList ? recordsAt?.length === 0 : recordsAt === undefined;
  return isRoot && within.length === 0 && (kind === 'list' || kind === 'single');
}

function namedRows(root: JsonValue, sample: Sample, path: string, file: string): Shape | undefined {
  const isList = sample.kind !== 'document';
  const shape = sample.kind === 'table' ? undefined : rowsAt(root, path);
  if (shape) return isTrivial(shape, isList) ? undefined : shape;
  if (sample.kind === 'table' && path === '.') return undefined;
  const choice = sample.kind === 'table' ? { places: [] } : chooseRows(root);
  const places = 'shape' in choice ? [choice.shape] : choice.places;
  throw new LsRecordError('USAGE', `${file} has no rows at ${shorten(path)}`, {
    hint:
      places.length > 0
        ? `Places where it may have rows:\n${listPlaces(places)}`
        : 'Leave --rows out: each of its records is a row.',
  });
}

function severalIn(file: string, places: readonly Shape[]): LsRecordError {
  return new LsRecordError(
    'USAGE',
    `cannot tell which part of ${file} holds the rows: ${listNames(places.map(({ path }) => path))}`,
    { hint: `Name it:\n${listPlaces(places)}` },
  );
}

function noneIn(file: string, document: JsonObject, places: readonly Shape[]): LsRecordError {
  const names = Object.keys(document);
  const empty = names.filter((name) => isEmptyList(document[name]));
  if (empty.length === 1 && !names.some((name) => isNested(document[name] ?? null)))
    return new LsRecordError(
      'INPUT_INVALID',
      `${file} holds no rows: its list ${empty[0]} is empty`,
      { hint: ASK_IF_WRITTEN },
    );
  const others = places.filter(({ path }) => path !== '.');
  return new LsRecordError(
    'INPUT_INVALID',
    `cannot find the rows in ${file}: it is an object with ${listNames(names) || 'nothing in it'}`,
    {
      hint:
        others.length > 0
          ? `If they are in it, say where:\n${listPlaces(others)}`
          : 'Rows come as JSON Lines, as an array, or as a list in an object. A row has inputs, and outputs, error or scores.',
    },
  );
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

const MAX_COLUMNS = 4;

/** Options that name places, each with what is there. */
function listPlaces(places: readonly Shape[]): string {
  return places
    .map(({ path, rows: [first = {}] }) => {
      return `  --rows ${quote(path)}  (${listNames(Object.keys(first), MAX_COLUMNS)})`;
    })
    .join('\n');
}

function quote(path: string): string {
  return /^[\w.,/-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
