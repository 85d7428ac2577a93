import type { Retry } from '../../langsmith/transport.js';
import type { Progress } from '../../recorder/recording.js';
import { shorten, widthOf } from './width.js';
import { count, said, showBytes, showNumber } from './words.js';

/** How far some work is: what it is, then facts, of which the last are the first to be left out. */
export interface Status {
  readonly title: string;
  readonly facts: readonly string[];
}

/** A wait between tries: why, and from when to when. */
export interface Wait extends Pick<Retry, 'server' | 'cause' | 'reason'> {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** When nobody will try any more. */
  readonly patienceUntilMs: number;
}

const VERBS: Record<Progress['phase'], string> = {
  scoring: 'Scoring',
  reading: 'Reading',
  examples: 'Writing examples of',
  runs: 'Recording',
  verifying: 'Verifying',
};
/** What stands still for less is no news. */
const STANDSTILL_MS = 1_500;
/** Before that, a rate says nothing. */
const FIRST_RATE_MS = 1_000;
/** The rate is that of the last seconds: what was before a pause says nothing of the time to go. */
const RATE_OVER_MS = 15_000;
const SAMPLE_EVERY_MS = 1_000;
const NARROWEST_TITLE = 8;

/** How much of some work is done. */
export interface Amount {
  readonly rows: number;
  readonly totalRows?: number | undefined;
  readonly bytes?: number;
  readonly totalBytes?: number | undefined;
  readonly retries?: number;
}

/** Puts an amount into words: rows, time to go, rows a second, bytes, retries. */
export class AmountWords {
  #latest: Amount | undefined;
  #atMs = 0;
  /** The oldest first. */
  #samples: { ms: number; rows: number }[] = [];

  constructor(
    private readonly title: string,
    private readonly unit = 'row',
  ) {}

