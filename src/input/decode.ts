import { isUtf8 } from 'node:buffer';
import { LsRecordError } from '../errors.js';

const NEWLINE = 0x0a;
const MARK_BYTES = 3;

/**
 * Turns bytes into text: UTF-8 with or without a byte order mark, UTF-16 with one.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where bytes are no text: nothing is replaced silently.
 */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let line = 1;
  /** Bytes of a character, or of a byte order mark, that is not whole yet. */
  let rest: Uint8Array = new Uint8Array(0);

  const decodeWhole = (bytes: Uint8Array, isLast: boolean): string => {
    decoder ??= decoderOf(bytes);
    const end = isLast ? bytes.length : decoder.wholeEnd(bytes);
    const text = decoder.decode(bytes.subarray(0, end));
    if (text === undefined) throw notText(file, line + badLine(bytes, decoder), decoder.name);
    line += countNewlines(text);
    rest = bytes.subarray(end);
    return text;
  };

  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = bytes;
    if (!decoder && bytes.length < MARK_BYTES) continue;
    const text = decodeWhole(bytes, false);
    if (text !== '') yield text;
  }
  const text = decodeWhole(rest, true);
  if (text !== '') yield text;
}

interface Decoder {
  readonly name: string;
  /** Where the last whole character ends. */
  wholeEnd(bytes: Uint8Array): number;
  /** Undefined: not text. */
  decode(bytes: Uint8Array): string | undefined;
}

function decoderOf(head: Uint8Array): Decoder {
  const name = encodingOf(head);
  let markBytes = name === 'utf-8' ? (hasUtf8Mark(head) ? 3 : 0) : 2;
  const withoutMark = (bytes: Uint8Array) => {
    const from = Math.min(markBytes, bytes.length);
    markBytes = 0;
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
  };

  if (name === 'utf-8') {
    // Several times faster than a streaming TextDecoder that is to refuse what is not text.
    const decode = (bytes: Uint8Array) =>
      isUtf8(bytes) ? withoutMark(bytes).toString('utf8') : undefined;
    return { name, wholeEnd: endOfUtf8, decode };
  }
  return {
    name,
    wholeEnd: endOfUtf16(name === 'utf-16le' ? 1 : 0),
    decode: (bytes) => {
      try {
        return new TextDecoder(name, { fatal: true }).decode(withoutMark(bytes));
      } catch {
        // Half a character, or a surrogate alone.
        return undefined;
      }
    },
  };
}

function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** A character has up to four bytes: looks back for one that began and is not complete. */
function endOfUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const wants = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return wants > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** @param high which byte of a unit holds its upper half. */
function endOfUtf16(high: 0 | 1): (bytes: Uint8Array) => number {
  return (bytes) => {
    const even = bytes.length - (bytes.length % 2);
    const upper = bytes[even - 2 + high] ?? 0;
    const isFirstHalf = even >= 2 && upper >= 0xd8 && upper <= 0xdb;
    return isFirstHalf ? even - 2 : even;
  };
}

/** From the byte order mark; without one it is UTF-8. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Which line of a chunk does not decode, from 0. */
function badLine(bytes: Uint8Array, { name }: Decoder): number {
  if (name !== 'utf-8') return 0;
  let line = 0;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    line++;
    start = end + 1;
  }
  return line;
}

function notText(file: string, line: number, encoding: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file}:${line}: these bytes are not ${encoding.toUpperCase()} text`,
    {
      hint: 'Save the file as UTF-8, then run the same command again.',
    },
  );
}
