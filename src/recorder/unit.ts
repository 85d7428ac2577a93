import type { JsonObject } from '../json/value.js';
import type { FeedbackUpload, RunUpload, UnitUpload } from '../langsmith/runs.js';
import type { ChildRun, Result } from '../results/result.js';
import { feedbackId, type RunIds } from './ids.js';
import { type Changes, printPayload, roundScore, storableText, withKeys } from './sendable.js';
import { describeSpan, type PlacedTimes, type Span, spanOf } from './times.js';

/** What a unit needs beside its result. */
export interface UnitPlace {
  readonly rowIndex: number;
  readonly exampleId: string;
  readonly times: PlacedTimes;
  readonly ids: RunIds;
  readonly defaults: { readonly name: string; readonly runType: string };
  readonly changes: Changes;
}

/** Turns a result into its runs, root first, and their feedback. */
export function buildUnit(result: Result, place: UnitPlace): UnitUpload {
  const runs: RunUpload[] = [];
  const feedback: FeedbackUpload[] = [];
  addRun(result, '', [], place.times, place, { runs, feedback });
  const [root, ...below] = runs;
  return { runs: root ? [{ ...root, exampleId: place.exampleId }, ...below] : [], feedback };
}

function addRun(
  run: Result | ChildRun,
  path: string,
  ancestors: readonly Pick<RunUpload, 'id' | 'start'>[],
  times: PlacedTimes,
  place: UnitPlace,
  unit: { runs: RunUpload[]; feedback: FeedbackUpload[] },
): void {
  const { ids, defaults, changes, rowIndex } = place;
  const id = ids.id(rowIndex, path);
  const { exact, feedback } = buildFeedback(run, id, ancestors[0]?.id ?? id, times.start, changes);
  const original: JsonObject = times.original ? { ...describeSpan(times.original) } : {};
  const self: RunUpload = {
    id,
    name: storableText(run.name ?? defaults.name, changes),
    runType: run.runType ?? (path === '' ? defaults.runType : 'chain'),
    start: times.start,
    end: times.end,
    ancestors,
    inputs: printPayload(run.inputs ?? {}, changes),
    ...(run.outputs && { outputs: printPayload(run.outputs, changes) }),
    ...(run.error !== undefined && { error: storableText(run.error, changes) }),
    metadata: printPayload(withKeys(run.metadata, { ...original, ...exact }), changes),
    tags: run.tags.map((tag) => storableText(tag, changes)),
  };
  unit.runs.push(self);
  unit.feedback.push(...feedback);

  const parents = [...ancestors, { id, start: times.start }];
  for (const [number, child] of run.childRuns.entries()) {
    addRun(child, `${path}.${number}`, parents, placeChild(child, times), place, unit);
  }
}

/** A child moves with its parent, and never starts before it: the server refuses that. */
function placeChild(child: ChildRun, parent: PlacedTimes): PlacedTimes {
  const own = spanOf(child);
  if (!own)
    return {
      start: parent.start,
      end: Math.min(parent.end, parent.start + (child.latencyUs ?? Number.POSITIVE_INFINITY)),
    };

  const byUs = parent.original ? parent.end - parent.original.end : 0;
  const moved: Span = { start: own.start + byUs, end: own.end + byUs };
  const start = Math.max(moved.start, parent.start);
  const end = Math.max(moved.end, start);
  return start === own.start && end === own.end ? { start, end } : { start, end, original: own };
}

function buildFeedback(
  run: Result | ChildRun,
  runId: string,
  traceId: string,
  runStart: number,
  changes: Changes,
): { feedback: FeedbackUpload[]; exact: JsonObject } {
  const exact: JsonObject = {};
  const seen = new Map<string, number>();

  const feedback = run.feedback.map(
    ({ key, score, value, comment, correction }): FeedbackUpload => {
      const n = seen.get(key) ?? 0;
      seen.set(key, n + 1);
      const rounded = score === undefined ? undefined : roundScore(score);
      if (rounded?.exact !== undefined) {
        exact[`scores.${key}`] = rounded.exact;
        changes.count(
          'score rounded to 4 decimals, as LangSmith takes it; the exact one is in the run’s metadata',
        );
      }
      return {
        id: feedbackId(runId, key, n),
        key: storableText(key, changes),
        runId,
        traceId,
        runStart,
        ...(rounded && { score: rounded.json }),
        ...(value !== undefined && { value: printPayload(value, changes) }),
        ...(comment !== undefined && { comment: storableText(comment, changes) }),
        ...(correction !== undefined && { correction: printPayload(correction, changes) }),
      };
    },
  );
  return { feedback, exact };
}
