import { parseJson } from '../../../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { DatasetRow } from '../../store/datasets.js';
import type { ExampleRow } from '../../store/examples.js';
import type { FeedbackRow } from '../../store/feedback.js';
import type { RunRow } from '../../store/runs.js';
import type { SessionRow } from '../../store/sessions.js';
import type {
  ExperimentHead,
  ShownDataset,
  ShownExample,
  ShownFeedback,
  ShownRun,
} from '../shown.js';

export function showDataset(dataset: DatasetRow): ShownDataset {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description ?? undefined,
    exampleCount: dataset.example_count,
    experimentCount: dataset.session_count,
    createdAt: dataset.created_at,
    lastExperimentAt: dataset.last_session_start_time ?? undefined,
  };
}

export function showHead({
  id,
  name,
  reference_dataset_id: datasetId,
}: SessionRow): ExperimentHead {
  return { id, name, datasetId: datasetId ?? undefined };
}

export function showExample(
  id: string,
  example: ExampleRow | undefined,
  runs: readonly ShownRun[],
): ShownExample {
  return {
    id,
    isDeleted: example === undefined,
    inputs: example ? payloadIn(example.inputs) : (runs[0]?.inputs ?? null),
    referenceOutputs: payloadIn(example?.outputs ?? null),
    runs,
  };
}

export function showRun(run: RunRow, feedback: readonly FeedbackRow[]): ShownRun {
  const metadata = metadataIn(run.extra);
  const latency = run.end_time === null ? null : Math.max(0, run.end_time - run.start_time);
  return {
    id: run.id,
    experimentId: run.session_id,
    traceId: run.trace_id,
    parentRunId: run.parent_run_id ?? undefined,
    exampleId: run.reference_example_id ?? undefined,
    rowId: typeof metadata.row_id === 'string' ? metadata.row_id : undefined,
    name: run.name,
    runType: run.run_type,
    inputs: payloadIn(run.inputs),
    outputs: payloadIn(run.outputs),
    error: run.error ?? undefined,
    startTime: run.start_time,
    endTime: run.end_time ?? undefined,
    latency: latency === 0 && metadata.untimed === true ? undefined : secondsOf(latency),
    totalTokens: run.total_tokens ?? undefined,
    promptTokens: run.prompt_tokens ?? undefined,
    completionTokens: run.completion_tokens ?? undefined,
    totalCost: run.total_cost ?? undefined,
    model: textIn(metadata.ls_model_name) ?? textIn(metadata.model),
    events: listIn(run.events),
    tags: textsIn(run.tags),
    metadata,
    feedback: feedback.map(showFeedback),
  };
}

function showFeedback(row: FeedbackRow): ShownFeedback {
  return {
    key: row.key,
    score: jsonIn(row.score),
    value: jsonIn(row.value),
    comment: row.comment ?? undefined,
    correction: jsonIn(row.correction),
    by: speakerOf(row),
    failed: row.error === 1,
  };
}

/** A person by name, or a model. */
function speakerOf({ source }: FeedbackRow): string | undefined {
  const { user_name: user, metadata } = payloadIn(source) ?? {};
  return textIn(user) ?? (isJsonObject(metadata) ? textIn(metadata.model) : undefined);
}

export function secondsOf(us: number | null): number | undefined {
  return us === null ? undefined : us / 1_000_000;
}

function jsonIn(text: string | null): JsonValue {
  return text === null ? null : parseJson(text);
}

export function payloadIn(text: string | null): JsonObject | null {
  const value = jsonIn(text);
  return value === null || isJsonObject(value) ? value : { output: value };
}

export function metadataIn(extra: string | null): JsonObject {
  const metadata = payloadIn(extra)?.metadata ?? null;
  return isJsonObject(metadata) ? metadata : {};
}

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listIn(list: string | null): JsonValue[] {
  const value = jsonIn(list);
  return Array.isArray(value) ? value : [];
}

function textsIn(list: string | null): string[] {
  return listIn(list).filter((item) => typeof item === 'string');
}
