import { hash } from 'node:crypto';

/** Of a digest, as 32-bit words. Two of a million texts share one with a chance of 1 in 10^26. */
const WORDS = 4;

/**
 * Which texts were seen before, known by 16 bytes of a hash each. A hash table in one flat buffer: 32 to 64 bytes a
 * text, however long it is, where a Set of strings takes 100.
 */
export class DigestSet {
  #slots = new Uint32Array(16 * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(text: string): void {
    const digest = hash('sha256', text, 'buffer');
    const words = new Uint32Array(WORDS);
    for (let at = 0; at < WORDS; at++) words[at] = digest.readUInt32LE(4 * at);
    // All zeros is an empty slot.
    if (words[0] === 0) words[0] = 1;
    if (!insert(this.#slots, words)) return;
    this.#size++;
    if (this.#size * 2 * WORDS > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += WORDS) {
      if (this.#slots[at] !== 0) insert(larger, this.#slots.subarray(at, at + WORDS));
    }
    this.#slots = larger;
  }
}

/** @returns false if it is there already. */
function insert(slots: Uint32Array, words: Uint32Array): boolean {
  const [a = 0, b, c, d] = words;
  let at = (a * WORDS) % slots.length;
  for (; slots[at] !== 0; at = (at + WORDS) % slots.length) {
    const isSame =
      slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d;
    if (isSame) return false;
  }
  slots.set(words, at);
  return true;
}
