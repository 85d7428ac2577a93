/** One part of a multipart/form-data body. */
export interface FormPart {
  readonly name: string;
  readonly contentType: string;
  /** As the part declares it: a header Content-Length, or a parameter of its Content-Type. */
  readonly declaredLength: number | undefined;
  readonly content: Buffer;
}

/** A body that is no form. */
export class FormError extends Error {
  override readonly name = 'FormError';
}

const DASH = 0x2d;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** Takes a form apart. Parts are views of the body. @throws {FormError} */
export function readForm(body: Buffer, contentType: string): FormPart[] {
  const boundary = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(
    contentType,
  );
  const text = boundary?.[1] ?? boundary?.[2];
  if (text === undefined) throw new FormError('expected multipart/form-data with a boundary');

  const opening = Buffer.from(`--${text}`);
  const delimiter = Buffer.from(`\r\n--${text}`);
  const parts: FormPart[] = [];
  let at = body.indexOf(opening);
  if (at === -1) throw new FormError('the form has no boundary');
  at += opening.length;

  for (;;) {
    if (body[at] === DASH && body[at + 1] === DASH) return parts;
    const headersEnd = body.indexOf(HEADERS_END, at);
    const end = headersEnd === -1 ? -1 : body.indexOf(delimiter, headersEnd + 2);
    if (end === -1) throw new FormError('the form ends in the middle of a part');
    const content = body.subarray(Math.min(headersEnd + HEADERS_END.length, end), end);
    parts.push(readPart(body.toString('utf8', at, headersEnd), content));
    at = end + delimiter.length;
  }
}

function readPart(headers: string, content: Buffer): FormPart {
  const name = /content-disposition:[^\r\n]*?;\s*name="([^"]*)"/i.exec(headers)?.[1];
  if (name === undefined) throw new FormError('a part of the form has no name');
  const contentType = /content-type:\s*([^\r\n]*)/i.exec(headers)?.[1] ?? '';
  const length =
    /content-length:\s*(\d+)/i.exec(headers)?.[1] ?? /;\s*length=(\d+)/i.exec(contentType)?.[1];
  return {
    name,
    contentType,
    declaredLength: length === undefined ? undefined : Number(length),
    content,
  };
}
