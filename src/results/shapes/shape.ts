import { findAt, isMany, type Path } from '../../input/place.js';
import { type RecordsPlace, type Row, sampleOf } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { Gatherer, type Layout, type Piece } from '../format-kit/layout.js';
import { listNames, shorten } from '../found.js';
import { type ColumnFacts, lookAtColumn, lookAtColumns } from '../named-columns/facts.js';
import { isAnybodys } from '../named-columns/grammar.js';
import { toSnake } from '../named-columns/names.js';
import type { Placement } from '../named-columns/placement.js';
import { soundsLikeScore } from '../named-columns/score-names.js';
import { completer } from './complete.js';
import { type Fact, findFacts, isNamed, type LeftOut, levelsOf, named } from './facts.js';
import { decideGroups, type Groups } from './groups.js';
import { type Join, joiner } from './join.js';
import { singular } from './names.js';
import { allAt, lastMany, printPath } from './path.js';

/** Rows of a document: where they are, and what makes each of them whole. */
export interface Shape {
  readonly layout: Layout;
  readonly place: RecordsPlace;
  /** The place in the words of `--rows`. */
  readonly path: string;
  readonly join: Join | undefined;
  /** The first rows, without what is around them. */
  readonly pieces: readonly Piece[];
  /** The first rows, as they will be read. */
  readonly rows: readonly JsonObject[];
  /** What columns mean that are not of the rows themselves. */
  readonly placements: readonly Placement[];
  readonly notes: readonly string[];
  /** Around the rows are texts that may be what each is about. */
  readonly isDoubtful: boolean;
  /** Makes rows of the records at the place. */
  read(records: AsyncIterable<Row>): AsyncIterable<Row>;
}

const MAX_PIECES = 1000;

/** Decides by a sample how the rows at a place are read; undefined if there are none. */
export function shapeOf(layout: Layout, root: JsonValue, join?: Join): Shape | undefined {
  const nameOf = layout.kind === 'columns' ? singularNames(layout, root) : undefined;
  const addQuestion = join ? joiner(join) : ({ value }: Piece) => value;
  const pieces = firstPieces(layout, root, nameOf).map((piece) => ({
    ...piece,
    value: addQuestion(piece),
  }));
  const rows = pieces.map(({ value }) => value).filter(isJsonObject);
  if (rows.length === 0) return undefined;

  const columns = lookAtColumns(sampleOf(rows));
  const levels = levelsOf(layout, pieces);
  const names = columns.map(({ name }) => name);
  const { facts, leftOut } = findFacts(levels, names);
  const groups = decideGroups({ layout, pieces, columns, levels, facts });
  const addFacts = completer({ levels, facts, leftOut, keys: groups.keys });
  const path = printPath(pathOf(layout));
  const { recordsAt } = layout;
  const isJoined = ({ level, name }: LeftOut) => level.at === 0 && name === join?.list[0];
  const unjoined = leftOut.filter((one) => !one.level.isOfRow && !isJoined(one));
  const outer = levels.filter(({ isOfRow }) => !isOfRow);
  return {
    layout,
    place: {
      recordsAt,
      leaveOut: unjoined.map(({ level, name }) => [...(recordsAt ?? []).slice(0, level.at), name]),
      hasAround:
        join !== undefined ||
        layout.kind === 'split' ||
        outer.length > 1 ||
        facts.some(({ level }) => !level.isOfRow),
    },
    path,
    join,
    pieces,
    rows: pieces.map(addFacts).filter(isJsonObject),
    placements: placementsOf(columns, facts, groups),
    notes: [
      ...describe(layout, path, { facts, leftOut: unjoined, groups, join }),
      ...describeEmpty(layout, pieces, root),
    ],
    isDoubtful: facts.some(
      (fact) =>
        isText(fact) &&
        ![isOwn, isRight].some((isKnown) => isKnown(fact, columns, groups.examples)),
    ),
    read: (records) =>
      read(records, new Gatherer(layout, nameOf), (piece) =>
        addFacts({ ...piece, value: addQuestion(piece) }),
      ),
  };
}

