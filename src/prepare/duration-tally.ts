const US_PER_SECOND = 1_000_000;

/** Durations of rows, all kept: some 8 bytes each. */
export class DurationTally {
  readonly #seconds: number[] = [];

  add(us: number): void {
    this.#seconds.push(us / US_PER_SECOND);
  }

  /** Seconds; undefined without any. */
  summarise(): { p50: number; p95: number } | undefined {
    if (this.#seconds.length === 0) return undefined;
    const sorted = Float32Array.from(this.#seconds).sort();
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
