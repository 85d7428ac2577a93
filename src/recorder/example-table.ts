import { uuidText } from './ids.js';

const NO_ENTRY = 0xffffffff;
const ID_BYTES = 16;

/**
 * The distinct examples of a recording, numbered in order of first appearance.
 * A hash table in flat buffers: some 40 bytes an example, where a Map of strings takes 200.
 */
export class ExampleTable {
  #ids = Buffer.alloc(1024 * ID_BYTES);
  /** Of each example: unknown, present on the server, or refused. */
  #present = new Uint8Array(1024);
  /** Fingerprint of what the example's row holds beside its identity. */
  #contents = new Uint32Array(1024);
  #slots = new Uint32Array(4096).fill(NO_ENTRY);
  /** Row number → example number. */
  #ofRow = new Uint32Array(1024).fill(NO_ENTRY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Notes that a row answers this example.
   *
   * @param content fingerprint of what would be written for it.
   * @returns false if another row wrote the same example with other content.
   */
  add(row: number, id: Buffer, content = 0): boolean {
    const example = this.#find(id) ?? this.#insert(id, content);
    if (row >= this.#ofRow.length) this.#ofRow = grow(this.#ofRow, row + 1, NO_ENTRY);
    this.#ofRow[row] = example;
    return this.#contents[example] === content;
  }

  /** The number of the example that a row answers; undefined for a row that was not added. */
  ofRow(row: number): number | undefined {
    const example = this.#ofRow[row];
    return example === undefined || example === NO_ENTRY ? undefined : example;
  }

  id(example: number): string {
    return uuidText(this.#idBytes(example));
  }

  isPresent(example: number): boolean {
    return this.#present[example] === 1;
  }

  setPresent(example: number): void {
    this.#present[example] = 1;
  }

  #idBytes(example: number): Buffer {
    return this.#ids.subarray(example * ID_BYTES, (example + 1) * ID_BYTES);
  }

  #find(id: Buffer): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = id.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const example = this.#slots[slot] as number;
      if (example === NO_ENTRY) return undefined;
      if (this.#idBytes(example).equals(id)) return example;
    }
  }

  #insert(id: Buffer, content: number): number {
    const example = this.#size++;
    if (example * ID_BYTES === this.#ids.length) {
      const ids = Buffer.alloc(this.#ids.length * 2);
      this.#ids.copy(ids);
      this.#ids = ids;
      this.#present = grow(this.#present, example + 1, 0);
      this.#contents = grow(this.#contents, example + 1, 0);
    }
    id.copy(this.#ids, example * ID_BYTES);
    this.#contents[example] = content;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    else this.#fill(example);
    return example;
  }

  #fill(example: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#idBytes(example).readUInt32LE(0) & mask;
    while (this.#slots[slot] !== NO_ENTRY) slot = (slot + 1) & mask;
    this.#slots[slot] = example;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2).fill(NO_ENTRY);
    for (let example = 0; example < this.#size; example++) this.#fill(example);
  }
}

function grow<T extends Uint8Array | Uint32Array>(array: T, atLeast: number, fill: number): T {
  const Typed = array.constructor as new (length: number) => T;
  const larger = new Typed(Math.max(array.length * 2, atLeast));
  larger.fill(fill, array.length);
  larger.set(array);
  return larger;
}
