import { LsRecordError } from '../errors.js';

const NEWLINE = 0x0a;

/**
 * Turns bytes into text: UTF-8 with or without a byte order mark, UTF-16 with one.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where bytes are no text: nothing is replaced silently.
 */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let head: Uint8Array = new Uint8Array(0);
  let line = 1;

  for await (const chunk of chunks) {
    let bytes = chunk;
    if (!decoder) {
      bytes = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
      head = bytes;
      if (bytes.length < 3) continue;
      decoder = new TextDecoder(encodingOf(bytes), { fatal: true });
    }
    try {
      const text = decoder.decode(bytes, { stream: true });
      line += countNewlines(text);
      if (text !== '') yield text;
    } catch {
      throw notText(file, line + badLine(bytes, decoder.encoding), decoder.encoding);
    }
  }

  decoder ??= new TextDecoder(encodingOf(head), { fatal: true });
  try {
    const rest = decoder.decode(head.length < 3 ? head : undefined);
    if (rest !== '') yield rest;
  } catch {
    throw notText(file, line, decoder.encoding);
  }
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
function badLine(bytes: Uint8Array, encoding: string): number {
  if (encoding !== 'utf-8') return 0;
  let line = 0;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    // The first line may begin with the rest of a character; only a whole bad line is told from that.
    if (start > 0 && !isText(bytes.subarray(start, end))) return line;
    line++;
    start = end + 1;
  }
  return isText(bytes.subarray(start)) ? 0 : line;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
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
