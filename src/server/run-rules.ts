import { Refusal } from './refusal.js';
import type { SentRun } from './run-body.js';
import type { RunWrite } from './store/runs.js';
import { type Micros, parseOrderTime } from './time.js';

const SEGMENT = /^(\d{8}T\d{12}Z)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
/** The SDKs number runs of one millisecond in the digits behind it. */
const TOLERANCE_US = 1_000;

/**
 * Checks a run's place in its trace, where it names one: id, trace_id, parent_run_id and
 * dotted_order have to tell the same story.
 *
 * @throws {Refusal} 400, in LangSmith's words where they are known.
 */
export function checkPlace(run: SentRun): void {
  if (run.dotted_order === null) return;
  const segments = run.dotted_order.split('.').map((text) => readSegment(text, run));
  const own = segments.at(-1);
  const parent = segments.at(-2);

  if (own?.id !== run.id) {
    throw refuse(run, `id ${run.id} does not match last part of dotted_order ${run.dotted_order}`);
  }
  if (run.trace_id !== null && segments[0]?.id !== run.trace_id) {
    throw refuse(
      run,
      `trace_id ${run.trace_id} does not match first part of dotted_order ${run.dotted_order}`,
    );
  }
  const isChild = run.parent_run_id !== null || (run.trace_id !== null && run.trace_id !== run.id);
  if (!isChild && parent) {
    throw refuse(
      run,
      `dotted_order must contain a single part for root runs, but has ${segments.length}`,
    );
  }
  if (isChild && !parent) {
    throw refuse(run, 'dotted_order must contain at least two parts for child runs');
  }
  if (run.parent_run_id !== null && parent?.id !== run.parent_run_id) {
    throw refuse(
      run,
      `parent_run_id ${run.parent_run_id} does not match second-to-last part of dotted_order ${run.dotted_order}`,
    );
  }
  if (parent && own.time < parent.time) {
    throw refuse(run, 'a child run must not start before its parent');
  }
}

/**
 * Says what is wrong with a run that is stored nevertheless.
 *
 * @param hasExample whether the example it names exists, or once did.
 */
export function marksOf(
  run: Pick<RunWrite, 'dotted_order' | 'start_time' | 'reference_example_id' | 'replaced'>,
  hasExample: boolean,
): string[] {
  const { dotted_order: order, start_time: start, reference_example_id: exampleId } = run;
  const time = parseOrderTime(order?.split('.').at(-1)?.slice(0, -36) ?? '');
  const isElsewhere =
    time !== undefined && start !== null && Math.abs(time - start) >= TOLERANCE_US;
  return [
    isElsewhere && `start_time does not match last part of dotted_order ${order}`,
    exampleId !== null && !hasExample && `reference example ${exampleId} not found`,
    run.replaced > 0 && `U+0000 replaced by U+FFFD (${run.replaced}×)`,
  ].filter((mark) => mark !== false);
}

/** In bodies of many runs each has to say where it belongs. @throws {Refusal} 400 */
export function requirePlace(run: SentRun): void {
  if (run.trace_id === null) throw refuse(run, 'missing trace_id');
  if (run.dotted_order === null) throw refuse(run, 'missing dotted_order');
}

/** The id of the parent that a dotted_order names. */
export function parentIn(dottedOrder: string | null): string | null {
  return dottedOrder?.split('.').at(-2)?.slice(-36) ?? null;
}

/** LangSmith's cloud takes runs of the last hours only. @throws {Refusal} 422 */
export function checkWindow(run: SentRun, nowUs: Micros, hours: number): void {
  if (run.start_time === null) return;
  if (Math.abs(run.start_time - nowUs) > hours * 3_600_000_000) {
    throw new Refusal(
      422,
      `run ${run.id}: start_time must be within ${hours} hours of the current time`,
    );
  }
}

function readSegment(text: string, run: SentRun): { time: Micros; id: string } {
  const [, timeText = '', id = ''] =
    SEGMENT.exec(text.toLowerCase().replace('t', 'T').replace('z', 'Z')) ?? [];
  const time = parseOrderTime(timeText);
  if (time === undefined) {
    throw refuse(run, `invalid dotted_order: ${text} is not a time and the id of a run`);
  }
  return { time, id };
}

function refuse(run: SentRun, words: string): Refusal {
  return new Refusal(400, `run ${run.id}: ${words}`);
}
