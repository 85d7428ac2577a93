import type { ByExample, NumberFigures } from '../../../experiments/statistics.js';

/** Something of each example, read from columns: some bytes each, where a map of objects takes a hundred. */
export class Columns<Item> implements ByExample<Item> {
  readonly #places: ReadonlyMap<string, number>;
  readonly #read: (at: number) => Item | undefined;
  /** What numbers come to. */
  readonly figures: NumberFigures | undefined;
  readonly size: number;

  /** @param read what an example has, by its place; undefined: nothing, as only of those with `figures`. */
  constructor(
    places: ReadonlyMap<string, number>,
    read: (at: number) => Item | undefined,
    figures?: NumberFigures,
  ) {
    this.#places = places;
    this.#read = read;
    this.figures = figures;
    this.size = figures?.n ?? places.size;
  }

  get(id: string): Item | undefined {
    const at = this.#places.get(id);
    return at === undefined ? undefined : this.#read(at);
  }

  has(id: string): boolean {
    return this.figures ? this.get(id) !== undefined : this.#places.has(id);
  }

  *[Symbol.iterator](): Iterator<[string, Item]> {
    for (const [id, at] of this.#places) {
      const item = this.#read(at);
      if (item !== undefined) yield [id, item];
    }
  }

  keys(): Iterable<string> {
    return this.figures ? Array.from(this, ([id]) => id) : this.#places.keys();
  }

  *values(): Iterable<Item> {
    for (const [, item] of this) yield item;
  }
}
