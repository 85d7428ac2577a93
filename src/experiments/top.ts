/** Keeps the few items that rank highest of all that pass by; of equals, the first to come. */
export class Top<T> {
  readonly #items: { readonly rank: number; readonly item: T }[] = [];

  constructor(private readonly size: number) {}

  /** @param make called only if the item is among the highest so far. */
  add(rank: number, make: () => T): void {
    const lowest = this.#items[this.size - 1];
    if (lowest !== undefined && lowest.rank >= rank) return;
    const after = this.#items.findIndex((other) => other.rank < rank);
    this.#items.splice(after === -1 ? this.#items.length : after, 0, { rank, item: make() });
    if (this.#items.length > this.size) this.#items.pop();
  }

  /** The highest first. */
  items(): T[] {
    return this.#items.map(({ item }) => item);
  }
}
