import { groupBy } from '../group-by.js';
import { parseJson } from '../json/parse.js';
import type { Printable } from '../json/print.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import { attachmentUrl, type LinkTo, runAnswer } from './json-answers.js';
import { marksOf } from './run-rules.js';
import type { Attachment } from './store/attachments.js';
import type { FeedbackRow } from './store/feedback.js';
import { PAYLOADS, type Payload, type RunRow } from './store/runs.js';
import { type FeedbackStats, feedbackStats } from './store/stats.js';
import type { Store } from './store.js';

/** A run, and what is said of it in other tables. */
interface ReadRun {
  readonly run: RunRow;
  /** As v1 answers it. */
  readonly v1: Record<string, Printable>;
  readonly files: readonly Omit<Attachment, 'content'>[];
  readonly linkTo: LinkTo;
}

/** Runs as v1 answers them, with the figures of their feedback. */
export function runAnswers(
  store: Store,
  rows: readonly RunRow[],
  stats: (runId: string) => FeedbackStats[] = statsWithComments(store, rows),
): Record<string, Printable>[] {
  const examples = store.examples.known(rows.map(({ reference_example_id: id }) => id ?? ''));
  return rows.map((run) => {
    const marks = marksOf(run, examples.has(run.reference_example_id ?? ''));
    const answer = runAnswer(run, store.tenantId, stats(run.id));
    return marks.length === 0 ? answer : { ...answer, marks };
  });
}

/** The figures of the feedback on runs, read for all of them at once. */
export function statsOf(store: Store, rows: readonly RunRow[]): (runId: string) => FeedbackStats[] {
  const feedback = groupBy(
    store.feedback.scoresOfRuns(rows.map(({ id }) => id)),
    ({ run_id: id }) => id,
  );
  return (runId) => feedbackStats(feedback.get(runId) ?? []);
}

/** The same with what was said of the scores, which is long where judges explain them. */
function statsWithComments(
  store: Store,
  rows: readonly RunRow[],
): (runId: string) => FeedbackStats[] {
  const ordinary = store.feedback.ofRuns(rows.map(({ id }) => id)).filter(isOrdinary);
  const feedback = groupBy(ordinary, ({ run_id: id }) => id);
  return (runId) => feedbackStats(feedback.get(runId) ?? []);
}

/** Whether feedback is about a run by itself, not about a comparison with another run. */
export function isOrdinary({ comparison_id: comparison }: FeedbackRow): boolean {
  return comparison === null;
}

/**
 * The fields of a run in v2, by the names that select them.
 *
 * @see npm langsmith 0.12, resources/runs/runs.d.mts: Run, RunSelectField
 */
