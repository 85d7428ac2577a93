import { z } from 'zod';
import { isUuid } from '../uuid.js';
import { allOf } from './all-of.js';
import { Experiments } from './experiments.js';
import { byCursor, type CursorPage, LARGEST_PAGE } from './list-versions.js';
import { pathTo } from './path-to.js';
import { PAGE, type Page } from './rest.js';
import { isoTime, type Micros, parseTime } from './time.js';
import * as wire from './wire.js';

/** Runs of one experiment. */
interface RunsAsked {
  readonly experimentId: string;
  readonly ids?: readonly string[];
  readonly exampleIds?: readonly string[];
  readonly isRoot?: boolean;
  readonly filter?: string;
  readonly limit?: number;
}

/** How runs are read, by each version of the API. */
interface RunShape<T> {
  readonly v1: z.ZodType<T>;
  readonly v2: z.ZodType<T>;
  readonly select?: readonly string[];
  readonly selects: readonly string[];
  /** What v2 gives at once. */
  readonly pageSize?: number;
}

const WHOLE_RUNS = { v1: wire.run, v2: wire.runV2, selects: wire.RUN_SELECTS };
const ONLY_IDS = {
  v1: wire.head,
  v2: wire.head,
  select: ['id'],
  selects: ['ID'],
  pageSize: LARGEST_PAGE,
};

/** Lists of runs, as experiments or examples have them. */
export class RunLists extends Experiments {
  readonly #experimentStarts = new Map<string, Micros>();
  /** When the first known run of an experiment started. */
  readonly #runStarts = new Map<string, Micros>();

  /** The examples of a dataset, each with the root runs of these experiments; those without any run, too. */
  async *listExamplesWithRuns(
    datasetId: string,
    experimentIds: readonly string[],
    { limit, exampleIds }: { limit?: number; exampleIds?: readonly string[] } = {},
  ): AsyncGenerator<wire.ExampleWithRuns> {
    const wanted = { example_ids: exampleIds };
    const v1 = (page: Page) =>
      this.post(
        pathTo`/datasets/${datasetId}/runs`,
        { session_ids: experimentIds, ...wanted, ...page, preview: false },
        z.array(wire.exampleWithRuns),
      );
    const v2 = (page: CursorPage) =>
      this.post(
        pathTo`/v2/datasets/${datasetId}/experiment-runs`,
        { experiment_ids: experimentIds, ...wanted, selects: wire.RUN_SELECTS, ...page },
        wire.cursorPage(wire.exampleWithRunsV2),
      );
    const all = this.versions.list({
      v1: () => this.inPages(v1, limit, this.pace),
      v2: () => byCursor(v2, limit),
    });
    for await (const example of all) {
      for (const { experimentId, startTime } of example.runs)
        if (experimentId !== undefined) this.noteStart(experimentId, parseTime(startTime));
      yield example;
    }
  }

  /**
   * What the root runs of experiments came to, without payloads. v1 leaves out runs whose example is deleted:
   * `listScoresOf` has those.
   */
  listScores(
    datasetId: string,
    experimentIds: readonly string[],
    options: { metadata?: boolean } = {},
  ): AsyncGenerator<wire.RunScores> {
    const read = (page: Page) =>
      this.post(
        pathTo`/datasets/${datasetId}/runs`,
        { session_ids: experimentIds, ...page, preview: true },
        z.array(wire.exampleWithScores),
      );
    const examples = () => this.inPages(read, undefined, this.pace);
    const scoresOf = (id: string) => this.listScoresOf(id, options);
    return this.versions.list({
      async *v1() {
        for await (const { runs } of examples()) yield* runs;
      },
      async *v2() {
        for (const id of experimentIds) yield* scoresOf(id);
      },
    });
  }

  /** The same of one experiment. By v1, LangSmith's cloud takes 15 such requests in 10 s. */
  listScoresOf(
    experimentId: string,
    { metadata = false }: { metadata?: boolean } = {},
  ): AsyncGenerator<wire.RunScores> {
    const selects = metadata ? [...wire.SCORE_SELECTS, wire.METADATA_SELECT] : wire.SCORE_SELECTS;
    const scores = { v1: wire.runScores, v2: wire.runScoresV2, selects, pageSize: LARGEST_PAGE };
    return this.#runs({ experimentId, isRoot: true }, scores);
  }

