import { z } from 'zod';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { isUuid } from '../uuid.js';
import { isTime } from './time.js';

/** Answers are read without losing a digit, so a number may come as its text; some servers quote costs, too. */
const number = z.preprocess(
  (value) => (value instanceof JsonNumber || typeof value === 'string' ? Number(value) : value),
  z.number(),
);
/** Ids and times go into paths, links and sums: what is none is told of here, with the name of its field. */
const id = z
  .string()
  .refine(isUuid, 'expected an id (UUID)')
  .transform((text) => text.toLowerCase());
const time = z.string().refine(isTime, 'expected a time (ISO 8601)');
const payload = z.custom<JsonObject>(isJsonObject, 'expected an object');

const limit = number.pipe(z.number().min(1));

/** An empty schema demands nothing. */
function hasMembers(object: JsonObject | null | undefined): boolean {
  return Object.keys(object ?? {}).length > 0;
}

export const info = z.object({
  version: z.string().nullish(),
  instance_flags: z.record(z.string(), z.unknown()).nullish(),
  batch_ingest_config: z
    .object({
      use_multipart_endpoint: z.boolean().nullish(),
      size_limit: limit.nullish(),
      size_limit_bytes: limit.nullish(),
    })
    .nullish(),
});

export const dataset = z
  .object({
    id,
    tenant_id: id,
    name: z.string(),
    description: z.string().nullish(),
    example_count: number.nullish(),
    session_count: number.nullish(),
    metadata: payload.nullish(),
    baseline_experiment_id: id.nullish(),
    created_at: time,
    last_session_start_time: time.nullish(),
    inputs_schema_definition: payload.nullish(),
    outputs_schema_definition: payload.nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    tenantId: wire.tenant_id,
    name: wire.name,
    description: wire.description ?? undefined,
    exampleCount: wire.example_count ?? 0,
    experimentCount: wire.session_count ?? 0,
    metadata: wire.metadata ?? {},
    baselineId: wire.baseline_experiment_id ?? undefined,
    createdAt: wire.created_at,
    lastExperimentAt: wire.last_session_start_time ?? undefined,
    hasInputsSchema: hasMembers(wire.inputs_schema_definition),
    hasOutputsSchema: hasMembers(wire.outputs_schema_definition),
  }));

/** A set of examples; each has inputs and, maybe, reference outputs. */
export type Dataset = z.output<typeof dataset>;

const scoreStats = z
  .object({
    n: number.nullish(),
    errors: number.nullish(),
    avg: number.nullish(),
    stdev: number.nullish(),
    values: payload.nullish(),
  })
  .catch({});
/** By key; zod's own record would lose a key named `__proto__`. */
const feedbackStats = payload.nullish().transform((stats) =>
  Object.fromEntries(
    Object.entries(stats ?? {}).map(([key, given]) => {
      const { n, errors, avg, stdev, values } = scoreStats.parse(given);
      return [
        key,
        {
          n: n ?? 0,
          /** Evaluators that failed. */
          errors: errors ?? 0,
          avg: avg ?? undefined,
          stdev: stdev ?? undefined,
          /** What was said in words, and how often. */
          values: Object.entries(values ?? {}).map(([value, times]) => ({
            value,
            n: Number(times),
          })),
        },
      ];
    }),
  ),
);

export const experiment = z
  .object({
    id,
    tenant_id: id,
    name: z.string(),
    reference_dataset_id: id.nullish(),
    start_time: time,
    end_time: time.nullish(),
    test_run_number: number.nullish(),
    extra: payload.nullish(),
    run_count: number.nullish(),
    error_rate: number.nullish(),
    latency_p50: number.nullish(),
    total_tokens: number.nullish(),
    total_cost: number.nullish(),
    feedback_stats: feedbackStats,
    session_feedback_stats: feedbackStats,
    description: z.string().nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    tenantId: wire.tenant_id,
    name: wire.name,
    description: wire.description ?? undefined,
    datasetId: wire.reference_dataset_id ?? undefined,
    startTime: wire.start_time,
    endTime: wire.end_time ?? undefined,
    /** Counts the experiments of a dataset, in the order in which they were made. */
    place: wire.test_run_number ?? undefined,
    extra: wire.extra ?? {},
    runCount: wire.run_count ?? undefined,
    errorRate: wire.error_rate ?? undefined,
    /** Seconds. */
    latencyP50: wire.latency_p50 ?? undefined,
    totalTokens: wire.total_tokens ?? undefined,
    /** US dollars. */
    totalCost: wire.total_cost ?? undefined,
    /** Scores of its runs. */
    feedback: wire.feedback_stats,
    /** Scores of the experiment itself. */
    summary: wire.session_feedback_stats,
  }));

