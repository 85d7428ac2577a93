import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { LsRecordError } from '../errors.js';
import { unpackZstd, ZstdError } from './zstd.js';

const CHUNK_BYTES = 64 * 1024;

export type Compression = 'gzip' | 'zstd' | 'deflate';

/**
 * Unpacks bytes as they come, in constant memory, however much comes out of them.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where they are damaged or end too soon, after all that is whole.
 */
export async function* unpack(
  compression: Compression,
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  try {
    if (compression === 'zstd') yield* unpackZstd(bytes);
    else yield* through(bytes, inflater(compression));
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

function damaged(file: string, compression: Compression, cause: Error): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is damaged: it cannot be unpacked as ${compression} (${cause.message})`,
    { hint: 'Was it cut off while it was copied? Fetch or write it again.', cause },
  );
}
