import { JsonNumber, type JsonValue } from '../json/value.js';
import type { Feedback } from '../results/feedback.js';
import { shorten } from '../results/found.js';

const MAX_VALUES = 100;
const VALUES_SHOWN = 5;

/** What the rows of an experiment say under one key. */
export interface ScoreSummary {
  readonly key: string;
  /** Numbers, of which the mean is; without any, words. A row may have several under one key. */
  readonly n: number;
  /** True counts as 1. */
  readonly mean?: number;
  /** Rows without one: those that failed, too. */
  readonly missing: number;
  /** The most frequent of the scores that are words. */
  readonly values?: readonly { readonly value: string; readonly n: number }[];
}

/** Adds up what stands under one key. */
export class ScoreTally {
  #words = 0;
  #numbers = 0;
  #sum = 0;
  #rows = 0;
  #lastRow = -1;
  readonly #values = new Map<string, number>();

  /** @param row its number, by which several scores of one row are known. */
  add({ score, value }: Feedback, row: number): void {
    if (score === undefined && value === undefined) return;
    if (row !== this.#lastRow) this.#rows++;
    this.#lastRow = row;
    if (score !== undefined) {
      this.#numbers++;
      this.#sum += Number(score);
      return;
    }
    this.#words++;
    const text = textOf(value ?? null);
    const known = this.#values.get(text);
    if (known !== undefined || this.#values.size < MAX_VALUES)
      this.#values.set(text, (known ?? 0) + 1);
  }

  summarise(key: string, rows: number): ScoreSummary {
    const values = [...this.#values]
      .map(([value, n]) => ({ value, n }))
      .sort((a, b) => b.n - a.n)
      .slice(0, VALUES_SHOWN);
    return {
      key,
      n: this.#numbers || this.#words,
      ...(this.#numbers > 0 && { mean: this.#sum / this.#numbers }),
      missing: rows - this.#rows,
      ...(values.length > 0 && { values }),
    };
  }
}

function textOf(value: JsonValue): string {
  if (value instanceof JsonNumber) return shorten(value.text);
  return typeof value === 'object' && value !== null ? '{…}' : shorten(String(value));
}
