import type { ErrorCode } from '../../errors.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import type { Model, Provider } from './models.js';

/** Where a model answers, and with which key. */
export interface ModelEndpoint {
  /** Without a closing slash. */
  readonly url: string;
  readonly key: string | undefined;
  readonly provider: Provider;
}

export interface Surroundings {
  /** Keys come from here only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An address that was typed. */
  readonly baseUrl?: string | undefined;
}

/** Why a judge cannot run from here, with what to do about it. */
export interface CannotRun {
  readonly problem: string;
  /** Default `USAGE`. */
  readonly code?: ErrorCode;
}

/**
 * Finds where a model answers. A key goes to the provider's own address, or to one that the user named: a rule comes
 * from a server, and could name any.
 *
 * @returns the endpoint, or why there is none.
 */
export function findEndpoint(
  { provider, baseUrl: named }: Model,
  { environment, baseUrl: typed }: Surroundings,
): ModelEndpoint | CannotRun {
  const variable = provider.baseUrlVariables.find((name) => environment[name]);
  const chosen = typed ?? (variable && withPath(environment[variable] ?? '', provider.basePath));
  const text = chosen ?? named ?? provider.baseUrl;
  const [byVariable = ''] = provider.baseUrlVariables;
  if (text === '') return { problem: `its address is not known: set ${byVariable}` };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search)
    return { problem: 'the address of its model is not an http(s) URL' };

  const { isLoopback } = parseEndpoint(url.origin);
  const isForeign = chosen === undefined && named !== undefined && !isOf(provider, url);
  if (isForeign && !isLoopback)
    return { problem: `its model is at ${url.host}: if that is right, name it with --base-url` };
  const key = isForeign ? undefined : keyOf(provider, environment);
  const [secret] = provider.keyVariables;
  if (key === undefined && secret !== undefined && !isLoopback)
    return { problem: `there is no key: set ${secret}`, code: 'MODEL_KEY' };
  if (key !== undefined && url.protocol === 'http:' && !isLoopback)
    return { problem: `refusing to send a key to ${url.host} over plain HTTP` };
  return { url: text.replace(/\/+$/, ''), key, provider };
}

function keyOf({ keyVariables }: Provider, environment: Surroundings['environment']) {
  const name = keyVariables.find((variable) => environment[variable]?.trim());
  return name === undefined ? undefined : environment[name]?.trim();
}

function isOf({ baseUrl }: Provider, { origin }: URL): boolean {
  return URL.canParse(baseUrl) && new URL(baseUrl).origin === origin;
}

function withPath(address: string, path: string): string {
  const base = address.trim().replace(/\/+$/, '');
  return base.endsWith(path) ? base : base + path;
}
