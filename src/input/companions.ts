import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LsRecordError } from '../errors.js';
import { tryParseJson } from '../json/parse.js';
import { describeSize } from '../json/size.js';
import type { JsonValue } from '../json/value.js';
import { hold } from './hold.js';
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
export async function readCompanions(folder: string, pattern: RegExp): Promise<Companion[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  const found: Companion[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if ((await stat(path)).isFile())
      found.push({ name, value: await readCompanion(createReadStream(path), path) });
  }
  return found;
}

/** The same of the entries of an archive that stand in the folder of one of them. */
export async function readArchivedCompanions(
  archive: Archive,
  entry: string,
  pattern: RegExp,
): Promise<Companion[]> {
  const folder = posix.dirname(entry);
  const isMeant = (path: string) =>
    posix.dirname(path) === folder && pattern.test(posix.basename(path));
  const found: Companion[] = [];
  for (const path of archive.names.filter(isMeant).sort())
    found.push({
      name: posix.basename(path),
      value: await readCompanion(archive.read(path), path),
    });
  return found;
}

const TOO_LARGE = `is more than ${describeSize(MAX_BYTES)}, too large to read with it`;

/** To go on without it would leave out scores that are there. */
function unreadable(path: string, reason: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${path}, which belongs to the results next to it, ${reason}`,
    { hint: 'Move it to another folder to read the results without it.' },
  );
}

async function readCompanion(bytes: AsyncIterable<Uint8Array>, path: string): Promise<JsonValue> {
  const held = await hold(bytes, MAX_BYTES, () => unreadable(path, TOO_LARGE));
  const value = parseCompanion(held.toString());
  if (value === undefined) throw unreadable(path, 'is neither JSON nor JSON Lines');
  return value;
}

/** A document, or the list of the lines' values. */
export function parseCompanion(text: string): JsonValue | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  const whole = tryParseJson(plain);
  if (whole !== undefined) return whole;
  const lines = plain.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(tryParseJson);
  return values.every((value) => value !== undefined) ? values : undefined;
}
