import { decode } from './decode.js';

/**
 * Holds all of some bytes.
 *
 * @param tooLarge makes the error that is thrown if there are more than `most`.
 */
export async function hold(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  tooLarge: () => Error,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of limit(bytes, most, tooLarge)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Holds all of some text; see {@link hold}. */
export async function holdText(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  most: number,
  tooLarge: () => Error,
): Promise<string> {
  let text = '';
  for await (const piece of decode(limit(bytes, most, tooLarge), file)) text += piece;
  return text;
}

async function* limit(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  tooLarge: () => Error,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) throw tooLarge();
    yield piece;
  }
}
