const CRLF = '\r\n';

/** One part of a form: its name, and its content as JSON text. */
export type Part = readonly [name: string, json: string];

/** Text that will be part of a request, and the bytes that it takes there. */
export interface Piece {
  readonly text: string;
  readonly bytes: number;
}

/**
 * Lays out JSON parts as multipart/form-data, without the closing line, so that pieces can be joined.
 * Each part carries its length, as the ingestion endpoint demands.
 *
 * @see https://docs.smith.langchain.com, POST /runs/multipart
 */
export function encodeParts(parts: readonly Part[], boundary: string): Piece {
  let text = '';
  let bytes = 0;
  for (const [name, json] of parts) {
    const length = Buffer.byteLength(json);
    const head =
      `--${boundary}${CRLF}Content-Disposition: form-data; name="${name}"${CRLF}` +
      `Content-Type: application/json; length=${length}${CRLF}${CRLF}`;
    text += `${head}${json}${CRLF}`;
    bytes += head.length + length + CRLF.length;
  }
  return { text, bytes };
}

/** A whole form: the pieces, joined, and the closing line. */
export function joinForm(pieces: readonly Piece[], boundary: string): Buffer {
  const end = `--${boundary}--${CRLF}`;
  const form = Buffer.allocUnsafe(pieces.reduce((sum, { bytes }) => sum + bytes, end.length));
  let at = 0;
  // What is ASCII only is written several times faster so.
  for (const { text, bytes } of pieces)
    at += form.write(text, at, text.length === bytes ? 'latin1' : 'utf8');
  form.write(end, at, 'latin1');
  return form;
}
