import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LsRecordError } from '../errors.js';
import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { describeSize } from '../json/size.js';
import type { JsonValue } from '../json/value.js';
import type { Archive } from './zip.js';

const MAX_BYTES = 64 * 1024 * 1024;

/** Another file of the same folder. */
export interface Companion {
  readonly name: string;
  readonly value: JsonValue;
}

/**
 * Reads the JSON documents and JSON Lines of a folder whose names match.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if one is too large to be held, or is no JSON.
 */
export async function readBeside(folder: string, pattern: RegExp): Promise<Companion[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  const found: Companion[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const facts = await stat(path);
    if (!facts.isFile()) continue;
    if (facts.size > MAX_BYTES) throw unreadable(path, TOO_LARGE);
    found.push({ name, value: readCompanion(await readFile(path, 'utf8'), path) });
  }
  return found;
}

/** The same of the entries of an archive that stand in the folder of one of them. */
export async function readBesideEntry(
  archive: Archive,
  entry: string,
  pattern: RegExp,
): Promise<Companion[]> {
  const folder = posix.dirname(entry);
  const paths = archive.names
    .filter((name) => posix.dirname(name) === folder && pattern.test(posix.basename(name)))
    .sort();
  const found: Companion[] = [];
  for (const path of paths) {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of archive.read(path)) {
      size += piece.length;
      if (size > MAX_BYTES) throw unreadable(path, TOO_LARGE);
      pieces.push(piece);
    }
    const value = readCompanion(Buffer.concat(pieces).toString(), path);
    found.push({ name: posix.basename(path), value });
  }
  return found;
}

const TOO_LARGE = `is more than ${describeSize(MAX_BYTES)}, too large to be read with it`;

/** To go on without it would leave out scores that are there. */
function unreadable(path: string, reason: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${path}, which belongs to the results beside it, ${reason}`,
    {
      hint: 'Move it to another folder to read the results without it.',
    },
  );
}

function readCompanion(text: string, path: string): JsonValue {
  const value = parseCompanion(text);
  if (value === undefined) throw unreadable(path, 'is neither JSON nor JSON Lines');
  return value;
}

/** A document, or the list of the lines' values. */
export function parseCompanion(text: string): JsonValue | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return parseJson(plain);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  try {
    const lines = plain.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => parseJson(line));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
