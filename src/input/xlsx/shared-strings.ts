import { LsRecordError } from '../../errors.js';
import { describeSize } from '../../json/size.js';
import { withoutEscapes } from './cells.js';
import { readXml } from './xml.js';

const CHUNK_BYTES = 8 * 1024 * 1024;
const MAX_CHUNKS = 64;
/** Of the length that stands before each text. */
const PREFIX_BYTES = 4;

/** Texts to which the cells of all sheets refer by number, kept as bytes: as strings they would take thrice the memory. */
export class SharedStrings {
  readonly #chunks: Buffer[] = [];
  /** In the last chunk. */
  #used = CHUNK_BYTES;
  #count = 0;
  /** Where each text is, as if the chunks were one. */
  #places = new Uint32Array(1024);

  get(index: number): string | undefined {
    if (!(index < this.#count)) return undefined;
    const place = this.#places[index] ?? 0;
    const start = (place % CHUNK_BYTES) + PREFIX_BYTES;
    const chunk = this.#chunks[Math.floor(place / CHUNK_BYTES)];
    return chunk?.toString('utf8', start, start + chunk.readUInt32LE(start - PREFIX_BYTES));
  }

  /** @throws {LsRecordError} `INPUT_INVALID` if they are too many to be held. */
  add(text: string, place: string): void {
    const length = Buffer.byteLength(text);
    if (this.#used + PREFIX_BYTES + length > CHUNK_BYTES) this.#grow(length, place);
    const chunk = this.#chunks.at(-1);
    chunk?.writeUInt32LE(length, this.#used);
    chunk?.write(text, this.#used + PREFIX_BYTES);
    if (this.#count === this.#places.length) {
      const places = new Uint32Array(2 * this.#count);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[this.#count++] = (this.#chunks.length - 1) * CHUNK_BYTES + this.#used;
    this.#used += PREFIX_BYTES + length;
  }

  #grow(length: number, place: string): void {
    if (length > CHUNK_BYTES / 2 || this.#chunks.length === MAX_CHUNKS) {
      const most = describeSize(MAX_CHUNKS * CHUNK_BYTES);
      throw new LsRecordError(
        'INPUT_INVALID',
        `${place} holds more text than ${most}, or one that is too long`,
        {
          hint: 'Save the sheet as CSV, of which any size is read.',
        },
      );
    }
    this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    this.#used = 0;
  }
}

export async function readSharedStrings(
  text: AsyncIterable<string>,
  place: string,
): Promise<SharedStrings> {
  const strings = new SharedStrings();
  let current: string[] = [];
  let isText = false;
  let isPhonetic = false;
  const listener = {
    open(name: string) {
      if (name === 'si') current = [];
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    close(name: string) {
      if (name === 'si') strings.add(withoutEscapes(current.join('')), place);
      if (name === 'rPh') isPhonetic = false;
      if (name === 't') isText = false;
    },
    text(some: string) {
      if (isText) current.push(some);
    },
  };
  for await (const _ of readXml(text, place, listener));
  return strings;
}
