import { createHash } from 'node:crypto';

const NO_ENTRY = 0xffffffff;
const ID_BYTES = 16;

/** An example, by its id, and what a row would write there. */
export interface ExampleName {
  /** 16 bytes. */
  readonly id: Buffer;
  /** Fingerprint of what the row would write; rows of one example must agree on it. 0: they always do. */
  readonly content: number;
  /** 16 bytes: the example that a row’s content names, if the one that the row names does not exist. */
  readonly byContent?: Buffer | undefined;
}

/** Stands for an example that a row names together with the one that its content names. */
export function pairOf({ id, byContent }: ExampleName): ExampleName | undefined {
  if (!byContent) return undefined;
  const hash = createHash('sha1').update(id).update(byContent).digest();
  return { id: hash.subarray(0, ID_BYTES), content: 0 };
}

/**
 * The distinct examples of a recording, numbered in order of first appearance.
 * A hash table in flat buffers: some 35 bytes an example, where a Map of strings takes 200.
 */
export class ExampleTable {
  #ids = Buffer.alloc(1024 * ID_BYTES);
  #contents = new Uint32Array(1024);
  #slots = new Uint32Array(4096).fill(NO_ENTRY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns the example's number; undefined if another row wrote the same example with other content. */
  add({ id, content }: ExampleName): number | undefined {
    const example = this.find(id) ?? this.#insert(id, content);
    return this.#contents[example] === content ? example : undefined;
  }

  /** @returns whether no other has this id; adds it then. */
  addNew(name: ExampleName): boolean {
    if (this.find(name.id) !== undefined) return false;
    this.#insert(name.id, name.content);
    return true;
  }

  find(id: Buffer): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = id.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const example = this.#slots[slot] as number;
      if (example === NO_ENTRY) return undefined;
      if (this.id(example).equals(id)) return example;
    }
  }

  /** 16 bytes; a view that the next `add` may outdate. */
  id(example: number): Buffer {
    return this.#ids.subarray(example * ID_BYTES, (example + 1) * ID_BYTES);
  }

  #insert(id: Buffer, content: number): number {
    const example = this.#size++;
    if (example * ID_BYTES === this.#ids.length) {
      const ids = Buffer.alloc(this.#ids.length * 2);
      this.#ids.copy(ids);
      this.#ids = ids;
      const contents = new Uint32Array(this.#contents.length * 2);
      contents.set(this.#contents);
      this.#contents = contents;
    }
    id.copy(this.#ids, example * ID_BYTES);
    this.#contents[example] = content;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    else this.#fill(example);
    return example;
  }

  #fill(example: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.id(example).readUInt32LE(0) & mask;
    while (this.#slots[slot] !== NO_ENTRY) slot = (slot + 1) & mask;
    this.#slots[slot] = example;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2).fill(NO_ENTRY);
    for (let example = 0; example < this.#size; example++) this.#fill(example);
  }
}
