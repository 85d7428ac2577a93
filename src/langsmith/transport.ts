import { isUtf8 } from 'node:buffer';
import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { LsRecordError } from '../errors.js';
import { parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { type Clock, steadyClock } from './clock.js';
import type { Endpoint } from './endpoint.js';
import { type Failure, readFault, readOddAnswer } from './faults.js';
import { describeProxy, type HttpAnswer, Network, type NetworkOptions } from './network.js';
import { Pace } from './pace.js';
import { Patience, type PatienceOptions } from './patience.js';
import { RateLimits } from './rate-limits.js';
import {
  ApiRefusal,
  AuthRefusal,
  planUsedUp,
  statusInWords,
  whyRefused,
  withoutSecrets,
  wordsOf,
} from './refusals.js';

/** Why a request is sent again, and when. */
export interface Retry {
  /** Such as `POST /runs/multipart`. */
  readonly request: string;
  /** Default: LangSmith. */
  readonly server?: string;
  readonly reason: string;
  /** `limit`: too much at once. `quota`: of the hour. `network`: no answer came. `server`: it is in trouble. */
  readonly cause: 'limit' | 'quota' | 'network' | 'server';
  readonly waitMs: number;
  /** For how long it is tried before giving up. */
  readonly patienceMs: number;
}

/** A request that was sent, once. */
export interface Sent {
  /** Such as `POST /runs/multipart`; without its query. */
  readonly request: string;
  /** The status of the answer, or why there was none. */
  readonly outcome: number | string;
  readonly ms: number;
  /** What was sent, as it was sent; of a request without a body, what came back. */
  readonly bytes: number;
}

export interface TransportOptions extends Omit<PatienceOptions, 'clock'> {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The token of a login, asked for before each request: it is renewed when it comes to its end. */
  readonly bearer?: () => Promise<string>;
  readonly network?: NetworkOptions;
  /** Ends the waits between tries. */
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
  readonly clock?: Clock;
  readonly onRetry?: (retry: Retry) => void;
  readonly onRequest?: (sent: Sent) => void;
}

export interface Body {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly gzipped?: boolean;
}

/** Statuses that may be others the next time. */
export const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Lists of examples and runs: a page of them can be large. All else is heads and figures. */
const HOLDS_PAYLOADS =
  /^\/(?:v2\/)?(?:examples\?|runs\/query$|datasets\/[^/]+\/(?:experiment-)?runs$)/;
const LONGEST_ANSWER_BYTES = 32 * 1024 * 1024;
const LONGEST_PAGE_BYTES = 256 * 1024 * 1024;
const LONGEST_FIRST_ANSWER_MS = 15_000;
const PROBE_EVERY_MS = 60_000;
/** A quota of an hour is there again after an hour, and a bit for its clock. */
const LONGEST_PAUSE_MS = 65 * 60_000;

/** Sends requests until each has a definite answer: an outcome, a refusal, or patience at its end. */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #options: TransportOptions;
  readonly #network: Network;
  /** How many requests the server bears at once. */
  readonly pace = new Pace();
  /** How often a request was sent again. */
  retries = 0;
  readonly #clock: Clock;
  readonly #patience: Patience;
  readonly #rateLimits: RateLimits | undefined;
  #prefix = '/api/v1';
  readonly #signal: AbortSignal | undefined;
  /** Server time minus our steady clock; a lower bound, since the Date header is cut to the second. */
  #clockOffsetMs: number | undefined;
  /** Holds all requests while an hourly quota is used up. */
  #pause: Promise<void> | undefined;
  #isUsageKnown = false;
  #isClosed = false;

  constructor(endpoint: Endpoint, options: TransportOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#network = new Network(options.network ?? {});
    this.#clock = options.clock ?? steadyClock;
    this.#patience = new Patience({ ...options, clock: this.#clock });
    if (options.signal) {
      // One of our own, since many requests listen to it at once and Node warns about that.
      this.#signal = AbortSignal.any([options.signal]);
      setMaxListeners(0, this.#signal);
    }
    if (endpoint.isCloud) this.#rateLimits = new RateLimits(this.#clock);
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
    this.#isClosed = true;
    return this.#network.close();
  }

  /**
   * Sends a request and reads its JSON answer; 2xx without a body is null.
   *
   * @param path below the API prefix, with its query.
   * @throws {ApiRefusal} on an answer that will not change.
   * @throws {LsRecordError} `AUTH_REJECTED`, `API_UNREACHABLE` when patience is over, `STOPPED`.
   */
  async send(method: Dispatcher.HttpMethod, path: string, body?: Body): Promise<JsonValue> {
    const name = `${method} ${path.split('?')[0]}`;
    const signal = this.#signal;
    let waitingSinceMs = this.#clock.now();
    let pausedMs = 0;

    for (let tries = 0; ; tries++) {
      await this.#rateLimits?.take(name, signal).catch(() => {
        throw stopped();
      });
      const startedMs = this.#clock.now();
      const outcome = await this.#try(method, path, name, body, tries > 0);
      if ('answer' in outcome) {
        this.#patience.noteSuccess();
        this.pace.speedUp();
        return outcome.answer;
      }
      this.pace.slowDown(startedMs, this.#clock.now());
      if (signal?.aborted || this.#isClosed) throw stopped();

      if (outcome.isQuota) await this.#checkUsage(outcome.reason);
      if (outcome.isQuota && isHourly(outcome.reason) && pausedMs < LONGEST_PAUSE_MS) {
        await this.#waitForQuota(name, outcome.reason, LONGEST_PAUSE_MS - pausedMs);
        pausedMs += PROBE_EVERY_MS;
        waitingSinceMs = this.#clock.now();
        continue;
      }

      const next = this.#patience.next(outcome, tries, waitingSinceMs);
      if (!('waitMs' in next)) throw this.#unreachable(name, outcome, tries + 1, next.triedForMs);

      this.retries++;
      const { reason, isQuota, isAnswer } = outcome;
      const cause = isQuota ? 'limit' : isAnswer ? 'server' : 'network';
      const { waitMs, leftMs } = next;
      this.#options.onRetry?.({ request: name, reason, cause, waitMs, patienceMs: leftMs });
      await this.#sleep(waitMs);
    }
  }

  #sleep(ms: number): Promise<void> {
    return this.#clock.sleep(ms, this.#signal).catch(() => {
      throw stopped();
    });
  }

  /** A quota of the hour comes back by itself: all requests wait for it together. */
  #waitForQuota(name: string, reason: string, patienceMs: number): Promise<void> {
    if (!this.#pause) {
      const waitMs = PROBE_EVERY_MS;
      this.#options.onRetry?.({ request: name, reason, cause: 'quota', waitMs, patienceMs });
      this.#pause = this.#sleep(PROBE_EVERY_MS).finally(() => {
        this.#pause = undefined;
      });
    }
    return this.#pause;
  }

  /**
   * A limit of the month does not go away by waiting. Asked once, and whenever the answer speaks of months.
   *
   * @throws {LsRecordError} `API_REFUSED` if LangSmith takes nothing more from this workspace.
   */
  async #checkUsage(reason: string): Promise<void> {
    if (this.#isUsageKnown && !/month/i.test(reason)) return;
    this.#isUsageKnown = true;
    const path = '/workspaces/current/usage_limits';
    // Not every server tells, nor every key may ask: then the wait decides.
    const usage = await this.#try('GET', path, `GET ${path}`, undefined, false).catch(() => null);
    if (usage && 'answer' in usage && isJsonObject(usage.answer) && usage.answer.in_reject_set)
      throw planUsedUp(reason);
  }

  async #try(
    method: Dispatcher.HttpMethod,
    path: string,
    name: string,
    body: Body | undefined,
    again: boolean,
  ): Promise<{ answer: JsonValue } | Failure> {
    // Whether anybody is there shows sooner than how long a large batch takes.
    const longestMs = this.#patience.isProven ? Number.POSITIVE_INFINITY : LONGEST_FIRST_ANSWER_MS;
    const timeoutMs = Math.min(this.#options.timeoutMs, longestMs);
    const bearer = await this.#options.bearer?.();
    // What is being written is waited for, and what is asked about it afterwards.
    const stop = method === 'GET' && !this.#signal?.aborted ? this.#signal : undefined;
    let response: HttpAnswer;
    const startedMs = this.#clock.now();
    const tell = (outcome: number | string, bytes: number) => {
      const ms = this.#clock.now() - startedMs;
      this.#options.onRequest?.({ request: name, outcome, ms, bytes });
    };
    try {
      response = await this.#network.request(this.#url(path), {
        method,
        withinMs: timeoutMs,
        longestAnswerBytes: HOLDS_PAYLOADS.test(path) ? LONGEST_PAGE_BYTES : LONGEST_ANSWER_BYTES,
        signal: stop,
        headers: {
          ...this.#options.headers,
          authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
          accept: 'application/json',
          'content-type': body?.type,
          'content-encoding': body?.gzipped ? 'gzip' : undefined,
        },
        body: body?.bytes,
      });
    } catch (error) {
      if (stop?.aborted) throw stopped();
      const fault = readFault(error);
      tell(fault.reason, body?.bytes.length ?? 0);
      return fault;
    }
    const { bytes } = response;
    tell(response.statusCode, body?.bytes.length ?? bytes.length);

    const { date } = response.headers;
    if (typeof date === 'string') this.noteTime(Date.parse(date));
    const status = response.statusCode;
    const odd = readOddAnswer(status, response.headers);
    if (odd) return odd;
    const json =
      /\bjson\b/.test(String(response.headers['content-type'] ?? '')) || bytes.length === 0;
    // An answer to a question is never empty, unless it was cut off.
    const isCutOff = bytes.length === 0 && method === 'GET' && status < 300;
    const answer = json && !isCutOff ? readJson(bytes) : undefined;
    const secrets = [this.#options.headers['x-api-key'], bearer];
    const ownWords = wordsOf(answer, secrets);
    const isForeign = ownWords === '';
    const words = ownWords || statusInWords(status, json, body?.bytes.length);

    if (status >= 200 && status < 300) {
      if (answer !== undefined) return { answer };
      return {
        reason: json ? 'a truncated answer' : 'a web page instead of JSON',
        isAnswer: true,
        notLangSmith: !json,
      };
    }
    // A bug of home's own, which would come again.
    const isBug = status === 500 && response.headers['ls-record-home'] !== undefined;
    if (TRANSIENT.has(status) && !isBug) {
      const retryAfterMs = readRetryAfter(response.headers['retry-after'], this.nowMs());
      return {
        reason: isForeign ? words : `${status} ${words}`,
        isAnswer: true,
        isQuota: status === 429,
        isLangSmith: status === 429 || !isForeign,
        retryAfterMs,
      };
    }
    if (status === 507) {
      throw new LsRecordError(
        'HOME_UNAVAILABLE',
        `${this.#endpoint.host} cannot store it: ${words}`,
        { hint: 'Fix that, then run the same command again.' },
      );
    }
    if (status === 401 || status === 403) {
      // A gateway's web page says nothing about the key, and may be gone the next time.
      if (answer === undefined) {
        return {
          reason: `${status} from a proxy or gateway, not from LangSmith`,
          hint: `A proxy answers with a page of its own: ask the network administrator to allow ${this.#endpoint.host}, or check HTTPS_PROXY and NO_PROXY.`,
        };
      }
      const { isCloud } = this.#endpoint;
      throw new AuthRefusal({
        status,
        // From the whole of the words: a short key can be a part of them.
        why: whyRefused(status, wordsOf(answer)),
        words,
        request: name,
        isCloud,
        isLogin: bearer !== undefined,
      });
    }
    this.#patience.noteSuccess();
    const requestId = response.headers['x-request-id'];
    throw new ApiRefusal({
      status,
      words,
      isForeign,
      request: name,
      again,
      requestId: typeof requestId === 'string' ? withoutSecrets(requestId, secrets) : undefined,
    });
  }

  /** Newer paths begin with /platform: below /v1 on LangSmith's cloud, below /api/v1 elsewhere; or with /v2: below /api. */
  #url(path: string): string {
    const { root, isCloud } = this.#endpoint;
    if (path.startsWith('/v2/')) return root + this.#prefix.replace('/v1', '') + path;
    const isPlatform = path.startsWith('/platform/');
    return root + (isPlatform && (isCloud || this.#prefix === '') ? '/v1' : this.#prefix) + path;
  }

  /** The server's clock showed this time at the latest now; its Date header is cut to the second, other answers are not. */
  noteTime(serverMs: number): void {
    if (Number.isNaN(serverMs)) return;
    const offset = serverMs - performance.now();
    this.#clockOffsetMs = Math.max(this.#clockOffsetMs ?? offset, offset);
  }

  /** @param patienceMs if it was the end of it. */
  #unreachable(name: string, failure: Failure, tries: number, patienceMs?: number): LsRecordError {
    const { root, host } = this.#endpoint;
    if (failure.notLangSmith) {
      return new LsRecordError(
        'API_UNREACHABLE',
        `${root} is not a LangSmith API: it answered ${name} with ${failure.reason}`,
        {
          hint: 'Check the endpoint. A self-hosted server usually needs /api at the end: https://host/api.',
        },
      );
    }
    const isShort = patienceMs !== undefined && patienceMs < this.#options.retryForMs;
    const times = tries === 1 ? 'once' : `${tries} times`;
    const within = isShort ? ` within ${patienceMs / 1000} s` : '';
    const proxy = this.#options.network?.proxy;
    const by = proxy === undefined ? '' : ` by the proxy ${describeProxy(proxy)}`;
    const what = failure.isQuota ? `${host} is limiting requests` : `cannot reach ${host}${by}`;
    return new LsRecordError(
      'API_UNREACHABLE',
      `${what}: ${failure.reason} (${name}, tried ${times}${within})`,
      {
        hint:
          failure.hint ??
          `Check ${proxy === undefined ? '' : 'HTTPS_PROXY and NO_PROXY, '}the endpoint and the network, then run the same command again.`,
      },
    );
  }
}

function readJson(bytes: Buffer): JsonValue | undefined {
  if (bytes.length === 0) return null;
  // Decoding would replace what is no text without a word.
  if (!isUtf8(bytes)) return undefined;
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    // Cut off on the way: the caller asks again.
    return undefined;
  }
}

/** The wait in milliseconds that an answer asks for. */
export function readRetryAfter(
  header: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

function isHourly(reason: string): boolean {
  return /\bhour(s|ly)?\b/i.test(reason);
}

function stopped(): LsRecordError {
  return new LsRecordError('STOPPED', 'interrupted');
}
