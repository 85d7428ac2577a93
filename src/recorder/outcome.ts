import { type ScoreSummary, ScoreTally } from '../results/preflight/score-summary.js';
import type { Result } from '../results/result.js';

/** A file of other things can have a score for each row. */
const MAX_KEYS = 100;

/** How the app did on the rows of an experiment, as far as they can be recorded. */
export class Outcome {
  #rows = 0;
  #errors = 0;
  readonly #scores = new Map<string, ScoreTally>();

  get errors(): number {
    return this.#errors;
  }

  add({ error, feedback }: Result): void {
    this.#rows++;
    if (error !== undefined) this.#errors++;
    for (const item of feedback) {
      const known = this.#scores.get(item.key);
      if (!known && this.#scores.size === MAX_KEYS) continue;
      const tally = known ?? new ScoreTally();
      if (!known) this.#scores.set(item.key, tally);
      tally.add(item, this.#rows);
    }
  }

  scores(): ScoreSummary[] {
    const scores = [...this.#scores].map(([key, tally]) => tally.summarise(key, this.#rows));
    return scores.filter(({ n }) => n > 0);
  }
}
