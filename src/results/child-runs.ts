import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { Feedback } from './feedback.js';
import { describeFound } from './found.js';
import { endsInOrder, runFields, toRun } from './run-fields.js';
import { gatherRun } from './run-metadata.js';
import type { RunType } from './run-types.js';

/** A run below a row's own: the same fields, any depth. */
export interface ChildRun {
  readonly inputs?: JsonObject | undefined;
  readonly outputs?: JsonObject | undefined;
  readonly error?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly latencyUs?: number | undefined;
  readonly metadata: JsonObject;
  readonly feedback: readonly Feedback[];
  readonly tags: readonly string[];
  readonly name?: string | undefined;
  readonly runType?: RunType | undefined;
  readonly childRuns: readonly ChildRun[];
}

export interface ReadChildRuns {
  readonly childRuns: ChildRun[];
  readonly problems: { readonly path: (string | number)[]; readonly message: string }[];
}

const MAX_DEPTH = 1000;

/** The names that a child run may use; any other goes into its metadata. */
export const CHILD_FIELDS: ReadonlySet<string> = new Set([...Object.keys(runFields), 'child_runs']);

/** One child run, without those below it. */
export const childRunSchema = z.preprocess(
  (value) => (isJsonObject(value) ? gatherRun(value, CHILD_FIELDS).run : value),
  z
    .object(runFields, {
      error: ({ input }) => `found ${describeFound(input)}, expected a run: an object`,
    })
    .refine(endsInOrder, { path: ['end_time'], error: 'is before start_time' }),
);

/** Reads runs within runs. A list of its own stands for the call stack, which would not hold the deepest. */
export function readChildRuns(value: JsonValue): ReadChildRuns {
  const read: ReadChildRuns = { childRuns: [], problems: [] };
  const waiting = [{ value, into: read.childRuns, path: [] as (string | number)[], depth: 1 }];

  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: runs = null, into, path, depth } = next;
    if (runs === null) continue;
    const refusal = refuseList(runs, depth);
    if (refusal !== undefined) {
      read.problems.push({ path, message: refusal });
      continue;
    }
    for (const [index, run] of (runs as JsonValue[]).entries()) {
      const parsed = childRunSchema.safeParse(run);
      for (const issue of parsed.error?.issues ?? []) {
        const where = issue.path as (string | number)[];
        read.problems.push({ path: [...path, index, ...where], message: issue.message });
      }
      const childRuns: ChildRun[] = [];
      if (parsed.data) into.push({ ...toRun(parsed.data), childRuns });
      if (isJsonObject(run) && run.child_runs !== undefined) {
        const below = [...path, index, 'child_runs'];
        waiting.push({ value: run.child_runs, into: childRuns, path: below, depth: depth + 1 });
      }
    }
  }
  return read;
}

function refuseList(runs: JsonValue, depth: number): string | undefined {
  if (!Array.isArray(runs)) return `found ${describeFound(runs)}, expected a list of runs`;
  if (depth > MAX_DEPTH && runs.length > 0) return `runs are nested more than ${MAX_DEPTH} deep`;
  return undefined;
}
