import { createHash } from 'node:crypto';
import { LsRecordError } from '../errors.js';
import { readArchivedCompanions } from './companions.js';
import { unpack } from './compressed.js';
import { type Bytes, type Contents, type NamedContents, openText, seenWhole } from './contents.js';
import type { Separation } from './csv.js';
import type { FileReadOptions } from './disk-file.js';
import { hold } from './hold.js';
import { isLogArchive, openLogArchive } from './log-archive.js';
import { openMarkdown } from './markdown.js';
import { makeSource, makeSourceOfTables } from './opened.js';
import { isResultsName } from './paths.js';
import type { OpenedSource, RowsOptions } from './row.js';
import { nameArchive } from './signatures.js';
import { type FileFormat, MAX_HEAD } from './sniff.js';
import { notReadable, saidOf, type TextOptions, tellFormat } from './tell-format.js';
import type { Archive } from './zip.js';

/** A file that can be read again and again, wherever it is: on disk, in an archive, under a compression. */
export interface InputFile {
  readonly name: string;
  /** In messages. */
  readonly file: string;
  read(options?: FileReadOptions): AsyncIterable<Uint8Array>;
  /** Where it is, if it lies on disk as it is. */
  readonly onDisk?: { readonly path: string; readonly bytes: number };
  readonly companions: OpenedSource['companions'];
  /** Compressions around it that were undone. */
  readonly unpacked?: number;
}

export interface FileOptions extends TextOptions {
  /** The entry of an archive to read, by name; all of them by default. */
  readonly entry?: string | undefined;
}

/** A file can be made that unpacks to itself. */
const MAX_COMPRESSIONS = 2;
const MAX_HELD_BYTES = 256 * 1024 * 1024;
const MAX_LISTED = 10;
/** In an archive: what systems add to it, and a workbook, which would have to be unpacked first. */
const NOT_MEANT = /(?:^|\/)(?:\.[^./]|__MACOSX\/)|\.xlsx$/i;

/**
 * Opens a file as what its content says it is; an archive gives a source for each of its files that may hold results.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if it is empty, damaged, or nothing that can be read.
 */
export async function openFile(file: InputFile, options: FileOptions): Promise<OpenedSource[]> {
  const { head, isAll } = await readHead(file);
  const { format, separation } = tellFormat(head, isAll, file.file, options);
  if (format === 'gzip' || format === 'zstd') return openFile(unpackFile(file, format), options);
  if (format === 'zip') return openZip(file, options);

  const bytes: Bytes = (reading) => watch(file.read(lastOf(reading)), reading);
  if (format === 'markdown')
    return openTables(file, options, openMarkdown(file.file, bytes), bytes);
  if (options.entry !== undefined) {
    throw new LsRecordError('INPUT_NOT_FOUND', `no such file: ${file.file}/${options.entry}`, {
      hint: `${file.file} is not an archive; give the file itself.`,
    });
  }
  if (options.sheet !== undefined) {
    throw new LsRecordError('USAGE', `${file.file} has no sheets`, {
      hint: 'Omit --sheet: it chooses a sheet of a workbook, or a table of Markdown.',
    });
  }
  const facts = factsOf(file, options);
  return [makeSource(facts, await openContents(format, file, bytes, separation))];
}

function factsOf(file: InputFile, options: TextOptions) {
  return {
    name: file.name,
    live: false,
    ...(file.onDisk && { bytes: file.onDisk.bytes }),
    companions: file.companions,
    reading: saidOf(options),
    digest: () => digestOf(file.read({ isLast: true })),
  };
}

async function openTables(
  file: InputFile,
  options: FileOptions,
  opening: Promise<NamedContents[]>,
  bytes: Bytes,
): Promise<OpenedSource[]> {
  const tables = (await opening).map(({ name, contents }) => ({
    name,
    contents: seenWhole(contents, bytes),
  }));
  const { entry, sheet = entry } = options;
  const name = entry === undefined ? file.name : `${file.name}/${entry}`;
  return [makeSourceOfTables({ ...factsOf(file, options), name }, tables, sheet)];
}

async function readHead(file: InputFile): Promise<{ head: Buffer; isAll: boolean }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of file.read()) {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_HEAD) break;
  }
  return { head: Buffer.concat(pieces).subarray(0, MAX_HEAD), isAll: size <= MAX_HEAD };
}

