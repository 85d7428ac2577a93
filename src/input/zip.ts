import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { LsRecordError } from '../errors.js';
import { unpack } from './compressed.js';

const MAX_ENTRIES = 200_000;
const MB = 1024 * 1024;
const MAX_ENTRY_BYTES = 2048 * MB;

const METHODS = { 0: 'stored', 8: 'deflate', 93: 'zstd' } as const;
const ENCRYPTED = 1;

/** A zip archive, its table of contents read; its entries' names are only names, and nothing is written under them. */
export interface Archive {
  readonly file: string;
  /** Names of its files, each once. */
  readonly names: readonly string[];
  /**
   * Reads an entry.
   *
   * @throws {LsRecordError} `INPUT_INVALID` if it is over 2 GB, packed too tight, damaged, encrypted, or
   * if another entry of this name holds something else.
   */
  read(name: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/**
 * Opens a zip archive on disk.
 *
 * @param file its name in messages.
 */
export async function openArchive(path: string, file: string): Promise<Archive> {
  const { entries, ambiguous } = await readEntries(path, file);
  return {
    file,
    names: [...entries.keys()],
    async *read(name, signal) {
      const entry = entries.get(name);
      if (!entry) throw new Error(`there is no entry ${name}`);
      if (ambiguous.has(name)) throw named(`${file}/${name}`);
      const zip = await openZip(path, file);
      try {
        yield* readEntry(zip, entry, `${file}/${name}`, signal);
      } finally {
        zip.close();
      }
    },
  };
}

async function readEntries(
  path: string,
  file: string,
): Promise<{ entries: Map<string, Entry>; ambiguous: Set<string> }> {
  const entries = new Map<string, Entry>();
  const ambiguous = new Set<string>();
  const zip = await openZip(path, file);
  try {
    if (zip.entryCount > MAX_ENTRIES) throw broken(file, `it has ${zip.entryCount} entries`);
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileNameRaw,
        entry.extraFields,
        false,
      );
      if (name.endsWith('/')) continue;
      const earlier = entries.get(name);
      if (earlier !== undefined && earlier.crc32 !== entry.crc32) ambiguous.add(name);
      entries.set(name, entry);
    }
    return { entries, ambiguous };
  } catch (error) {
    throw asInvalid(error, file);
  } finally {
    zip.close();
  }
}

async function openZip(path: string, file: string): Promise<ZipFile> {
  // Names stay bytes: as text, yauzl refuses those that lead out of a folder, which are only read here.
  const options = { autoClose: false, decodeStrings: false };
  try {
    return await openPromise(path, options);
  } catch (error) {
    throw asInvalid(error, file);
  }
}

async function* readEntry(
  zip: ZipFile,
  entry: Entry,
  place: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const method = methodOf(entry, place);
  let size = 0;
  let checksum = 0;
  try {
    const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
    for await (const chunk of method === 'stored' ? packed : unpack(method, packed, place)) {
      signal?.throwIfAborted();
      size += chunk.length;
      if (size > MAX_ENTRY_BYTES) throw tooLarge(place);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw asInvalid(error, place);
  }
  if (checksum !== entry.crc32) throw broken(place, 'checksum mismatch');
}

function methodOf(entry: Entry, place: string): 'stored' | 'deflate' | 'zstd' {
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
    throw new LsRecordError('INPUT_INVALID', `${place} is encrypted`, {
      hint: 'Unpack the archive with its password and give the files.',
    });
  }
  const method = METHODS[entry.compressionMethod as keyof typeof METHODS];
  if (method) return method;
  throw new LsRecordError(
    'INPUT_INVALID',
    `${place} uses compression method ${entry.compressionMethod}, which is not supported`,
    { hint: 'Unpack the archive and give the files. Deflate and Zstandard are supported.' },
  );
}

/** Whatever yauzl says of an archive is of its content: it finds no fault with anything else than what it reads. */
function asInvalid(error: unknown, file: string): unknown {
  const isOfDisk = error instanceof Error && 'syscall' in error;
  const isStop = error instanceof Error && error.name === 'AbortError';
  if (error instanceof LsRecordError || isOfDisk || isStop || !(error instanceof Error))
    return error;
  return broken(file, error.message);
}

function named(place: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `several different files are named ${place}`, {
    hint: 'Unpack them under different names and give the files.',
  });
}

function broken(file: string, why: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is a truncated or invalid zip archive: ${why}`,
    { hint: 'Truncated while copying? Download or write it again.' },
  );
}

function tooLarge(place: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${place} is larger than ${MAX_ENTRY_BYTES / MB} MB unpacked`,
    { hint: 'Unpack the archive and give the file.' },
  );
}
