import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { ASSETS } from './page/assets.js';
import { lockedPage } from './page/pages/message-pages.js';
import { Refusal } from './refusal.js';
import type { Passes } from './store/passes.js';

/** Asked before there is a key; and what pages load. */
const OPEN = new Set(['/info', '/ok', '/info/health', ...ASSETS.keys()]);
const PAGE = /^\/(?:$|o\/)/;
/** In the address of a page: a one-time code. */
const CODE = 'code';
const SIGNATURE = 'signature';

/**
 * Lets in who has the token. A browser has a session instead, which it gets for the one-time code in a page's address.
 * Beyond pages it is good only for requests of the very same origin: cookies do not tell the ports of a machine apart.
 */
export function access(token: string, passes: Passes): MiddlewareHandler {
  const cookie = `ls_record_${hostLabel(token)}`;
  return async (context, next) => {
    const { path } = context.req;
    if (OPEN.has(path) || isSame(sentKey(context), token) || isSigned(context, token))
      return next();
    const isPage = PAGE.test(path);
    const isKnown = passes.isSession(getCookie(context, cookie) ?? '');
    const code = isPage ? context.req.query(CODE) : undefined;
    if (code !== undefined) {
      const session = passes.exchange(code);
      if (session === undefined && !isKnown) return refuse(context);
      if (session !== undefined) {
        setCookie(context, cookie, session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      }
      return context.redirect(withoutCode(context), 303);
    }
    if (isKnown && ((isPage && isRead(context)) || isOfThisOrigin(context))) return next();
    return isPage ? refuse(context) : unknown();
  };
}

/** Lets whoever has this path read it, and nothing else. */
export function signPath(path: string, token: string): string {
  return `${path}?${SIGNATURE}=${signatureOf(path, token)}`;
}

function isSigned({ req }: Context, token: string): boolean {
  const signature = req.query(SIGNATURE);
  return (
    signature !== undefined &&
    req.method === 'GET' &&
    isSame(signature, signatureOf(new URL(req.url).pathname, token))
  );
}

function signatureOf(path: string, token: string): string {
  return createHmac('sha256', token).update(path).digest('base64url');
}

/** The name under which a browser finds the pages: one of this machine that no other program here is called by. */
export function pageHost(token: string): string {
  return `${hostLabel(token)}.localhost`;
}

/** The address of a page that opens a session with a code. */
export function withCode(pageUrl: string, code: string): string {
  const url = new URL(pageUrl);
  url.searchParams.set(CODE, code);
  return url.href;
}

function hostLabel(token: string): string {
  return createHash('sha256').update(`pages of ${token}`).digest('hex').slice(0, 8);
}

function sentKey(context: Context): string {
  const bearer = context.req.header('authorization')?.replace(/^Bearer /i, '');
  return context.req.header('x-api-key') ?? bearer ?? '';
}

function isSame(text: string, secret: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(text), digest(secret));
}

/** The page's own request, as the browser itself says. That a write has no other Origin, the loopback guard has seen. */
function isOfThisOrigin({ req }: Pick<Context, 'req'>): boolean {
  return (
    req.header('sec-fetch-site') === 'same-origin' &&
    (isRead({ req }) || req.header('origin') !== undefined)
  );
}

function isRead({ req }: Pick<Context, 'req'>): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

/** Path and query: what stands before them is for the browser to know. */
function withoutCode(context: Context): string {
  const url = new URL(context.req.url);
  url.searchParams.delete(CODE);
  return url.pathname.replace(/^\/+/, '/') + url.search;
}

function refuse(context: Context) {
  return context.html(lockedPage(new URL(withoutCode(context), context.req.url)), 401);
}

function unknown(): never {
  throw new Refusal(401, 'Invalid token');
}