  /** @param nowMs of a clock that only goes forward. */
  note(amount: Amount, nowMs: number): void {
    const { rows } = amount;
    // Some work begins again, such as a second reading.
    if (rows < (this.#latest?.rows ?? 0)) this.#samples = [];
    this.#latest = amount;
    this.#atMs = nowMs;
    const last = this.#samples.at(-1);
    if (last && nowMs - last.ms < SAMPLE_EVERY_MS) return;
    this.#samples.push({ ms: nowMs, rows });
    while ((this.#samples[1]?.ms ?? nowMs) < nowMs - RATE_OVER_MS) this.#samples.shift();
  }

  /** Where it stands, as noted last. */
  describe(): Status {
    if (!this.#latest) return { title: this.title, facts: [] };
    const { rows, totalRows, bytes = 0, totalBytes = 0, retries = 0 } = this.#latest;
    const unit = this.unit;
    const rate = this.#rate(rows);
    const rowsToGo = (totalRows ?? rows) - rows;
    const bytesToGo = Math.max(totalBytes - bytes, 0);
    const secondsToGo =
      rate === 0 ? 0 : rowsToGo > 0 ? rowsToGo / rate : (bytesToGo * rows) / bytes / rate;
    const facts = said([
      totalRows === undefined
        ? count(rows, unit)
        : `${showNumber(rows)} of ${count(Math.max(totalRows, rows), unit)}`,
      secondsToGo > 0 && `${showDuration(secondsToGo)} to go`,
      rate >= 1 && `${showNumber(Math.round(rate))} ${unit}s/s`,
      bytesToGo > 0 && `${showBytes(bytes)} of ${showBytes(totalBytes)}`,
      bytesToGo === 0 && bytes > 0 && showBytes(bytes),
      retries > 0 && count(retries, 'retry', 'retries'),
    ]);
    return { title: this.title, facts };
  }

  #rate(rows: number): number {
    const [first] = this.#samples;
    const elapsedMs = this.#atMs - (first?.ms ?? this.#atMs);
    if (!first || elapsedMs < FIRST_RATE_MS) return 0;
    return ((rows - first.rows) / elapsedMs) * 1000;
  }
}

/** How much of a command each phase is about, and what was done before it. */
const SHARES: Record<Progress['phase'], { readonly before: number; readonly own: number }> = {
  scoring: { before: 0, own: 0 },
  reading: { before: 0, own: 0.35 },
  examples: { before: 0.35, own: 0.2 },
  runs: { before: 0.55, own: 0.45 },
  verifying: { before: 1, own: 0 },
};

/** Puts the progress of a recording into words: one share of the whole that only grows, and facts of each phase. */
export class ProgressWords {
  readonly #name: string;
  readonly #isLive: boolean;
  #phase: Progress['phase'] = 'reading';
  #words: AmountWords;
  /** Which of several experiments is being recorded. */
  #place = { number: 0, of: 1 };
  #share = 0;

  /** @param isLive a stream, of which each part is read, then recorded: only what is recorded counts. */
  constructor(name: string, isLive = false) {
    this.#name = name;
    this.#isLive = isLive;
    this.#words = this.#begin('reading');
  }

  /** The next experiment of several begins. */
  place(number: number, of: number): void {
    this.#place = { number, of };
  }

  /** @param nowMs of a clock that only goes forward. */
  note(progress: Progress, nowMs: number): void {
    const { phase, totalBytes, ...amount } = progress;
    const isOfNextPart = phase === 'reading' || phase === 'examples';
    if (this.#isLive && this.#phase === 'runs' && isOfNextPart) return;
    if (phase !== this.#phase) this.#words = this.#begin(phase);
    const isOfBytes = phase === 'reading' && totalBytes !== undefined;
    this.#words.note({ ...amount, totalBytes: isOfBytes ? totalBytes : undefined }, nowMs);
    this.#share = Math.max(this.#share, this.#shareOf(progress));
  }

  /** Where it stands, as noted last. */
  describe(): Status {
    const { title, facts } = this.#words.describe();
    if (this.#isLive || this.#share === 0) return { title, facts };
    const share = `${Math.floor(this.#share * 100)}%`;
    return { title, facts: [share, ...(this.#phase === 'examples' ? [] : facts)] };
  }

  #shareOf({ phase, rows, totalRows, bytes, totalBytes }: Progress): number {
    const { before, own } = SHARES[phase];
    const done = phase === 'reading' ? ratio(bytes, totalBytes) : ratio(rows, totalRows);
    if (phase === 'reading') return own * done;
    const read = SHARES.reading.own;
    const ofThis = (before - read + own * done) / (1 - read);
    const { number, of } = this.#place;
    return read + ((1 - read) * (number + ofThis)) / of;
  }

  #begin(phase: Progress['phase']): AmountWords {
    this.#phase = phase;
    return new AmountWords(`${VERBS[phase]} ${this.#name}`);
  }
}

function ratio(done: number, all: number | undefined): number {
  return all ? Math.min(done / all, 1) : 0;
}

/** Begins to say how far some work is. @returns what to say of each amount. */
export function tellAmounts(
  update: (status: () => Status) => void,
  title: string,
  unit?: string,
): (amount: Amount) => void {
  const words = new AmountWords(title, unit);
  update(() => words.describe());
  return (amount) => {
    words.note(amount, performance.now());
    update(() => words.describe());
  };
}

/** One line of so many columns: facts are left out from the end, and the title gives way to the first of them. */
export function fitStatus({ title, facts }: Status, columns: number): string {
  const [first, ...others] = facts;
  if (first === undefined) return shorten(title, columns);
  const short = shorten(title, Math.floor(columns / 2));
  for (let shown = others.length; shown > 0; shown--) {
    const line = `${short}: ${[first, ...others.slice(0, shown)].join(', ')}`;
    if (widthOf(line) <= columns) return line;
  }
  const room = columns - widthOf(`: ${first}`);
  return room < NARROWEST_TITLE ? shorten(first, columns) : `${shorten(title, room)}: ${first}`;
}

/** The status while nothing gets through: why it stands still comes first. */
export function addWait({ title, facts }: Status, wait: Wait, nowMs: number): Status {
  const [why = '', ...reasons] = describeWait(wait, nowMs);
  return { title, facts: [why, ...facts, ...reasons] };
}

/**
 * What the server asks for is over when its time is; other waits, when something gets through again.
 *
 * @param movedAtMs when the work was last seen to move.
 */
export function isOver(wait: Wait, movedAtMs: number, nowMs: number): boolean {
  const { cause, sinceMs, untilMs } = wait;
  if (cause === 'limit' || cause === 'quota')
    return nowMs >= untilMs || untilMs - sinceMs < STANDSTILL_MS;
  return movedAtMs > sinceMs || nowMs - movedAtMs < STANDSTILL_MS;
}

/** `LangSmith says slow down: 12 s`; then the reason, if it says more. */
export function describeWait(wait: Wait, nowMs: number): string[] {
  const { server = 'LangSmith', cause, reason, untilMs, patienceUntilMs } = wait;
  const left = showDuration(Math.max((untilMs - nowMs) / 1000, 0));
  const patience = showDuration(Math.max((patienceUntilMs - nowMs) / 1000, 0));
  const again = `retrying for ${patience} more`;
  switch (cause) {
    case 'limit':
      return [`${server} says slow down: ${left}`];
    case 'quota':
      return [`hourly quota used up, retrying in ${left}`, reason];
    case 'network':
      return [`offline, ${again}`, reason];
    case 'server':
      return [`${server} has server errors, ${again}`, reason];
  }
}

/** `8 s`, `4 min`, `1 h 20 min`: of a time to come, which is not known better. */
export function showDuration(seconds: number): string {
  // A difference of two clock readings can be a little more than a whole second.
  if (seconds < 59.5) return `${Math.ceil(seconds - 0.001)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
