const CRLF = '\r\n';

/** JSON text, or the bytes of it as they go into a request. */
export type Json = string | Uint8Array;

/** One part of a form: its name, and its content as JSON, possibly in several chunks. */
export type FormPart = readonly [name: string, ...content: Json[]];

/** What will be part of a request, and the bytes that it takes there. */
export interface FormPiece {
  readonly chunks: readonly Json[];
  readonly bytes: number;
}

/**
 * Lays out JSON parts as multipart/form-data, without the closing line, so that pieces can be joined.
 * Each part carries its length, as the ingestion endpoint demands.
 *
 * @see https://docs.smith.langchain.com, POST /runs/multipart
 */
export function encodeParts(parts: readonly FormPart[], boundary: string): FormPiece {
  const chunks: Json[] = [];
  let text = '';
  let bytes = 0;
  for (const [name, ...content] of parts) {
    const length = sizeOf(content);
    const head =
      `--${boundary}${CRLF}Content-Disposition: form-data; name="${name}"${CRLF}` +
      `Content-Type: application/json; length=${length}${CRLF}${CRLF}`;
    bytes += head.length + length + CRLF.length;
    text += head;
    for (const chunk of content) {
      if (typeof chunk === 'string') text += chunk;
      else {
        chunks.push(text, chunk);
        text = '';
      }
    }
    text += CRLF;
  }
  chunks.push(text);
  return { chunks, bytes };
}

/** Pieces as one, in bytes of its own. */
export function joinPieces(pieces: readonly FormPiece[]): FormPiece {
  const joined = join(pieces);
  return { chunks: [joined], bytes: joined.length };
}

/** A whole form: the pieces, joined, and the closing line. */
export function joinForm(pieces: readonly FormPiece[], boundary: string): Buffer {
  return join(pieces, `--${boundary}--${CRLF}`);
}

function join(pieces: readonly FormPiece[], end = ''): Buffer {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + piece.bytes, end.length));
  let at = 0;
  for (const { chunks } of pieces) at = write(bytes, at, chunks);
  write(bytes, at, [end]);
  return bytes;
}

/**
 * Adds members that are JSON already to an object.
 *
 * @param head the object, or its JSON.
 */
export function withJson(head: object | string, members: Record<string, Json | undefined>): Json[] {
  const chunks: Json[] = [];
  let text = (typeof head === 'string' ? head : JSON.stringify(head)).slice(0, -1);
  for (const [key, json] of Object.entries(members)) {
    if (json === undefined) continue;
    append(chunks, `${text}${text === '{' ? '' : ','}"${key}":`);
    append(chunks, json);
    text = '';
  }
  append(chunks, `${text}}`);
  return chunks;
}

/** The same bytes in one buffer. */
export function joinJson(chunks: readonly Json[]): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(chunks));
  write(bytes, 0, chunks);
  return bytes;
}

/** How many bytes these chunks take in a request. */
export function sizeOf(chunks: readonly Json[]): number {
  let bytes = 0;
  for (const chunk of chunks)
    bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
  return bytes;
}

/** Text joins the text before it: few large chunks are written faster than many small ones. */
function append(chunks: Json[], chunk: Json): void {
  const last = chunks.at(-1);
  if (typeof chunk === 'string' && typeof last === 'string')
    chunks[chunks.length - 1] = last + chunk;
  else chunks.push(chunk);
}

function write(into: Buffer, from: number, chunks: readonly Json[]): number {
  let at = from;
  for (const chunk of chunks) {
    if (typeof chunk === 'string') at += into.write(chunk, at, 'utf8');
    else {
      into.set(chunk, at);
      at += chunk.length;
    }
  }
  return at;
}
