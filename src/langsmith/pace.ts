const FIRST = 8;
const FEWEST = 2;
/** More would only wait in the client: at 50 ms a round trip, 16 carry over 30,000 rows a second. */
const MOST = 16;

/**
 * How many requests may be under way at once. Grows by one with each success until the server is first
 * in trouble, by one a round trip after that; halves when a request fails in a way that may pass.
 */
export class Pace {
  #limit = FIRST;
  #isUnknown = true;
  #lastHalvedMs = Number.NEGATIVE_INFINITY;

  get limit(): number {
    return Math.floor(this.#limit);
  }

  speedUp(): void {
    this.#limit = Math.min(MOST, this.#limit + (this.#isUnknown ? 1 : 1 / this.#limit));
  }

  /** @param startedMs when the failed request began: those that were under way together count once. */
  slowDown(startedMs: number, nowMs: number): void {
    if (startedMs < this.#lastHalvedMs) return;
    this.#lastHalvedMs = nowMs;
    this.#isUnknown = false;
    this.#limit = Math.max(FEWEST, this.#limit / 2);
  }
}
