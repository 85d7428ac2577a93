import type { MiddlewareHandler } from 'hono';
import { Refusal } from './refusal.js';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Asked before there is a key. */
const OPEN = /\/(?:info|ok|info\/health)$/;

/**
 * Keeps web pages out: a name that was made to point here is no loopback name, and a page of
 * another origin must not write.
 */
export const loopbackGuard: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? '';
  if (!LOOPBACK.test(host)) throw new Refusal(403, `"${host}" is not a name of this machine`);
  const origin = context.req.header('origin');
  if (origin !== undefined && !READS.has(context.req.method) && origin !== `http://${host}`) {
    throw new Refusal(403, `a page of ${origin} may not write here`);
  }
  await next();
};

/** Asks for a key, as LangSmith does. */
export function keyGuard(key: string): MiddlewareHandler {
  return async (context, next) => {
    const sent =
      context.req.header('x-api-key') ??
      context.req.header('authorization')?.replace(/^Bearer /i, '');
    if (sent !== key && !OPEN.test(context.req.path)) throw new Refusal(401, 'Invalid token');
    await next();
  };
}

/** The lists of v1 that v2 has, too. */
const OLD_LISTS =
  /^(?:GET \/(?:datasets|sessions|runs\/[0-9a-f-]{36})|POST \/(?:runs\/query|datasets\/[^/]+\/runs))$/;

/** Plays a server that has given up one version, or does not have the other yet. */
export function listsGuard(version: 'v1' | 'v2'): MiddlewareHandler {
  return async ({ req }, next) => {
    const isNew = req.path.startsWith('/v2/');
    if (version === 'v1' && isNew) throw new Refusal(404, 'Not Found');
    if (version === 'v2' && OLD_LISTS.test(`${req.method} ${req.path}`)) {
      throw new Refusal(410, 'This endpoint is deprecated: use /api/v2');
    }
    await next();
  };
}
