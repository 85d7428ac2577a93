import { createHash } from 'node:crypto';

/** Random 32-bit words. @see https://pracrand.sourceforge.net, sfc32 by Chris Doty-Humphrey */
export function randomWords(seed: string): () => number {
  const state = createHash('sha256').update(seed).digest();
  let [a, b, c] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8)];
  let counter = 1;
  return () => {
    const word = (((a + b) | 0) + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word >>> 0;
  };
}
