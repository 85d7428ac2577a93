import { isMany } from '../../input/place.js';
import { printJson } from '../../json/print.js';
import { isJsonObject } from '../../json/value.js';
import type { Layout, Piece } from '../format-kit/layout.js';
import { splitModel } from '../format-kit/model.js';
import { shorten } from '../found.js';
import { type ColumnFacts, ownValue } from '../named-columns/facts.js';
import { type Fact, isNamed, type Level, named } from './facts.js';
import { isOutcome, isSplit, isSystem, labelRank } from './names.js';

/** A column made of the keys in the paths of rows. */
export interface Key {
  /** Place of the key in a path. */
  readonly at: number;
  readonly column: string;
  readonly target: string;
}

/** What tells some rows from others. */
export interface Groups {
  readonly keys: readonly Key[];
  /** Facts that are names of experiments. */
  readonly labels: ReadonlySet<Fact>;
  /** Levels whose objects are examples: they have the input of all rows below. */
  readonly examples: ReadonlySet<Level>;
  readonly notes: readonly string[];
}

export interface Around {
  readonly layout: Layout;
  readonly pieces: readonly Piece[];
  /** The columns of the rows themselves. */
  readonly columns: readonly ColumnFacts[];
  readonly levels: readonly Level[];
  readonly facts: readonly Fact[];
}

/** Decides what the groups of rows are: systems, parts of a dataset, or examples. */
export function decideGroups(around: Around): Groups {
  const { layout, columns, levels, facts } = around;
  const hasInputs = named(columns, 'inputs').length > 0;
  const isInput = ({ isVarying, column }: Fact) => isVarying && isNamed(column, 'inputs');
  const examples = new Set(hasInputs ? [] : facts.filter(isInput).map(({ level }) => level));
  const taken = new Set([...columns, ...facts.map(({ column }) => column)].map(({ name }) => name));
  const keys: Key[] = [];
  const labels = new Set<Fact>();
  const notes: string[] = [];
  for (const place of keysIn(layout, levels)) {
    const { key, label, note } = decideGroup(place, around, examples);
    if (label) labels.add(label);
    let column = key?.column ?? '';
    for (let n = 2; taken.has(column); n++) column = `${key?.column}_${n}`;
    if (key) {
      taken.add(column);
      keys.push({ at: place.at, column, target: key.target });
    }
    if (note) notes.push(note(column));
  }
  return { keys, labels, examples, notes };
}

/** What the keys of one step mean: a column, the fact that is their name, or nothing. */
interface Meaning {
  readonly key?: Pick<Key, 'column' | 'target'>;
  readonly label?: Fact;
  readonly note?: (column: string) => string;
}

function decideGroup(place: KeyPlace, around: Around, examples: Groups['examples']): Meaning {
  const { at, level, isOfRow } = place;
  const { layout, pieces, columns, facts } = around;
  const values = [...new Set(pieces.map(({ path }) => path[at] ?? 0))];
  const isExample = isOfRow
    ? examples.size === 0 || values.length === pieces.length
    : level !== undefined && examples.has(level);
  if (isOfRow && layout.kind === 'columns' && isCounted(values)) return {};
  if (typeof values[0] === 'number')
    return isOfRow || isExample || values.length === 1 || !level ? {} : labelOf(level, at, around);
  if (isExample) {
    const own = facts.filter((fact) => examples.has(fact.level)).map(({ column }) => column);
    const hasId = named([...columns, ...own], 'id').length > 0;
    return { key: hasId ? { column: 'key', target: 'kept' } : { column: 'id', target: 'id' } };
  }
  const meaning = meaningOf(values.map(String), at, around);
  const plain = meaning === 'experiment' ? 'system' : 'group';
  const column = level && level.name !== 'group' ? level.name : plain;
  const target = column === 'model' && values.length > 1 ? 'model' : meaning;
  const isPart = target === 'kept' && values.length > 1;
  return { key: { column, target }, ...(isPart && { note: describePart }) };
}

/** What tells the objects of a list apart. */
function labelOf(level: Level, at: number, around: Around): Meaning {
  const label = findLabel(level, around.facts);
  const hasModel = around.facts.some((fact) => fact.level === level && isModel(fact));
  if (!label && hasModel) return {};
  if (!label) return { note: () => 'nothing names the groups of rows: they become one experiment' };
  const isPart = !isSystem(label.name) && !shareRows(at, around);
  return isPart ? { note: () => describePart(label.column.name) } : { label };
}

function describePart(name: string): string {
  return `${shorten(name)} is no experiment of its own but metadata, as its parts share no rows (--map experiment=${name} makes it one)`;
}

interface KeyPlace {
  readonly at: number;
  /** The objects that the keys lead to; none where those are lists. */
  readonly level?: Level | undefined;
  /** Each row has a key of its own. */
  readonly isOfRow: boolean;
}

/** The keys that a path has, for each step that leads to several things. */
function keysIn({ recordsAt = [], kind }: Layout, levels: readonly Level[]): KeyPlace[] {
  const steps = kind === 'columns' ? recordsAt.slice(0, -1) : recordsAt;
  const many = steps.flatMap((step, n) => (isMany(step) ? [n] : []));
  const keys = many.map((step, at) => ({
    at,
    level: levels.find((one) => one.at === step + 1),
    isOfRow: false,
  }));
  return kind === 'keyed' || kind === 'columns'
    ? [...keys, { at: many.length, isOfRow: true }]
    : keys;
}

/** Whether keys are the numbers that pandas gives rows. */
function isCounted(keys: readonly (string | number)[]): boolean {
  return keys.every((key, at) => String(key) === String(at));
}

function isModel({ isVarying, column }: Fact): boolean {
  return isVarying && isNamed(column, 'model');
}

/** The fact by which the objects of a level are best distinguished. */
function findLabel(level: Level, facts: readonly Fact[]): Fact | undefined {
  const rank = ({ name }: Fact) => labelRank(name) ?? Number.POSITIVE_INFINITY;
  const isPlain = ({ column: { kinds } }: Fact) => !kinds.has('object') && !kinds.has('list');
  return facts
    .filter((fact) => fact.level === level && fact.isVarying && isPlain(fact))
    .filter((fact) => Number.isFinite(rank(fact)) && !isModel(fact))
    .sort((one, other) => rank(one) - rank(other))[0];
}

/** What keys over lists of rows stand for. */
function meaningOf(keys: readonly string[], at: number, around: Around): string {
  if (keys.length === 1) return 'kept';
  if (keys.every(isSplit)) return 'split';
  if (keys.some(isOutcome)) return 'kept';
  if (!named(around.columns, 'model').length && keys.every(isModelName)) return 'model';
  return shareRows(at, around) ? 'experiment' : 'kept';
}

function isModelName(key: string): boolean {
  return splitModel(key).ls_provider !== undefined;
}

/** Whether rows of different groups are about the same, so far as they say what they are about. */
function shareRows(at: number, { pieces, columns }: Around): boolean {
  const inputs = named(columns, 'inputs');
  const names = (inputs.length > 0 ? inputs : named(columns, 'id')).map(({ name }) => name);
  if (names.length === 0) return true;
  const groupOf = new Map<string, string | number>();
  for (const { value, path } of pieces) {
    if (!isJsonObject(value)) continue;
    const about = printJson(names.map((name) => ownValue(value, name) ?? null));
    const group = path[at] ?? 0;
    if ((groupOf.get(about) ?? group) !== group) return true;
    groupOf.set(about, group);
  }
  return false;
}
