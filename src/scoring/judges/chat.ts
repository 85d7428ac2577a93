import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type ErrorCode, LsRecordError } from '../../errors.js';
import type { JsonObject } from '../../json/value.js';
import { steadyClock } from '../../langsmith/clock.js';
import { type Failure, readFault } from '../../langsmith/faults.js';
import { type HttpAnswer, Network, type NetworkOptions } from '../../langsmith/network.js';
import { Pace } from '../../langsmith/pace.js';
import { Patience } from '../../langsmith/patience.js';
import { wordsOf } from '../../langsmith/refusals.js';
import { type Retry, readRetryAfter, TRANSIENT } from '../../langsmith/transport.js';
import { type ChatMessage, Dialect } from './dialect.js';
import type { ModelEndpoint } from './endpoint.js';
import type { Model } from './models.js';

export interface ChatOptions {
  readonly endpoint: ModelEndpoint;
  readonly model: Model;
  readonly network: NetworkOptions;
  readonly signal: AbortSignal;
  /** For one request. Default 120,000. */
  readonly timeoutMs?: number | undefined;
  /** How long to go on without any answer. Default 120,000; 10,000 before the first. */
  readonly retryForMs?: number | undefined;
  /** Between tries, if the server names no time: up to this. Default: as for LangSmith. */
  readonly firstWaitMs?: number | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** What a model said. */
export interface Completion {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Why there is no answer for this row; others may have one. */
export class NoAnswer extends Error {}

const TIMEOUT_MS = 120_000;
const RETRY_FOR_MS = 120_000;
const FIRST_CONTACT_MS = 10_000;
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
    .nullish(),
});

