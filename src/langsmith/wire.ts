import { z } from 'zod';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { isUuid } from '../uuid.js';
import { isTime } from './time.js';

/** Answers are read without losing a digit, so a number may come as its text; some servers quote costs, too. */
export const number = z.preprocess(
  (value) => (value instanceof JsonNumber || typeof value === 'string' ? Number(value) : value),
  z.number(),
);
/** Ids and times go into paths, links and sums: what is none is refused here, with the name of its field. */
export const id = z
  .string()
  .refine(isUuid, 'expected an id (UUID)')
  .transform((text) => text.toLowerCase());
const time = z.string().refine(isTime, 'expected a time (ISO 8601)');
export const text = z.string();
export const payload = z.custom<JsonObject>(isJsonObject, 'expected an object');
const scalar = z.custom<JsonValue>((value) => value !== undefined);
const limit = number.pipe(z.number().min(1));
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const metadataOf = payload.nullish().transform((parent) => metadataIn(parent?.metadata));
/** An empty schema demands nothing. */
const hasMembers = payload.nullish().transform((object) => Object.keys(object ?? {}).length > 0);

/** Undefined where the wire has null or nothing. */
export function maybe<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => value ?? undefined);
}

/** The same with another value there. */
export function or<T extends z.ZodType>(type: T, otherwise: z.output<T>) {
  return type.nullish().transform((value) => value ?? otherwise);
}

/** Our words for what the wire calls otherwise; all others are the same in snake_case. */
const ON_WIRE: Readonly<Record<string, string>> = {
  experimentCount: 'session_count',
  lastExperimentAt: 'last_session_start_time',
  baselineId: 'baseline_experiment_id',
  hasInputsSchema: 'inputs_schema_definition',
  hasOutputsSchema: 'outputs_schema_definition',
  datasetId: 'reference_dataset_id',
  place: 'test_run_number',
  feedback: 'feedback_stats',
  summary: 'session_feedback_stats',
  referenceOutputs: 'outputs',
  exampleId: 'reference_example_id',
  experimentId: 'session_id',
  parentId: 'parent_run_id',
  isError: 'error',
  comparisonId: 'comparative_experiment_id',
  instructions: 'rubric_instructions',
  rubric: 'rubric_items',
  lowerIsBetter: 'is_lower_score_better',
  workspaceId: 'tenant_id',
  email: 'user_email',
  role: 'role_name',
  isReadOnly: 'read_only',
};

type Names = Readonly<Record<string, string>>;

function onWire(name: string, others: Names = {}): string {
  const snakeCase = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return others[name] ?? ON_WIRE[name] ?? snakeCase;
}

