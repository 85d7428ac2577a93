import { isoTime, type Micros } from '../langsmith/time.js';
import { type RowTimes, type Span, spanOf, type TimeRange } from '../prepare/time-range.js';

/** LangSmith's cloud refuses runs that started over 24 hours ago; an hour is left for the way. */
export const CLOUD_WINDOW_US = 23 * 3600 * 1_000_000;

const AFTER_EXAMPLES_US = 1000;

/** True times kept, all shifted alike, or each row moved to the present. */
export type TimesMode =
  | { readonly kind: 'true' }
  | { readonly kind: 'shift'; readonly byUs: number }
  | { readonly kind: 'rebase' };

/** What a later process must know to go on as this one would. */
export interface TimelineState {
  readonly mode: TimesMode;
  readonly baseUs: Micros;
}

/** A row's place in time, and what stood in the file if that is something else. */
export interface PlacedTimes extends Span {
  readonly original?: Span;
}

/**
 * Where runs are put in time. LangSmith wants them young (24 hours on its cloud), ended by now, and
 * ended after their examples last changed; results files are often old. So: true times if they fit,
 * else one shift for all, else each row right after its example, its duration kept.
 */
export class Timeline {
  readonly mode: TimesMode;
  readonly #baseUs: Micros;
  /** The base for rows that would be too old on the kept one. */
  readonly #freshBaseUs: Micros;
  #windowUs: number;
  readonly #nowUs: () => Micros;
  readonly #keep: boolean;
  readonly #examplesChangedUs: Micros;

  /**
   * @param options.examplesChangedUs when the last of the examples changed.
   * @param options.windowUs how old a start may be; Infinity if the server takes any.
   * @param options.keep true times always, as at home.
   * @param options.state of an earlier process that was cut off: the same rows get the same times.
   */
  constructor(
    range: TimeRange,
    options: {
      nowUs: () => Micros;
      examplesChangedUs: Micros;
      windowUs: number;
      keep: boolean;
      state?: TimelineState | undefined;
    },
  ) {
    this.#nowUs = options.nowUs;
    this.#keep = options.keep;
    this.#examplesChangedUs = options.examplesChangedUs;
    this.#windowUs = options.windowUs;
    const now = Math.max(options.nowUs(), options.examplesChangedUs);
    this.#freshBaseUs = now + AFTER_EXAMPLES_US;
    this.#baseUs = options.state?.baseUs ?? this.#freshBaseUs;
    this.mode = options.state?.mode ?? chooseMode(range, { ...options, now });
  }

  get state(): TimelineState {
    return { mode: this.mode, baseUs: this.#baseUs };
  }

  /** Whether no run can lie in the future. */
  get isTrueAlways(): boolean {
    return this.#keep;
  }

  /** Whether LangSmith does not show a run that ended then: only those that ended after their example changed. */
  hides(endUs: Micros): boolean {
    return endUs < this.#examplesChangedUs;
  }

  /** The server turned out to take runs of this age at most. */
  narrow(windowUs: number): void {
    this.#windowUs = Math.min(this.#windowUs, windowUs);
  }

  /** The earliest start that `place` will give for these rows. */
  earliest(range: TimeRange): Micros {
    const untimed = this.#baseUs - Math.min(range.longestUs, this.#windowUs);
    if (this.mode.kind === 'rebase' || !range.timed) return untimed;
    return range.timed.earliestStart + (this.mode.kind === 'shift' ? this.mode.byUs : 0);
  }

  /** The latest end that `place` will give for these rows. */
  latest(range: TimeRange, rows: number): Micros {
    if (this.mode.kind === 'rebase' || !range.timed) return this.#baseUs + rows;
    return range.timed.latestEnd + (this.mode.kind === 'shift' ? this.mode.byUs : 0);
  }

  /** @param index the row's number, which keeps the rows' order where they are moved. */
  place(index: number, times: RowTimes): PlacedTimes {
    const original = spanOf(times);
    if (!original || this.mode.kind === 'rebase') return this.rebase(index, times);

    const byUs = this.mode.kind === 'shift' ? this.mode.byUs : 0;
    const span = { start: original.start + byUs, end: original.end + byUs };
    if (span.start <= this.#nowUs() - this.#windowUs) return this.rebase(index, times);
    return byUs === 0 ? span : { ...span, original };
  }

  /** At the present, a microsecond a row; what is longer than the window is cut. */
  rebase(index: number, times: RowTimes): PlacedTimes {
    const isKeptBaseYoung = this.#baseUs > this.#nowUs() - this.#windowUs / 2;
    const end = (isKeptBaseYoung ? this.#baseUs : this.#freshBaseUs) + index;
    const timed = spanOf(times);
    const uncut = timed ?? { start: end - (times.latencyUs ?? 0), end };
    const duration = uncut.end - uncut.start;
    const start = end - Math.min(duration, this.#windowUs);
    const isTrue = !timed && end - start === duration;
    return isTrue ? { start, end } : { start, end, original: uncut };
  }

  /** What was done, in a sentence; undefined if nothing. */
  describe(): string | undefined {
    if (this.mode.kind === 'true') return undefined;
    const kept = 'original times are in metadata.original_start_time and original_end_time';
    if (this.mode.kind === 'rebase') {
      return `times moved to the present, durations kept; ${kept}`;
    }
    return `all times shifted by ${describeDuration(this.mode.byUs)}; ${kept}`;
  }
}

function chooseMode(
  { timed }: TimeRange,
  {
    now,
    examplesChangedUs,
    windowUs,
    keep,
  }: { now: Micros; examplesChangedUs: Micros; windowUs: number; keep: boolean },
): TimesMode {
  if (keep || !timed) return { kind: 'true' };
  const fits = (byUs: number) =>
    timed.earliestStart + byUs > now - windowUs &&
    timed.earliestEnd + byUs >= examplesChangedUs &&
    timed.latestEnd + byUs <= now;

  if (fits(0)) return { kind: 'true' };
  const byUs = now - timed.latestEnd;
  return fits(byUs) ? { kind: 'shift', byUs } : { kind: 'rebase' };
}

function describeDuration(us: number): string {
  const seconds = Math.abs(us) / 1_000_000;
  const direction = us < 0 ? 'back' : 'forward';
  if (seconds < 120) return `${seconds.toFixed(1)} s ${direction}`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ${direction}`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ${direction}`;
  return `${Math.round(seconds / 86_400)} days ${direction}`;
}

export function describeSpan(span: Span): {
  original_start_time: string;
  original_end_time: string;
} {
  return { original_start_time: isoTime(span.start), original_end_time: isoTime(span.end) };
}
