import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { parseTime } from '../langsmith/time.js';
import type { Run } from '../langsmith/wire.js';

const SHOWN = 300;
const US_PER_SECOND = 1_000_000;

/** What tells a row from others, in few words. */
export interface RowHead {
  readonly runId: string;
  readonly exampleId: string | undefined;
  /** The start of its first input. */
  readonly input: string;
  readonly error: string | undefined;
  /** Seconds. */
  readonly latency: number | undefined;
}

export function headOf(run: Run, inputs: JsonObject): RowHead {
  return {
    runId: run.id,
    exampleId: run.exampleId,
    input: firstInput(inputs),
    error: run.error?.slice(0, SHOWN),
    latency: latencyOf(run),
  };
}

/** The start of the first of some inputs; text as it is, all else as JSON. */
export function firstInput(inputs: JsonObject): string {
  const [first = null] = Object.values(inputs);
  if (first === null) return '';
  return (typeof first === 'string' ? first : printJson(first)).slice(0, SHOWN);
}

/**
 * Returns seconds; undefined for a run that has not ended, never less than 0. LangSmith's JavaScript SDK numbers runs in
 * the microseconds of their start, so that the end of a short one can come before it.
 */
export function latencyOf({ startTime, endTime }: Run): number | undefined {
  if (endTime === undefined) return undefined;
  return Math.max(0, parseTime(endTime) - parseTime(startTime)) / US_PER_SECOND;
}