  /** All runs of an experiment, those below others too. LangSmith's cloud takes 15 such requests in 10 s. */
  listRuns(experimentId: string, options: { isRoot?: boolean } = {}): AsyncGenerator<wire.Run> {
    return this.#runs({ experimentId, ...options }, WHOLE_RUNS);
  }

  /**
   * The runs below some root runs of an experiment. At most 100 roots.
   *
   * @see https://github.com/langchain-ai/langsmith-cli, internal/cmd/filters.go: several traces in one filter
   */
  listRunsBelow(experimentId: string, rootIds: readonly string[]): AsyncGenerator<wire.Run> {
    const roots = rootIds.map((id) => JSON.stringify(id)).join(', ');
    const filter = `in(trace_id, [${roots}])`;
    return this.#runs({ experimentId, isRoot: false, filter }, WHOLE_RUNS);
  }

  /** Which of these runs an experiment shows already. At most 100 ids. */
  async findRunIds(experimentId: string, ids: readonly string[]): Promise<string[]> {
    return allOf(this.#runIds({ experimentId, ids }));
  }

  /** Ids of all root runs of an experiment. */
  listRootRunIds(experimentId: string): AsyncGenerator<string> {
    return this.#runIds({ experimentId, isRoot: true });
  }

  /** The ids of a row's root runs, at most 100: found by the row's own id (`row_id` in metadata), or by its example's. */
  async findRowRuns(experimentId: string, rowOrExampleId: string): Promise<string[]> {
    const roots = { experimentId, isRoot: true, limit: PAGE };
    const value = JSON.stringify(rowOrExampleId);
    const filter = `and(eq(metadata_key, "row_id"), eq(metadata_value, ${value}))`;
    const byRowId = await allOf(this.#runIds({ ...roots, filter }));
    if (byRowId.length > 0 || !isUuid(rowOrExampleId)) return byRowId;
    return allOf(this.#runIds({ ...roots, exampleIds: [rowOrExampleId] }));
  }

  /** Whether any run of an experiment has runs below it. */
  async hasRunsBelow(experimentId: string): Promise<boolean> {
    for await (const _ of this.#runIds({ experimentId, isRoot: false, limit: 1 })) return true;
    return false;
  }

  async *#runIds(asked: RunsAsked): AsyncGenerator<string> {
    for await (const { id } of this.#runs(asked, ONLY_IDS)) yield id;
  }

  #runs<T extends { readonly id: string }>(
    { experimentId, ids, exampleIds, isRoot, filter, limit }: RunsAsked,
    { select, selects, pageSize, ...shapes }: RunShape<T>,
  ): AsyncGenerator<T> {
    const asked = { is_root: isRoot, filter };
    const v1 = async ({ cursor, page_size }: CursorPage) => {
      const body = {
        session: [experimentId],
        id: ids,
        reference_example: exampleIds,
        ...asked,
        select,
        limit: page_size,
        cursor,
      };
      const page = await this.post('/runs/query', body, wire.runPage(shapes.v1));
      return { items: page.runs, next: page.cursors?.next ?? undefined };
    };
    const v2 = async (page: CursorPage) => {
      const body = {
        project_ids: [experimentId],
        ids,
        reference_examples: exampleIds,
        ...asked,
        min_start_time: isoTime(await this.#startOf(experimentId)),
        selects,
        ...page,
      };
      return this.post('/v2/runs/query', body, wire.cursorPage(shapes.v2));
    };
    return this.versions.list({
      v1: () => byCursor(v1, limit),
      v2: () => byCursor(v2, limit, pageSize),
    });
  }

  /** When an experiment or its earliest known run started. Without a start, v2 looks back one day only. */
  async #startOf(experimentId: string): Promise<Micros> {
    let start = this.#experimentStarts.get(experimentId);
    if (start === undefined) {
      const experiment = await this.find(pathTo`/sessions/${experimentId}`, wire.experiment);
      start = experiment ? parseTime(experiment.startTime) : 0;
      this.#experimentStarts.set(experimentId, start);
    }
    return Math.min(start, this.#runStarts.get(experimentId) ?? start);
  }

  /** Remembers that an experiment has a run of that time. */
  protected noteStart(experimentId: string, start: Micros): void {
    const known = this.#runStarts.get(experimentId) ?? start;
    this.#runStarts.set(experimentId, Math.min(start, known));
  }
}
