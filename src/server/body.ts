import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Context } from 'hono';
import type { JsonValue } from '../json/value.js';
import { allowedBytes } from './body-budget.js';
import { decodeText, parseStrictJson } from './exact.js';
import { Refusal } from './refusal.js';

type Decompress = (
  data: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer<ArrayBufferLike>>;

/** Node has it from 22.15 on. */
const zstdDecompress: unknown = Reflect.get(zlib, 'zstdDecompress');

export const READS_ZSTD = typeof zstdDecompress === 'function';

const DECODERS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(zlib.gunzip) as Decompress,
  ...(READS_ZSTD && {
    zstd: promisify(zstdDecompress as typeof zlib.gunzip) as Decompress,
  }),
};

/** Reads a whole body, decompressed. @throws {Refusal} 413 if it is too large, 415 if it cannot be decoded. */
export async function readBytes(context: Context): Promise<Buffer> {
  const maxBytes = allowedBytes(context);
  if (Number(context.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readUpTo(maxBytes, context);
  const encoding = context.req.header('content-encoding')?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return bytes;
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decode) throw new Refusal(415, `cannot decode a body in ${encoding}`);
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new Refusal(400, `the body is not valid ${encoding}`);
  }
}

/** Stops where it is too much: a body that comes in chunks does not say beforehand how long it is. */
async function readUpTo(maxBytes: number, { req }: Context): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of req.raw.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads a body of JSON. @throws {Refusal} 422 if it is none. */
export async function readJson(context: Context): Promise<JsonValue> {
  return parseStrictJson(decodeText(await readBytes(context)), ['body']);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the body is larger than ${maxBytes} bytes`);
}
