import { isAscii, isUtf8 } from 'node:buffer';
import { LsRecordError } from '../errors.js';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const LONGEST_MARK = 3;

/**
 * Turns bytes into text: UTF-8 with or without a byte order mark, UTF-16 with one.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where bytes are no text, after all text before them: nothing is replaced silently.
 */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<string> {
  let encoding: Encoding | undefined;
  let rest: Buffer = Buffer.alloc(0);
  const place = { line: 1, column: 1 };

  for await (const chunk of chunks) {
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let bytes = rest.length > 0 ? Buffer.concat([rest, given]) : given;
    if (!encoding) {
      rest = bytes;
      if (bytes.length < LONGEST_MARK) continue;
      encoding = encodingOf(bytes);
      bytes = withoutMark(bytes);
    }
    const end = endOfWholeCharacters(bytes, encoding);
    rest = bytes.subarray(end);
    yield* toText(bytes.subarray(0, end), encoding, file, place);
  }

  encoding ??= encodingOf(rest);
  yield* toText(withoutMark(rest), encoding, file, place);
}

/** From the byte order mark; without one it is UTF-8. */
export function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function withoutMark(bytes: Buffer): Buffer {
  if (encodingOf(bytes) !== 'utf-8') return bytes.subarray(2);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

interface DecodedPosition {
  line: number;
  column: number;
}

/** Yields the text of whole characters, and moves the place to its end. */
function* toText(
  bytes: Buffer,
  encoding: Encoding,
  file: string,
  place: DecodedPosition,
): Generator<string> {
  const text = decodeWhole(bytes, encoding);
  if (text !== undefined) {
    if (text !== '') yield text;
    advance(place, text);
    return;
  }

  const before = beforeBad(bytes, encoding);
  if (before !== '') yield before;
  advance(place, before);
  throw new LsRecordError(
    'INPUT_INVALID',
    `${file}:${place.line}:${place.column}: not valid ${encoding.toUpperCase()} text`,
    { hint: 'Save the file as UTF-8, then run the same command again.' },
  );
}

function advance(place: DecodedPosition, text: string): void {
  const newlines = countNewlines(text);
  place.line += newlines;
  const lineStart = text.lastIndexOf('\n') + 1;
  place.column = (newlines > 0 ? 1 : place.column) + text.length - lineStart;
}

/** The text before the first bytes that are none. */
function beforeBad(bytes: Buffer, encoding: Encoding): string {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const end = endOfWholeCharacters(bytes.subarray(0, middle), encoding);
    if (decodeWhole(bytes.subarray(0, end), encoding) === undefined) bad = middle;
    else good = middle;
  }
  const end = endOfWholeCharacters(bytes.subarray(0, good), encoding);
  return decodeWhole(bytes.subarray(0, end), encoding) ?? '';
}

function decodeWhole(bytes: Buffer, encoding: Encoding): string | undefined {
  if (encoding === 'utf-8') {
    // Several times faster than UTF-8, and most of what is read is plain.
    if (isAscii(bytes)) return bytes.toString('latin1');
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  }
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A character may be cut by the end of a chunk: where the last whole one ends. */
function endOfWholeCharacters(bytes: Buffer, encoding: Encoding): number {
  if (encoding !== 'utf-8') {
    const even = bytes.length - (bytes.length % 2);
    if (even === 0) return 0;
    const unit =
      encoding === 'utf-16le' ? bytes.readUInt16LE(even - 2) : bytes.readUInt16BE(even - 2);
    return unit >= 0xd800 && unit <= 0xdbff ? even - 2 : even;
  }
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
