import type { Context } from 'hono';
import { parseJson } from '../json/parse.js';
import { type Printable, printJson, RawJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import type { Attachment } from './store/attachments.js';
import type { ComparisonRow } from './store/comparisons.js';
import type { DatasetRow, DatasetVersion } from './store/datasets.js';
import type { ExampleRow } from './store/examples.js';
import type { FeedbackRow } from './store/feedback.js';
import type { FeedbackConfigRow } from './store/feedback-configs.js';
import type { QueueRow, QueueSize } from './store/queues.js';
import type { NamedRule } from './store/rules.js';
import type { RunRow } from './store/runs.js';
import type { SessionRow } from './store/sessions.js';
import type { FeedbackStats, RunStats } from './store/stats.js';
import { type Micros, printIso } from './time.js';

/** Answers in JSON; payloads go out as the text that came in. */
export function answer(context: Context, body: Printable, status: 200 | 201 | 202 | 207 = 200) {
  return context.body(printJson(body), status, { 'Content-Type': 'application/json' });
}

function raw(text: string | null): Printable {
  return text === null ? null : new RawJson(text);
}

function time(us: Micros | null): string | null {
  return us === null ? null : printIso(us);
}

function seconds(us: number | null): number | null {
  return us === null ? null : us / 1_000_000;
}

export function datasetAnswer(dataset: DatasetRow, tenantId: string): Printable {
  return {
    id: dataset.id,
    tenant_id: tenantId,
    name: dataset.name,
    description: dataset.description,
    data_type: dataset.data_type,
    created_at: time(dataset.created_at),
    modified_at: time(dataset.modified_at),
    example_count: dataset.example_count,
    session_count: dataset.session_count,
    last_session_start_time: time(dataset.last_session_start_time),
    metadata: raw(dataset.metadata),
    inputs_schema_definition: raw(dataset.inputs_schema),
    outputs_schema_definition: raw(dataset.outputs_schema),
    transformations: raw(dataset.transformations),
    externally_managed: false,
    baseline_experiment_id: dataset.baseline_experiment_id,
  };
}

export function versionAnswer(version: DatasetVersion): Printable {
  return { as_of: time(version.as_of), tags: raw(version.tags) };
}

/** Makes an address that is read without a key of a path. */
export type LinkTo = (path: string) => string;

type Heads = readonly Omit<Attachment, 'content'>[];

/** Where a file can be had: the SDKs fetch it from this very address. */
export function attachmentUrl(linkTo: LinkTo, ownerId: string, name: string): string {
  return linkTo(`/attachments/${ownerId}/${encodeURIComponent(name)}`);
}

export function exampleAnswer(
  example: ExampleRow,
  linkTo: LinkTo,
  attachments: Heads = [],
): Record<string, Printable> {
  return {
    id: example.id,
    dataset_id: example.dataset_id,
    name: `#${example.id.slice(0, 4)}`,
    created_at: time(example.created_at),
    modified_at: time(example.modified_at),
    inputs: raw(example.inputs),
    outputs: raw(example.outputs),
    metadata: raw(example.metadata),
    source_run_id: example.source_run_id,
    attachment_urls:
      attachments.length === 0
        ? null
        : Object.fromEntries(
            attachments.map(({ name, mime_type }) => [
              `attachment.${name}`,
              { presigned_url: attachmentUrl(linkTo, example.id, name), mime_type },
            ]),
          ),
  };
}

export function sessionAnswer(
  session: SessionRow,
  tenantId: string,
  stats?: { runs: RunStats; ofRuns: FeedbackStats[]; ofSession: FeedbackStats[] },
): Record<string, Printable> {
  return {
    id: session.id,
    tenant_id: tenantId,
    name: session.name,
    description: session.description,
    start_time: time(session.start_time),
    end_time: time(session.end_time),
    extra: raw(session.extra),
    reference_dataset_id: session.reference_dataset_id,
    default_dataset_id: session.default_dataset_id,
    trace_tier: session.trace_tier,
    test_run_number: session.test_run_number,
    last_run_start_time: time(session.last_run_start_time),
    ...(stats && {
      ...runStatsAnswer(stats.runs),
      feedback_stats: feedbackStatsAnswer(stats.ofRuns),
      session_feedback_stats: feedbackStatsAnswer(stats.ofSession),
    }),
  };
}

function runStatsAnswer({ error_count, ...stats }: RunStats): Record<string, Printable> {
  return {
    ...stats,
    error_rate: stats.run_count === 0 ? null : error_count / stats.run_count,
    latency_p50: seconds(stats.latency_p50),
    latency_p99: seconds(stats.latency_p99),
    first_token_p50: null,
    first_token_p99: null,
    last_run_start_time: time(stats.last_run_start_time),
  };
}

export function feedbackStatsAnswer(stats: readonly FeedbackStats[]): Printable {
  return Object.fromEntries(
    stats.map(({ key, values, ...numbers }) => [key, { ...numbers, values: raw(values) }]),
  );
}

/** @param tenantId for the run's page, if the run is read for a person. */
export function runAnswer(
  run: RunRow,
  tenantId: string,
  feedback: readonly FeedbackStats[] = [],
): Record<string, Printable> {
  const ancestors = run.dotted_order.split('.').map((segment) => segment.slice(-36));
  return {
    id: run.id,
    name: run.name,
    run_type: run.run_type,
    status: run.error !== null ? 'error' : run.end_time !== null ? 'success' : 'pending',
    start_time: time(run.start_time),
    end_time: time(run.end_time),
    error: run.error,
    inputs: raw(run.inputs),
    outputs: raw(run.outputs),
    extra: raw(run.extra),
    events: raw(run.events),
    serialized: raw(run.serialized),
    tags: raw(run.tags),
    session_id: run.session_id,
    trace_id: run.trace_id,
    dotted_order: run.dotted_order,
    parent_run_id: run.parent_run_id,
    parent_run_ids: ancestors.slice(0, -1),
    reference_example_id: run.reference_example_id,
    reference_dataset_id: run.reference_dataset_id,
    first_token_time: null,
    prompt_tokens: run.prompt_tokens ?? 0,
    completion_tokens: run.completion_tokens ?? 0,
    total_tokens: run.total_tokens ?? 0,
    prompt_cost: run.prompt_cost,
    completion_cost: run.completion_cost,
    total_cost: run.total_cost,
    feedback_stats: feedback.length === 0 ? null : feedbackStatsAnswer(feedback),
    app_path: `/o/${tenantId}/projects/p/${run.session_id}/r/${run.id}`,
  };
}

export function feedbackAnswer(row: FeedbackRow): Printable {
  return {
    id: row.id,
    key: row.key,
    run_id: row.run_id,
    session_id: row.session_id,
    trace_id: row.trace_id,
    score: raw(row.score),
    value: raw(row.value),
    comment: row.comment,
    correction: raw(row.correction),
    feedback_source: raw(row.source),
    feedback_group_id: row.group_id,
    comparative_experiment_id: row.comparison_id,
    error: row.error === null ? null : row.error === 1,
    extra: raw(row.extra),
    start_time: time(row.start_time),
    created_at: time(row.created_at),
    modified_at: time(row.modified_at),
  };
}

export function comparisonAnswer(row: ComparisonRow, tenantId: string): Record<string, Printable> {
  return {
    id: row.id,
    tenant_id: tenantId,
    name: row.name,
    description: row.description,
    reference_dataset_id: row.dataset_id,
    extra: raw(row.extra),
    created_at: time(row.created_at),
    modified_at: time(row.modified_at),
  };
}

export function feedbackConfigAnswer(row: FeedbackConfigRow, tenantId: string): Printable {
  return {
    feedback_key: row.key,
    feedback_config: raw(row.config),
    tenant_id: tenantId,
    modified_at: time(row.modified_at),
    is_lower_score_better: row.is_lower_score_better === 1,
  };
}

export function ruleAnswer({ body, ...rule }: NamedRule, tenantId: string): Printable {
  return {
    is_enabled: true,
    webhooks: null,
    alerts: null,
    evaluator_version: 2,
    ...(parseJson(body) as JsonObject),
    ...rule,
    tenant_id: tenantId,
    created_at: time(rule.created_at),
    updated_at: time(rule.updated_at),
  };
}

export function queueAnswer(
  queue: QueueRow,
  { tenantId, size }: { tenantId: string; size: QueueSize },
): Record<string, Printable> {
  return {
    ...queue,
    tenant_id: tenantId,
    rubric_items: raw(queue.rubric_items),
    metadata: raw(queue.metadata),
    created_at: time(queue.created_at),
    updated_at: time(queue.updated_at),
    queue_type: 'single',
    num_reviewers_per_item: 1,
    enable_reservations: false,
    total_runs: size.all,
  };
}
