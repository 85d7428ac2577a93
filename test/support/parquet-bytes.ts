/** What Parquet files are made of, without the checks of a writer. */
interface Thrift {
  readonly type: number;
  readonly bytes: Buffer;
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export function zigzag(value: number): Buffer {
  return varint(value < 0 ? -2 * value - 1 : 2 * value);
}

export const i32 = (value: number): Thrift => ({ type: 5, bytes: zigzag(value) });
export const i64 = (value: number): Thrift => ({ type: 6, bytes: zigzag(value) });

export function struct(fields: Readonly<Record<number, Thrift | undefined>>): Thrift {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [key, field] of Object.entries(fields)) {
    if (!field) continue;
    parts.push(Buffer.from([((Number(key) - last) << 4) | field.type]), field.bytes);
    last = Number(key);
  }
  return { type: 12, bytes: Buffer.concat([...parts, Buffer.from([0])]) };
}

function text(value: string): Thrift {
  return { type: 8, bytes: Buffer.concat([varint(value.length), Buffer.from(value)]) };
}

function list(type: number, items: readonly Thrift[]): Thrift {
  const bytes = items.map((item) => item.bytes);
  return { type: 9, bytes: Buffer.concat([Buffer.from([(items.length << 4) | type]), ...bytes]) };
}

export const TYPES = { INT32: 1, BYTE_ARRAY: 6 };
export const CODECS = { UNCOMPRESSED: 0, LZ4: 5, ZSTD: 6, LZ4_RAW: 7 };
export const ENCODINGS = {
  PLAIN: 0,
  DELTA_BINARY_PACKED: 5,
  DELTA_BYTE_ARRAY: 7,
};

/** A page of one value, unless its header says something else. */
export function page(
  body: Buffer,
  header: Readonly<Record<number, Thrift | undefined>> = {},
): Buffer {
  const plain = struct({ 1: i32(1), 2: i32(ENCODINGS.PLAIN), 3: i32(3), 4: i32(3) });
  const sizes = { 1: i32(0), 2: i32(body.length), 3: i32(body.length), 5: plain };
  return Buffer.concat([struct({ ...sizes, ...header }).bytes, body]);
}

/** A file of one column in one row group. */
export function parquet(
  pages: Buffer,
  {
    type = TYPES.INT32,
    codec = CODECS.UNCOMPRESSED,
    isOptional = false,
    rows = 1,
    noColumns = false,
  } = {},
): Buffer {
  const root = struct({ 4: text('root'), 5: i32(1) });
  const column = struct({ 1: i32(type), 3: i32(isOptional ? 1 : 0), 4: text('a') });
  const chunk = struct({
    1: i32(type),
    2: list(5, [i32(0)]),
    3: list(8, [text('a')]),
    4: i32(codec),
    5: i64(rows),
    6: i64(pages.length),
    7: i64(pages.length),
    9: i64(4),
  });
  const chunks = noColumns ? [] : [struct({ 2: i64(4), 3: chunk })];
  const group = struct({ 1: list(12, chunks), 2: i64(pages.length), 3: i64(rows) });
  const footer = { 1: i32(2), 2: list(12, [root, column]), 3: i64(rows), 4: list(12, [group]) };
  return withFooter(pages, struct(footer).bytes);
}

export function withFooter(pages: Buffer, footer: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), pages, footer, length, Buffer.from('PAR1')]);
}
