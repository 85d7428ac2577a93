import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { LsRecordError } from '../errors.js';
import { unpackZstd, ZstdError } from './zstd.js';

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
    { hint: 'If you trust it, unpack it, and name what is in it.' },
  );
}

function damaged(file: string, compression: Compression, cause: Error): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is damaged: it cannot be unpacked as ${compression} (${cause.message})`,
    { hint: 'Was it cut off while it was copied? Fetch or write it again.', cause },
  );
}
