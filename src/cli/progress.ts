import type { Progress } from '../recorder/recording.js';
import { count, showNumber, showSeconds } from './words.js';

const VERBS: Record<Progress['phase'], string> = {
  reading: 'Reading',
  examples: 'Writing examples of',
  runs: 'Recording',
  verifying: 'Verifying',
};
/** Before that, a rate says nothing. */
const FIRST_RATE_MS = 1_000;

/** Puts progress into words: rows, rows a second, time to go, retries. */
export class ProgressWords {
  readonly #name: string;
  #phase: Progress['phase'] | undefined;
  #phaseStartMs = 0;
  #phaseStartRows = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** @param nowMs of a clock that only goes forward. */
  describe(progress: Progress, nowMs: number): string {
    const { phase, rows, totalRows, bytes, totalBytes, retries } = progress;
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#phaseStartMs = nowMs;
      this.#phaseStartRows = rows;
    }
    const elapsedMs = nowMs - this.#phaseStartMs;
    const rate = elapsedMs < FIRST_RATE_MS ? 0 : ((rows - this.#phaseStartRows) / elapsedMs) * 1000;

    const parts = [
      totalRows === undefined
        ? count(rows, 'row')
        : `${showNumber(rows)} of ${count(totalRows, 'row')}`,
    ];
    if (phase === 'reading' && totalBytes) parts.push(`${Math.floor((bytes / totalBytes) * 100)}%`);
    if (rate >= 1) parts.push(`${showNumber(Math.round(rate))} rows/s`);
    if (rate > 0 && totalRows !== undefined && totalRows > rows) {
      parts.push(`${showSeconds(Math.ceil((totalRows - rows) / rate))} to go`);
    }
    if (retries > 0) parts.push(count(retries, 'retry', 'retries'));
    return `${VERBS[phase]} ${this.#name}: ${parts.join(', ')}`;
  }
}
