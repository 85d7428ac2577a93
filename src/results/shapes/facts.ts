import { addTo } from '../../group-by.js';
import type { Path } from '../../input/place.js';
import { printJson } from '../../json/print.js';
import { roughSize } from '../../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Layout, Piece } from '../format-kit/layout.js';
import { rankColumns } from '../named-columns/compare.js';
import { type ColumnFacts, lookAtColumn, ownValue } from '../named-columns/facts.js';
import { TIER } from '../named-columns/roles.js';
import { isSummary, memberName } from './names.js';

/** The objects at one step on the way to rows. */
export interface Level {
  /** Its place in what is around a row. */
  readonly at: number;
  readonly name: string;
  readonly objects: readonly JsonObject[];
  /** Each row has one of its own. */
  readonly isOfRow: boolean;
  /** Whether a member leads to the rows. */
  readonly leadsOn: (name: string, value: JsonValue) => boolean;
}

/** A member of an object around rows, which becomes a column of theirs. */
export interface Fact {
  readonly level: Level;
  /** Its name is that of the column, unless rows have such a column. */
  readonly name: string;
  readonly column: ColumnFacts;
  readonly isVarying: boolean;
}

/** A member that says nothing of single rows. */
export type LeftOut = Pick<Fact, 'level' | 'name'>;

/** Larger values are not repeated in each row; of lists even these are more likely rows of something else. */
const MAX_SIZE = 2000;
const MAX_LIST = 100;
const MAX_MEMBERS = 30;
/** Beside the cells, what pandas writes of a table. */
const OF_TABLE = new Set(['columns', 'index', 'data', 'column_names', 'index_names']);

/** The objects around the rows, those of the file first. */
export function levelsOf(layout: Layout, pieces: readonly Piece[]): Level[] {
  const { recordsAt, within, kind } = layout;
  const objectsAt = (at: number) => {
    const all = pieces.map(({ around }) => around[at]).filter((one) => one !== undefined);
    return [...new Set(all)];
  };
  const outer = (recordsAt ?? []).map((step, at): Level => {
    const isTable = kind === 'split' && at === (recordsAt ?? []).length - 1;
    return {
      at,
      name: levelName(recordsAt ?? [], at),
      objects: objectsAt(at),
      isOfRow: false,
      leadsOn: (name, value) => {
        if (isTable) return OF_TABLE.has(name);
        return step === '*' ? isNested(value) : [step].flat().includes(name);
      },
    };
  });
  const first = recordsAt === undefined ? 0 : recordsAt.length + 1;
  const records = within.map(
    (step, n): Level => ({
      at: first + n,
      name: within[n - 1] ?? levelName(recordsAt ?? [], first),
      objects: objectsAt(first + n),
      // What is around a single row in a file may be anything.
      isOfRow: recordsAt !== undefined,
      leadsOn: (name) => name === step,
    }),
  );
  return [...outer, ...records];
}

/** What an object is called that is at some place of a path. */
function levelName(path: Path, at: number): string {
  const step = path[at - 1];
  if (at === 0) return 'file';
  if (typeof step === 'string' && step !== '*') return step;
  const list = path.slice(0, at).findLast((one) => typeof one === 'string' && one !== '*');
  return typeof list === 'string' ? memberName(list) : 'group';
}

/** Finds the facts in objects around rows, and names what else is in them. */
export function findFacts(
  levels: readonly Level[],
  rowNames: Iterable<string>,
): { facts: Fact[]; leftOut: LeftOut[] } {
  const taken = new Set(rowNames);
  const found = levels.toReversed().map((level) => {
    const leftOut: LeftOut[] = [];
    const facts: Fact[] = [];
    const members = new Map<string, JsonValue[]>();
    for (const object of level.objects) {
      for (const name of Object.keys(object)) {
        const value = ownValue(object, name) ?? null;
        if (!level.leadsOn(name, value)) addTo(members, name, value);
      }
    }
    for (const [name, values] of members) {
      if (!level.isOfRow && !values.every((value) => isFact(name, value))) {
        leftOut.push({ level, name });
        continue;
      }
      const column = columnOf(level, name, (one) => taken.has(one));
      taken.add(column);
      const isVarying = level.objects.length > 1 && new Set(values.map(printJson)).size > 1;
      facts.push({ level, name, column: lookAtColumn(column, values, false), isVarying });
    }
    return { facts, leftOut };
  });
  found.reverse();
  return { facts: found.flatMap((one) => one.facts), leftOut: found.flatMap((one) => one.leftOut) };
}

/** What a fact is called among the columns of a row that may have one of its name. */
export function columnOf(
  { name: prefix }: Level,
  name: string,
  isTaken: (column: string) => boolean,
): string {
  let column = name;
  while (isTaken(column)) column = `${prefix}_${column}`;
  return column;
}

/** Whether it says something of each row below: not how those came out in all, nor anything large. */
export function isFact(name: string, value: JsonValue): boolean {
  if (Array.isArray(value) || isJsonObject(value)) {
    const members = Object.values(value);
    const most = Array.isArray(value) ? MAX_LIST : MAX_SIZE;
    const isSmall = members.length <= MAX_MEMBERS && roughSize(value) <= most;
    return isSmall && !members.some(isNested) && !isSummary(name);
  }
  return typeof value === 'string' ? value.length <= MAX_SIZE : !isSummary(name);
}

function isNested(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

/** Columns that are named for a role and hold something: as inputs, more than a title or an id. */
export function named(columns: readonly ColumnFacts[], role: string): ColumnFacts[] {
  const most = role === 'inputs' ? 2 * TIER : Number.POSITIVE_INFINITY;
  return rankColumns(columns, false)
    .filter(({ column, ranks }) => column.count > 0 && (ranks.get(role) ?? most) < most)
    .map(({ column }) => column);
}

/** Whether a column is named for a role by itself. */
export function isNamed(column: ColumnFacts, role: string): boolean {
  return named([column], role).length > 0;
}
