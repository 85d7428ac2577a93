import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import type { ColumnDecoder, PageHeader } from 'hyparquet/src/types.js';

/*
 * hyparquet trusts every number that moves it on or makes it allocate: a number may be of any length, a run longer than
 * its page, a size negative. So these are checked before it reads.
 */

const MAX_NESTED = 100;
/** Numbers have at most 64 bits, seven a byte. */
const MAX_SCALE = 2 ** 63;

/** The most rows of a row group, and of a page. In a longer array each value takes several times the memory. */
export const MAX_ROWS = 32 * 1024 * 1024;
const MAX_UNSTORED = 128 * 1024 * 1024;

/** What may be whole, but is not read. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** How much a row group may still unpack to. */
export class Allowance {
  #bytes: number;
  #unstored = MAX_UNSTORED;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /**
   * Takes a page: its bytes, and its values as far as no bytes stand for them. These can be billions, of which each takes
   * memory; if they are nested, as many lists.
   */
  take(bytes: number, values = 0, depth = 0): void {
    const unstored = depth === 0 ? values - bytes : 8 * (values * depth - 4 * bytes);
    this.#bytes -= bytes;
    this.#unstored -= Math.max(0, unstored);
    if (this.#bytes < 0 || this.#unstored < 0 || values > MAX_ROWS)
      throw new TooLarge('a row group of it takes too much memory');
  }
}

class Cursor {
  at: number;
  readonly view: DataView;

  constructor(view: DataView, at = 0) {
    this.view = view;
    this.at = at;
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  skip(count: number): void {
    if (count > this.left) throw new Error('a part of it ends too soon');
    this.at += count;
  }

  byte(): number {
    this.skip(1);
    return this.view.getUint8(this.at - 1);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= MAX_SCALE; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Error('a number in it is too long');
  }
}

/**
 * Checks a struct of Thrift's compact protocol, as the footer and the header of each page are.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function checkStruct(view: DataView, offset: number): void {
  skipStruct(new Cursor(view, offset), 0);
}

function skipStruct(cursor: Cursor, depth: number): void {
  if (depth > MAX_NESTED) throw new Error('it is nested too deeply');
  for (;;) {
    const field = cursor.byte();
    const type = field & 15;
    if (type === 0) return;
    if (field < 16) cursor.varint();
    // The type of a truth value says which it is.
    if (type > 2) skipValue(cursor, type, depth);
  }
}

function skipValue(cursor: Cursor, type: number, depth: number): void {
  if (type <= 3) cursor.skip(1);
  else if (type <= 6) cursor.varint();
  else if (type === 7) cursor.skip(8);
  else if (type === 8) cursor.skip(cursor.varint());
  else if (type === 9) skipList(cursor, depth);
  else if (type === 12) skipStruct(cursor, depth + 1);
  else throw new Error('a value in it has an unknown type');
}

function skipList(cursor: Cursor, depth: number): void {
  if (depth > MAX_NESTED) throw new Error('it is nested too deeply');
  const head = cursor.byte();
  const count = head >> 4 === 15 ? cursor.varint() : head >> 4;
  for (let i = 0; i < count; i++) skipValue(cursor, head & 15, depth + 1);
}

/** Checks what a page of values, unpacked, says of how many there are of what. */
export function checkValues(
  page: Uint8Array,
  header: PageHeader,
  { type, schemaPath }: ColumnDecoder,
  allowance: Allowance,
): void {
  const second = header.data_page_header_v2;
  const { num_values: count = 0, encoding = 'PLAIN' } = second ?? header.data_page_header ?? {};
  const cursor = new Cursor(new DataView(page.buffer, page.byteOffset, page.length));
  const repetition = getMaxRepetitionLevel(schemaPath);
  const definition = getMaxDefinitionLevel(schemaPath);
  checkLevels(cursor, repetition, count, second?.repetition_levels_byte_length);
  const at = cursor.at;
  checkLevels(cursor, definition, count, second?.definition_levels_byte_length);
  if (encoding.startsWith('DELTA_')) {
    const nulls = second?.num_nulls ?? countNulls(new Cursor(cursor.view, at), definition, count);
    checkDeltas(cursor, encoding, count - nulls, allowance);
  } else if (encoding.endsWith('DICTIONARY') || encoding === 'RLE') {
    const isFlags = second ? encoding === 'RLE' : type === 'BOOLEAN';
    if (isFlags) cursor.skip(4);
    checkRuns(cursor, isFlags ? 1 : cursor.byte(), count);
  }
}

/** @param length undefined where it stands before them, if there are any. */
function checkLevels(cursor: Cursor, max: number, count: number, length?: number): void {
  if (max === 0 && length === undefined) return;
  const bytes = length ?? readLength(cursor);
  const after = cursor.at + bytes;
  if (max > 0) checkRuns(cursor, bitsOf(max), count);
  cursor.at = after;
}

function readLength(cursor: Cursor): number {
  cursor.skip(4);
  return cursor.view.getUint32(cursor.at - 4, true);
}

function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}

/** Checks runs of a value that is repeated, or of values packed into `width` bits each. */
function checkRuns(cursor: Cursor, width: number, count: number): void {
  for (let seen = 0; seen < count && cursor.left > 0; ) {
    const header = cursor.varint();
    const isPacked = header % 2 === 1;
    const values = isPacked ? (header - 1) * 4 : header / 2;
    const bytes = isPacked ? (values * width) / 8 : Math.ceil(width / 8);
    // What takes no room of its own could be any number; values come by eight, of which the last may be none.
    if ((!isPacked || width === 0) && values > count - seen + 7)
      throw new Error('a page holds more values than it says');
    if (bytes > cursor.left) return;
    cursor.skip(bytes);
    seen += values;
  }
}

function countNulls(cursor: Cursor, max: number, count: number): number {
  if (max === 0) return 0;
  const levels = new Array<number>(count);
  readRleBitPackedHybrid({ view: cursor.view, offset: cursor.at }, bitsOf(max), levels);
  return count - levels.filter((level) => level === max).length;
}

function checkDeltas(cursor: Cursor, encoding: string, count: number, allowance: Allowance): void {
  const reader = { view: cursor.view, offset: cursor.at };
  checkBlocks(cursor, count);
  if (encoding !== 'DELTA_BYTE_ARRAY') return;
  checkBlocks(cursor, count);
  // Each text repeats the beginning of the one before it, which is stored once.
  for (const lengths of [new Int32Array(count), new Int32Array(count)]) {
    deltaBinaryUnpack(reader, count, lengths);
    allowance.take(lengths.reduce((sum, length) => sum + length, 0));
  }
}

function checkBlocks(cursor: Cursor, count: number): void {
  const perBlock = cursor.varint();
  const parts = cursor.varint();
  const perPart = perBlock / parts;
  if (!(perBlock < 2 ** 31 && perPart > 0 && perPart % 8 === 0))
    throw new Error('a page has blocks of no valid size');
  cursor.varint();
  cursor.varint();
  for (let left = count - 1; left > 0; ) {
    cursor.varint();
    const widths = cursor.at;
    cursor.skip(parts);
    for (let part = 0; part < parts && left > 0; part++, left -= perPart) {
      const bytes = (perPart * cursor.view.getUint8(widths + part)) / 8;
      cursor.at += Math.min(bytes, cursor.left);
    }
  }
}
