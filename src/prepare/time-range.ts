/** What a row says of its time; all in microseconds. */
export interface RowTimes {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly latencyUs?: number | undefined;
}

/** Start and end of a run, in microseconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** When a row ran, as far as it says; undefined if it names no point in time. */
export function spanOf({ startTime, endTime, latencyUs = 0 }: RowTimes): Span | undefined {
  if (startTime !== undefined) return { start: startTime, end: endTime ?? startTime + latencyUs };
  if (endTime !== undefined) return { start: endTime - latencyUs, end: endTime };
  return undefined;
}

/** The times of many rows, in what is needed to place them. */
export interface TimeRange {
  /** Undefined where no row names a point in time. */
  readonly timed?:
    | { readonly earliestStart: number; readonly earliestEnd: number; readonly latestEnd: number }
    | undefined;
  readonly longestUs: number;
}

export class TimeRangeTally implements TimeRange {
  timed: { earliestStart: number; earliestEnd: number; latestEnd: number } | undefined;
  longestUs = 0;

  add(times: RowTimes): void {
    const span = spanOf(times);
    const duration = span ? span.end - span.start : (times.latencyUs ?? 0);
    this.longestUs = Math.max(this.longestUs, duration);
    if (!span) return;
    const { earliestStart, earliestEnd, latestEnd } = this.timed ?? {};
    this.timed = {
      earliestStart: Math.min(earliestStart ?? span.start, span.start),
      earliestEnd: Math.min(earliestEnd ?? span.end, span.end),
      latestEnd: Math.max(latestEnd ?? span.end, span.end),
    };
  }
}
