import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { LsRecordError } from '../errors.js';
import { parseJson } from '../json/parse.js';
import type { JsonValue } from '../json/value.js';
import { ApiRefusal, authRejected, wordsOf } from './answers.js';
import type { Endpoint } from './endpoint.js';

/** Why a request is sent again, and when. */
export interface Retry {
  /** Such as `POST /runs/multipart`. */
  readonly request: string;
  readonly reason: string;
  readonly waitMs: number;
}

export interface TransportOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the waits between tries. */
  readonly signal?: AbortSignal;
  /** How long to go on without any request succeeding. */
  readonly retryForMs: number;
  /** The same before the server has answered once: a mistyped address should not take minutes. */
  readonly firstContactMs: number;
  readonly timeoutMs: number;
  readonly onRetry?: (retry: Retry) => void;
}

export interface Body {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly gzipped?: boolean;
}

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Sends requests until each has a definite answer: an outcome, a refusal, or patience at its end. */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #options: TransportOptions;
  readonly #agent = new Agent({ connections: 32, keepAliveTimeout: 30_000 });
  #prefix = '/api/v1';
  #lastSuccessMs = 0;
  /** Server time minus our steady clock; a lower bound, since the Date header is cut to the second. */
  #clockOffsetMs: number | undefined;

  constructor(endpoint: Endpoint, options: TransportOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** The server's clock in epoch milliseconds, never ahead of it; ours until it has answered. */
  nowMs(): number {
    return this.#clockOffsetMs === undefined ? Date.now() : performance.now() + this.#clockOffsetMs;
  }

  /** Some servers answer on bare paths only. */
  useBarePaths(): void {
    this.#prefix = '';
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /**
   * Sends a request and reads its JSON answer; 2xx without a body is null.
   *
   * @param path below the API prefix, with its query.
   * @throws {ApiRefusal} on an answer that will not change.
   * @throws {LsRecordError} `AUTH_REJECTED`, `API_UNREACHABLE` when patience is over, `STOPPED`.
   */
  async send(method: Dispatcher.HttpMethod, path: string, body?: Body): Promise<JsonValue> {
    const started = performance.now();
    const name = `${method} ${path.split('?')[0]}`;

    for (let tries = 0; ; tries++) {
      const outcome = await this.#try(method, path, name, body, tries > 0);
      if ('answer' in outcome) {
        this.#lastSuccessMs = performance.now();
        return outcome.answer;
      }
      if (this.#options.signal?.aborted) throw stopped(name);

      const proven = this.#lastSuccessMs > 0;
      const { retryForMs, firstContactMs } = this.#options;
      const patienceMs = proven ? retryForMs : firstContactMs;
      const waitMs = outcome.retryAfterMs ?? backOff(tries);
      const idleMs = performance.now() - Math.max(started, this.#lastSuccessMs);
      if (idleMs + waitMs > patienceMs || (outcome.notLangSmith && !proven)) {
        throw this.#unreachable(name, outcome, tries + 1);
      }

      this.#options.onRetry?.({ request: name, reason: outcome.reason, waitMs });
      await sleep(waitMs, undefined, { signal: this.#options.signal }).catch(() => {
        throw stopped(name);
      });
    }
  }

  async #try(
    method: Dispatcher.HttpMethod,
    path: string,
    name: string,
    body: Body | undefined,
    again: boolean,
  ): Promise<{ answer: JsonValue } | Failure> {
    let response: Dispatcher.ResponseData;
    let text: string;
    try {
      response = await request(this.#url(path), {
        method,
        dispatcher: this.#agent,
        headersTimeout: this.#options.timeoutMs,
        bodyTimeout: this.#options.timeoutMs,
        headers: {
          ...this.#options.headers,
          accept: 'application/json',
          ...(body && { 'content-type': body.type }),
          ...(body?.gzipped && { 'content-encoding': 'gzip' }),
        },
        body: body?.bytes ?? null,
      });
      text = await response.body.text();
    } catch (error) {
      return { reason: networkReason(error) };
    }

    const { date } = response.headers;
    if (typeof date === 'string') this.noteTime(Date.parse(date));
    const status = response.statusCode;
    const json = /\bjson\b/.test(String(response.headers['content-type'] ?? '')) || text === '';
    const answer = json ? readJson(text) : undefined;
    const words = wordsOf(answer, json ? `status ${status}` : 'an answer that is not JSON');

    if (status >= 200 && status < 300) {
      if (answer !== undefined) return { answer };
      return {
        reason: json ? 'a truncated answer' : 'a web page instead of JSON',
        notLangSmith: !json,
      };
    }
    if (TRANSIENT.has(status)) {
      const retryAfterMs = readRetryAfter(response.headers['retry-after'], Date.now());
      return { reason: `${status} ${words}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    if (status === 401 || status === 403) {
      // A gateway's web page says nothing about the key, and may be gone the next time.
      if (answer === undefined) return { reason: `${status} from a proxy or gateway` };
      throw authRejected(status, words, name);
    }
    const requestId = response.headers['x-request-id'];
    throw new ApiRefusal({
      status,
      words,
      request: name,
      again,
      requestId: typeof requestId === 'string' ? requestId : undefined,
    });
  }

  /** Newer paths begin with /platform: below /v1 on LangSmith's cloud, below /api/v1 elsewhere. */
  #url(path: string): string {
    const { root, isCloud } = this.#endpoint;
    const isPlatform = path.startsWith('/platform/');
    return root + (isPlatform && (isCloud || this.#prefix === '') ? '/v1' : this.#prefix) + path;
  }

  /** The server's clock showed this time at the latest now; its Date header is cut to the second, other answers are not. */
  noteTime(serverMs: number): void {
    if (Number.isNaN(serverMs)) return;
    const offset = serverMs - performance.now();
    this.#clockOffsetMs = Math.max(this.#clockOffsetMs ?? offset, offset);
  }

  #unreachable(name: string, failure: Failure, tries: number): LsRecordError {
    const { root, host } = this.#endpoint;
    if (failure.notLangSmith) {
      return new LsRecordError(
        'API_UNREACHABLE',
        `${root} is not a LangSmith API: it answered ${name} with ${failure.reason}`,
        {
          hint: 'Check the endpoint. A server of your own usually wants /api at the end: https://host/api.',
        },
      );
    }
    const times = tries === 1 ? 'once' : `${tries} times`;
    return new LsRecordError(
      'API_UNREACHABLE',
      `cannot reach ${host}: ${failure.reason} (${name}, tried ${times})`,
      {
        hint: 'Check the endpoint and the network, then run the same command again: what is recorded stays, nothing is sent twice.',
      },
    );
  }
}

interface Failure {
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** The answer came from something that is no LangSmith API. */
  readonly notLangSmith?: boolean;
}

function readJson(text: string): JsonValue | undefined {
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    // Cut off on the way: the caller asks again.
    return undefined;
  }
}

function readRetryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** Full jitter: anything from nothing to the doubled wait, so that clients spread out. */
function backOff(tries: number): number {
  return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

const NETWORK_REASONS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
};

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { code } = error as NodeJS.ErrnoException;
  // Without a code it is no fault of the network but a bug of ours.
  if (code === undefined) throw error;
  return NETWORK_REASONS[code] ?? `${error.message || code}`;
}

function stopped(name: string): LsRecordError {
  return new LsRecordError('STOPPED', `stopped while waiting for ${name}`);
}
