import { setTimeout as wait } from 'node:timers/promises';
import * as tls from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent, request } from 'undici';
import { isAboutTrust } from './faults.js';

/** The way to a server. */
export interface NetworkOptions {
  /** URL of a proxy that opens tunnels (CONNECT), with its user and password if it asks for them. */
  readonly proxy?: string | undefined;
  /** PEM texts of authorities to trust besides Node's own; asked for when those do not suffice. */
  readonly authorities?: (() => readonly string[]) | undefined;
  /** An answer without end would fill the memory. Default: 256 MiB. */
  readonly longestAnswerBytes?: number | undefined;
}

const OPTIONS = { connections: 32, keepAliveTimeout: 30_000 };
const LONGEST_ANSWER_BYTES = 256 * 1024 * 1024;
const TUNNEL_WITHIN_MS = 15_000;
const CLOSE_WITHIN_MS = 1_000;

type Request = Omit<NonNullable<Parameters<typeof request<null>>[1]>, 'dispatcher'>;

/** Connections that are kept and shared; close them at the end. */
export class Network {
  readonly #options: NetworkOptions;
  #dispatcher: Dispatcher;
  /** The one before it, which trusted Node's own authorities only. */
  #outgrown: Dispatcher | undefined;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#dispatcher = openDispatcher(options);
  }

  async request(url: string, options: Request): Promise<Dispatcher.ResponseData> {
    const dispatcher = this.#dispatcher;
    try {
      return await request(url, { ...options, dispatcher });
    } catch (error) {
      // To read hundreds of certificates takes a quarter of a second, which few need to wait for.
      if (!isAboutTrust(error) || !this.#trustMore(dispatcher)) throw error;
      return await request(url, { ...options, dispatcher: this.#dispatcher });
    }
  }

  /** Requests under way end by themselves; this waits for them a moment, since nobody waits for their answers any more. */
  async close(): Promise<void> {
    const closed = Promise.all([this.#dispatcher.close(), this.#outgrown?.close()]);
    await Promise.race([closed, wait(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  /** False: all that can be trusted was, already. */
  #trustMore(tried: Dispatcher): boolean {
    if (tried !== this.#dispatcher) return true;
    const more = this.#outgrown ? [] : (this.#options.authorities?.() ?? []);
    if (more.length === 0) return false;
    this.#outgrown = tried;
    const secureContext = tls.createSecureContext({ ca: [...nodesOwn(), ...more] });
    this.#dispatcher = openDispatcher(this.#options, secureContext);
    return true;
  }
}

function openDispatcher(
  { proxy, longestAnswerBytes = LONGEST_ANSWER_BYTES }: NetworkOptions,
  secureContext?: tls.SecureContext,
): Dispatcher {
  const trust = secureContext && { secureContext };
  const limits = { ...OPTIONS, maxResponseSize: longestAnswerBytes };
  if (proxy === undefined) return new Agent({ ...limits, connect: trust });
  return new ProxyAgent({
    ...limits,
    uri: proxy,
    // A proxy that says nothing would otherwise be waited for five minutes, undici's default.
    clientFactory: (origin, options) =>
      new Pool(origin, { ...options, headersTimeout: TUNNEL_WITHIN_MS }),
    requestTls: trust,
    proxyTls: trust,
  });
}

/** Node 22.15 and later tell with what NODE_EXTRA_CA_CERTS adds. The types are those of Node 20. */
function nodesOwn(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: () => string[] };
  return getCACertificates?.() ?? tls.rootCertificates;
}

/** The address of a proxy as it may be shown: without user and password. */
export function describeProxy(proxy: string): string {
  const { protocol, host } = new URL(proxy);
  return `${protocol}//${host}`;
}
