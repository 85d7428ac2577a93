import { LsRecordError } from '../../errors.js';
import type { Found, Path } from '../../input/place.js';
import { spell } from '../../json/print.js';
import { roughSize } from '../../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';

/**
 * How rows are written: as the elements of lists; as the members of an object, by key; as an object of columns, each a
 * list or an object by index; as a list of cells next to the names of the columns; or as one object.
 */
export type Kind = 'list' | 'keyed' | 'columns' | 'split' | 'single';

/** Where rows are, and how they are written. */
export interface Layout {
  readonly kind: Kind;
  /** Where the records are; undefined if the root itself is the only one. */
  readonly recordsAt: Path | undefined;
  /** Where the row is within each record. */
  readonly within: readonly string[];
  /** Members of a keyed object that are no rows. */
  readonly except: readonly string[];
}

/** A record with the objects around it, on its way to be a row. */
export type Piece = Pick<Found, 'value' | 'path' | 'around'>;

/** A table of columns is held as a whole, to be put together. */
const MAX_CELLS = 1_000_000;
const MAX_CHARACTERS = 256 * 1024 * 1024;

/** Puts rows together from the records of a place. */
export class Gatherer<T extends Piece> {
  readonly #layout: Layout;
  readonly #except: ReadonlySet<string>;
  readonly #nameOf: (column: string) => string;
  #table = new Table<T>();

  /** @param nameOf what a column of a table is called in a row. */
  constructor(layout: Layout, nameOf = (column: string) => column) {
    this.#layout = layout;
    this.#except = new Set(layout.except);
    this.#nameOf = nameOf;
  }

  /** Takes a record; gives the rows that are whole now. */
  take(record: T): T[] {
    const { kind, within } = this.#layout;
    const { value, path, around } = record;
    if (kind === 'columns') {
      const table = this.#table;
      if (table.isOf(path)) return table.add(record, this.#nameOf);
      this.#table = new Table();
      table.check();
      return [...table.rows(), ...this.#table.add(record, this.#nameOf)];
    }
    if (kind === 'keyed' && this.#except.has(String(path.at(-1)))) return [];
    if (kind === 'split') return [{ ...record, value: nameCells(value, around.at(-2)) ?? value }];
    if (within.length === 0) return [record];
    const { recordsAt } = this.#layout;
    const length = recordsAt === undefined ? 0 : recordsAt.length + 1;
    const outer = Array.from({ length }, (_, at) => around[at]);
    let row: JsonValue = value;
    for (const name of within) {
      outer.push(isJsonObject(row) ? row : undefined);
      row = (isJsonObject(row) && Object.hasOwn(row, name) ? row[name] : undefined) ?? null;
    }
    return [{ ...record, value: row, around: outer }];
  }

  /**
   * The rows that were waiting for more.
   *
   * @throws {LsRecordError} `INPUT_INVALID` if a column has fewer values than another.
   */
  end(): T[] {
    this.#table.check();
    return this.#table.rows();
  }

  /** The same of a sample, in which columns may be cut. */
  endSample(): T[] {
    return this.#table.rows();
  }
}

/** What pandas calls the split kind: names of columns next to lists of cells. */
function nameCells(cells: JsonValue, table: JsonObject | undefined): JsonObject | undefined {
  const names = table?.columns;
  if (!Array.isArray(cells) || !Array.isArray(names) || cells.length !== names.length)
    return undefined;
  const row: JsonObject = {};
  for (const [at, name] of names.entries()) setKey(row, spell(name), cells[at] ?? null);
  return row;
}

/** Cells come column by column: a first row is whole only when the last column was read. */
class Table<T extends Piece> {
  readonly #rows = new Map<string | number, { readonly piece: T; readonly row: JsonObject }>();
  readonly #counts = new Map<string, number>();
  #path: Found['path'] | undefined;
  #cells = 0;
  #characters = 0;
  #isList = false;

  isOf(path: Found['path']): boolean {
    return this.#path?.every((key, at) => key === path[at]) ?? true;
  }

  add(cell: T, nameOf: (column: string) => string): [] {
    const { path, value } = cell;
    const [column = '', index = ''] = path.slice(-2);
    this.#path ??= path.slice(0, -2);
    this.#isList ||= typeof index === 'number';
    this.#characters += roughSize(value);
    if (++this.#cells > MAX_CELLS || this.#characters > MAX_CHARACTERS) throw tooLarge();
    this.#counts.set(spell(column), (this.#counts.get(spell(column)) ?? 0) + 1);
    const known = this.#rows.get(index) ?? { piece: cell, row: {} };
    setKey(known.row, nameOf(spell(column)), value);
    this.#rows.set(index, known);
    return [];
  }

  check(): void {
    const [[first, size] = ['', 0], ...others] = this.#counts;
    const odd = others.find(([, count]) => count !== size);
    if (this.#isList && odd) throw uneven(`${first} has ${size} values, ${odd[0]} has ${odd[1]}`);
  }

  rows(): T[] {
    return [...this.#rows].map(([index, { piece, row }]) => ({
      ...piece,
      path: [...(this.#path ?? []), index],
      value: row,
    }));
  }
}

function uneven(what: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `the lists do not make rows: ${what}`, {
    hint: 'Lists of one object are read as columns if they have one length. Write a list of objects instead, one for each row.',
  });
}

function tooLarge(): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `a table written column by column is read up to ${MAX_CELLS.toLocaleString('en-US')} cells and ${MAX_CHARACTERS / 1024 / 1024} MB`,
    { hint: 'Write it row by row: to_json(orient="records", lines=True).' },
  );
}
