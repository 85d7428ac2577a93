import { crc32 } from 'node:zlib';

/** A file is read in pieces of this size, so that each is compared before any row of it is handed on. */
const BLOCK_BYTES = 64 * 1024;

/** Checksums of all that a source holds, block by block, by which a later reading sees that it has changed. */
export class Fingerprint {
  readonly #sums: number[] = [];
  /** Of the source; known once it was read to its end. */
  #bytes = Number.POSITIVE_INFINITY;

  /**
   * Follows one reading of the source: the first is taken down, the others are compared with it.
   *
   * @param onChange is called where bytes are not those of the first reading.
   */
  follow(onChange: () => never): { add(chunk: Uint8Array): void; end(): void } {
    const isFirst = this.#bytes === Number.POSITIVE_INFINITY;
    let bytes = 0;
    let sum = 0;
    let block = 0;

    const closeBlock = () => {
      if (isFirst) this.#sums.push(sum);
      else if (this.#sums[block] !== sum) onChange();
      block++;
      sum = 0;
    };
    return {
      add: (chunk) => {
        for (let from = 0; from < chunk.length; ) {
          const piece = chunk.subarray(from, from + BLOCK_BYTES - (bytes % BLOCK_BYTES));
          sum = crc32(piece, sum);
          bytes += piece.length;
          from += piece.length;
          if (bytes % BLOCK_BYTES === 0 || bytes === this.#bytes) closeBlock();
        }
        if (bytes > this.#bytes) onChange();
      },
      end: () => {
        if (!isFirst) {
          if (bytes !== this.#bytes) onChange();
          return;
        }
        if (bytes % BLOCK_BYTES > 0) closeBlock();
        this.#bytes = bytes;
      },
    };
  }
}
