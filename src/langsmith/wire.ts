import { z } from 'zod';
import { isJsonObject, JsonNumber, type JsonObject } from '../json/value.js';

/** Answers are read without losing a digit, so a number may come as its text; some servers quote costs, too. */
const number = z.preprocess(
  (value) => (value instanceof JsonNumber || typeof value === 'string' ? Number(value) : value),
  z.number(),
);
const time = z.string();
const payload = z.custom<JsonObject>(isJsonObject, 'expected an object');

export const info = z.object({
  version: z.string().nullish(),
  instance_flags: z.record(z.string(), z.unknown()).nullish(),
  batch_ingest_config: z
    .object({
      use_multipart_endpoint: z.boolean().nullish(),
      size_limit: number.nullish(),
      size_limit_bytes: number.nullish(),
    })
    .nullish(),
});

export const dataset = z
  .object({
    id: z.string(),
    tenant_id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    example_count: number.nullish(),
    session_count: number.nullish(),
    created_at: time,
    last_session_start_time: time.nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    tenantId: wire.tenant_id,
    name: wire.name,
    description: wire.description ?? undefined,
    exampleCount: wire.example_count ?? 0,
    experimentCount: wire.session_count ?? 0,
    createdAt: wire.created_at,
    lastExperimentAt: wire.last_session_start_time ?? undefined,
  }));

/** A set of examples; each has inputs and, maybe, reference outputs. */
export type Dataset = z.output<typeof dataset>;

const feedbackStats = z
  .record(z.string(), z.object({ n: number.nullish(), avg: number.nullish() }))
  .nullish()
  .transform((stats) =>
    Object.fromEntries(
      Object.entries(stats ?? {}).map(([key, { n, avg }]) => [
        key,
        { n: n ?? 0, avg: avg ?? undefined },
      ]),
    ),
  );

export const experiment = z
  .object({
    id: z.string(),
    tenant_id: z.string(),
    name: z.string(),
    reference_dataset_id: z.string().nullish(),
    start_time: time,
    end_time: time.nullish(),
    extra: payload.nullish(),
    run_count: number.nullish(),
    error_rate: number.nullish(),
    latency_p50: number.nullish(),
    total_tokens: number.nullish(),
    total_cost: number.nullish(),
    feedback_stats: feedbackStats,
  })
  .transform((wire) => ({
    id: wire.id,
    tenantId: wire.tenant_id,
    name: wire.name,
    datasetId: wire.reference_dataset_id ?? undefined,
    startTime: wire.start_time,
    endTime: wire.end_time ?? undefined,
    extra: wire.extra ?? {},
    runCount: wire.run_count ?? undefined,
    errorRate: wire.error_rate ?? undefined,
    /** Seconds. */
    latencyP50: wire.latency_p50 ?? undefined,
    totalTokens: wire.total_tokens ?? undefined,
    /** US dollars. */
    totalCost: wire.total_cost ?? undefined,
    feedback: wire.feedback_stats,
  }));

/** The runs of one recording against one dataset. */
export type Experiment = z.output<typeof experiment>;

export const exampleHead = z
  .object({ id: z.string(), modified_at: time.nullish() })
  .transform((wire) => ({ id: wire.id.toLowerCase(), modifiedAt: wire.modified_at ?? undefined }));

/** An example's id and when it last changed. */
export type ExampleHead = z.output<typeof exampleHead>;

export const example = z
  .object({
    id: z.string(),
    modified_at: time.nullish(),
    inputs: payload.nullish(),
    outputs: payload.nullish(),
    metadata: payload.nullish(),
  })
  .transform((wire) => ({
    id: wire.id.toLowerCase(),
    modifiedAt: wire.modified_at ?? undefined,
    inputs: wire.inputs ?? {},
    referenceOutputs: wire.outputs ?? undefined,
    metadata: wire.metadata ?? {},
  }));

/** A whole example. */
export type Example = z.output<typeof example>;

export const examplesWritten = z.object({ as_of: time.nullish() });
export const datasetVersion = z.object({ as_of: time });
export const runPage = z.object({
  runs: z.array(z.object({ id: z.string() })),
  cursors: z.object({ next: z.string().nullish() }).nullish(),
});
export const feedbackHead = z.object({ id: z.string() });
export const anything = z.unknown();
