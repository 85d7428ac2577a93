import type { MiddlewareHandler } from 'hono';
import { Refusal } from './refusal.js';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a browser says of requests that another site, or another port of this machine, made it send. */
const ELSEWHERE = new Set(['cross-site', 'same-site']);

/** Whatever a payload holds, a browser only shows it: nothing is run but our own scripts, nothing is framed, fetched from elsewhere, kept, or read by other pages. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: a form of ours would then be sent without its origin.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A route that says more strictly what a browser may do has the last word. */
export const safeHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!context.res.headers.has(name)) context.header(name, value);
  }
};

/**
 * Keeps the pages of others out: a name that was made to point here is no name of this machine, and nothing is
 * answered to a request that a page of another origin made.
 *
 * @param pageHost the one other name, under which browsers see the pages.
 */
export function loopbackGuard(pageHost: string | undefined): MiddlewareHandler {
  return async ({ req }, next) => {
    const host = req.header('host') ?? '';
    const isPageHost = pageHost !== undefined && host.replace(/:\d+$/, '') === pageHost;
    if (!isPageHost && !LOOPBACK.test(host)) {
      throw new Refusal(403, `"${host}" is not a name of this machine`);
    }
    const origin = req.header('origin');
    if (origin !== undefined && !READS.has(req.method) && origin !== `http://${host}`) {
      throw new Refusal(403, `a page of ${origin} may not write here`);
    }
    if (ELSEWHERE.has(req.header('sec-fetch-site') ?? '')) {
      throw new Refusal(403, 'a link of another page leads here: type the address, or paste it');
    }
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