const FIELDS = {
  ID: ({ run }) => run.id,
  NAME: ({ run }) => run.name,
  RUN_TYPE: ({ run }) => run.run_type.toUpperCase(),
  STATUS: ({ v1 }) => String(v1.status).toUpperCase(),
  START_TIME: ({ v1 }) => v1.start_time,
  END_TIME: ({ v1 }) => v1.end_time,
  LATENCY_SECONDS: ({ run }) => run.end_time && (run.end_time - run.start_time) / 1_000_000,
  FIRST_TOKEN_TIME: () => null,
  ERROR: ({ run }) => run.error,
  ERROR_PREVIEW: ({ run }) => preview(run.error),
  EXTRA: ({ v1 }) => v1.extra,
  METADATA: ({ run }) => metadataOf(run),
  EVENTS: ({ v1 }) => v1.events,
  INPUTS: ({ v1 }) => v1.inputs,
  INPUTS_PREVIEW: ({ run }) => preview(run.inputs),
  OUTPUTS: ({ v1 }) => v1.outputs,
  OUTPUTS_PREVIEW: ({ run }) => preview(run.outputs),
  MANIFEST: ({ v1 }) => v1.serialized,
  PARENT_RUN_IDS: ({ v1 }) => v1.parent_run_ids,
  PROJECT_ID: ({ run }) => run.session_id,
  TRACE_ID: ({ run }) => run.trace_id,
  THREAD_ID: ({ run }) => threadOf(metadataOf(run)),
  DOTTED_ORDER: ({ run }) => run.dotted_order,
  IS_ROOT: ({ run }) => run.parent_run_id === null,
  REFERENCE_EXAMPLE_ID: ({ run }) => run.reference_example_id,
  REFERENCE_DATASET_ID: ({ run }) => run.reference_dataset_id,
  TOTAL_TOKENS: ({ v1 }) => v1.total_tokens,
  PROMPT_TOKENS: ({ v1 }) => v1.prompt_tokens,
  COMPLETION_TOKENS: ({ v1 }) => v1.completion_tokens,
  TOTAL_COST: ({ run }) => run.total_cost,
  PROMPT_COST: ({ run }) => run.prompt_cost,
  COMPLETION_COST: ({ run }) => run.completion_cost,
  PROMPT_TOKEN_DETAILS: () => null,
  COMPLETION_TOKEN_DETAILS: () => null,
  PROMPT_COST_DETAILS: () => null,
  COMPLETION_COST_DETAILS: () => null,
  PRICE_MODEL_ID: () => null,
  TAGS: ({ v1 }) => v1.tags,
  APP_PATH: ({ v1 }) => v1.app_path,
  ATTACHMENTS: ({ run, files, linkTo }) =>
    Object.fromEntries(files.map(({ name }) => [name, attachmentUrl(linkTo, run.id, name)])),
  THREAD_EVALUATION_TIME: () => null,
  IS_IN_DATASET: ({ run }) => run.reference_example_id !== null,
  LAST_QUEUED_AT: () => null,
  SHARE_URL: () => null,
  FEEDBACK_STATS: ({ v1 }) => v1.feedback_stats,
  LS_USER_ID: () => null,
} as const satisfies Record<string, (run: ReadRun) => Printable | undefined>;

export type RunField = keyof typeof FIELDS;
export const RUN_FIELDS = Object.keys(FIELDS) as RunField[];

/** Runs as v2 answers them: the selected fields only. */
export function runAnswersV2(
  store: Store,
  rows: readonly RunRow[],
  asked: { readonly fields: readonly RunField[]; readonly linkTo: LinkTo },
  stats: (runId: string) => FeedbackStats[],
): Record<string, Printable>[] {
  const { fields, linkTo } = asked;
  const files = fields.includes('ATTACHMENTS')
    ? store.attachments.heads(rows.map(({ id }) => id))
    : new Map();
  return rows.map((run) => {
    const v1 = runAnswer(run, store.tenantId, stats(run.id));
    const read = { run, v1, files: files.get(run.id) ?? [], linkTo };
    return Object.fromEntries(
      fields.map((name) => [name.toLowerCase(), FIELDS[name](read) ?? null]),
    );
  });
}

/** The fields that need a payload. */
const READ_FOR: { readonly [field in RunField]?: Payload } = {
  INPUTS: 'inputs',
  INPUTS_PREVIEW: 'inputs',
  OUTPUTS: 'outputs',
  OUTPUTS_PREVIEW: 'outputs',
  EXTRA: 'extra',
  METADATA: 'extra',
  THREAD_ID: 'extra',
  EVENTS: 'events',
  MANIFEST: 'serialized',
};

/** The payloads that none of these fields needs. */
export function unreadPayloads(fields: readonly RunField[]): Payload[] {
  const read = new Set(fields.map((field) => READ_FOR[field]));
  return PAYLOADS.filter((payload) => !read.has(payload));
}

const PREVIEW = 250;

function preview(text: string | null): string | null {
  return text === null ? null : text.slice(0, PREVIEW);
}

function metadataOf({ extra }: RunRow): JsonObject {
  const metadata = extra === null ? null : (parseJson(extra) as JsonObject).metadata;
  return isJsonObject(metadata) ? metadata : {};
}

/** @see docs, threads: the first of these that a run's metadata has. */
function threadOf(metadata: JsonObject): Printable {
  return metadata.session_id ?? metadata.thread_id ?? metadata.conversation_id ?? null;
}
