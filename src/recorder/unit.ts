import { parseJson } from '../json/parse.js';
import type { JsonObject } from '../json/value.js';
import type { Json } from '../langsmith/multipart.js';
import type { FeedbackUpload, RunUpload, UnitUpload } from '../langsmith/runs.js';
import {
  PAYLOAD,
  type PackedRow,
  type Payloads,
  payloadsOfChild,
  type RunHead,
} from '../prepare/packed-row.js';
import { type Span, spanOf } from '../prepare/time-range.js';
import { copyId, feedbackId, type RunIds } from './ids.js';
import { describeSpan, type PlacedTimes } from './times.js';

/** What a row's runs need besides the row. */
export interface UnitContext {
  readonly ids: RunIds;
  /** UUID of the example that the root run is tied to. */
  readonly exampleId: string;
  /** When the root run started and ended. */
  readonly times: PlacedTimes;
  /** What they are called where the row says nothing. */
  readonly runName: string;
  readonly runType: string;
}

/** Turns a row into its runs, root first, and their feedback. */
export function buildUnit(row: PackedRow, context: UnitContext): UnitUpload {
  const { ids, exampleId, times, runName, runType } = context;
  const { head, payloads } = row;
  const runs: RunUpload[] = [];
  const feedback: FeedbackUpload[] = [];
  let children = 0;

  const add = (
    run: RunHead,
    of: Payloads,
    place: string,
    at: PlacedTimes,
    ancestors: RunUpload['ancestors'],
  ): void => {
    const id = ids.id(head.runId ?? head.row, place);
    const isRoot = place === '';
    runs.push({
      id,
      name: run.name ?? runName,
      runType: run.runType ?? (isRoot ? runType : 'chain'),
      start: at.start,
      end: at.end,
      ancestors,
      exampleId: isRoot ? exampleId : undefined,
      inputs: payload(of, PAYLOAD.inputs) ?? '{}',
      outputs: payload(of, PAYLOAD.outputs),
      error: run.error,
      metadata: withOriginal(payload(of, PAYLOAD.metadata), at.original),
      tags: run.tags ?? [],
    });
    for (const one of feedbackOf(run, id, ancestors[0]?.id ?? id, at.start)) feedback.push(one);

    const parents = [...ancestors, { id, start: at.start }];
    for (const [n, child] of (run.children ?? []).entries()) {
      const ofChild = payloadsOfChild(payloads, children++);
      add(child, ofChild, `${place}.${n}`, placeChild(child, at), parents);
    }
  };
  add(head, payloads, '', times, []);
  return { runs, feedback };
}

function payload(payloads: Payloads, n: number): Uint8Array | undefined {
  return payloads[n]?.length ? payloads[n] : undefined;
}

/** Metadata, and the times that stood in the file where the run has others. */
function withOriginal(metadata: Uint8Array | undefined, original: Span | undefined): Json[] {
  const json = metadata ?? Buffer.from('{}');
  if (!original) return [json];
  const added = JSON.stringify(describeSpan(original)).slice(1);
  return json.length === 2 ? [`{${added}`] : [json.subarray(0, -1), `,${added}`];
}

/** A child moves with its parent, and never starts before it: the server refuses that. */
function placeChild(child: RunHead, parent: PlacedTimes): PlacedTimes {
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

function feedbackOf(
  { scores = [] }: RunHead,
  runId: string,
  traceId: string,
  runStart: number,
): FeedbackUpload[] {
  const seen = new Map<string, number>();
  return scores.map(({ giver, ...score }) => {
    const { key, isError } = score;
    const known = giver?.metadata ? (parseJson(giver.metadata) as JsonObject) : undefined;
    const of = { runId, traceId, runStart, sourceType: giver?.type, source: score.source ?? known };
    if (giver?.id !== undefined) return { ...score, ...of, id: copyId(runId, giver.id) };
    const scorer = score.source?.scorer;
    const counted = scorer === undefined ? key : `${scorer} ${key}`;
    const n = seen.get(counted) ?? 0;
    seen.set(counted, n + 1);
    return { ...score, ...of, id: feedbackId(runId, key, n, scorer, isError) };
  });
}
