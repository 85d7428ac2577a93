import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type AsyncRowGroup,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { parquetReadAsync } from 'hyparquet/src/read.js';
import { assembleAsync } from 'hyparquet/src/rowgroup.js';
import { compressors } from 'hyparquet-compressors';
import { LsRecordError } from '../errors.js';
import { parseJson } from '../json/parse.js';
import { JsonNumber, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { type Contents, listOf } from './contents.js';
import type { Row } from './row.js';

const MB = 1024 * 1024;
/** A row group is held in memory, unpacked. */
const MAX_GROUP_BYTES = 512 * MB;
const MAX_FOOTER_BYTES = 64 * MB;
const MAX_DEPTH = 1000;

/** Where a Parquet file's bytes are, to be read at any place. */
export interface ParquetBytes {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** The bytes of a file on disk. */
export function bytesOnDisk(path: string, byteLength: number): ParquetBytes {
  return {
    byteLength,
    async slice(start, end) {
      const file = await open(path);
      try {
        const wanted = Buffer.alloc(end - start);
        const { bytesRead } = await file.read(wanted, 0, wanted.length, start);
        return wanted.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}

export function bytesInMemory(bytes: Uint8Array): ParquetBytes {
  return { byteLength: bytes.length, slice: async (start, end) => bytes.subarray(start, end) };
}

/**
 * Opens a Parquet file as a list of its rows; a row's line is its number.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if its footer cannot be read; later, where a row group cannot.
 */
export async function openParquet(file: string, bytes: ParquetBytes): Promise<Contents> {
  const buffer = asyncBuffer(bytes);
  const metadata = await guard(file, async () => {
    const footer = new DataView(await buffer.slice(Math.max(0, bytes.byteLength - 8)));
    if (footer.byteLength === 8 && footer.getUint32(0, true) > MAX_FOOTER_BYTES)
      throw new Error('its footer is too large');
    return parquetMetadataAsync(buffer, { parsers, geoparquet: false });
  });
  return listOf((options) => readRows(file, buffer, metadata, options.signal));
}

async function* readRows(
  file: string,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row> {
  let index = 0;
  for (const group of metadata.row_groups) {
    signal?.throwIfAborted();
    const count = Number(group.num_rows);
    checkSize(file, index, group);
    const columns = await guard(file, () => readGroup(buffer, metadata, index, index + count));
    for (let at = 0; at < count; at++) {
      signal?.throwIfAborted();
      const value = await guard(file, async () => makeRow(columns, at));
      yield { origin: { file, line: index + 1 }, index, shape: 'document', value };
      index++;
    }
  }
}

type Values = ArrayLike<unknown>;

function makeRow(columns: ReadonlyMap<string, Values>, at: number): JsonObject {
  const row: JsonObject = {};
  for (const [name, values] of columns) setKey(row, name, toJson(values[at]));
  return row;
}

/** The columns of some rows, as they lie in the file: rows are made of them one at a time. */
async function readGroup(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<Map<string, Values>> {
  const columns = new Map<string, Values>();
  const schema = parquetSchema(metadata);
  for (const { asyncColumns } of startReading(buffer, metadata, schema, rowStart, rowEnd)) {
    for (const { pathInSchema, data } of asyncColumns) {
      const pieces: readonly Values[] = (await data).data;
      const name = pathInSchema[0] ?? '';
      const values = pieces.length === 1 ? pieces[0] : pieces.flatMap((piece) => Array.from(piece));
      if (!values || values.length < rowEnd - rowStart)
        throw new Error(`column ${name} has too few values`);
      const scale = scaleOf(schema.children.find(({ element }) => element.name === name));
      columns.set(name, scale === undefined ? values : asDecimals(values, scale));
    }
  }
  return columns;
}

/**
 * Reading begins for all columns at once, and nobody may be there to catch when one fails. So none gets its bytes
 * before all are planned: of a plan that fails half-way, none fails later.
 */
function startReading(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  schema: SchemaTree,
  rowStart: number,
  rowEnd: number,
): AsyncRowGroup[] {
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const file: AsyncBuffer = {
    byteLength: buffer.byteLength,
    slice(start, end) {
      const bytes = begun.then(() => buffer.slice(start, end));
      bytes.catch(() => {});
      return bytes;
    },
  };
  const options = { compressors, parsers, utf8: false, geoparquet: false };
  const groups = parquetReadAsync({ file, metadata, rowStart, rowEnd, ...options });
  const assembled = groups.map((group) => assembleAsync(group, schema, parsers));
  for (const { asyncColumns } of [...groups, ...assembled]) {
    for (const { data } of asyncColumns) data.catch(() => {});
  }
  begin?.();
  return assembled;
}

/** Digits after the point of a column of decimals. */
function scaleOf(column: SchemaTree | undefined): number | undefined {
  if (column?.element.converted_type !== 'DECIMAL') return undefined;
  return column.element.scale ?? 0;
}

/** Decimals come as products with a power of ten, which are a little off: 0.7000000000000001. */
function asDecimals(values: Values, scale: number): Values {
  return Array.from(values, (value) =>
    typeof value === 'number' && scale <= 100 ? Number(value.toFixed(scale)) : value,
  );
}

function checkSize(
  file: string,
  firstRow: number,
  group: FileMetaData['row_groups'][number],
): void {
  const bytes = group.columns.reduce(
    (sum, { meta_data: column }) => sum + Number(column?.total_uncompressed_size ?? 0),
    0,
  );
  if (bytes <= MAX_GROUP_BYTES && Number(group.total_byte_size) <= MAX_GROUP_BYTES) return;
  throw new LsRecordError(
    'INPUT_INVALID',
    `${file}: the row group that starts at row ${firstRow + 1} is larger than ${MAX_GROUP_BYTES / MB} MB`,
    { hint: 'Write it with smaller row groups, or as JSON Lines.' },
  );
}

const parsers = {
  timestampFromMilliseconds: (millis: bigint) => writeTime(BigInt(millis) * 1_000_000n),
  timestampFromMicroseconds: (micros: bigint) => writeTime(BigInt(micros) * 1000n),
  timestampFromNanoseconds: (nanos: bigint) => writeTime(BigInt(nanos)),
  dateFromDays: (days: number) => writeTime(BigInt(days) * 86_400_000_000_000n).slice(0, 10),
  stringFromBytes: writeBytes,
  jsonFromBytes: (bytes: Uint8Array | null | undefined) =>
    bytes && parseJson(new TextDecoder().decode(bytes)),
};

/** Digits below a second as they are needed: three, six or nine. */
function writeTime(nanos: bigint): string {
  const ofSecond = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((nanos - ofSecond) / 1_000_000_000n);
  const second = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length);
  const digits = String(ofSecond)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '');
  return `${second}.${digits}Z`;
}

/** Text where bytes are text, which most are; else base64. */
function writeBytes(bytes: Uint8Array | null | undefined): string | null {
  if (!bytes) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    isUtf8(bytes) ? 'utf8' : 'base64',
  );
}

function toJson(value: unknown, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) throw new Error('it is nested too deeply');
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return toNumber(value);
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : new JsonNumber(print(value));
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof JsonNumber) return value;
  if (value instanceof Uint8Array) return writeBytes(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, (item) => toJson(item, depth + 1));
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value)) setKey(object, key, toJson(member, depth + 1));
  return object;
}

function toNumber(value: bigint): number | JsonNumber {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(value));
}

/** As Python writes what JSON has no number for. */
function print(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function asyncBuffer(bytes: ParquetBytes): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    async slice(start, end = bytes.byteLength) {
      const isWithin = start >= 0 && start <= end && end <= bytes.byteLength;
      if (!isWithin || end - start > MAX_GROUP_BYTES) throw new Error('it points beyond its end');
      const slice = await bytes.slice(start, end);
      if (slice.length < end - start) throw new Error('it is shorter than it was');
      // A buffer of its own: hyparquet reads it from its beginning, whatever part of it is meant.
      return slice.buffer.slice(slice.byteOffset, slice.byteOffset + slice.length) as ArrayBuffer;
    },
  };
}

/** Whatever hyparquet throws is of the content: it checks little of it, so that damage shows in any way. */
async function guard<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isOfDisk = error instanceof Error && 'syscall' in error;
    if (isOfDisk || error instanceof LsRecordError || !(error instanceof Error)) throw error;
    throw new LsRecordError(
      'INPUT_INVALID',
      `${file} is a truncated or invalid Parquet file: ${error.message}`,
      { hint: 'Truncated while copying? Download or write it again.', cause: error },
    );
  }
}