/** The runs of one recording against one dataset. */
export type Experiment = z.output<typeof experiment>;

export const exampleHead = z
  .object({ id, modified_at: time.nullish() })
  .transform((wire) => ({ id: wire.id, modifiedAt: wire.modified_at ?? undefined }));

/** An example's id and when it last changed. */
export type ExampleHead = z.output<typeof exampleHead>;

export const example = z
  .object({
    id,
    modified_at: time.nullish(),
    inputs: payload.nullish(),
    outputs: payload.nullish(),
    metadata: payload.nullish(),
    created_at: time.nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    modifiedAt: wire.modified_at ?? undefined,
    createdAt: wire.created_at ?? undefined,
    inputs: wire.inputs ?? {},
    referenceOutputs: wire.outputs ?? undefined,
    metadata: wire.metadata ?? {},
  }));

/** A whole example. */
export type Example = z.output<typeof example>;

export const examplesWritten = z.object({ as_of: time.nullish() });
export const datasetVersion = z.object({ as_of: time });
export const runHead = z.object({ id });
export const feedbackHead = z.object({ id });

const scalar = z.custom<JsonValue>((value) => value !== undefined);
export const feedback = z
  .object({
    id,
    key: z.string(),
    run_id: id.nullish(),
    score: scalar.nullish(),
    value: scalar.nullish(),
    comment: z.string().nullish(),
    correction: scalar.nullish(),
    error: z.boolean().nullish(),
    feedback_source: payload.nullish(),
    created_at: time.nullish(),
    comparative_experiment_id: z.string().nullish(),
    modified_at: time.nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    key: wire.key,
    runId: wire.run_id ?? undefined,
    score: wire.score ?? undefined,
    value: wire.value ?? undefined,
    comment: wire.comment ?? undefined,
    correction: wire.correction ?? undefined,
    /** The scorer failed; the comment says why. */
    isError: wire.error === true,
    createdAt: wire.created_at ?? undefined,
    /** `app` for a person's, `model` for a judge's, `api` for all else. */
    sourceType: textIn(wire.feedback_source?.type),
    /** Of a person; in metadata where another tool carried it here. */
    userName: textIn(
      wire.feedback_source?.user_name ?? metadataIn(wire.feedback_source?.metadata).user_name,
    ),
    /** What is known of the scorer. */
    source: metadataIn(wire.feedback_source?.metadata),
    comparisonId: wire.comparative_experiment_id ?? undefined,
    modifiedAt: wire.modified_at ?? undefined,
  }));

/** A score on a run, or on an experiment. */
export type RunFeedback = Omit<z.output<typeof feedback>, 'comparisonId'>;

export const run = z
  .object({
    id,
    name: z.string(),
    run_type: z.string(),
    start_time: time,
    end_time: time.nullish(),
    inputs: payload.nullish(),
    outputs: payload.nullish(),
    error: z.string().nullish(),
    extra: payload.nullish(),
    tags: z.array(z.string()).nullish(),
    reference_example_id: id.nullish(),
    parent_run_id: id.nullish(),
    trace_id: id.nullish(),
    session_id: id.nullish(),
    dotted_order: z.string().nullish(),
    total_tokens: number.nullish(),
    total_cost: number.nullish(),
    feedback_stats: feedbackStats,
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.name,
    runType: wire.run_type,
    startTime: wire.start_time,
    endTime: wire.end_time ?? undefined,
    inputs: wire.inputs ?? {},
    outputs: wire.outputs ?? undefined,
    error: wire.error ?? undefined,
    metadata: isJsonObject(wire.extra?.metadata) ? wire.extra.metadata : {},
    tags: wire.tags ?? [],
    exampleId: wire.reference_example_id ?? undefined,
    parentId: wire.parent_run_id ?? undefined,
    traceId: wire.trace_id ?? wire.id,
    experimentId: wire.session_id ?? undefined,
    dottedOrder: wire.dotted_order ?? '',
    totalTokens: wire.total_tokens ?? undefined,
    /** US dollars. */
    totalCost: wire.total_cost ?? undefined,
    /** Means by key: true counts as 1. */
    feedback: wire.feedback_stats,
  }));

