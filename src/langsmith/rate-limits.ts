import type { Clock } from './clock.js';

interface RateLimit {
  /** Matched with such as `POST /runs/query`. */
  readonly requests: RegExp;
  readonly count: number;
  readonly perMs: number;
}

/** What one key may ask of LangSmith's cloud; the first that fits. @see docs, cloud rate limits */
const LIMITS: readonly RateLimit[] = [
  { requests: /^POST (\/v2)?\/runs\/query$/, count: 15, perMs: 10_000 },
  { requests: /^GET \/examples/, count: 5000, perMs: 60_000 },
  { requests: /^POST \/runs\/multipart$/, count: 6000, perMs: 10_000 },
  { requests: /^POST \/runs\/batch$/, count: 2000, perMs: 10_000 },
  { requests: /^POST \/feedback$/, count: 2000, perMs: 10_000 },
  { requests: /^/, count: 1000, perMs: 10_000 },
];
/** May come at once; the others are spread, so that no stretch of time holds more than is allowed. */
const BURST = 0.1;

/** Holds requests back that would be over the published limits. */
export class RateLimits {
  /** When each limit is as good as unused again. */
  readonly #unusedAtMs = new Map<RateLimit, number>();

  constructor(private readonly clock: Clock) {}

  /** Waits until the request may be sent. */
  async take(request: string, signal?: AbortSignal): Promise<void> {
    const limit = LIMITS.find(({ requests }) => requests.test(request));
    if (!limit) return;
    const { count, perMs } = limit;
    const burst = Math.max(1, Math.floor(count * BURST));
    const everyMs = perMs / (count - burst);
    const nowMs = this.clock.now();
    const unusedAtMs = Math.max(nowMs, this.#unusedAtMs.get(limit) ?? nowMs) + everyMs;
    this.#unusedAtMs.set(limit, unusedAtMs);
    const waitMs = unusedAtMs - nowMs - burst * everyMs;
    if (waitMs > 0) await this.clock.sleep(waitMs, signal);
  }
}
