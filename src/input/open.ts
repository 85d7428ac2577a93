import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LsRecordError } from '../errors.js';
import { readCsv } from './csv.js';
import { decode } from './decode.js';
import { readJson } from './json.js';
import { readJsonLines } from './jsonl.js';
import type { Row, RowsOptions, Source } from './row.js';
import { type Format, MAX_HEAD, sniff } from './sniff.js';

const CHUNK_BYTES = 256 * 1024;

export interface OpenOptions {
  /** What `-` is. */
  readonly stdin?: Readable;
  /** Instead of what the content says. */
  readonly format?: Format;
  /** For a stream that must be read twice; made if it is not there. */
  readonly spoolFolder: string;
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
  const sources: Source[] = [];
  for (const path of paths) {
    sources.push(
      path === '-' ? await openStream(options) : await openFile(path, path, options.format),
    );
  }
  return sources;
}

async function openFile(path: string, name: string, format: Format | undefined): Promise<Source> {
  const { head, bytes } = await readHead(path, name);
  const recognised = recognise(head, head.length === bytes, name, format);
  return makeSource({ name, format: recognised, live: false, bytes }, () =>
    translateErrors(createReadStream(path, { highWaterMark: CHUNK_BYTES }), name),
  );
}

async function readHead(path: string, name: string): Promise<{ head: Buffer; bytes: number }> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) {
      throw new LsRecordError('INPUT_UNREADABLE', `${name} is a folder`, {
        hint: 'Name the files in it.',
      });
    }
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEAD), 0, MAX_HEAD, 0);
      return { head: buffer.subarray(0, bytesRead), bytes: facts.size };
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
async function openStream({ stdin, format, spoolFolder }: OpenOptions): Promise<Source> {
  if (!stdin)
    throw new LsRecordError('USAGE', 'there is no stdin to read', { hint: 'Name a file.' });
  const chunks = translateErrors(stdin, 'stdin')[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let isAll = false;
  let recognised: Format | undefined;

  while (recognised === undefined) {
    const next = await chunks.next();
    if (next.done) isAll = true;
    else head.push(next.value);
    const bytes = Buffer.concat(head);
    const isClear = isAll || bytes.length >= MAX_HEAD || !('unclear' in sniff(bytes, false));
    if (isClear) recognised = recognise(bytes, isAll, 'stdin', format);
  }

  const rest = (async function* () {
    yield* head;
    while (!isAll) {
      const next = await chunks.next();
      if (next.done) return;
      yield next.value;
    }
  })();
  if (recognised === 'json') return spool(rest, spoolFolder);
  return makeSource({ name: '-', format: recognised, live: true }, () => rest);
}

/** @returns a source that removes its file when it is closed. */
async function spool(bytes: AsyncIterable<Uint8Array>, folder: string): Promise<Source> {
  const path = join(folder, `stdin-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
    const source = await openFile(path, '-', 'json');
    return { ...source, close: () => rm(path, { force: true }) };
  } catch (error) {
    await rm(path, { force: true });
    throw unreadable(error, 'stdin');
  }
}

function makeSource(facts: Omit<Source, 'rows'>, bytes: () => AsyncIterable<Uint8Array>): Source {
  const file = facts.name === '-' ? 'stdin' : facts.name;
  return {
    ...facts,
    rows: (options = {}) => readRows(facts.format, file, bytes, options),
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

async function* translateErrors(stream: Readable, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    throw unreadable(error, name);
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
