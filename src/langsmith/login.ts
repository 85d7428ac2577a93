import { z } from 'zod';
import { parseEndpoint } from './endpoint.js';
import { readFault } from './faults.js';
import { type Exchange, Network, type NetworkOptions } from './network.js';

const CLIENT_ID = 'langsmith-cli';
const DISCOVERY_WITHIN_MS = 5_000;
const LONGEST_ANSWER_BYTES = 1024 * 1024;
const WELL_KNOWN = '/.well-known/oauth-authorization-server';

const metadataSchema = z.object({ issuer: z.string(), token_endpoint: z.string() });
const tokenSchema = z
  .object({
    access_token: z.string().min(1),
    refresh_token: z.string().min(1).optional(),
    expires_in: z.number().positive().optional(),
  })
  .transform((wire) => ({
    accessToken: wire.access_token,
    refreshToken: wire.refresh_token,
    expiresInS: wire.expires_in,
  }));

/** What came of renewing a login: a new token, or why there is none. */
export type Renewal =
  | { readonly outcome: 'renewed'; readonly token: z.output<typeof tokenSchema> }
  /** The login is over: only a person can log in again. */
  | { readonly outcome: 'refused'; readonly words: string }
  | { readonly outcome: 'unreachable'; readonly words: string };

/**
 * Renews an OAuth login as the official tools do.
 *
 * @param api the API base that the login is for.
 * @param deadlineMs when, by Date.now(), it has to be over.
 * @see https://www.npmjs.com/package/langsmith, 0.12.0, lib/utils/profiles.js
 */
export async function renewLogin(
  api: string,
  refreshToken: string,
  deadlineMs: number,
  options: NetworkOptions,
): Promise<Renewal> {
  const network = new Network(options);
  try {
    const url = await findTokenEndpoint(api, deadlineMs, network);
    const { statusCode, text } = await ask(network, url, deadlineMs, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: CLIENT_ID,
        refresh_token: refreshToken,
      }).toString(),
    });
    const token = tokenSchema.safeParse(parse(text));
    if (statusCode === 200 && token.success) return { outcome: 'renewed', token: token.data };
    const words = `${new URL(url).host} answered ${statusCode}`;
    return { outcome: [400, 401].includes(statusCode) ? 'refused' : 'unreachable', words };
  } catch (error) {
    return { outcome: 'unreachable', words: readFault(error).reason };
  } finally {
    await network.close();
  }
}

/** From the server's own description, most specific first; else where LangSmith has it. */
async function findTokenEndpoint(
  api: string,
  deadlineMs: number,
  network: Network,
): Promise<string> {
  const given = api.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  const bare = given.replace(/\/api$/, '');
  for (const base of new Set([given, `${bare}/api`, bare])) {
    for (const url of describedAt(base)) {
      const until = Math.min(Date.now() + DISCOVERY_WITHIN_MS, deadlineMs);
      const answer = await ask(network, url, until, { method: 'GET' }).catch(() => undefined);
      const found = answer?.statusCode === 200 ? trusted(parse(answer.text), base) : undefined;
      if (found) return found;
    }
  }
  return `${given}/oauth/token`;
}

/** RFC 8414 puts the well-known part before the path of the issuer; many servers have it behind. */
function describedAt(base: string): Set<string> {
  const { origin, pathname } = new URL(base);
  return new Set([origin + WELL_KNOWN + (pathname === '/' ? '' : pathname), base + WELL_KNOWN]);
}

/** A refresh token goes to the server that was asked, whatever its description says. */
function trusted(description: unknown, base: string): string | undefined {
  const { data } = metadataSchema.safeParse(description);
  if (!data || data.issuer.replace(/\/+$/, '') !== base) return undefined;
  if (!URL.canParse(data.token_endpoint)) return undefined;
  const { origin } = new URL(data.token_endpoint);
  return origin === new URL(parseEndpoint(base).root).origin ? data.token_endpoint : undefined;
}

async function ask(
  network: Network,
  url: string,
  untilMs: number,
  exchange: Pick<Exchange, 'method' | 'headers' | 'body'>,
): Promise<{ statusCode: number; text: string }> {
  const withinMs = Math.max(0, untilMs - Date.now());
  const { statusCode, bytes } = await network.request(url, {
    withinMs,
    longestAnswerBytes: LONGEST_ANSWER_BYTES,
    ...exchange,
  });
  return { statusCode, text: bytes.toString() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A server of one's own answers an unknown path with its web page.
    return undefined;
  }
}
