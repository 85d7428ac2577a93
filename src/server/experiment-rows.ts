import { groupBy } from '../group-by.js';
import type { Printable } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { parseFilter } from './filter.js';
import { exampleAnswer, type LinkTo } from './json-answers.js';
import { invalid, Refusal } from './refusal.js';
import { isOrdinary } from './run-answers.js';
import { listOf, optional, record, uuid } from './schemas.js';
import type { FeedbackRow } from './store/feedback.js';
import { runCondition } from './store/filter-condition.js';
import type { RunRow, SqlCondition } from './store/runs.js';
import { type FeedbackStats, feedbackStats } from './store/stats.js';
import type { Store } from './store.js';

/** Compared side by side, and filters of them. */
export const MAX_EXPERIMENTS = 100;

/** Which rows of which experiments are asked for. */
export interface RowsAsked {
  readonly experimentIds: readonly string[];
  readonly exampleIds?: readonly string[];
  readonly condition?: SqlCondition;
  /** Count the feedback of this comparison instead of ordinary feedback. */
  readonly comparisonId?: string;
  readonly limit: number;
  readonly offset: number;
}

/** Turns runs and their figures into an answer of v1 or v2. */
export type AnswerRuns = (
  runs: readonly RunRow[],
  stats: (runId: string) => FeedbackStats[],
  feedback: (runId: string) => readonly FeedbackRow[],
) => Printable[];

/**
 * The examples that experiments of a dataset answer, each with the runs that answer it.
 *
 * @throws {Refusal} 404 for an unknown dataset or experiment, 400 for an experiment of another dataset.
 */
export function experimentRows(
  store: Store,
  datasetId: string,
  asked: RowsAsked,
  answerRuns: AnswerRuns,
  linkTo: LinkTo,
): Printable[] {
  store.datasets.refuseUnknown(datasetId);
  for (const id of asked.experimentIds) {
    if (store.sessions.get(id).reference_dataset_id !== datasetId) {
      throw new Refusal(400, `session ${id} is not an experiment of this dataset`);
    }
  }
  const { experimentIds, exampleIds, condition, limit, offset } = asked;
  const ids = store.runs.answeredExamples(experimentIds, {
    exampleIds,
    condition,
    knownOnly: true,
    limit,
    offset,
  });
  const runs = store.runs.answers(experimentIds, ids);
  const isCounted = asked.comparisonId
    ? ({ comparison_id: id }: FeedbackRow) => id === asked.comparisonId
    : isOrdinary;
  const feedback = groupBy(
    store.feedback.ofRuns(runs.map(({ id }) => id)).filter(isCounted),
    ({ run_id: id }) => id,
  );
  const of = (runId: string) => feedback.get(runId) ?? [];
  const answers = answerRuns(runs, (runId) => feedbackStats(of(runId)), of);
  const byExample = groupBy(
    runs.map((run, index) => ({ exampleId: run.reference_example_id, answer: answers[index] })),
    ({ exampleId }) => exampleId,
  );
  const files = store.attachments.heads(ids);
  return store.examples.lastVersions(ids).map((example) => ({
    ...exampleAnswer(example, linkTo, files.get(example.id)),
    runs: (byExample.get(example.id) ?? []).map(({ answer = null }) => answer),
  }));
}

/** What both versions of the API can ask of rows. `filters` are expressions by experiment, which bind the runs of that one only. */
export const ROWS_ASKED = {
  example_ids: optional(listOf(uuid, 1000)),
  comparative_experiment_id: optional(uuid),
  filters: optional(record).transform((filters) => conditionOf(filters ?? {})),
};

function conditionOf(filters: JsonObject): SqlCondition | undefined {
  const conditions = Object.entries(filters).flatMap(([sessionId, list]) => {
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
      throw invalid([{ loc: ['body', 'filters'], msg: 'lists of filters', type: 'list_type' }]);
    }
    return list.map((text) => ({ sessionId, ...runCondition(parseFilter(String(text))) }));
  });
  if (conditions.length === 0) return undefined;
  if (conditions.length > MAX_EXPERIMENTS) {
    throw new Refusal(400, `no more than ${MAX_EXPERIMENTS} filters can be combined`);
  }
  return {
    sql: conditions.map(({ sql }) => `(r.session_id <> ? or ${sql})`).join(' and '),
    values: conditions.flatMap(({ sessionId, values }) => [sessionId, ...values]),
  };
}
