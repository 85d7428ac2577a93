import { LsRecordError } from '../../errors.js';
import { sampleOf } from '../../input/row.js';
import type { JsonValue } from '../../json/value.js';
import type { Layout } from '../format-kit/layout.js';
import type { ColumnOptions } from '../named-columns/options.js';
import { checkOptions } from '../named-columns/side-by-side.js';
import { candidatesAt, findCandidates } from './candidates.js';
import { findJoin } from './join.js';
import { isFile, isHolder, isPartOf, isSame, isWithin, type Judged, judge } from './judge.js';
import { readPath } from './path.js';
import { type Shape, shapeOf } from './shape.js';

/** What was found in a document: its rows, or places that may be theirs. */
export type Choice =
  | { readonly shape: Shape }
  | { readonly places: readonly Shape[]; readonly areEqual: boolean };

/**
 * Finds the rows of a document, or of a list whose values hold them: the objects that look most like rows.
 *
 * @param root as much of it as a sample has.
 * @param columns what a person said of columns: rows have those.
 */
export function chooseRows(root: JsonValue, columns?: ColumnOptions): Choice {
  const all = judgeAll(findCandidates(root), root);
  const rows = all.filter((one) => !all.some((outer) => isRowLike(outer) && isPartOf(one, outer)));
  const hasColumns = ({ shape }: Judged) => columns !== undefined && has(shape, columns);
  const find = (isRow: (one: Judged) => boolean): Choice | undefined => {
    const best = preferred(rows.filter(isRow));
    const [only] = best;
    if (!only) return undefined;
    if (best.length === 1 && !only.shape.isDoubtful) return { shape: only.shape };
    return { places: placesOf(best.length > 1 ? best : all), areEqual: true };
  };
  return (
    find(hasColumns) ??
    find(isAnswered) ??
    joinAll(rows, root, ({ hasOutputs, hasInputs }) => hasOutputs && !hasInputs) ??
    joinAll(rows, root, ({ hasOutputs, hasScores }) => !hasOutputs && hasScores) ??
    find(isScored) ??
    topList(rows, all, root)
  );
}

/** Whether rows have the columns that options name. */
function has({ rows }: Shape, options: ColumnOptions): boolean {
  try {
    checkOptions(sampleOf(rows), options);
    return true;
  } catch (error) {
    if (error instanceof LsRecordError) return false;
    throw error;
  }
}

/** Rows of which nothing is known are those of the only list. */
function topList(rows: readonly Judged[], all: readonly Judged[], root: JsonValue): Choice {
  const depth = Array.isArray(root) ? 0 : 1;
  const lists = rows.filter(
    ({ shape: { layout } }) => layout.kind === 'list' && layout.recordsAt?.length === depth,
  );
  const [only] = lists;
  if (only && lists.length === 1) return { shape: only.shape };
  return { places: placesOf(lists.length > 0 ? lists : all), areEqual: lists.length > 0 };
}

/** Rows that lack something, if they name the elements of one other list that has it. */
function joinAll(
  judged: readonly Judged[],
  root: JsonValue,
  isRow: (one: Judged) => boolean,
): Choice | undefined {
  const lists = judged.filter(({ hasInputs, hasOutputs }) => hasInputs && !hasOutputs);
  const layouts = lists.map(({ shape }) => shape.layout);
  const shapes = judged.filter(isRow).flatMap(({ shape }) => {
    const join = findJoin(shape, layouts, root);
    const joined = join && shapeOf(shape.layout, root, join);
    return joined && isAnswered(judge(joined)) ? [joined] : [];
  });
  const [only] = shapes;
  if (!only) return undefined;
  return shapes.length === 1 ? { shape: only } : { places: shapes, areEqual: true };
}

/** What is read at a place that was named; undefined if there are no rows. */
export function rowsAt(root: JsonValue, text: string): Shape | undefined {
  const path =
    readPath(text, root) ?? (Array.isArray(root) ? readPath(`*.${text}`, root) : undefined);
  if (!path) return undefined;
  const paths = path.at(-1) === '*' ? [path, path.slice(0, -1)] : [path];
  const found = judgeAll(
    paths.flatMap((one) => candidatesAt(root, one)),
    root,
  );
  const isList = ({ shape }: Judged) => shape.layout.kind === 'list';
  const isWhole = ({ shape, areOurs }: Judged) => areOurs && shape.layout.kind === 'single';
  const [answered] = preferred(found.filter(isAnswered));
  const best =
    found.find(isWhole) ?? answered ?? found.find(isList) ?? found.find(isRowLike) ?? found.at(-1);
  if (!best || isAnswered(best)) return best?.shape;
  const joined = joinAll(
    [...judgeAll(findCandidates(root), root), best],
    root,
    (one) => one === best,
  );
  return joined && 'shape' in joined ? joined.shape : best.shape;
}

function judgeAll(candidates: readonly Layout[], root: JsonValue): Judged[] {
  return candidates.flatMap((layout) => {
    const shape = shapeOf(layout, root);
    return shape ? [judge(shape)] : [];
  });
}

export function isAnswered({ hasInputs, hasOutputs }: Judged): boolean {
  return hasInputs && hasOutputs;
}

function isRowLike({ hasInputs, hasOutputs }: Judged): boolean {
  return hasInputs || hasOutputs;
}

/** Rows that lack one of the two; of a whole file they would be its means. */
function isScored(one: Judged): boolean {
  const isProven = one.hasScores || (one.hasOutputs && one.hasEvidence);
  return isRowLike(one) && isProven && one.shape.layout.kind !== 'single';
}

/** Keeps the places to which no other is preferred. */
function preferred(places: readonly Judged[]): Judged[] {
  return places.filter((one) => !places.some((other) => isBetter(other, one)));
}

/** Scores and right answers show which of two is the rows; else what is in a row is a part of it. */
function isBetter(one: Judged, other: Judged): boolean {
  const isProven = one.hasEvidence && !other.hasEvidence;
  if (isSame(one, other)) {
    // An object of lists is a table if it is the only one, or under a key; of many in a list, each is a row.
    if (isTable(one) === isTable(other)) return false;
    const { layout, pieces } = (isTable(one) ? other : one).shape;
    return isTable(one) === (pieces.length === 1 || layout.kind === 'keyed');
  }
  if (isWithin(one, other))
    return isHolder(other, one) || (isProven && isFile(other.shape.layout) && !isSingle(one));
  if (!isWithin(other, one)) return isProven;
  if (isHolder(one, other)) return false;
  // An object in a row has what is around it, too, and is nothing more than the row.
  if (isSingle(other)) return !isFile(one.shape.layout) || one.hasEvidence || !other.hasEvidence;
  return isFile(one.shape.layout) ? isProven : one.hasEvidence || !other.hasEvidence;
}

function isSingle({ shape }: Judged): boolean {
  return shape.layout.kind === 'single';
}

function isTable({ shape }: Judged): boolean {
  return shape.layout.kind === 'columns';
}

const MAX_PLACES = 8;

function placesOf(judged: readonly Judged[]): Shape[] {
  const places = new Map<string, Shape>();
  const rank = (one: Judged) => Number(one.hasInputs) + Number(one.hasOutputs);
  for (const one of [...judged].sort((a, b) => rank(b) - rank(a)))
    if (!places.has(one.shape.path)) places.set(one.shape.path, one.shape);
  return [...places.values()].slice(0, MAX_PLACES);
}
