import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Context } from 'hono';
import type { z } from 'zod';
import { unpackZstd } from '../input/compressed.js';
import { allowedBytes } from './body-budget.js';
import { decodeText, parseStrictJson } from './exact.js';
import { Refusal } from './refusal.js';
import { read } from './schemas.js';

const ungzip = promisify(gunzip);

type Decode = (bytes: Buffer, maxBytes: number) => Promise<Buffer>;

const DECODERS: Readonly<Record<string, Decode>> = {
  identity: async (bytes) => bytes,
  gzip: (bytes, maxBytes) => ungzip(bytes, { maxOutputLength: maxBytes }),
  zstd: (bytes, maxBytes) => collect(unpackZstd(chunksOf(bytes)), maxBytes),
};

/** Reads a whole body, decompressed. @throws {Refusal} 413 if it is too large, 415 if it cannot be decoded. */
export async function readBytes(context: Context): Promise<Buffer> {
  const maxBytes = allowedBytes(context);
  if (Number(context.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await collect(context.req.raw.body ?? [], maxBytes);
  const encoding = context.req.header('content-encoding')?.trim().toLowerCase() || 'identity';
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decode) throw new Refusal(415, `cannot decode a body in ${encoding}`);
  try {
    return await decode(bytes, maxBytes);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new Refusal(400, `the body is not valid ${encoding}`);
  }
}

/** Stops where it is too much: what comes in chunks does not say beforehand how long it is. */
async function collect(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Reads a body of JSON. @throws {Refusal} 422 if it is none, or not as it has to be. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  return read(schema, parseStrictJson(decodeText(await readBytes(context)), ['body']));
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the body is larger than ${maxBytes} bytes`);
}
