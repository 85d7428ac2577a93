import { setTimeout as wait } from 'node:timers/promises';
import * as tls from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent, request } from 'undici';
import { BoundlessAnswer, isAboutTrust } from './faults.js';

/** The way to a server. */
export interface NetworkOptions {
  /** URL of a proxy that opens tunnels (CONNECT), with its user and password if it asks for them. */
  readonly proxy?: string | undefined;
  /** PEM texts of authorities to trust besides Node's own; asked for when those do not suffice. */
  readonly authorities?: (() => readonly string[]) | undefined;
}

// What a request may take as a whole is counted here: undici's own limits begin again with each piece that comes.
const OPTIONS = { connections: 32, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 };
/** In bytes a millisecond. Who is slower than this 512 kbit/s does not send, but keep waiting. */
const SLOWEST = 64;
const TUNNEL_WITHIN_MS = 15_000;
const CLOSE_WITHIN_MS = 1_000;

/** What to ask, and how much of an answer is borne. */
export interface Exchange {
  readonly method: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array | string | undefined;
  /** From sending to the last byte of the answer, and as much more as what is sent and comes takes at the slowest. */
  readonly withinMs: number;
  readonly longestAnswerBytes: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly bytes: Buffer;
}

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

  /** @throws what `readFault` tells in words; the reason of the signal. */
  async request(url: string, exchange: Exchange): Promise<HttpAnswer> {
    const dispatcher = this.#dispatcher;
    try {
      return await ask(url, exchange, dispatcher);
    } catch (error) {
      // To read hundreds of certificates takes a quarter of a second, which few need to wait for.
      if (!isAboutTrust(error) || !this.#trustMore(dispatcher)) throw error;
      return await ask(url, exchange, this.#dispatcher);
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

async function ask(url: string, exchange: Exchange, dispatcher: Dispatcher): Promise<HttpAnswer> {
  const { method, headers = {}, body = null, longestAnswerBytes } = exchange;
  const deadline = new Deadline(exchange.withinMs, exchange.signal);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    deadline.moveBy(body?.length ?? 0);
    const { signal } = deadline;
    const response = await request(url, { method, headers, body, signal, dispatcher });
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > longestAnswerBytes) throw new BoundlessAnswer('TOO_LONG');
      deadline.moveBy(chunk.length);
      chunks.push(chunk);
    }
    const { statusCode, headers: answered } = response;
    return { statusCode, headers: answered, bytes: Buffer.concat(chunks) };
  } catch (error) {
    const isLate = deadline.isOver && !exchange.signal?.aborted;
    throw isLate ? new BoundlessAnswer(length === 0 ? 'LATE' : 'TOO_SLOW') : error;
  } finally {
    deadline.close();
  }
}

/** When a request has to be over; each byte on its way moves that, so that a large one has its time, and a drip none. */
class Deadline {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #dueMs: number;
  #timer: NodeJS.Timeout;
  isOver = false;

  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#dueMs = performance.now() + ms;
    this.#timer = setTimeout(this.#check, ms);
    if (outer?.aborted) this.#end();
    outer?.addEventListener('abort', this.#end);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  moveBy(bytes: number): void {
    this.#dueMs += bytes / SLOWEST;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#end);
  }

  readonly #end = () => this.#stop.abort(this.#outer?.reason);

  readonly #check = () => {
    const leftMs = this.#dueMs - performance.now();
    this.isOver = leftMs <= 0;
    if (this.isOver) this.#stop.abort();
    else this.#timer = setTimeout(this.#check, leftMs);
  };
}

function openDispatcher({ proxy }: NetworkOptions, secureContext?: tls.SecureContext): Dispatcher {
  const trust = secureContext && { secureContext };
  if (proxy === undefined) return new Agent({ ...OPTIONS, connect: trust });
  return new ProxyAgent({
    ...OPTIONS,
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