/** What the app did on one example, as the server holds it. */
export type Run = z.output<typeof run>;

/**
 * A run as v2 tells it: some words are other ones.
 *
 * @see npm langsmith 0.12, resources/runs/runs.d.mts: Run
 */
export const runV2 = z.preprocess((wire) => {
  if (!isJsonObject(wire)) return wire;
  const { run_type: type, project_id, parent_run_ids: ancestors, metadata, ...others } = wire;
  return {
    ...others,
    run_type: typeof type === 'string' ? type.toLowerCase() : type,
    session_id: project_id,
    parent_run_id: Array.isArray(ancestors) ? ancestors.at(-1) : null,
    extra: metadata && { metadata },
  };
}, run);

/** What v2 is asked for, to answer that much. @see the same: RunSelectField */
export const RUN_SELECTS = [
  'ID',
  'NAME',
  'RUN_TYPE',
  'START_TIME',
  'END_TIME',
  'INPUTS',
  'OUTPUTS',
  'ERROR',
  'METADATA',
  'TAGS',
  'REFERENCE_EXAMPLE_ID',
  'PARENT_RUN_IDS',
  'TRACE_ID',
  'PROJECT_ID',
  'DOTTED_ORDER',
  'TOTAL_TOKENS',
  'TOTAL_COST',
  'FEEDBACK_STATS',
] as const;

export const runScores = z
  .object({
    id,
    start_time: time,
    end_time: time.nullish(),
    error: z.string().nullish(),
    extra: payload.nullish(),
    metadata: payload.nullish(),
    reference_example_id: id.nullish(),
    session_id: id.nullish(),
    project_id: id.nullish(),
    total_tokens: number.nullish(),
    total_cost: number.nullish(),
    feedback_stats: feedbackStats,
  })
  .transform((wire) => ({
    id: wire.id,
    startTime: wire.start_time,
    endTime: wire.end_time ?? undefined,
    error: wire.error ?? undefined,
    metadata: metadataIn(wire.metadata ?? wire.extra?.metadata),
    exampleId: wire.reference_example_id ?? undefined,
    experimentId: wire.session_id ?? wire.project_id ?? undefined,
    totalTokens: wire.total_tokens ?? undefined,
    totalCost: wire.total_cost ?? undefined,
    feedback: wire.feedback_stats,
  }));

/** What a run came to, without what it was given and what it answered. */
export type RunScores = z.output<typeof runScores>;

