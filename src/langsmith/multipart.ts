const CRLF = '\r\n';

/** One part of a form: its name, and its content as JSON text. */
export type Part = readonly [name: string, json: string];

/**
 * Lays out JSON parts as multipart/form-data, without the closing line, so that pieces can be joined.
 * Each part carries its length, as the ingestion endpoint demands.
 *
 * @see https://docs.smith.langchain.com, POST /runs/multipart
 */
export function encodeParts(parts: readonly Part[], boundary: string): Buffer {
  let text = '';
  for (const [name, json] of parts) {
    text +=
      `--${boundary}${CRLF}Content-Disposition: form-data; name="${name}"${CRLF}` +
      `Content-Type: application/json; length=${Buffer.byteLength(json)}${CRLF}${CRLF}${json}${CRLF}`;
  }
  return Buffer.from(text);
}

export function closeForm(boundary: string): Buffer {
  return Buffer.from(`--${boundary}--${CRLF}`);
}