async function* read(
  records: AsyncIterable<Row>,
  gatherer: Gatherer<Row & Piece>,
  complete: (piece: Piece) => JsonValue,
): AsyncGenerator<Row> {
  let index = 0;
  const finish = (piece: Row & Piece): Row => {
    const { around: _, ...row } = piece;
    return { ...row, value: complete(piece), index: index++ };
  };
  for await (const record of records) {
    if (record.problem !== undefined) yield { ...record, index: index++ };
    else
      for (const piece of gatherer.take({
        ...record,
        path: record.path ?? [],
        around: record.around ?? [],
      }))
        yield finish(piece);
  }
  for (const piece of gatherer.end()) yield finish(piece);
}

function firstPieces(
  layout: Layout,
  root: JsonValue,
  nameOf?: (column: string) => string,
): Piece[] {
  const { recordsAt } = layout;
  const gatherer = new Gatherer<Piece>(layout, nameOf);
  const pieces: Piece[] = [];
  const records = recordsAt ? findAt(root, recordsAt) : [{ value: root, path: [], around: [] }];
  for (const record of records) {
    if (pieces.length > MAX_PIECES) break;
    for (const piece of gatherer.take(record)) pieces.push(piece);
  }
  for (const piece of gatherer.endSample()) pieces.push(piece);
  return pieces;
}

/** The roles of columns that are read by their names. */
const ROLES = [
  'inputs',
  'outputs',
  'reference_outputs',
  'model',
  'id',
  'error',
  'latency',
  'usage',
];

/** Lists are named for all that is in them: `questions` holds a question of each row. */
function singularNames(layout: Layout, root: JsonValue): (column: string) => string {
  const rows = firstPieces(layout, root)
    .map(({ value }) => value)
    .filter(isJsonObject);
  const columns = lookAtColumns(sampleOf(rows));
  const names = new Map<string, string>();
  for (const { name, kinds, values } of columns) {
    const one = singular(name);
    const column = lookAtColumn(one, values, false);
    const isKnown = ROLES.some((role) => isNamed(column, role)) || soundsLikeScore(one);
    const isFree = !columns.some((other) => other.name === one);
    if (one !== name && isKnown && isFree && !kinds.has('list')) names.set(name, one);
  }
  return (column) => names.get(column) ?? column;
}

/** The object or list that a person would say has the rows. */
function pathOf({ recordsAt, within, kind }: Layout): Path {
  if (recordsAt === undefined) return within;
  if (kind === 'columns' || kind === 'split') return recordsAt.slice(0, -1);
  return within.length > 0 ? [...recordsAt, '*', ...within] : recordsAt;
}

/** What the columns from around rows mean: no guess is made of them as of a row's own. */
function placementsOf(
  columns: readonly ColumnFacts[],
  facts: readonly Fact[],
  { keys, labels, examples }: Groups,
): Placement[] {
  const outer = facts.filter((fact) => !isOwn(fact, columns, examples));
  const hasModel =
    named(columns, 'model').length > 0 || keys.some(({ target }) => target === 'model');
  const model = hasModel ? undefined : outer.findLast(({ column }) => isNamed(column, 'model'));
  const targetOf = (fact: Fact) => {
    if (labels.has(fact)) return ['experiment'];
    if (fact === model) return ['model'];
    if (isRight(fact, columns, examples)) return ['reference_outputs', fact.name];
    return [isMetadata(fact) ? 'metadata' : 'kept'];
  };
  return [
    ...keys.map(({ column, target }) => ({ column, target: [target] })),
    ...(hasModel || model ? [] : modelWithin(outer)),
    ...outer.map((fact) => ({ column: fact.column.name, target: targetOf(fact) })),
  ];
}

