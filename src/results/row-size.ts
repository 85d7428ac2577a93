import { describeSize, jsonBytes, roughSize } from '../json/size.js';
import type { JsonValue } from '../json/value.js';
import type { ChildRun, Result } from './result.js';

/** What LangSmith's cloud takes in one request; a server of one's own may say otherwise. */
export const USUAL_MAX_BYTES = 20_971_520;
/** A character takes at most so many bytes as it is sent: `\u001b`. */
const BYTES_OF_CHARACTER = 6;

type Payload = JsonValue | undefined;

/**
 * Why a row would be refused for its size. Its runs and scores can go in requests of their own: none of them,
 * nor its example, may be larger than one.
 *
 * @param maxBytes of a request.
 * @see https://api.smith.langchain.com/redoc, GET /info, batch_ingest_config.size_limit_bytes
 */
export function describeOversize(result: Result, maxBytes: number): string | undefined {
  if (roughSizeOf(result) * BYTES_OF_CHARACTER <= maxBytes) return undefined;
  const { inputs, referenceOutputs, exampleMetadata } = result;
  const parts = [[inputs, referenceOutputs, exampleMetadata], ...partsOf(result)];
  const largest = parts.reduce((most, part) => Math.max(most, bytesOf(part)), 0);
  if (largest <= maxBytes) return undefined;
  return `row is ${describeSize(largest)}; LangSmith accepts ${describeSize(maxBytes)}`;
}

/** Estimates the whole size: most rows are so far below the limit that nothing more needs to be known. */
function roughSizeOf(run: Result | ChildRun): number {
  let size = roughSize(run.metadata);
  if (run.inputs) size += roughSize(run.inputs);
  if (run.outputs) size += roughSize(run.outputs);
  if (run.error !== undefined) size += roughSize(run.error);
  if ('referenceOutputs' in run)
    size += roughSize(run.referenceOutputs ?? null) + roughSize(run.exampleMetadata ?? null);
  for (const { value, comment, correction } of run.feedback)
    size += roughSize(value ?? null) + roughSize(comment ?? null) + roughSize(correction ?? null);
  for (const child of run.childRuns) size += roughSizeOf(child);
  return size;
}

/** What goes together of a row: each run, each score. */
function partsOf(run: Result | ChildRun): Payload[][] {
  const { inputs, outputs, metadata, error, feedback, childRuns } = run;
  return [
    [inputs, outputs, metadata, error],
    ...feedback.map(({ value, comment, correction }) => [value, comment, correction]),
    ...childRuns.flatMap(partsOf),
  ];
}

function bytesOf(payloads: readonly Payload[]): number {
  return payloads.reduce<number>(
    (bytes, payload) => (payload === undefined ? bytes : bytes + jsonBytes(payload)),
    0,
  );
}
