const US_PER_SECOND = 1_000_000;

/** Durations of rows, all kept: 4 to 8 bytes each. */
export class DurationTally {
  #seconds = new Float32Array(64);
  #size = 0;

  add(us: number): void {
    if (this.#size === this.#seconds.length) {
      const larger = new Float32Array(this.#size * 2);
      larger.set(this.#seconds);
      this.#seconds = larger;
    }
    this.#seconds[this.#size++] = us / US_PER_SECOND;
  }

  /** Seconds; undefined without any. */
  summarise(): { p50: number; p95: number } | undefined {
    if (this.#size === 0) return undefined;
    const sorted = this.#seconds.slice(0, this.#size).sort();
    return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
  }
}

/** Between two neighbours, as numpy does it; to 7 digits, which is what was kept. */
function percentile(sorted: Float32Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? 0;
  return Number((below + (above - below) * (at - Math.floor(at))).toPrecision(6));
}
