import { LsRecordError } from '../../errors.js';
import type { Endpoint } from '../../langsmith/endpoint.js';
import type { Context } from '../context.js';
import { clean, type Setting } from './variables.js';

/** The names in the order of undici's EnvHttpProxyAgent, which Node itself goes by; ALL_PROXY is curl's. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'http_proxy', 'HTTP_PROXY'];

/** By which proxy a host is reached. */
export interface ProxyChoice {
  readonly proxy: Setting | undefined;
  /** There is one, but it is not for this host, for this reason. */
  readonly passedBy: string | undefined;
}

/**
 * The proxy that the environment names. A `.env` that came with a checkout does not choose who
 * stands between us and LangSmith.
 *
 * @throws {LsRecordError} `USAGE` if it is not a proxy address.
 */
export function chooseProxy(
  { environment }: Pick<Context, 'environment'>,
  { root, isLoopback }: Endpoint,
): ProxyChoice {
  const name = NAMES.find((candidate) => clean(environment[candidate]) !== undefined);
  const value = name && clean(environment[name]);
  if (!value) return { proxy: undefined, passedBy: undefined };
  if (isLoopback) return { proxy: undefined, passedBy: 'this machine needs none' };

  const exceptions = clean(environment.no_proxy) ?? clean(environment.NO_PROXY) ?? '';
  const exception = exceptions.split(/[,\s]+/).find((entry) => isException(entry, new URL(root)));
  if (exception) return { proxy: undefined, passedBy: `NO_PROXY has ${exception}` };

  const described = `${name} in the environment`;
  return {
    proxy: { value: parse(value, described), source: 'the environment', described },
    passedBy: undefined,
  };
}

/** `*`, a host, a domain with all below it, each with or without a port. */
function isException(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, host = entry, onlyPort] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort && onlyPort !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
  const domain = host.replace(/^\*?\./, '').toLowerCase();
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function parse(text: string, described: string): string {
  // curl takes `proxy:3128` too.
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (isProxy(whole)) return whole;
  throw new LsRecordError('USAGE', `${described} is not a proxy address`, {
    hint: 'Expected http://host:port, or http://user:password@host:port.',
  });
}

/** Such as undici takes: its user and password decode, and nothing follows the host. */
function isProxy(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(address);
  if (!/^(https?|socks5?):$/.test(protocol) || search || hash || !/^\/?$/.test(pathname))
    return false;
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    // A % that stands for itself has to be written %25.
    return false;
  }
}