/** An object of that name is what it says. */
function isMetadata({ column }: Fact): boolean {
  return column.name === 'metadata' && column.values.every(isJsonObject);
}

/** Whether a fact is read like a column of the rows: each row has it, or it varies and describes their example. */
function isOwn(
  { level, column, isVarying }: Fact,
  columns: readonly ColumnFacts[],
  examples: Groups['examples'],
): boolean {
  const fills = (role: string) => isNamed(column, role) && named(columns, role).length === 0;
  const roles = examples.has(level)
    ? ['inputs', 'reference_outputs', 'context', 'id']
    : ['reference_outputs'];
  return level.isOfRow || (isVarying && roles.some(fills));
}

/** Whether a fact is the answer to an example, of which the rows have those that were given. */
function isRight(
  { level, name, isVarying }: Fact,
  columns: readonly ColumnFacts[],
  examples: Groups['examples'],
): boolean {
  if (!isVarying || !examples.has(level) || !isAnybodys(toSnake(name))) return false;
  const given = named(columns, 'outputs');
  return (
    given.length > 0 && named(columns, 'reference_outputs').every((one) => given.includes(one))
  );
}

const LONG = 60;

function isText({ isVarying, column }: Fact): boolean {
  return (
    isVarying &&
    column.values.some(
      (value) => typeof value === 'string' && value.length > LONG && value.includes(' '),
    )
  );
}

/** The model that a small object names, such as a configuration. */
function modelWithin(facts: readonly Fact[]): Placement[] {
  for (const { column } of facts.toReversed()) {
    for (const value of column.values.filter(isJsonObject)) {
      const name = Object.keys(value).find((key) => isModelName(key, value[key] ?? null));
      if (name !== undefined) return [{ column: column.name, below: [name], target: ['model'] }];
    }
  }
  return [];
}

function isModelName(name: string, value: JsonValue): boolean {
  return typeof value === 'string' && isNamed(lookAtColumn(name, [value], false), 'model');
}

function describe(
  { kind, except }: Layout,
  path: string,
  {
    facts,
    leftOut,
    groups,
    join,
  }: {
    facts: readonly Fact[];
    leftOut: readonly LeftOut[];
    groups: Groups;
    join: Join | undefined;
  },
): string[] {
  const around = facts.filter(({ level }) => !level.isOfRow).map(({ column }) => column.name);
  const others = [...new Set([...leftOut.map(({ name }) => name), ...except])];
  const from = path === '.' ? [] : [`the rows are read from ${shorten(path)}`];
  return [
    ...(kind === 'columns'
      ? [`the rows are put together from columns${path === '.' ? '' : ` in ${shorten(path)}`}`]
      : from),
    ...(join
      ? [
          `${shorten(join.list.join('.'))} is joined to the rows: its ${join.id ?? 'key'} is their ${shorten(join.ref ?? 'key')}`,
        ]
      : []),
    ...(around.length > 0 ? [`added to each row from around it: ${listNames(around)}`] : []),
    ...(others.length > 0 ? [`left out, as not about single rows: ${listNames(others)}`] : []),
    ...groups.notes,
  ];
}

/** Says that some groups have no rows, as where a system crashed. */
function describeEmpty(
  { recordsAt = [], kind }: Layout,
  pieces: readonly Piece[],
  root: JsonValue,
): string[] {
  const steps = kind === 'columns' ? recordsAt.slice(0, -1) : recordsAt;
  const last = lastMany(steps);
  if (last === -1 || pieces.length > MAX_PIECES) return [];
  const depth = steps.slice(0, last + 1).filter(isMany).length;
  const all = allAt(root, steps.slice(0, last + 1)).filter(isJsonObject);
  const found = new Set(pieces.map(({ path }) => path.slice(0, depth).join('\n')));
  return all.length > found.size
    ? [
        `${all.length - found.size} of ${all.length} at ${printPath(steps.slice(0, last + 1))} have no rows`,
      ]
    : [];
}
