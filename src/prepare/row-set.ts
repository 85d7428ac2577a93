/** A set of numbers from 0 up: a bit each. */
export class RowSet {
  #bits = new Uint8Array(128);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(row: number): boolean {
    return (((this.#bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
  }

  add(row: number): void {
    if (this.has(row)) return;
    const byte = row >> 3;
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (row & 7));
    this.#size++;
  }

  /** In ascending order. */
  *[Symbol.iterator](): Generator<number> {
    const end = this.#bits.length * 8;
    for (let row = 0; row < end; row++) if (this.has(row)) yield row;
  }

  /** Both ends included. */
  addRange(from: number, to: number): void {
    for (let row = from; row <= to; row++) this.add(row);
  }
}