/** A model behind `POST /chat/completions`. Safe to share; close it at the end. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #network: Network;
  readonly pace = new Pace();
  /** Requests that were answered. */
  requests = 0;
  #dialect: Dialect;
  readonly #patience: Patience;

  constructor(options: ChatOptions) {
    // One of its own, since many requests listen to it at once and Node warns about that.
    const signal = AbortSignal.any([options.signal]);
    setMaxListeners(0, signal);
    this.#options = { ...options, signal };
    this.#network = new Network(options.network);
    const { retryForMs = RETRY_FOR_MS, firstWaitMs: first } = options;
    this.#patience = new Patience({
      retryForMs,
      firstContactMs: Math.min(retryForMs, FIRST_CONTACT_MS),
      waitMs: first === undefined ? undefined : { first, longest: first },
      clock: steadyClock,
    });
    this.#dialect = Dialect.of(options.model, options.endpoint.provider);
  }

  close(): Promise<void> {
    return this.#network.close();
  }

  /**
   * Asks the model once, in the richest way that it takes.
   *
   * @param schema of the answer.
   * @throws {NoAnswer} if it refuses, or is cut off, on this row.
   * @throws {LsRecordError} if it can answer no row at all: `MODEL_KEY`, `LIMIT_REACHED`, `API_UNREACHABLE`, or else `SCORER_FAILED`.
   */
  async complete(messages: readonly ChatMessage[], schema: JsonObject): Promise<Completion> {
    for (let dialect: Dialect | undefined = this.#dialect; ; ) {
      const answer: HttpAnswer = await this.#post(dialect.body(messages, schema));
      const json = readJson(answer.bytes);
      if (answer.statusCode < 300) {
        const read = this.#read(json);
        this.#dialect = dialect;
        return read;
      }
      const { key } = this.#options.endpoint;
      const words = wordsOf(json, [key]) || `status ${answer.statusCode}`;
      if (answer.statusCode !== 400 && answer.statusCode !== 422)
        throw this.#failed(`${answer.statusCode} ${words}`, REMEDIES[answer.statusCode] ?? NO_CHAT);
      dialect = dialect.without(words);
      if (!dialect) throw new NoAnswer(`the model refused the request: ${words}`);
    }
  }

  #read(json: unknown): Completion {
    const read = completion.safeParse(json);
    if (!read.success) throw this.#failed('its answer is no chat completion', NO_CHAT);
    const { choices, usage } = read.data;
    const [{ message, finish_reason: reason } = { message: {}, finish_reason: null }] = choices;
    if (message.refusal) throw new NoAnswer(`the model refused: ${message.refusal}`);
    if (reason === 'content_filter') throw new NoAnswer('a content filter stopped the answer');
    if (reason === 'length')
      throw new NoAnswer('the answer was cut off: it is too long for max_tokens');
    return {
      text: message.content ?? '',
      inputTokens: usage?.prompt_tokens ?? 0,
      outputTokens: usage?.completion_tokens ?? 0,
    };
  }

  /** Sends until there is an answer that will not change. */
  async #post(body: string): Promise<HttpAnswer> {
    const { signal, onRetry, model } = this.#options;
    const server = model.name;
    const sinceMs = performance.now();
    for (let tries = 0; ; tries++) {
      const startedMs = performance.now();
      const outcome = await this.#try(body);
      if ('bytes' in outcome) {
        this.requests++;
        this.#patience.noteSuccess();
        this.pace.speedUp();
        return outcome;
      }
      this.pace.slowDown(startedMs, performance.now());
      signal.throwIfAborted();
      const { reason, hint, isLasting, isAnswer } = outcome;
      if (isLasting) throw new NoAnswer(reason);
      const next = this.#patience.next(outcome, tries, sinceMs);
      if (!('waitMs' in next))
        throw this.#failed(reason, {
          code: 'API_UNREACHABLE',
          hint: hint ?? 'Check the address and the network.',
        });
      const { waitMs, leftMs: patienceMs } = next;
      const cause = outcome.isQuota ? 'limit' : isAnswer ? 'server' : 'network';
      onRetry?.({ request: 'POST /chat/completions', server, reason, cause, waitMs, patienceMs });
      await wait(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async #try(body: string): Promise<HttpAnswer | Failure> {
    const { endpoint, signal, timeoutMs = TIMEOUT_MS } = this.#options;
    const { url, key, provider } = endpoint;
    const bearer = provider.keyHeader === 'authorization' && key !== undefined;
    let answer: HttpAnswer;
    try {
      answer = await this.#network.request(`${url}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          authorization: bearer ? `Bearer ${key}` : undefined,
          'api-key': provider.keyHeader === 'api-key' ? key : undefined,
        },
        body,
        withinMs: timeoutMs,
        longestAnswerBytes: LONGEST_ANSWER_BYTES,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      return readFault(error);
    }
    const { statusCode: status, headers, bytes } = answer;
    if (!TRANSIENT.has(status)) return answer;
    const json = readJson(bytes);
    const words = wordsOf(json, [key]);
    // A used-up account is not there again after a wait.
    if (status === 429 && /insufficient_quota|billing/i.test(bytes.toString('utf8', 0, 10_000)))
      throw this.#failed(words, NO_CREDIT);
    return {
      reason: words === '' ? `status ${status}` : `${status} ${words}`,
      isAnswer: true,
      isLangSmith: true,
      isQuota: status === 429,
      retryAfterMs: readRetryAfter(headers['retry-after'], Date.now()),
    };
  }

  #failed(reason: string, { code, hint }: Remedy): LsRecordError {
    const { endpoint, model } = this.#options;
    const { host } = new URL(endpoint.url);
    return new LsRecordError(code, `${model.name} at ${host}: ${reason}`, {
      hint: `${hint} Then run it again: answers so far are kept.`,
    });
  }
}

interface Remedy {
  readonly code: ErrorCode;
  readonly hint: string;
}

const NO_CHAT: Remedy = {
  code: 'SCORER_FAILED',
  hint: 'Check the name of the model, and the address.',
};
const NO_CREDIT: Remedy = {
  code: 'LIMIT_REACHED',
  hint: 'Check the plan and the billing of the account that the key belongs to.',
};
const REMEDIES: Readonly<Record<number, Remedy>> = {
  401: { code: 'MODEL_KEY', hint: 'Check the key in the environment.' },
  402: NO_CREDIT,
  403: { code: 'MODEL_KEY', hint: 'Check what the key may do.' },
};

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // A page of a proxy, or cut off: the status says more.
    return undefined;
  }
}
