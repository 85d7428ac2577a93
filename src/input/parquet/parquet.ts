import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type AsyncRowGroup,
  type FileMetaData,
  parquetMetadata,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { assembleAsync } from 'hyparquet/src/rowgroup.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { LsRecordError } from '../../errors.js';
import { parseJson } from '../../json/parse.js';
import { JsonNumber, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { type Contents, listOf } from '../contents.js';
import type { Row } from '../row.js';
import { Allowance, checkStruct, MAX_ROWS, TooLarge } from './checks.js';
import { readColumn } from './column.js';

const MB = 1024 * 1024;
/** A row group is held in memory, unpacked. */
const MAX_GROUP_BYTES = 512 * MB;
const MAX_FOOTER_BYTES = 64 * MB;
/** The length of the footer, and a mark. */
const FOOTER_END = 8;
const MAX_DEPTH = 1000;
/** The most digits of a decimal. */
const MAX_DIGITS = 1000;

const SMALLER = 'Write it with smaller row groups, or as JSON Lines.';

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
  const metadata = await guard(file, () => readFooter(buffer));
  return listOf((options) => readRows(file, buffer, metadata, options.signal));
}

async function readFooter(buffer: AsyncBuffer): Promise<FileMetaData> {
  const end = new DataView(await buffer.slice(buffer.byteLength - FOOTER_END));
  const length = end.getUint32(0, true);
  if (length > MAX_FOOTER_BYTES) throw new Error('its footer is too large');
  const footer = await buffer.slice(buffer.byteLength - FOOTER_END - length);
  if (length > 0) checkStruct(new DataView(footer), 0);
  return parquetMetadata(footer, { parsers, geoparquet: false });
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
    const columns = await guard(file, () => readGroup(buffer, metadata, group));
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

/** The columns of a row group, as they lie in the file: rows are made of them one at a time. */
async function readGroup(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
): Promise<Map<string, Values>> {
  const columns = new Map<string, Values>();
  const rows = Number(group.num_rows);
  if (!(rows >= 0)) throw new Error('a row group has no valid size');
  if (rows === 0) return columns;
  const schema = parquetSchema(metadata);
  const allowance = new Allowance(MAX_GROUP_BYTES);
  const chunks: AsyncRowGroup['asyncColumns'] = [];
  for (const chunk of group.columns)
    chunks.push(await readChunk(buffer, schema, chunk, rows, allowance));
  const read = { groupStart: 0, groupRows: rows, asyncColumns: chunks };
  const { asyncColumns } = assembleAsync(read, schema, parsers);
  const assembled = await Promise.all(asyncColumns.map(({ data }) => data));
  for (const [at, { pathInSchema }] of asyncColumns.entries()) {
    const pieces: readonly Values[] = assembled[at]?.data ?? [];
    const name = pathInSchema[0] ?? '';
    const values = pieces.length === 1 ? pieces[0] : pieces.flatMap((piece) => Array.from(piece));
    if (!values || values.length < rows) throw new Error(`column ${name} has too few values`);
    const scale = scaleOf(schema.children.find(({ element }) => element.name === name));
    columns.set(name, scale === undefined ? values : asDecimals(values, scale));
  }
  return columns;
}

async function readChunk(
  buffer: AsyncBuffer,
  schema: SchemaTree,
  { file_path, meta_data: chunk }: RowGroup['columns'][number],
  rows: number,
  allowance: Allowance,
): Promise<AsyncRowGroup['asyncColumns'][number]> {
  if (file_path || !chunk) throw new Error('it has columns in other files');
  const { path_in_schema: pathInSchema, type, codec } = chunk;
  const schemaPath = getTreePath(schema, pathInSchema);
  const { element } = schemaPath.at(-1) ?? schema;
  if (element.converted_type === 'DECIMAL' && !(Number(element.precision) <= MAX_DIGITS))
    throw new Error(`column ${pathInSchema[0]} has decimals of no valid length`);
  const all = { ...DEFAULT_PARSERS, ...parsers };
  const decoder = { pathInSchema, type, codec, schemaPath, element, parsers: all, utf8: false };
  const start = chunk.dictionary_page_offset || chunk.data_page_offset;
  const end = Number(start + chunk.total_compressed_size);
  const bytes = await buffer.slice(Number(start), end);
  const data = await readColumn(bytes, decoder, rows, allowance);
  return { pathInSchema, data: Promise.resolve({ data, skipped: 0 }) };
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

function checkSize(file: string, firstRow: number, { columns, ...group }: RowGroup): void {
  const bytes = columns.reduce(
    (sum, { meta_data: column }) => sum + Number(column?.total_uncompressed_size ?? 0),
    0,
  );
  const isLarge = bytes > MAX_GROUP_BYTES || Number(group.total_byte_size) > MAX_GROUP_BYTES;
  if (!isLarge && Number(group.num_rows) <= MAX_ROWS) return;
  const size = isLarge ? `is larger than ${MAX_GROUP_BYTES / MB} MB` : `has over ${MAX_ROWS} rows`;
  throw new LsRecordError(
    'INPUT_INVALID',
    `${file}: the row group that starts at row ${firstRow + 1} ${size}`,
    { hint: SMALLER },
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
    const isWhole = error instanceof TooLarge;
    throw new LsRecordError(
      'INPUT_INVALID',
      `${file} is ${isWhole ? 'not read' : 'a truncated or invalid Parquet file'}: ${error.message}`,
      {
        hint: isWhole ? SMALLER : 'Truncated while copying? Download or write it again.',
        cause: error,
      },
    );
  }
}