/** What v2 is asked for, to answer that much; metadata only where somebody wants it. */
export const SCORE_SELECTS = [
  'ID',
  'START_TIME',
  'END_TIME',
  'ERROR',
  'REFERENCE_EXAMPLE_ID',
  'PROJECT_ID',
  'TOTAL_TOKENS',
  'TOTAL_COST',
  'FEEDBACK_STATS',
] as const;

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function metadataIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** What people are asked under one score key. */
export const rubricItem = z
  .object({
    feedback_key: z.string(),
    description: z.string().nullish(),
    value_descriptions: z.record(z.string(), z.unknown()).nullish(),
    score_descriptions: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform((wire) => ({
    key: wire.feedback_key,
    description: wire.description ?? undefined,
    /** What it may be. */
    choices: Object.keys(wire.score_descriptions ?? wire.value_descriptions ?? {}),
  }));

export const queue = z
  .object({
    id,
    tenant_id: id,
    name: z.string(),
    description: z.string().nullish(),
    rubric_instructions: z.string().nullish(),
    rubric_items: z.array(rubricItem).nullish(),
    created_at: time,
  })
  .transform((wire) => ({
    id: wire.id,
    tenantId: wire.tenant_id,
    name: wire.name,
    description: wire.description ?? undefined,
    instructions: wire.rubric_instructions ?? undefined,
    rubric: wire.rubric_items ?? [],
    createdAt: wire.created_at,
  }));

/** Runs that wait for people to score them. */
export type Queue = z.output<typeof queue>;

/** A queue as it should be. */
export interface QueueUpload {
  readonly name: string;
  readonly description?: string | undefined;
  readonly instructions?: string | undefined;
  readonly rubric?: Queue['rubric'] | undefined;
}

export const queueSize = z.object({ size: z.number() });

export const feedbackConfig = z
  .object({
    feedback_key: z.string(),
    feedback_config: z
      .object({ type: z.string().nullish(), min: number.nullish(), max: number.nullish() })
      .nullish(),
    is_lower_score_better: z.boolean().nullish(),
  })
  .transform((wire) => ({
    key: wire.feedback_key,
    min: wire.feedback_config?.min ?? undefined,
    max: wire.feedback_config?.max ?? undefined,
    lowerIsBetter: wire.is_lower_score_better ?? undefined,
  }));

/** What a server keeps of the scores under a key: their range, and which way is better. */
export type FeedbackConfig = z.output<typeof feedbackConfig>;

export function runPage<T extends z.ZodType>(item: T) {
  return z.object({
    runs: z.array(item),
    cursors: z.object({ next: z.string().nullish() }).nullish(),
  });
}

/** @see npm langsmith 0.12, core/pagination.d.mts: ItemsCursorPostPagination, ItemsCursorGetPagination */
export function cursorPage<T extends z.ZodType>(item: T) {
  return z
    .object({ items: z.array(item), next_cursor: z.string().nullish() })
    .transform((wire) => ({ items: wire.items, next: wire.next_cursor || undefined }));
}

function withRuns(runs: z.ZodType<Run>) {
  return z
    .object({
      id,
      inputs: payload.nullish(),
      outputs: payload.nullish(),
      metadata: payload.nullish(),
      runs: z.array(runs),
    })
    .transform((wire) => ({
      id: wire.id,
      inputs: wire.inputs ?? {},
      referenceOutputs: wire.outputs ?? undefined,
      metadata: wire.metadata ?? {},
      runs: wire.runs,
    }));
}

export const exampleWithScores = z.object({ id, runs: z.array(runScores) });
export const exampleWithRuns = withRuns(run);
/** @see npm langsmith 0.12, resources/datasets/experiment-runs.d.mts: ExperimentRunQueryResponse */
export const exampleWithRunsV2 = withRuns(runV2);

/** An example, and what the apps of some experiments did on it. */
export type ExampleWithRuns = z.output<typeof exampleWithRuns>;

export const identity = z
  .object({
    tenant_id: id.nullish(),
    organization_id: id.nullish(),
    user_email: z.string().nullish(),
  })
  .transform((wire) => ({
    workspaceId: wire.tenant_id ?? undefined,
    organizationId: wire.organization_id ?? undefined,
    email: wire.user_email ?? undefined,
  }));

/** Who a key belongs to. */
export type Identity = z.output<typeof identity>;

export const workspace = z
  .object({
    id,
    display_name: z.string().nullish(),
    role_name: z.string().nullish(),
    permissions: z.array(z.string()).nullish(),
    read_only: z.boolean().nullish(),
    is_deleted: z.boolean().nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.display_name ?? wire.id,
    role: wire.role_name ?? undefined,
    permissions: wire.permissions ?? undefined,
    isReadOnly: wire.read_only === true,
    isDeleted: wire.is_deleted === true,
  }));

/** A workspace that a key reaches. */
export type Workspace = z.output<typeof workspace>;

export const settings = z.object({ id, display_name: z.string().nullish() });
export const usageLimits = z.object({
  in_reject_set: z.boolean().nullish(),
  usage_limit_type: z.string().nullish(),
});
export const anything = z.unknown();
