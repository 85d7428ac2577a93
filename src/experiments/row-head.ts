import type { JsonObject } from '../json/value.js';
import { parseTime } from '../langsmith/time.js';
import type { Run } from '../langsmith/wire.js';
import { firstInput } from './gist.js';

const SHOWN = 300;
const US_PER_SECOND = 1_000_000;

/** What tells a row from others, in few words. */
export interface RunPreview {
  readonly runId: string;
  /** The row's own id, where its file gave one. */
  readonly rowId: string | undefined;
  readonly exampleId: string | undefined;
  /** The start of its first input. */
  readonly input: string;
  readonly error: string | undefined;
  /** Seconds. */
  readonly latency: number | undefined;
}

export function previewOf(run: Run, inputs: JsonObject): RunPreview {
  return {
    runId: run.id,
    rowId: rowIdOf(run),
    exampleId: run.exampleId,
    input: firstInput(inputs),
    error: run.error?.slice(0, SHOWN),
    latency: latencyOf(run),
  };
}

/** The id that the recorded row had of its own. */
export function rowIdOf({ metadata }: Run): string | undefined {
  return typeof metadata.row_id === 'string' ? metadata.row_id : undefined;
}

/** Whether the recorded row gave no time: its run ends as it starts, and says so. */
export function isUntimed({ metadata, startTime, endTime }: Run): boolean {
  if (metadata.untimed !== true || endTime === undefined) return false;
  return parseTime(endTime) === parseTime(startTime);
}

/**
 * Returns seconds, never less than 0; undefined for a run that has not ended, or whose times nobody knows. LangSmith's
 * JavaScript SDK numbers runs in the microseconds of their start, so that the end of a short one can come before it.
 */
export function latencyOf(run: Run): number | undefined {
  if (run.endTime === undefined || isUntimed(run)) return undefined;
  return Math.max(0, parseTime(run.endTime) - parseTime(run.startTime)) / US_PER_SECOND;
}
