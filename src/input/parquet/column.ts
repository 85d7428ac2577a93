import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec, DecodedArray } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { isFlatColumn } from 'hyparquet/src/schema.js';
import type { ColumnDecoder, DataReader, PageHeader } from 'hyparquet/src/types.js';
import { compressors } from 'hyparquet-compressors';
import { unpackZstd } from '../compressed.js';
import { type Allowance, checkStruct, checkValues, MAX_ROWS, TooLarge } from './checks.js';

/**
 * Reads a column of a row group, a page at a time, as hyparquet's function of this name does: but each page is checked
 * before, so that damage neither makes the reading endless nor fills the memory.
 */
export async function readColumn(
  chunk: ArrayBuffer,
  decoder: ColumnDecoder,
  rows: number,
  allowance: Allowance,
): Promise<DecodedArray[]> {
  const reader = { view: new DataView(chunk), offset: 0 };
  const isFlat = isFlatColumn(decoder.schemaPath);
  const pieces: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  let count = 0;
  while (reader.offset < chunk.byteLength - 1 && (!isFlat || count < rows)) {
    const header = readHeader(reader, decoder, allowance);
    const page = await takePage(reader, header, decoder.codec);
    const isDictionary = header.type === 'DICTIONARY_PAGE';
    if (!isDictionary) checkValues(page, header, decoder, allowance);
    const last = pieces.at(-1);
    const before = last?.length ?? 0;
    const data = decode(page, header, decoder, dictionary, last);
    if (isDictionary) dictionary = data && convert(data, decoder);
    else if (data && data === last) count += data.length - before;
    else if (data?.length) {
      pieces.push(data);
      count += data.length;
    }
    if (count > MAX_ROWS) throw new TooLarge('a column of it has too many rows');
  }
  return pieces;
}

function readHeader(
  reader: DataReader,
  { schemaPath }: ColumnDecoder,
  allowance: Allowance,
): PageHeader {
  checkStruct(reader.view, reader.offset);
  const header = parquetHeader(reader);
  if (header.type !== 'DATA_PAGE_V2') header.data_page_header_v2 = undefined;
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header } = header;
  const counts = [first, second, dictionary_page_header].map((it) => (it ? it.num_values : 0));
  const parts = second
    ? [second.num_nulls, second.repetition_levels_byte_length, second.definition_levels_byte_length]
    : [];
  if (![packed, unpacked, ...counts, ...parts].every(isSize))
    throw new Error('a page has no valid size');
  if (packed > reader.view.byteLength - reader.offset)
    throw new Error('a page ends beyond its column');
  if (levelBytes(header) > Math.min(packed, unpacked))
    throw new Error('a page has parts larger than itself');
  const values = counts.reduce((one, other) => Math.max(one, other));
  allowance.take(unpacked, values, isFlatColumn(schemaPath) ? 0 : schemaPath.length - 1);
  return header;
}

function isSize(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

/** Bytes of levels, which pages of the second version have before what is packed. */
function levelBytes({ data_page_header_v2: second }: PageHeader): number {
  return second ? second.repetition_levels_byte_length + second.definition_levels_byte_length : 0;
}

/** Takes the bytes of a page, and unpacks them into memory of their own: hyparquet reads beyond their end. */
async function takePage(
  reader: DataReader,
  header: PageHeader,
  codec: CompressionCodec,
): Promise<Uint8Array> {
  const start = reader.view.byteOffset + reader.offset;
  const packed = new Uint8Array(reader.view.buffer, start, header.compressed_page_size);
  reader.offset += packed.length;
  if (codec === 'UNCOMPRESSED' || header.data_page_header_v2?.is_compressed === false)
    return packed;
  const levels = levelBytes(header);
  const page = new Uint8Array(header.uncompressed_page_size);
  page.set(packed.subarray(0, levels));
  const body = packed.subarray(levels);
  // A page of nothing, which LZ4 packs into a byte that is no LZ4 to hyparquet.
  if (page.length === levels) return page;
  if (codec === 'ZSTD') await unpackInto(page.subarray(levels), body);
  else page.set(decompressPage(body, page.length - levels, codec, codecs), levels);
  return page;
}

async function unpackInto(unpacked: Uint8Array, packed: Uint8Array): Promise<void> {
  let at = 0;
  const bytes = (async function* () {
    yield packed;
  })();
  for await (const chunk of unpackZstd(bytes)) {
    if (chunk.length > unpacked.length - at) throw new Error('a page unpacks to more than it says');
    unpacked.set(chunk, at);
    at += chunk.length;
  }
  if (at < unpacked.length) throw new Error('a page unpacks to less than it says');
}

/** As it is once unpacked, with levels. */
function decode(
  page: Uint8Array,
  header: PageHeader,
  decoder: ColumnDecoder,
  dictionary: DecodedArray | undefined,
  last: DecodedArray | undefined,
): DecodedArray | undefined {
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.length), offset: 0 };
  const sizes = { compressed_page_size: page.length, uncompressed_page_size: page.length };
  const plain = { ...decoder, codec: 'UNCOMPRESSED' as const };
  return readPage(reader, { ...header, ...sizes }, plain, dictionary, last, 0).data;
}

const codecs = {
  ...compressors,
  GZIP: (packed: Uint8Array, size: number) => gunzipSync(packed, atMost(size)),
  BROTLI: (packed: Uint8Array, size: number) => brotliDecompressSync(packed, atMost(size)),
  LZ4: (packed: Uint8Array, size: number) =>
    (hasFrames(packed) ? compressors.LZ4 : compressors.LZ4_RAW)?.(packed, size) ?? packed,
};

function atMost(size: number) {
  return { maxOutputLength: Math.max(1, size) };
}

/** Whether LZ4 is in frames of Hadoop, each with the sizes of what it holds. */
function hasFrames(packed: Uint8Array): boolean {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  let at = 0;
  while (at + 8 <= packed.length) at += 8 + view.getUint32(at + 4);
  return at === packed.length;
}
