import { isMany, matches, type Path } from '../../input/place.js';
import { sampleOf } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Layout } from '../format-kit/layout.js';
import { without } from '../format-kit/members.js';
import { lookAtColumns } from '../named-columns/facts.js';
import { decideRows } from '../named-columns/side-by-side.js';
import { isOurs } from '../own-rows.js';
import { findChat } from './chat.js';
import { named } from './facts.js';
import { isPart } from './names.js';
import { printPath } from './path.js';
import type { Shape } from './shape.js';

/** How much a place looks like that of rows. */
export interface Judged {
  readonly shape: Shape;
  readonly areOurs: boolean;
  /** Rows have what the app was given, more than a title; what it gave; how that was. */
  readonly hasInputs: boolean;
  readonly hasOutputs: boolean;
  /** Columns that may be outputs. */
  readonly outputs: readonly string[];
  readonly hasScores: boolean;
  /** Something that only results have: scores, errors, right answers. */
  readonly hasEvidence: boolean;
}

/** Looks at rows as they would be read. */
export function judge(shape: Shape): Judged {
  const own = isFile(shape.layout) ? shape.rows.map(withoutRows) : shape.rows;
  const chat = findChat(own);
  const rows = chat ? own.map(chat.split) : own;
  const sample = sampleOf(rows);
  const { targets } = decideRows(sample, {}, shape.placements);
  const heads = new Set(targets.map(([, [head]]) => head));
  const around = new Set(shape.placements.map(({ column }) => column));
  const columns = lookAtColumns(sample).filter(({ name }) => !around.has(name));
  const areOurs = rows.some(isOurs);
  const outputs = named(columns, 'outputs').map(({ name }) => name);
  const hasScores = ['scores', 'feedback', 'error'].some((head) => heads.has(head));
  return {
    shape,
    areOurs,
    hasInputs: areOurs || named(columns, 'inputs').length > 0 || heads.has('example_id'),
    hasOutputs: areOurs || heads.has('outputs') || outputs.length > 0,
    outputs,
    hasScores,
    hasEvidence: hasScores || heads.has('reference_outputs'),
  };
}

/** The file itself is the only row. */
export function isFile({ recordsAt, within }: Layout): boolean {
  return recordsAt === undefined && within.length === 0;
}

/** A list of objects in a file has its rows rather than what one was given; unless they are messages. */
function withoutRows(file: JsonObject): JsonObject {
  const holdsRows = (value: JsonValue | undefined) =>
    Array.isArray(value) && value.some((one) => isJsonObject(one) && !isMessage(one));
  return without(
    file,
    Object.keys(file).filter((name) => holdsRows(file[name])),
  );
}

function isMessage(value: JsonObject): boolean {
  return 'role' in value || 'from' in value;
}

/** Whether one place is within the rows of another. */
export function isWithin(inner: Judged, outer: Judged): boolean {
  const [below, above] = [inner, outer].map(({ shape }) => rowPath(shape.layout));
  if (!below || !above || below.length <= above.length) return false;
  return above.every((step, at) => step === below[at] || (isMany(step) && isMany(below[at])));
}

/** Whether two are the same objects: each a row, or a table of columns. */
export function isSame(one: Judged, other: Judged): boolean {
  return printPath(rowPath(one.shape.layout)) === printPath(rowPath(other.shape.layout));
}

/** Whether an outer place looks like one of answers only for what holds the inner. */
export function isHolder(outer: Judged, inner: Judged): boolean {
  const step = rowPath(inner.shape.layout)[rowPath(outer.shape.layout).length];
  const { outputs, areOurs } = outer;
  if (areOurs || inner.shape.layout.kind === 'single') return false;
  return outputs.length > 0 && outputs.every((name) => matches(step, name));
}

/** Whether an inner place is, by its name, a list of parts of a row. */
export function isPartOf(inner: Judged, outer: Judged): boolean {
  const below = rowPath(inner.shape.layout).slice(rowPath(outer.shape.layout).length);
  return isWithin(inner, outer) && below.some((step) => typeof step === 'string' && isPart(step));
}

/** Where the rows themselves are. */
function rowPath({ recordsAt, within, kind }: Layout): Path {
  if (recordsAt === undefined) return within;
  if (kind === 'columns') return recordsAt.slice(0, -1);
  return [...recordsAt, '*', ...within];
}
