import type { ScoredRun } from './runs-to-score.js';

/** Tells which runs a scorer has finished, from the scores that they have. */
export class DoneBefore {
  readonly #scorer: string;
  /** All its keys so far. */
  readonly #keys = new Set<string>();
  /** It gives the scores of a run apart from each other: then a run is done once it has all keys. */
  isSpread = false;

  constructor(scorer: string) {
    this.#scorer = scorer;
  }

  has({ feedback }: ScoredRun): boolean {
    const own = feedback.filter(({ source }) => source.scorer === this.#scorer);
    for (const { key } of own) this.#keys.add(key);
    const together = own.reduce((most, { source }) => Math.max(most, Number(source.of ?? 1)), 1);
    this.isSpread ||= own.length > together;
    const wanted = this.isSpread ? this.#keys.size : together;
    return own.length >= wanted && !own.some(({ isError }) => isError);
  }
}
