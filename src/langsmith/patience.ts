import type { Clock } from './clock.js';
import type { Failure } from './faults.js';

export interface WaitMs {
  readonly first: number;
  readonly longest: number;
}

export interface PatienceOptions {
  /** How long to go on without any request succeeding. */
  readonly retryForMs: number;
  /** The same before the server has answered once: a mistyped address should not take minutes. */
  readonly firstContactMs: number;
  /** Between tries, if the server names no time: up to `first` at first, doubled up to `longest`. */
  readonly waitMs?: WaitMs | undefined;
  readonly clock: Clock;
}

/** What comes after a failure: another try after a wait, or the end. */
export type Next =
  | { readonly waitMs: number; readonly leftMs: number }
  /** How long it was tried; undefined: more tries would not help. */
  | { readonly triedForMs: number | undefined };

const WAIT_MS: WaitMs = { first: 500, longest: 30_000 };

/** Decides how often and how long the requests to one server are tried again. */
export class Patience {
  readonly #options: PatienceOptions;
  #lastSuccessMs = 0;
  /** The server has answered, if only that it is busy. */
  isProven = false;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  noteSuccess(): void {
    this.#lastSuccessMs = this.#options.clock.now();
    this.isProven = true;
  }

  /**
   * @param tries that failed before.
   * @param sinceMs when the first of them began.
   */
  next(failure: Failure, tries: number, sinceMs: number): Next {
    const { retryForMs, firstContactMs, clock } = this.#options;
    this.isProven ||= failure.isLangSmith === true;
    const patienceMs = this.isProven ? retryForMs : firstContactMs;
    // Who asks for no wait at all still gets one: else 32 connections ask without end.
    const waitMs = Math.max(failure.retryAfterMs ?? 0, this.#backOff(tries));
    const idleMs = clock.now() - Math.max(sinceMs, this.#lastSuccessMs);
    const isHopeless = failure.notLangSmith || failure.isFinal;
    if (failure.isLasting || (isHopeless && !this.isProven)) return { triedForMs: undefined };
    return idleMs + waitMs > patienceMs
      ? { triedForMs: patienceMs }
      : { waitMs, leftMs: patienceMs - idleMs };
  }

  /** Full jitter: anything from nothing to the doubled wait, so that clients spread out. */
  #backOff(tries: number): number {
    const { first, longest } = this.#options.waitMs ?? WAIT_MS;
    return Math.random() * Math.min(longest, first * 2 ** tries);
  }
}