// What reads a container is loaded when there is one.
async function openContents(
  format: Exclude<FileFormat, 'gzip' | 'zstd' | 'zip' | 'markdown'>,
  { file, onDisk, read }: InputFile,
  bytes: Bytes,
  separation: Separation | undefined,
): Promise<Contents> {
  if (format === 'yaml') {
    const { openYaml } = await import('./yaml.js');
    return seenWhole(await openYaml(file, bytes), bytes);
  }
  if (format === 'parquet') {
    const { bytesInMemory, bytesOnDisk, openParquet } = await import('./parquet/parquet.js');
    const source = onDisk
      ? bytesOnDisk(onDisk.path, onDisk.bytes)
      : bytesInMemory(await hold(read(), MAX_HELD_BYTES, () => tooLarge(file)));
    return seenWhole(await openParquet(file, source), bytes);
  }
  return openText(format, file, bytes, separation);
}

function tooLarge(file: string): LsRecordError {
  const most = `${MAX_HELD_BYTES / 1024 / 1024} MB`;
  return new LsRecordError('INPUT_INVALID', `${file} is compressed Parquet larger than ${most}`, {
    hint: 'Parquet is not read from start to end: unpack it and give the file.',
  });
}

function unpackFile(packed: InputFile, compression: 'gzip' | 'zstd'): InputFile {
  const { onDisk: _, ...file } = packed;
  const unpacked = (file.unpacked ?? 0) + 1;
  if (unpacked > MAX_COMPRESSIONS) {
    throw new LsRecordError(
      'INPUT_INVALID',
      `${file.file} has more than two layers of compression`,
      { hint: 'Unpack it and give the file inside.' },
    );
  }
  return {
    ...file,
    unpacked,
    read: (reading) => unpack(compression, packed.read(reading), file.file),
  };
}

async function openZip(zip: InputFile, options: FileOptions): Promise<OpenedSource[]> {
  if (!zip.onDisk) {
    throw new LsRecordError('INPUT_INVALID', `${zip.file} is an archive inside another file`, {
      hint: 'Unpack the outer one and give the archive.',
    });
  }
  const { openArchive } = await import('./zip.js');
  const archive = await openArchive(zip.onDisk.path, zip.file);
  const bytes: Bytes = ({ signal }) => zip.read({ signal });
  if (options.entry === undefined && isLogArchive(archive))
    return [makeSource(factsOf(zip, options), seenWhole(openLogArchive(archive), bytes))];
  const { isWorkbook, openWorkbook } = await import('./xlsx/workbook.js');
  if (isWorkbook(archive)) return openTables(zip, options, openWorkbook(archive), bytes);
  const sources: OpenedSource[] = [];
  for (const entry of entriesOf(archive, options.entry)) {
    const file: InputFile = {
      name: `${zip.name}/${entry}`,
      file: `${zip.file}/${entry}`,
      read: (reading) => archive.read(entry, reading?.signal),
      companions: (pattern) => readArchivedCompanions(archive, entry, pattern),
    };
    for (const one of await openFile(file, { ...options, entry: undefined })) sources.push(one);
  }
  return sources;
}

function entriesOf({ file, names }: Archive, wanted: string | undefined): readonly string[] {
  const entries =
    wanted === undefined
      ? names.filter((name) => isResultsName(name) && !NOT_MEANT.test(name)).sort()
      : names.filter((name) => name === wanted);
  if (entries.length > 0) return entries;
  const named = wanted === undefined ? nameArchive(names) : undefined;
  if (named) throw notReadable(file, named);
  const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
  throw new LsRecordError(
    'INPUT_INVALID',
    wanted === undefined
      ? `no results in the archive ${file}: it contains ${listed || 'nothing'}`
      : `no ${wanted} in ${file}: it contains ${listed || 'nothing'}`,
    {
      hint: 'Supported: .jsonl, .json, .csv, .tsv, .yaml and .parquet files, also as .gz or .zst.',
    },
  );
}

/** Who wants to see all bytes reads the rows, and reads them last. */
function lastOf({ signal, onBytes }: RowsOptions): FileReadOptions {
  return { signal, isLast: onBytes !== undefined };
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of bytes) sha256.update(chunk);
  return sha256.digest('hex');
}

/** Shows bytes to a watcher as they are read. */
export async function* watch(
  bytes: AsyncIterable<Uint8Array>,
  { onBytes, signal }: RowsOptions,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    onBytes?.(chunk);
    yield chunk;
  }
}
