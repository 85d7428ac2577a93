import type { Context, MiddlewareHandler } from 'hono';

/** What `/info` promises to take in one body. */
export const PROMISED_BYTES = 20_971_520;
/** The most that one body may declare, and that all bodies in work may hold together: more than any sensible run needs. */
const MOST_BYTES = 128 * 1024 * 1024;

/** What a body may come to once it is decompressed. */
export function allowedBytes(context: Context): number {
  return lengthOf(context) === undefined ? PROMISED_BYTES : MOST_BYTES;
}

/** As the header says; nobody knows beforehand how long a body is that comes in chunks, or compressed. */
function lengthOf({ req }: Context): number | undefined {
  const length = req.header('content-encoding') ? undefined : req.header('content-length');
  return length === undefined ? undefined : Number(length);
}

/** Lets requests in as there is room for their bodies, in the order in which they came. */
export function bodyBudget(): MiddlewareHandler {
  let free = MOST_BYTES;
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  const admit = () => {
    for (let next = waiting[0]; next && next.bytes <= free; next = waiting[0]) {
      free -= next.bytes;
      waiting.shift();
      next.enter();
    }
  };
  return async (context, next) => {
    const { req } = context;
    if (!(req.header('content-length') ?? req.header('transfer-encoding'))) return next();
    const bytes = Math.min(lengthOf(context) ?? PROMISED_BYTES, MOST_BYTES);
    await new Promise<void>((enter) => {
      waiting.push({ bytes, enter });
      admit();
    });
    try {
      await next();
    } finally {
      free += bytes;
      admit();
    }
  };
}
