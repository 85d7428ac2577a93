import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { Decompress } from 'fzstd';
import { LsRecordError } from '../errors.js';

const CHUNK_BYTES = 64 * 1024;
/** What is smaller does no harm, however small it was packed. */
const HARMLESS_BYTES = 100 * 1024 * 1024;
/** Deflate cannot pack tighter by much; results are packed 10 to 1. */
const MAX_RATIO = 1000;

export type Compression = 'gzip' | 'zstd' | 'deflate';

/**
 * Unpacks bytes as they come, in constant memory.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where they are damaged, end too soon, or are packed too tight to be results,
 *   after all that is whole.
 */
export async function* unpack(
  compression: Compression,
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      packed += chunk.length;
      yield chunk;
    }
  };
  try {
    const chunks =
      compression === 'zstd' ? unpackZstd(counted()) : through(counted(), inflater(compression));
    for await (const chunk of chunks) {
      unpacked += chunk.length;
      if (unpacked > HARMLESS_BYTES && unpacked > MAX_RATIO * packed) throw bomb(file);
      yield chunk;
    }
  } catch (error) {
    throw isOfData(error) ? damaged(file, compression, error) : error;
  }
}

function inflater(compression: 'gzip' | 'deflate'): Transform {
  const options = { chunkSize: CHUNK_BYTES };
  return compression === 'gzip' ? createGunzip(options) : createInflateRaw(options);
}

async function* through(
  bytes: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  // What goes wrong is thrown where the transform is read: nothing is left for the callback.
  yield* pipeline(bytes, transform, () => {});
}

/** @see https://nodejs.org/docs/latest-v20.x/api/zlib.html#constants: codes of zlib's own failures are named Z_… */
function isOfData(error: unknown): error is Error {
  if (error instanceof ZstdError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function bomb(file: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} unpacks to more than ${MAX_RATIO} times its size`,
    { hint: 'If you trust it, unpack it and give the file inside.' },
  );
}

function damaged(file: string, compression: Compression, cause: Error): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is damaged: it cannot be decompressed as ${compression} (${cause.message})`,
    { hint: 'Truncated while copying? Download or write it again.', cause },
  );
}

/** A file that is no Zstandard, or more of it than is read. */
class ZstdError extends Error {
  override readonly name = 'ZstdError';
}

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** What the zstd program itself unpacks without `--long`: a window is held in memory. */
const MAX_WINDOW = 128 * 1024 * 1024;
const MAX_BLOCK = 128 * 1024;

/**
 * Unpacks Zstandard. Node has it from 22.15 on only, and there reads the first of several frames.
 * Blocks are handed on one by one, so that four bytes that stand for 128 KB cannot fill the memory.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878, section 3.1
 * @throws {ZstdError}
 */
export async function* unpackZstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new Input(bytes);
  try {
    for (;;) {
      const magic = await input.take(4, { orEnd: true });
      if (!magic) return;
      const number = magic.readUInt32LE();
      if (number === FRAME) yield* unpackFrame(magic, input);
      else if ((number & ~0xf) === SKIPPABLE) await skipFrame(input);
      else throw new ZstdError('a frame begins with other bytes');
    }
  } finally {
    await input.close();
  }
}

async function* unpackFrame(magic: Buffer, input: Input): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const decompress = new Decompress((block) => unpacked.push(block));
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    unpacked = [];
    try {
      decompress.push(bytes, isLast);
    } catch (error) {
      throw new ZstdError(error instanceof Error ? error.message : String(error));
    }
    return unpacked.filter(({ length }) => length > 0);
  };

  const { header, hasChecksum } = await takeHeader(input);
  let before = Buffer.concat([magic, header]);
  for (;;) {
    const blockHeader = await input.take(3);
    const facts = blockHeader.readUIntLE(0, 3);
    const isLast = (facts & 1) === 1;
    const type = (facts >> 1) & 3;
    const size = facts >> 3;
    if (type === 3 || size > MAX_BLOCK) throw new ZstdError('a block is not of any known kind');
    const body = await input.take(type === 1 ? 1 : size);
    if (type === 2 && isEndless(body)) throw new ZstdError('its weights are all the same');
    const checksum = isLast && hasChecksum ? [await input.take(4)] : [];
    yield* push(Buffer.concat([before, blockHeader, body, ...checksum]), isLast);
    if (isLast) return;
    before = Buffer.alloc(0);
  }
}

/**
 * Whether the weights of a block are packed by a table of one weight, which takes no bits: fzstd unpacks them for ever. No
 * packer writes that.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878, sections 3.1.1.3.1.1, 4.2.1.1 and 4.1.1
 */
function isEndless(block: Buffer): boolean {
  const [first = 0] = block;
  const at = [3, 3, 4, 5][(first >> 2) & 3] ?? 3;
  const weights = block.subarray(at + 1, at + 128);
  if ((first & 3) !== 2 || weights.length === 0 || (block[at] ?? 0) >= 128) return false;
  const accuracy = BigInt(((weights[0] ?? 0) & 15) + 5);
  const one = 2n << accuracy;
  let bits = BigInt(`0x${Buffer.from(weights).reverse().toString('hex')}`) >> 4n;
  // A share of nothing, and two bits for how many more there are: three is followed by two more.
  while (bits % (one / 2n) === 1n) {
    bits >>= accuracy;
    while (bits % 4n === 3n) bits >>= 2n;
    bits >>= 2n;
  }
  return bits % one === one - 1n;
}

async function takeHeader(input: Input): Promise<{ header: Buffer; hasChecksum: boolean }> {
  const descriptor = await input.take(1);
  const flags = descriptor.readUInt8();
  const isSingle = (flags & 0x20) !== 0;
  const idBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const window = await input.take(isSingle ? 0 : 1);
  const id = await input.take(idBytes);
  const size = await input.take(sizeBytes);
  if (id.some((byte) => byte !== 0)) throw new ZstdError('it needs a dictionary');
  const windowBytes = isSingle ? contentSize(size) : windowSize(window.readUInt8());
  if (windowBytes > MAX_WINDOW) {
    throw new ZstdError(`it needs a window of over ${MAX_WINDOW / 1024 / 1024} MB`);
  }
  return { header: Buffer.concat([descriptor, window, id, size]), hasChecksum: (flags & 4) !== 0 };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE());
  return bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0);
}

async function skipFrame(input: Input): Promise<void> {
  let left = (await input.take(4)).readUInt32LE();
  for (; left > 0; left -= Math.min(left, MAX_BLOCK)) await input.take(Math.min(left, MAX_BLOCK));
}

/** Gives bytes by number, however they come. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer>;
  async take(count: number, options: { orEnd: true }): Promise<Buffer | undefined>;
  async take(count: number, { orEnd = false } = {}): Promise<Buffer | undefined> {
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < count) {
      const { value, done } = await this.#chunks.next();
      if (done) {
        if (orEnd && length === 0) return undefined;
        throw new ZstdError('it ends too soon');
      }
      pieces.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      length += value.length;
    }
    const bytes = pieces.length === 1 ? this.#rest : Buffer.concat(pieces);
    this.#rest = bytes.subarray(count);
    return bytes.subarray(0, count);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