/** An object of the wire in our words. @param others names that this object has instead of those of `ON_WIRE`. */
export function answer<S extends z.ZodRawShape>(shape: S, others?: Names) {
  const names = Object.keys(shape).map((name) => [name, onWire(name, others)] as const);
  const members = names.map(([ours, theirs]) => [theirs, shape[ours] as z.ZodType] as const);
  return z.object(Object.fromEntries(members)).transform((wire) => {
    const ours = names.map(([name, theirs]) => [name, wire[theirs]]);
    return Object.fromEntries(ours) as { [Name in keyof S]: z.output<S[Name]> };
  });
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

export const dataset = answer({
  id,
  tenantId: id,
  name: text,
  description: maybe(text),
  exampleCount: or(number, 0),
  experimentCount: or(number, 0),
  metadata: or(payload, {}),
  baselineId: maybe(id),
  createdAt: time,
  lastExperimentAt: maybe(time),
  hasInputsSchema: hasMembers,
  hasOutputsSchema: hasMembers,
});

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

export const experiment = answer({
  id,
  tenantId: id,
  name: text,
  description: maybe(text),
  datasetId: maybe(id),
  startTime: time,
  endTime: maybe(time),
  /** Counts the experiments of a dataset, in the order in which they were made. */
  place: maybe(number),
  extra: or(payload, {}),
  runCount: maybe(number),
  errorRate: maybe(number),
  /** Seconds. */
  latencyP50: maybe(number),
  totalTokens: maybe(number),
  /** US dollars. */
  totalCost: maybe(number),
  /** Scores of its runs. */
  feedback: feedbackStats,
  /** Scores of the experiment itself. */
  summary: feedbackStats,
});

/** The runs of one recording against one dataset. */
export type Experiment = z.output<typeof experiment>;

export const exampleHead = answer({ id, modifiedAt: maybe(time) });

/** An example's id and when it last changed. */
export type ExampleHead = z.output<typeof exampleHead>;

const content = {
  inputs: or(payload, {}),
  referenceOutputs: maybe(payload),
  metadata: or(payload, {}),
};

export const example = answer({ id, modifiedAt: maybe(time), createdAt: maybe(time), ...content });

/** A whole example. */
export type Example = z.output<typeof example>;

export const examplesWritten = z.object({ as_of: time.nullish() });
export const datasetVersion = z.object({ as_of: time });
export const head = z.object({ id });

export const feedback = answer({
  id,
  key: text,
  runId: maybe(id),
  score: maybe(scalar),
  value: maybe(scalar),
  comment: maybe(text),
  correction: maybe(scalar),
  /** The scorer failed; the comment says why. */
  isError: flag,
  createdAt: maybe(time),
  feedbackSource: or(payload, {}),
  comparisonId: maybe(text),
  modifiedAt: maybe(time),
}).transform(({ feedbackSource, ...others }) => {
  const source = metadataIn(feedbackSource.metadata);
  return {
    ...others,
    /** `app` for a person's, `model` for a judge's, `api` for all else. */
    sourceType: textIn(feedbackSource.type),
    /** The name of a person; in metadata where another tool carried it here. */
    userName: textIn(feedbackSource.user_name ?? source.user_name),
    /** What is known of the scorer. */
    source,
  };
});

/** A score on a run, or on an experiment. */
export type RunFeedback = Omit<z.output<typeof feedback>, 'comparisonId'>;

/** What a run came to. */
const outcome = {
  id,
  startTime: time,
  endTime: maybe(time),
  error: maybe(text),
  metadata: metadataOf,
  exampleId: maybe(id),
  experimentId: maybe(id),
  totalTokens: maybe(number),
  /** US dollars. */
  totalCost: maybe(number),
  /** Means by key: true counts as 1. */
  feedback: feedbackStats,
};
const whole = {
  ...outcome,
  name: text,
  runType: text,
  inputs: or(payload, {}),
  outputs: maybe(payload),
  tags: or(z.array(text), []),
  parentId: maybe(id),
  traceId: maybe(id),
  dottedOrder: or(text, ''),
};
const METADATA_IN = { metadata: 'extra' };

export const runScores = answer(outcome, METADATA_IN);

/** What a run came to, without what it was given and what it answered. */
export type RunScores = z.output<typeof runScores>;

export const run = answer(whole, METADATA_IN).transform((one) => ({
  ...one,
  traceId: one.traceId ?? one.id,
}));

/** What the app did on one example, as the server holds it. */
export type Run = z.output<typeof run>;

/**
 * A run as v2 tells it: some words are other ones.
 *
 * @see npm langsmith 0.12, resources/runs/runs.d.mts: Run
 */
function inV2<T extends z.ZodType>(schema: T) {
  return z.preprocess((wire) => {
    if (!isJsonObject(wire)) return wire;
    const { run_type: type, project_id, parent_run_ids: ancestors, metadata, ...others } = wire;
    return {
      ...others,
      run_type: typeof type === 'string' ? type.toLowerCase() : type,
      session_id: project_id,
      parent_run_id: Array.isArray(ancestors) ? ancestors.at(-1) : null,
      extra: metadata && { metadata },
    };
  }, schema);
}

export const runV2 = inV2(run);
export const runScoresV2 = inV2(runScores);

/** What v2 is asked for, to answer that much. @see the same: RunSelectField */
function selectsFor(shape: object): string[] {
  const others = { experimentId: 'project_id', parentId: 'parent_run_ids' };
  return Object.keys(shape).map((name) => onWire(name, others).toUpperCase());
}

export const RUN_SELECTS = selectsFor(whole);
/** Metadata is read only where somebody wants it. */
export const METADATA_SELECT = 'METADATA';
export const SCORE_SELECTS = selectsFor(outcome).filter((name) => name !== METADATA_SELECT);

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function metadataIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

const choices = z.record(z.string(), z.unknown()).nullish();

/** What people are asked under one score key. */
const rubricItem = z
  .object({
    feedback_key: z.string(),
    description: maybe(text),
    value_descriptions: choices,
    score_descriptions: choices,
  })
  .transform((wire) => ({
    key: wire.feedback_key,
    description: wire.description,
    /** What it may be. */
    choices: Object.keys(wire.score_descriptions ?? wire.value_descriptions ?? {}),
  }));

export const queue = answer({
  id,
  tenantId: id,
  name: text,
  description: maybe(text),
  instructions: maybe(text),
  rubric: or(z.array(rubricItem), []),
  createdAt: time,
});

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
    feedback_config: z.object({ min: maybe(number), max: maybe(number) }).nullish(),
    is_lower_score_better: maybe(z.boolean()),
  })
  .transform((wire) => ({
    key: wire.feedback_key,
    min: wire.feedback_config?.min,
    max: wire.feedback_config?.max,
    lowerIsBetter: wire.is_lower_score_better,
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

export const exampleWithScores = z.object({ id, runs: z.array(runScores) });
export const exampleWithRuns = answer({ id, ...content, runs: z.array(run) });
/** @see npm langsmith 0.12, resources/datasets/experiment-runs.d.mts: ExperimentRunQueryResponse */
export const exampleWithRunsV2 = answer({ id, ...content, runs: z.array(runV2) });

/** An example, and what the apps of some experiments did on it. */
export type ExampleWithRuns = z.output<typeof exampleWithRuns>;

export const identity = answer({
  workspaceId: maybe(id),
  organizationId: maybe(id),
  email: maybe(text),
});

/** Who a key belongs to. */
export type Identity = z.output<typeof identity>;

export const workspace = answer({
  id,
  displayName: maybe(text),
  role: maybe(text),
  permissions: maybe(z.array(text)),
  isReadOnly: flag,
  isDeleted: flag,
}).transform(({ displayName, ...others }) => ({
  ...others,
  name: displayName ?? others.id,
}));

/** A workspace that a key reaches. */
export type Workspace = z.output<typeof workspace>;

export const settings = z.object({ id });
export const usageLimits = z.object({
  in_reject_set: z.boolean().nullish(),
  usage_limit_type: z.string().nullish(),
});
export const anything = z.unknown();
