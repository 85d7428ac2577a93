import { isoTime, type Micros } from '../langsmith/time.js';

/** LangSmith's cloud refuses runs that started over 24 hours ago; an hour is left for the way. */
export const CLOUD_WINDOW_US = 23 * 3600 * 1_000_000;

const AFTER_EXAMPLES_US = 1000;

/** What a row says of its time; all in microseconds. */
export interface RowTimes {
  readonly startTime?: Micros | undefined;
  readonly endTime?: Micros | undefined;
  readonly latencyUs?: number | undefined;
}

/** Start and end of a run, in microseconds. */
export interface Span {
  readonly start: Micros;
  readonly end: Micros;
}

/** When a row ran, as far as it says; undefined if it names no point in time. */
export function spanOf({ startTime, endTime, latencyUs = 0 }: RowTimes): Span | undefined {
  if (startTime !== undefined) return { start: startTime, end: endTime ?? startTime + latencyUs };
  if (endTime !== undefined) return { start: endTime - latencyUs, end: endTime };
  return undefined;
}

/** The times of many rows, in what the rule needs to know of them. */
export class TimeRange {
  earliestStart = Number.POSITIVE_INFINITY;
  earliestEnd = Number.POSITIVE_INFINITY;
  latestEnd = Number.NEGATIVE_INFINITY;
  longestUs = 0;

  add(times: RowTimes): void {
    const span = spanOf(times);
    this.longestUs = Math.max(
      this.longestUs,
      span ? span.end - span.start : (times.latencyUs ?? 0),
    );
    if (!span) return;
    this.earliestStart = Math.min(this.earliestStart, span.start);
    this.earliestEnd = Math.min(this.earliestEnd, span.end);
    this.latestEnd = Math.max(this.latestEnd, span.end);
  }

  get isTimed(): boolean {
    return this.latestEnd > Number.NEGATIVE_INFINITY;
  }
}

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

  /** The server turned out to take runs of this age at most. */
  narrow(windowUs: number): void {
    this.#windowUs = Math.min(this.#windowUs, windowUs);
  }

  /** The earliest start that `place` will give for these rows. */
  earliest(range: TimeRange): Micros {
    const untimed = this.#baseUs - Math.min(range.longestUs, this.#windowUs);
    if (this.mode.kind === 'rebase' || !range.isTimed) return untimed;
    return range.earliestStart + (this.mode.kind === 'shift' ? this.mode.byUs : 0);
  }

  /** The latest end that `place` will give for these rows. */
  latest(range: TimeRange, rows: number): Micros {
    if (this.mode.kind === 'rebase' || !range.isTimed) return this.#baseUs + rows;
    return range.latestEnd + (this.mode.kind === 'shift' ? this.mode.byUs : 0);
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
    const kept = 'the true ones are in metadata.original_start_time and original_end_time';
    if (this.mode.kind === 'rebase') {
      return `times are moved to the present, each row’s duration kept; ${kept}`;
    }
    return `all times are shifted by ${describeDuration(this.mode.byUs)}; ${kept}`;
  }
}

function chooseMode(
  range: TimeRange,
  {
    now,
    examplesChangedUs,
    windowUs,
    keep,
  }: { now: Micros; examplesChangedUs: Micros; windowUs: number; keep: boolean },
): TimesMode {
  const fits = (byUs: number) =>
    range.earliestStart + byUs > now - windowUs &&
    range.earliestEnd + byUs >= examplesChangedUs &&
    range.latestEnd + byUs <= now;

  if (keep || !range.isTimed || fits(0)) return { kind: 'true' };
  const byUs = now - range.latestEnd;
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
