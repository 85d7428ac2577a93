import { parseJson } from '../../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { groupBy } from '../group-by.js';
import { marksOf } from '../run-rules.js';
import type { DatasetRow } from '../store/datasets.js';
import type { ExampleRow } from '../store/examples.js';
import type { FeedbackRow } from '../store/feedback.js';
import type { RunRow } from '../store/runs.js';
import type { SessionRow } from '../store/sessions.js';
import type { Store } from '../store.js';
import type { Slice } from './paging.js';
import type {
  ExperimentHead,
  MeanScore,
  ShownDataset,
  ShownExample,
  ShownExperiment,
  ShownFeedback,
  ShownRun,
} from './shown.js';

/** The store as the pages see it: payloads parsed, numbers counted, no null but JSON's. */
export class PageReads {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get tenantId(): string {
    return this.#store.tenantId;
  }

  /** The latest used first. */
  listDatasets(slice: Slice): ShownDataset[] {
    const order = { sortBy: 'last_session_start_time', descending: true } as const;
    return this.#store.datasets.list({ ...order, ...slice }).map(showDataset);
  }

  findDataset(id: string): ShownDataset | undefined {
    const dataset = this.#store.datasets.find(id.toLowerCase());
    return dataset && showDataset(dataset);
  }

  /** The latest first. */
  listExperiments(datasetId: string, slice: Slice): ShownExperiment[] {
    const order = { sortBy: 'start_time', descending: true } as const;
    return this.#store.sessions
      .list({ referenceDatasets: [datasetId], ...order, ...slice })
      .map((session) => this.#showExperiment(session));
  }

  /** Projects that are not about a dataset, the latest used first. */
  listProjects(slice: Slice): ShownExperiment[] {
    const order = { sortBy: 'last_run_start_time', descending: true } as const;
    return this.#store.sessions
      .list({ referenceFree: true, ...order, ...slice })
      .map((session) => this.#showExperiment(session));
  }

  hasProjects(): boolean {
    const query = { sortBy: 'name', descending: false, offset: 0, limit: 1 } as const;
    return this.#store.sessions.list({ referenceFree: true, ...query }).length > 0;
  }

  /** An experiment, or a project without a dataset. */
  findExperiment(id: string): ShownExperiment | undefined {
    const session = this.#store.sessions.find(id.toLowerCase());
    return session && this.#showExperiment(session);
  }

  /** The same without its numbers, which take a while to count. */
  findExperimentHead(id: string): ExperimentHead | undefined {
    const session = this.#store.sessions.find(id.toLowerCase());
    return session && showHead(session);
  }

  /** Examples that at least one of these experiments answers, with the runs that do. */
  listAnswers(experimentIds: readonly string[], slice: Slice): ShownExample[] {
    const ids = this.#store.runs.answeredExamples(experimentIds, slice);
    const examples = new Map(
      this.#store.examples
        .list({ ids, order: 'id', offset: 0, limit: ids.length })
        .map((example) => [example.id, example]),
    );
    const runs = groupBy(
      this.#showRuns(this.#store.runs.answers(experimentIds, ids)),
      ({ exampleId }) => exampleId,
    );
    return ids.map((id) => showExample(id, examples.get(id), runs.get(id) ?? []));
  }

  findReferenceOutputs(exampleId: string): JsonObject | null {
    return payloadIn(this.#store.examples.find(exampleId)?.outputs ?? null);
  }

  /** Runs without a parent, in the order of their start. */
  listRootRuns(experimentId: string, slice: Slice): ShownRun[] {
    const query = { sessions: [experimentId], isRoot: true, ascending: true };
    return this.#showRuns(this.#store.runs.query({ ...query, ...slice }));
  }

  findRun(id: string): ShownRun | undefined {
    const run = this.#store.runs.find(id.toLowerCase());
    return run && this.#showRuns([run])[0];
  }

  /** What is wrong with a run as it was sent. */
  marksOf(id: string): string[] {
    const run = this.#store.runs.find(id);
    if (!run) return [];
    const { reference_example_id: exampleId } = run;
    return marksOf(run, this.#store.examples.known([exampleId ?? '']).size > 0);
  }

  /** In the order of their start. */
  listChildRuns({ id, traceId }: ShownRun, slice: Slice): ShownRun[] {
    const query = { traceId, parentId: id, ascending: true };
    return this.#showRuns(this.#store.runs.query({ ...query, ...slice }));
  }

  #showExperiment(session: SessionRow): ShownExperiment {
    const stats = this.#store.stats.ofRuns(session.id);
    return {
      ...showHead(session),
      description: session.description ?? undefined,
      startTime: session.start_time,
      metadata: metadataIn(session.extra),
      runCount: stats.run_count,
      errorRate: stats.run_count > 0 ? stats.error_count / stats.run_count : undefined,
      latencyP50: secondsOf(stats.latency_p50),
      latencyP99: secondsOf(stats.latency_p99),
      totalTokens: stats.total_tokens ?? undefined,
      totalCost: stats.total_cost ?? undefined,
      scores: this.#meanScores(session.id, 'run'),
      summaryScores: this.#meanScores(session.id, 'session'),
    };
  }

  #meanScores(sessionId: string, level: 'run' | 'session'): Map<string, MeanScore> {
    return new Map(
      this.#store.stats
        .ofFeedback(sessionId, level)
        .map(({ key, n, avg }) => [key, { count: n, mean: avg ?? undefined }]),
    );
  }

  #showRuns(runs: readonly RunRow[]): ShownRun[] {
    const feedback = groupBy(
      this.#store.feedback.ofRuns(runs.map(({ id }) => id)),
      (row) => row.run_id,
    );
    return runs.map((run) => showRun(run, feedback.get(run.id) ?? []));
  }
}

function showDataset(dataset: DatasetRow): ShownDataset {
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

function showHead({ id, name, reference_dataset_id: datasetId }: SessionRow): ExperimentHead {
  return { id, name, datasetId: datasetId ?? undefined };
}

function showExample(
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

function showRun(run: RunRow, feedback: readonly FeedbackRow[]): ShownRun {
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
    failed: row.error === 1,
  };
}

function secondsOf(us: number | null): number | undefined {
  return us === null ? undefined : us / 1_000_000;
}

function jsonIn(text: string | null): JsonValue {
  return text === null ? null : parseJson(text);
}

function payloadIn(text: string | null): JsonObject | null {
  const value = jsonIn(text);
  return value === null || isJsonObject(value) ? value : { output: value };
}

function metadataIn(extra: string | null): JsonObject {
  const metadata = payloadIn(extra)?.metadata ?? null;
  return isJsonObject(metadata) ? metadata : {};
}

function textsIn(list: string | null): string[] {
  const value = jsonIn(list);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
