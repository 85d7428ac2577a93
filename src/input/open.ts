import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LsRecordError } from '../errors.js';
import { readCsv } from './csv.js';
import { decode } from './decode.js';
import { readJson } from './json.js';
import { readJsonLines } from './jsonl.js';
import type { Row, RowsOptions, Source } from './row.js';
import { type Format, MAX_HEAD, sniff } from './sniff.js';

/** Each reading wakes another thread, so few and large ones are several times faster. */
const READ_BYTES = 128 * 1024;
/** Its text is just small enough for the engine's young space: larger chunks take twice the time. */
const CHUNK_BYTES = 64 * 1024;

export interface OpenOptions {
  /** What `-` is. */
  readonly stdin?: Readable;
  /** Instead of what the content says. */
  readonly format?: Format;
  /** For a stream that must be read twice; made if it is not there. */
  readonly spoolFolder: string;
  /** Ends the wait for a stream that says nothing; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Opens files, and `-` for stdin, and tells by their content what they are.
 *
 * @throws {LsRecordError} `INPUT_NOT_FOUND`, `INPUT_UNREADABLE`, or `INPUT_INVALID` if a file is empty or binary.
 */
export async function openSources(
  paths: readonly string[],
  options: OpenOptions,
): Promise<Source[]> {
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new LsRecordError('USAGE', 'stdin is named twice', { hint: 'It can be read once only.' });
  }
  const sources: Source[] = [];
  try {
    for (const path of paths) {
      options.signal?.throwIfAborted();
      sources.push(path === '-' ? await openStdin(options) : await openPath(path, options));
    }
    return sources;
  } catch (error) {
    for (const source of sources) await source.close?.();
    throw error;
  }
}

async function openStdin(options: OpenOptions): Promise<Source> {
  if (!options.stdin)
    throw new LsRecordError('USAGE', 'there is no stdin to read', { hint: 'Name a file.' });
  return openStream(options.stdin, '-', options);
}

async function openPath(path: string, options: OpenOptions): Promise<Source> {
  const facts = await stat(path).catch((error: unknown) => {
    throw unreadable(error, path);
  });
  if (facts.isDirectory()) {
    throw new LsRecordError('INPUT_UNREADABLE', `${path} is a folder`, {
      hint: 'Name the files in it.',
    });
  }
  // A pipe, such as the shell's <(…), gives its bytes once.
  if (!facts.isFile()) return openStream(createReadStream(path), path, options);
  return openFile(path, path, options.format);
}

async function openFile(path: string, name: string, format: Format | undefined): Promise<Source> {
  const { head, bytes } = await readHead(path, name);
  const recognised = recognise(head, head.length === bytes, name, format);
  return makeSource({ name, format: recognised, live: false, bytes }, (signal) =>
    inChunks(readStream(createReadStream(path, { highWaterMark: READ_BYTES }), name, signal)),
  );
}

async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const read of bytes) {
    for (let from = 0; from < read.length; from += CHUNK_BYTES)
      yield read.subarray(from, from + CHUNK_BYTES);
  }
}

async function readHead(path: string, name: string): Promise<{ head: Buffer; bytes: number }> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEAD), 0, MAX_HEAD, 0);
      return { head: buffer.subarray(0, bytesRead), bytes: size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(error, name);
  }
}

function recognise(
  head: Uint8Array,
  isAll: boolean,
  name: string,
  wanted: Format | undefined,
): Format {
  if (isAll && isBlank(head)) {
    throw new LsRecordError('INPUT_INVALID', `${name} is empty`, {
      hint: 'Did the evaluation write its results?',
    });
  }
  const sniffed = sniff(head, isAll);
  if ('binary' in sniffed) {
    throw new LsRecordError('INPUT_INVALID', `${name} is ${sniffed.binary}`, {
      hint: 'JSON Lines, JSON, CSV and TSV can be read.',
    });
  }
  return wanted ?? ('format' in sniffed ? sniffed.format : 'jsonl');
}

function isBlank(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes).trim() === '';
}

/** A stream is looked at until its format is clear; a document that must be read twice is put into a file. */
async function openStream(stream: Readable, name: string, options: OpenOptions): Promise<Source> {
  const file = name === '-' ? 'stdin' : name;
  const chunks = readStream(stream, file, options.signal)[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let isAll = false;
  let format: Format | undefined;

  while (format === undefined) {
    const next = await chunks.next();
    if (next.done) isAll = true;
    else head.push(next.value);
    const bytes = Buffer.concat(head);
    const isClear = isAll || bytes.length >= MAX_HEAD || !('unclear' in sniff(bytes, false));
    if (isClear) format = recognise(bytes, isAll, file, options.format);
  }

  const read = async function* (): AsyncGenerator<Uint8Array> {
    yield* head;
    if (!isAll) yield* chunks;
  };
  if (format === 'json') return spool(read(), name, options.spoolFolder);
  return makeSource({ name, format, live: true }, (signal) => {
    if (signal) addAbortSignal(signal, stream);
    return read();
  });
}

/** @returns a source that removes its file when it is closed. */
async function spool(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  folder: string,
): Promise<Source> {
  const path = join(folder, `stdin-${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw notKept(error, folder);
  });
  try {
    await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw notKept(error, folder);
  }
  const source = await openFile(path, name, 'json');
  return { ...source, close: () => rm(path, { force: true }) };
}

function notKept(error: unknown, folder: string): unknown {
  const isOfDisk = error instanceof Error && 'syscall' in error;
  if (error instanceof LsRecordError || !isOfDisk) return error;
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `the document from stdin cannot be kept in ${folder}: ${error.message}`,
    { hint: 'Make room there, or name the document as a file.', cause: error },
  );
}

function makeSource(
  facts: Omit<Source, 'rows'>,
  bytes: (signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>,
): Source {
  const file = facts.name === '-' ? 'stdin' : facts.name;
  return {
    ...facts,
    rows: (options = {}) => readRows(facts.format, file, () => bytes(options.signal), options),
  };
}

function readRows(
  format: Format,
  file: string,
  bytes: () => AsyncIterable<Uint8Array>,
  { onBytes, signal }: RowsOptions,
): AsyncIterable<Row> {
  const text = (onBytesRead: RowsOptions['onBytes']) =>
    decode(watch(bytes(), onBytesRead, signal), file);
  // A document that is looked through before it is read counts once.
  if (format === 'json')
    return readJson((pass) => text(pass === 'read' ? onBytes : undefined), file);
  if (format === 'jsonl') return readJsonLines(text(onBytes), file);
  return readCsv(text(onBytes), file, format === 'tsv' ? '\t' : undefined);
}

async function* watch(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: RowsOptions['onBytes'],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    onBytes?.(chunk);
    yield chunk;
  }
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

function unreadable(error: unknown, name: string): unknown {
  if (error instanceof LsRecordError || !(error instanceof Error) || !('code' in error))
    return error;
  if (error.code === 'ENOENT') {
    return new LsRecordError('INPUT_NOT_FOUND', `there is no file ${name}`, {
      hint: 'Check the path; - reads stdin.',
    });
  }
  const reason = error.code === 'EACCES' ? 'you may not read it' : error.message;
  return new LsRecordError('INPUT_UNREADABLE', `${name} cannot be read: ${reason}`, {
    hint: 'Check the file and its permissions, then run the same command again.',
    cause: error,
  });
}
