import { groupBy } from '../../group-by.js';
import type { JsonObject } from '../../json/value.js';
import { marksOf } from '../run-rules.js';
import type { DatasetQuery } from '../store/datasets.js';
import type { RunRow } from '../store/runs.js';
import type { SessionRow } from '../store/sessions.js';
import type { Store } from '../store.js';
import type { Slice } from './paging.js';
import { showAttachments } from './reads/attachments.js';
import { Cache } from './reads/cache.js';
import { Comparisons, type Summary, type SummaryQuery } from './reads/comparisons.js';
import { type HistoryPoint, historyOf } from './reads/history.js';
import { findRow, listRows, type ShownRow } from './reads/row.js';
import { type AskedRows, type FoundRows, Rows } from './reads/rows.js';
import {
  metadataIn,
  payloadIn,
  secondsOf,
  showDataset,
  showExample,
  showHead,
  showRun,
} from './reads/show.js';
import { Subjects } from './reads/subjects.js';
import { type TrendFigures, type TrendPoint, trendFigures, trendPoint } from './reads/trend.js';
import type {
  Baseline,
  ExperimentHead,
  MeanScore,
  ShownAttachment,
  ShownDataset,
  ShownExample,
  ShownExperiment,
  ShownRun,
  ShownSpan,
} from './shown.js';

/** Experiments whose figures are kept for the pages of their datasets. */
const KEPT_FIGURES = 2000;

/** Characters of an id in an address. */
const SHORT_ID = 8;

/** Runs of one trace that a page shows. */
const MOST_SPANS = 1000;

/** The store as the pages see it: payloads parsed, numbers counted, no null but JSON's. */
export class PageReads {
  readonly #store: Store;
  readonly #subjects: Subjects;
  readonly #comparisons: Comparisons;
  readonly #rows: Rows;
  readonly #trends = new Cache<string, TrendFigures>(KEPT_FIGURES, () => 1);

  constructor(store: Store) {
    this.#store = store;
    this.#subjects = new Subjects(store);
    this.#comparisons = new Comparisons(store, this.#subjects);
    this.#rows = new Rows(store);
  }

  get tenantId(): string {
    return this.#store.tenantId;
  }

  listDatasets(
    query: Pick<DatasetQuery, 'nameContains' | 'sortBy' | 'descending'> & Slice,
  ): ShownDataset[] {
    return this.#store.datasets.list(query).map(showDataset);
  }

  findDataset(id: string): ShownDataset | undefined {
    const dataset = this.#store.datasets.find(id.toLowerCase());
    return dataset && showDataset(dataset);
  }

  /** Experiments of a dataset other than these, the last made first. */
  otherExperiments(datasetId: string, ids: readonly string[], limit: number): ExperimentHead[] {
    const order = { sortBy: 'test_run_number', descending: true } as const;
    return this.#store.sessions
      .list({ referenceDatasets: [datasetId], ...order, limit: limit + ids.length, offset: 0 })
      .filter(({ id }) => !ids.includes(id))
      .slice(0, limit)
      .map(showHead);
  }

  /** Experiments of a dataset by their ids, or by beginnings of ids that no other experiment has. */
  experimentIds(datasetId: string, starts: readonly string[]): string[] {
    const all = this.#store.sessions.ofDataset(datasetId);
    return starts.map((start) => {
      const [id, ...others] = all.filter((each) => each.startsWith(start));
      return id !== undefined && others.length === 0 ? id : start;
    });
  }

