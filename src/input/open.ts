import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { closest } from '../closest.js';
import { LsRecordError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { readCompanions } from './companions.js';
import { type Bytes, openText } from './contents.js';
import { readDelimiter } from './delimiter.js';
import { DiskFile, type HeadRoom } from './disk-file.js';
import { type InputFile, openFile, watch } from './file.js';
import { makeSource } from './opened.js';
import { findEntry, findFiles } from './paths.js';
import type { OpenedSource } from './row.js';
import { MAX_HEAD, sniff } from './sniff.js';
import { saidOf, type TextOptions, type ToldFormat, tellFormat } from './tell-format.js';

const MAX_LOOKED_THROUGH = 1000;
/** The heads of files that are kept in memory between looking at them and reading them. */
const HEADS_BYTES = 64 * 1024 * 1024;

export interface OpenOptions extends TextOptions {
  /** What `-` is. */
  readonly stdin?: Readable;
  /** For a stream that must be read twice; made if it is not there. */
  readonly spoolFolder: string;
  /** Also rows that could be followed as they come are put into a file, to be read twice. */
  readonly isReadTwice?: boolean | undefined;
  /** Ends the wait for a stream that says nothing; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

interface Opening extends OpenOptions {
  readonly room: HeadRoom;
}

/**
 * Opens files, and `-` for stdin, and tells by their content what they are. A path may be a pattern, a folder, an
 * archive or an entry of one (`a.zip/b.jsonl`): it then gives a source for each file that is found.
 *
 * @throws {LsRecordError} `INPUT_NOT_FOUND`, `INPUT_UNREADABLE`, or `INPUT_INVALID` if a file is empty or binary.
 */
export async function openSources(
  paths: readonly string[],
  given: OpenOptions,
): Promise<OpenedSource[]> {
  const delimiter = given.delimiter === undefined ? undefined : readDelimiter(given.delimiter);
  const options: Opening = { ...given, delimiter, room: { bytes: HEADS_BYTES } };
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new LsRecordError('USAGE', 'stdin is given twice', { hint: 'It can be read only once.' });
  }
  const sources: OpenedSource[] = [];
  try {
    for (const path of paths) {
      options.signal?.throwIfAborted();
      const opened = await (path === '-' ? openStdin(options) : openPath(path, options));
      for (const source of opened) sources.push(source);
    }
    return sources;
  } catch (error) {
    for (const source of sources) await source.close?.();
    throw error;
  }
}

async function openStdin(options: Opening): Promise<OpenedSource[]> {
  if (!options.stdin)
    throw new LsRecordError('USAGE', 'no stdin to read', { hint: 'Name a file.' });
  return openStream(options.stdin, '-', options);
}

async function openPath(path: string, options: Opening): Promise<OpenedSource[]> {
  const sources: OpenedSource[] = [];
  for (const found of await findFiles(path)) {
    options.signal?.throwIfAborted();
    for (const source of await openOne(found, options)) sources.push(source);
  }
  return sources;
}

async function openOne(path: string, options: Opening): Promise<OpenedSource[]> {
  const found = await findEntry(path);
  if (found) {
    const { archive, entry } = found;
    return openFile(await onDisk(archive, archive, options.room), { ...options, entry });
  }
  const facts = await stat(path).catch(async (error: unknown) => {
    throw unreadable(error, path, await findSimilar(path));
  });
  // A pipe, such as the shell's <(…), gives its bytes once.
  if (!facts.isFile()) return openStream(createReadStream(path), path, options);
  return openFile(await onDisk(path, path, options.room), options);
}

async function onDisk(path: string, name: string, room: HeadRoom): Promise<InputFile> {
  const file = name === '-' ? 'stdin' : name;
  const { size: bytes } = await stat(path);
  const disk = new DiskFile(path, file, room);
  return {
    name,
    file,
    onDisk: { path, bytes },
    companions: (pattern) => readCompanions(dirname(path), pattern),
    read: (reading) => readable(disk.read(reading), file),
  };
}

/** A stream is looked at until its format is clear; a document that must be read twice is put into a file. */
async function openStream(
  stream: Readable,
  name: string,
  options: Opening,
): Promise<OpenedSource[]> {
  const file = name === '-' ? 'stdin' : name;
  const chunks = readStream(stream, file, options.signal)[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let isAll = false;
  let found: ToldFormat | undefined;

  while (found === undefined) {
    const next = await chunks.next();
    if (next.done) isAll = true;
    else head.push(next.value);
    const bytes = Buffer.concat(head);
    const isClear = isAll || bytes.length >= MAX_HEAD || !('unclear' in sniff(bytes, false));
    if (isClear) found = tellFormat(bytes, isAll, file, options);
  }

  const read = async function* (): AsyncGenerator<Uint8Array> {
    yield* head;
    if (!isAll) yield* chunks;
  };
  const { format, isOurs, separation } = found;
  const isLive = (format === 'jsonl' || format === 'csv' || format === 'tsv') && isOurs === true;
  if (!isLive || options.isReadTwice) return spool(read(), name, options);
  const beginning = async function* () {
    yield Buffer.concat(head);
  };
  const looked = await openText(format, file, beginning, separation);
  const all: Bytes = (reading) => {
    if (reading.signal) addAbortSignal(reading.signal, stream);
    return watch(read(), reading);
  };
  const contents = await openText(format, file, all, separation);
  const facts = { name, live: true, reading: saidOf(options) };
  return [makeSource(facts, { ...contents, sample: looked.sample })];
}

/** @returns sources that remove their file when the last of them is closed. */
async function spool(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  options: Opening,
): Promise<OpenedSource[]> {
  const folder = options.spoolFolder;
  const path = join(folder, `stdin-${randomUUID()}`);
  try {
    makeFolder(folder);
  } catch (error) {
    throw notKept(error, folder);
  }
  const remove = () => rm(path, { force: true });
  try {
    await pipeline(bytes, createWriteStream(path, { mode: 0o600 })).catch((error: unknown) => {
      throw notKept(error, folder);
    });
    const file = { ...(await onDisk(path, name, options.room)), companions: async () => [] };
    const sources = await openFile(file, options);
    const open = new Set(sources);
    return sources.map((source) => ({
      ...source,
      close: async () => {
        open.delete(source);
        if (open.size === 0) await remove();
      },
    }));
  } catch (error) {
    await remove();
    throw error;
  }
}

function notKept(error: unknown, folder: string): unknown {
  const isOfDisk = error instanceof Error && 'syscall' in error;
  if (error instanceof LsRecordError || !isOfDisk) return error;
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `cannot store the document from stdin in ${folder}: ${error.message}`,
    { hint: 'Free some space there, or give the document as a file.', cause: error },
  );
}

async function* readStream(
  stream: Readable,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (signal) addAbortSignal(signal, stream);
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    const isStopped = error instanceof Error && error.name === 'AbortError';
    throw isStopped ? (error.cause ?? error) : unreadable(error, name);
  }
}

async function* readable(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw unreadable(error, name);
  }
}

/** A file next to it whose name is nearly the same. */
async function findSimilar(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  const name = closest(basename(path), names.slice(0, MAX_LOOKED_THROUGH));
  return name === undefined ? undefined : join(dirname(path), name);
}

function unreadable(error: unknown, name: string, similar?: string): unknown {
  if (error instanceof LsRecordError || !(error instanceof Error) || !('code' in error))
    return error;
  if (error.code === 'ENOENT') {
    return new LsRecordError('INPUT_NOT_FOUND', `no such file: ${name}`, {
      hint:
        similar === undefined ? 'Check the path; use - to read stdin.' : `Did you mean ${similar}?`,
    });
  }
  const reason = error.code === 'EACCES' ? 'permission denied' : error.message;
  return new LsRecordError('INPUT_UNREADABLE', `cannot read ${name}: ${reason}`, {
    hint: 'Check the file and its permissions, then run the same command again.',
    cause: error,
  });
}
