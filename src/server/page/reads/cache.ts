/** Keeps what was used last. */
export class Cache<Key, Value> {
  readonly #limit: number;
  readonly #weigh: (value: Value) => number;
  readonly #values = new Map<Key, Value>();
  #weight = 0;

  /** @param limit what all values together may weigh; the last one is kept in any case. */
  constructor(limit: number, weigh: (value: Value) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  /** @param make called only where nothing is kept. */
  get(key: Key, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    if (known === undefined) this.#weight += this.#weigh(value);
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const [oldest, dropped] of this.#values) {
      if (this.#weight <= this.#limit || oldest === key) break;
      this.#values.delete(oldest);
      this.#weight -= this.#weigh(dropped);
    }
    return value;
  }
}