  /** The beginnings of ids, for short addresses; whole ids where a beginning would be ambiguous. */
  shortIds(datasetId: string, ids: readonly string[]): string[] {
    const starts = ids.map((id) => id.slice(0, SHORT_ID));
    return this.experimentIds(datasetId, starts).map((id, at) =>
      id === ids[at] ? id.slice(0, SHORT_ID) : (ids[at] ?? id),
    );
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

  /** Examples in this order, with the runs of these experiments that answer them. */
  answersTo(ids: readonly string[], experimentIds: readonly string[]): ShownExample[] {
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

  /** An example of a dataset with what these experiments answered; undefined if the dataset never had it. */
  findRow(
    datasetId: string,
    {
      exampleId,
      experimentIds,
    }: { readonly exampleId: string; readonly experimentIds: readonly string[] },
  ): ShownRow | undefined {
    const runs = this.#showRuns(this.#store.runs.answers(experimentIds, [exampleId]));
    return findRow(this.#store, { datasetId, exampleId, runs });
  }

  /** Files of a run or an example. */
  attachmentsOf(ownerId: string): ShownAttachment[] {
    return showAttachments(this.#store.attachments, ownerId);
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

  /** All runs of a trace, each after the one that called it, in the order of their start. */
  traceOf(traceId: string): ShownSpan[] {
    const root = this.#store.runs.find(traceId);
    const below = { traceId, isRoot: false, ascending: true, limit: MOST_SPANS };
    const runs = [...(root ? [root] : []), ...this.#store.runs.query(below)];
    const depths = new Map(
      runs.map(({ id, dotted_order: order }) => [id, order.split('.').length - 1]),
    );
    return this.#showRuns(runs.sort((a, b) => (a.dotted_order < b.dotted_order ? -1 : 1))).map(
      (run) => ({ ...run, depth: depths.get(run.id) ?? 0 }),
    );
  }

  /** An example over all experiments of its dataset that answer it, in the order in which they were made. */
  historyOf(datasetId: string, exampleId: string): HistoryPoint[] {
    return historyOf(this.#store, datasetId, exampleId);
  }

  /**
   * Experiments of a dataset with what came out of them, the last made first.
   *
   * @param asked.baselineId the one to which differences are.
   */
  trend(
    datasetId: string,
    asked: Slice & { readonly name?: string | undefined; readonly baselineId?: string | undefined },
  ): TrendPoint[] {
    const { name, baselineId, ...slice } = asked;
    const order = { sortBy: 'test_run_number', descending: true } as const;
    const baseline = baselineId === undefined ? undefined : this.#store.sessions.find(baselineId);
    const figuresOf = (session: SessionRow) => {
      const marks = [session, baseline].map((one) => one && this.#subjects.mark(one.id));
      return this.#trends.get(JSON.stringify(marks), () =>
        trendFigures(
          this.#subjects.read(session),
          baseline && this.#subjects.read(baseline).subject,
        ),
      );
    };
    return this.#store.sessions
      .list({ referenceDatasets: [datasetId], nameContains: name, ...order, ...slice })
      .map((session) => trendPoint(session, figuresOf(session)));
  }

  /** The experiment of a dataset to which others are compared: the blessed one, else the earliest. */
  findBaseline(datasetId: string): Baseline | undefined {
    const blessedId = this.#store.datasets.find(datasetId)?.baseline_experiment_id;
    const blessed = blessedId ? this.#store.sessions.find(blessedId) : undefined;
    if (blessed) return { ...showHead(blessed), isBlessed: true };
    const order = { sortBy: 'test_run_number', descending: false, offset: 0, limit: 1 } as const;
    const [earliest] = this.#store.sessions.list({ referenceDatasets: [datasetId], ...order });
    return earliest && { ...showHead(earliest), isBlessed: false };
  }

  /** Examples in the order in which they were made, answered or not. */
  listExamples(datasetId: string, { offset, limit }: Slice): ShownRow[] {
    return listRows(this.#store, { datasetId, offset, limit });
  }

  /** Experiments of one dataset against a baseline. */
  summary(query: SummaryQuery): Promise<Summary | undefined> {
    return this.#comparisons.summary(query);
  }

  /** The rows of a summary that an address asks for. */
  rows(summary: Summary, asked: AskedRows): FoundRows {
    return this.#rows.find(summary, asked);
  }

  /** Another text after anything was written to this home, by whatever process. */
  changes(): string {
    return this.#store.changes();
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
      totalTokens: stats.total_tokens ?? undefined,
      totalCost: stats.total_cost ?? undefined,
      scores: this.#meanScores(session.id, 'run'),
      summaryScores: this.#meanScores(session.id, 'session'),
    };
  }

  #meanScores(sessionId: string, level: 'run' | 'session'): Map<string, MeanScore> {
    return new Map(
      this.#store.stats.ofFeedback(sessionId, level).map(({ key, n, avg, min, max, values }) => [
        key,
        {
          count: n,
          mean: avg ?? undefined,
          range: (max ?? 0) - (min ?? 0),
          values: Object.entries<number>(JSON.parse(values))
            .map(([value, n]) => ({ value, n }))
            .sort((one, other) => other.n - one.n),
        },
      ]),
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
