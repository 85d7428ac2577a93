import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { z } from 'zod';
import { LsRecordError } from '../errors.js';
import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { isUuid } from '../uuid.js';
import { type Endpoint, HOME_KEY_PREFIX, parseEndpoint } from './endpoint.js';
import { inOrder, type Pacing } from './in-order.js';
import { Links } from './links.js';
import {
  byCursor,
  type CursorPage,
  inWordsOfV2,
  LARGEST_PAGE,
  ListVersions,
} from './list-versions.js';
import {
  encodeParts,
  type FormPart,
  type FormPiece,
  type Json,
  joinForm,
  joinJson,
  withJson,
} from './multipart.js';
import type { NetworkOptions } from './network.js';
import { pathTo } from './path-to.js';
import { ApiRefusal } from './refusals.js';
import { RepeatGuard } from './repeat-guard.js';
import { type Rule, type RuleUpload, rule, ruleBody, secret } from './rules.js';
import {
  type EncodedUnit,
  encodeUnit,
  type FeedbackUpload,
  feedbackJson,
  type SummaryUpload,
  summaryJson,
  type UnitUpload,
} from './runs.js';
import { isoTime, type Micros, parseTime } from './time.js';
import { type Body, type Retry, type Sent, Transport, type WaitMs } from './transport.js';
import * as wire from './wire.js';

const compress = promisify(gzip);

export interface LangSmithOptions {
  /** Such as `https://api.smith.langchain.com`, or `https://host/api` of a server of one's own. */
  readonly endpoint: string;
  readonly key?: string | undefined;
  /** An OAuth access token, instead of a key; a function is asked before each request, and may renew it. */
  readonly bearer?: string | (() => Promise<string>) | undefined;
  /** How to get there: a proxy, authorities to trust. */
  readonly network?: NetworkOptions | undefined;
  /** Needed with a key that spans workspaces. */
  readonly workspace?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Ends the waits between tries; requests under way are finished. */
  readonly signal?: AbortSignal | undefined;
  /** How long to go on without any request succeeding. Default 300,000; 10,000 if LangSmith has never answered. */
  readonly retryForMs?: number | undefined;
  /** For one request. Default 90,000. */
  readonly timeoutMs?: number | undefined;
  /** Between tries, if the server names no time. Default: 500 at first, 30,000 at the longest. */
  readonly waitMs?: WaitMs | undefined;
  /** Compress what is sent, where the server can read it. Default: unless the server is this machine. */
  readonly compress?: boolean | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Told of each request, again when it is sent again; never of headers or of what was in it. */
  readonly onRequest?: ((sent: Sent) => void) | undefined;
}

/** What the server takes, from /info. */
export interface ServerLimits {
  readonly version: string;
  readonly gzip: boolean;
  readonly multipartRuns: boolean;
  readonly multipartExamples: boolean;
  /** Lists of the second version of the API. */
  readonly v2Lists: boolean;
  /** Runs and feedback in one request. */
  readonly operations: number;
  /** Of one request, before compression. */
  readonly bytes: number;
}

/** An example as it is sent. Payloads are JSON, printed once. */
export interface ExampleUpload {
  readonly id: string;
  readonly inputs: Json;
  readonly referenceOutputs?: Json | undefined;
  readonly metadata?: Json | undefined;
  readonly split?: readonly string[] | undefined;
}

/** What datasets can be sorted by, and its name on the wire. */
const DATASET_ORDERS = {
  used: 'last_session_start_time',
  name: 'name',
  created: 'created_at',
  changed: 'modified_at',
  examples: 'example_count',
  experiments: 'session_count',
} as const;

/** Names go from A to Z, times from the latest, counts from the largest. */
export type DatasetOrder = keyof typeof DATASET_ORDERS;

/** Names go from A to Z, starts from the latest, the means of a score from the highest. */
export type ExperimentOrder = 'name' | 'start' | { readonly score: string };

const FIRST_CONTACT_MS = 10_000;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const PAGE = 100;
/** Of one request, whatever the server would take: it is held in memory. */
const MOST_OPERATIONS = 10_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** A part of a list, as it is asked for. */
interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** Runs of one experiment. */
interface RunsAsked {
  readonly experimentId: string;
  readonly ids?: readonly string[];
  readonly exampleIds?: readonly string[];
  readonly isRoot?: boolean;
  readonly filter?: string;
  readonly limit?: number;
}

/** LangSmith's REST API in our words: one method, one request. Safe to share; close it at the end. */
export class LangSmith {
  readonly endpoint: Endpoint;
  readonly links: Links;
  readonly #transport: Transport;
  readonly #boundary = `ls-record-${randomBytes(16).toString('hex')}`;
  readonly #compress: boolean;
  readonly #versions = new ListVersions(async () => (await this.limits()).v2Lists);
  #limits: Promise<ServerLimits> | undefined;
  readonly #experimentStarts = new Map<string, Micros>();
  /** When the first known run of an experiment started. */
  readonly #runStarts = new Map<string, Micros>();

  /** @throws {LsRecordError} `USAGE` if the endpoint is none, `AUTH_REJECTED` if the key is for another. */
  constructor(options: LangSmithOptions) {
    const { endpoint, key, bearer, workspace, userAgent, compress, ...sending } = options;
    this.endpoint = parseEndpoint(endpoint);
    if (key?.startsWith(HOME_KEY_PREFIX) && !this.endpoint.isLoopback)
      throw keyOfHome(this.endpoint);
    this.links = new Links(this.endpoint);
    this.#compress = compress ?? !this.endpoint.isLoopback;
    this.#transport = new Transport(this.endpoint, {
      ...sending,
      headers: {
        'user-agent': userAgent ?? 'ls-record',
        'x-api-key': key,
        'x-tenant-id': workspace,
      },
      bearer: typeof bearer === 'string' ? async () => bearer : bearer,
      retryForMs: sending.retryForMs ?? 300_000,
      firstContactMs: sending.retryForMs ?? FIRST_CONTACT_MS,
      timeoutMs: sending.timeoutMs ?? 90_000,
    });
  }

  /** The server's clock in epoch milliseconds, never ahead of it. */
  nowMs(): number {
    return this.#transport.nowMs();
  }

  /** How many requests may be under way at once; changes as the server answers. */
  get pace(): Pacing {
    return this.#transport.pace;
  }

  /** How often a request was sent again, so far. */
  get retries(): number {
    return this.#transport.retries;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Asks once what the server takes. @see https://api.smith.langchain.com/redoc, GET /info */
  limits(): Promise<ServerLimits> {
    this.#limits ??= this.#readLimits();
    return this.#limits;
  }

  /** The first request: settles how this server spells its paths, and that it is one. */
  async #askInfo(): Promise<unknown> {
    try {
      return await this.#transport.send('GET', '/info');
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 404) throw this.#noApi(error);
    }
    this.#transport.useBarePaths();
    return this.#transport.send('GET', '/info').catch((error: unknown) => {
      throw this.#noApi(error);
    });
  }

  /** Whoever refuses to say what it is, is no LangSmith API. */
  #noApi(error: unknown): unknown {
    if (!(error instanceof ApiRefusal)) return error;
    const answer = `it answered GET /info with status ${error.status}`;
    return new LsRecordError(
      'API_UNREACHABLE',
      `${this.endpoint.root} is not a LangSmith API: ${answer}`,
      {
        hint: 'Check the endpoint. A self-hosted server usually needs /api at the end: https://host/api.',
        cause: error,
      },
    );
  }

  async #readLimits(): Promise<ServerLimits> {
    const answer = await this.#askInfo();
    const {
      version,
      instance_flags: flags,
      batch_ingest_config: batch,
    } = this.#read(wire.info, answer, 'GET /info');
    return {
      version: version ?? 'unknown',
      gzip: flags?.gzip_body_enabled === true,
      multipartRuns: batch?.use_multipart_endpoint ?? true,
      multipartExamples: flags?.dataset_examples_multipart_enabled === true,
      v2Lists: flags?.sdb_query_enabled === true,
      operations: Math.min(batch?.size_limit ?? 100, MOST_OPERATIONS),
      bytes: Math.min(batch?.size_limit_bytes ?? 20_971_520, MOST_BYTES),
    };
  }

  /** Finds a dataset by exact name, or by id. */
  async findDataset(nameOrId: string): Promise<wire.Dataset | undefined> {
    if (isUuid(nameOrId)) {
      const byId = await this.#find(pathTo`/datasets/${nameOrId}`, wire.dataset);
      if (byId) return byId;
    }
    return this.#named('/datasets', nameOrId, wire.dataset);
  }

  /** @throws {ApiRefusal} 409 if the name is taken. */
  createDataset(dataset: {
    id?: string;
    name: string;
    description?: string;
  }): Promise<wire.Dataset> {
    return this.#send('POST', '/datasets', wire.dataset, { data_type: 'kv', ...dataset });
  }

  /** All datasets, the latest used first unless told otherwise; pages are fetched as they are needed. */
  listDatasets(
    options: { nameContains?: string; sortBy?: DatasetOrder; limit?: number } = {},
  ): AsyncGenerator<wire.Dataset> {
    const { sortBy = 'used' } = options;
    const query: Record<string, string> = {
      sort_by: DATASET_ORDERS[sortBy],
      sort_by_desc: String(sortBy !== 'name'),
    };
    if (options.nameContains) query.name_contains = options.nameContains;
    return this.#list('/datasets', query, wire.dataset, options.limit);
  }

  /** The time of a dataset's latest version; undefined if it has no examples. */
  async datasetVersion(datasetId: string): Promise<string | undefined> {
    return (
      await this.#find(pathTo`/datasets/${datasetId}/version?tag=latest`, wire.datasetVersion)
    )?.as_of;
  }

  /** Which of these examples there are, and when they changed. At most 100 ids. */
  findExampleHeads(datasetId: string, ids: readonly string[]): Promise<wire.ExampleHead[]> {
    const query = this.#examplesQuery(datasetId, ids, ['id', 'modified_at']);
    return this.#send('GET', `/examples?${query}`, z.array(wire.exampleHead));
  }

  /** The same with their content. */
  findExamples(datasetId: string, ids: readonly string[]): Promise<wire.Example[]> {
    const query = this.#examplesQuery(datasetId, ids, [
      'id',
      'modified_at',
      'inputs',
      'outputs',
      'metadata',
    ]);
    return this.#send('GET', `/examples?${query}`, z.array(wire.example));
  }

  /** A dataset's examples, always in the same order; pages are fetched as they are needed. */
  listExamples(
    datasetId: string,
    options: { splits?: readonly string[]; asOf?: string; limit?: number } = {},
  ): AsyncGenerator<wire.Example> {
    const query: [string, string][] = [
      ['dataset', datasetId],
      ['order', 'id'],
      ...(options.asOf === undefined ? [] : [['as_of', options.asOf] as [string, string]]),
      ...(options.splits ?? []).map((split): [string, string] => ['splits', split]),
    ];
    return this.#pages('/examples', query, wire.example, options.limit, this.pace);
  }

  /** The names of the splits that a dataset's examples are in. */
  listSplits(datasetId: string): Promise<string[]> {
    return this.#send('GET', pathTo`/datasets/${datasetId}/splits`, z.array(z.string()));
  }

  /** Changes a dataset. `metadata` is replaced as a whole: send what was read, and what is new. */
  async updateDataset(
    id: string,
    change: { baselineId?: string | null; metadata?: JsonObject },
  ): Promise<void> {
    await this.#send('PATCH', pathTo`/datasets/${id}`, wire.anything, {
      baseline_experiment_id: change.baselineId,
      metadata: change.metadata,
    });
  }

  async deleteDataset(id: string): Promise<void> {
    await this.#sendBody('DELETE', pathTo`/datasets/${id}`, wire.anything, undefined);
  }

  #examplesQuery(
    datasetId: string,
    ids: readonly string[],
    fields: readonly string[],
  ): URLSearchParams {
    const query = new URLSearchParams({
      dataset: datasetId,
      limit: String(PAGE),
      exclude_default_fields: 'true',
    });
    for (const id of ids) query.append('id', id);
    for (const field of fields) query.append('select', field);
    return query;
  }

  /**
   * Writes examples, all or none.
   *
   * @returns the time of the dataset version that they made, where the server tells.
   * @throws {ApiRefusal} 409 if one of the ids exists.
   */
  async createExamples(
    datasetId: string,
    examples: readonly ExampleUpload[],
  ): Promise<string | undefined> {
    if ((await this.limits()).multipartExamples) {
      const path = pathTo`/platform/datasets/${datasetId}/examples`;
      const written = await this.#sendBody(
        'POST',
        path,
        wire.examplesWritten,
        this.#exampleForm(examples),
      );
      if (written.as_of) this.#transport.noteTime(parseTime(written.as_of) / 1000);
      return written.as_of ?? undefined;
    }
    const bodies = examples.map((example) =>
      withJson(
        { id: example.id, dataset_id: datasetId, split: example.split },
        { inputs: example.inputs, outputs: example.referenceOutputs, metadata: example.metadata },
      ),
    );
    const body = { type: 'application/json', bytes: listOf(bodies) };
    const written = await this.#sendBody('POST', '/examples/bulk', z.array(wire.exampleHead), body);
    return (
      written.map(({ modifiedAt }) => modifiedAt ?? '').reduce((a, b) => (a > b ? a : b), '') ||
      undefined
    );
  }

  #exampleForm(examples: readonly ExampleUpload[]): Body {
    const parts = examples.flatMap((example): FormPart[] => [
      [example.id, ...withJson({ split: example.split }, { metadata: example.metadata })],
      [`${example.id}.inputs`, example.inputs],
      ...(example.referenceOutputs === undefined
        ? []
        : [[`${example.id}.outputs`, example.referenceOutputs] as const]),
    ]);
    return this.#form([encodeParts(parts, this.#boundary)]);
  }

  /** Replaces an example's reference outputs, metadata and split; its inputs stay. */
  async updateExample(example: Omit<ExampleUpload, 'inputs'>): Promise<void> {
    const change = withJson(
      { split: example.split },
      { outputs: example.referenceOutputs ?? '{}', metadata: example.metadata },
    );
    const body = { type: 'application/json', bytes: joinJson(change) };
    await this.#sendBody('PATCH', pathTo`/examples/${example.id}`, wire.anything, body);
  }

  /** Finds an experiment by id, or by exact name. */
  async findExperiment(nameOrId: string): Promise<wire.Experiment | undefined> {
    if (isUuid(nameOrId)) {
      const byId = await this.#find(pathTo`/sessions/${nameOrId}`, wire.experiment);
      if (byId) return byId;
    }
    return this.#named('/sessions', nameOrId, wire.experiment);
  }

  /** An experiment with its counts and score means, or undefined. */
  experimentStats(id: string): Promise<wire.Experiment | undefined> {
    return this.#find(pathTo`/sessions/${id}?include_stats=true`, wire.experiment);
  }

  /** Deletes an experiment with its runs; on LangSmith it may still be seen for a while. */
  async deleteExperiment(id: string): Promise<void> {
    await this.#sendBody('DELETE', pathTo`/sessions/${id}`, wire.anything, undefined);
  }

  /** The examples of a dataset, each with the root runs of these experiments; those without any run, too. */
  async *listExamplesWithRuns(
    datasetId: string,
    experimentIds: readonly string[],
    options: { limit?: number; exampleIds?: readonly string[] } = {},
  ): AsyncGenerator<wire.ExampleWithRuns> {
    const { exampleIds: example_ids } = options;
    const v1 = (page: Page) =>
      this.#send('POST', pathTo`/datasets/${datasetId}/runs`, z.array(wire.exampleWithRuns), {
        session_ids: experimentIds,
        example_ids,
        ...page,
        preview: false,
      });
    const v2 = (page: CursorPage) =>
      this.#send(
        'POST',
        pathTo`/v2/datasets/${datasetId}/experiment-runs`,
        wire.cursorPage(wire.exampleWithRunsV2),
        { experiment_ids: experimentIds, example_ids, selects: wire.RUN_SELECTS, ...page },
      );
    const all = this.#versions.list({
      v1: () => this.#inPages(v1, options.limit, this.pace),
      v2: () => byCursor(v2, options.limit),
    });
    for await (const example of all) {
      for (const { experimentId, startTime } of example.runs) {
        this.#noteStart(experimentId, parseTime(startTime));
      }
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
      this.#send('POST', pathTo`/datasets/${datasetId}/runs`, z.array(wire.exampleWithScores), {
        session_ids: experimentIds,
        ...page,
        preview: true,
      });
    const examples = () => this.#inPages(read, undefined, this.pace);
    const scoresOf = (id: string) => this.listScoresOf(id, options);
    return this.#versions.list({
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
    const selects = metadata ? [...wire.SCORE_SELECTS, 'METADATA'] : wire.SCORE_SELECTS;
    return this.#runs(
      { experimentId, isRoot: true },
      { v1: wire.runScores, v2: wire.runScores, selects, pageSize: LARGEST_PAGE },
    );
  }

  /** All runs of an experiment, those below others too. LangSmith's cloud takes 15 such requests in 10 s. */
  listRuns(experimentId: string, options: { isRoot?: boolean } = {}): AsyncGenerator<wire.Run> {
    return this.#queryRuns({ experimentId, ...options });
  }

  #queryRuns(asked: RunsAsked): AsyncGenerator<wire.Run> {
    return this.#runs(asked, { v1: wire.run, v2: wire.runV2, selects: wire.RUN_SELECTS });
  }

  async *#runIds(asked: RunsAsked): AsyncGenerator<string> {
    const only = {
      v1: wire.runHead,
      v2: wire.runHead,
      select: ['id'],
      selects: ['ID'],
      pageSize: LARGEST_PAGE,
    };
    for await (const { id } of this.#runs(asked, only)) yield id;
  }

  #runs<T extends { readonly id: string }>(
    { experimentId, ids, exampleIds, isRoot, filter, limit }: RunsAsked,
    as: {
      v1: z.ZodType<T>;
      v2: z.ZodType<T>;
      select?: string[];
      selects: readonly string[];
      /** What v2 gives at once. */
      pageSize?: number;
    },
  ): AsyncGenerator<T> {
    const asked = { is_root: isRoot, filter };
    const v1 = async ({ cursor, page_size }: CursorPage) => {
      const page = await this.#send('POST', '/runs/query', wire.runPage(as.v1), {
        session: [experimentId],
        id: ids,
        reference_example: exampleIds,
        ...asked,
        select: as.select,
        limit: page_size,
        cursor,
      });
      return { items: page.runs, next: page.cursors?.next ?? undefined };
    };
    const v2 = async (page: CursorPage) =>
      this.#send('POST', '/v2/runs/query', wire.cursorPage(as.v2), {
        project_ids: [experimentId],
        ids,
        reference_examples: exampleIds,
        ...asked,
        min_start_time: isoTime(await this.#startOf(experimentId)),
        selects: as.selects,
        ...page,
      });
    return this.#versions.list({
      v1: () => byCursor(v1, limit),
      v2: () => byCursor(v2, limit, as.pageSize),
    });
  }

  /** When an experiment or its earliest known run started. Without a start, v2 looks back one day only. */
  async #startOf(experimentId: string): Promise<Micros> {
    let start = this.#experimentStarts.get(experimentId);
    if (start === undefined) {
      const experiment = await this.#find(pathTo`/sessions/${experimentId}`, wire.experiment);
      start = experiment ? parseTime(experiment.startTime) : 0;
      this.#experimentStarts.set(experimentId, start);
    }
    return Math.min(start, this.#runStarts.get(experimentId) ?? start);
  }

  #noteStart(experimentId: string | undefined, start: Micros): void {
    if (experimentId === undefined) return;
    const known = this.#runStarts.get(experimentId) ?? start;
    this.#runStarts.set(experimentId, Math.min(start, known));
  }

  /**
   * The runs below some root runs of an experiment. At most 100 roots.
   *
   * @see https://github.com/langchain-ai/langsmith-cli, internal/cmd/filters.go: several traces in one filter
   */
  listRunsBelow(experimentId: string, rootIds: readonly string[]): AsyncGenerator<wire.Run> {
    const roots = rootIds.map((id) => JSON.stringify(id)).join(', ');
    return this.#queryRuns({ experimentId, isRoot: false, filter: `in(trace_id, [${roots}])` });
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

  /** The scores on these runs. At most 100 runs. */
  listFeedbackOf(runIds: readonly string[]): AsyncGenerator<wire.RunFeedback> {
    return this.#feedback(runIds.map((id) => ['run', id]));
  }

  /** All scores of an experiment: on its runs (`run`), or on itself (`experiment`). */
  listFeedback(
    experimentId: string,
    level: 'run' | 'experiment',
  ): AsyncGenerator<wire.RunFeedback> {
    return this.#feedback([
      ['session', experimentId],
      ['level', level === 'run' ? 'run' : 'session'],
    ]);
  }

  /** Leaves out feedback given in a comparison of experiments: it is no score of either. */
  async *#feedback(query: [string, string][]): AsyncGenerator<wire.RunFeedback> {
    for await (const { comparisonId, ...feedback } of this.#pages(
      '/feedback',
      query,
      wire.feedback,
    )) {
      if (comparisonId === undefined) yield feedback;
    }
  }

  /** Annotation queues of this very name, the latest first: names are not unique. */
  async findQueues(name: string): Promise<wire.Queue[]> {
    const found = await allOf(this.#pages('/annotation-queues', { name }, wire.queue));
    return found.filter((queue) => queue.name === name);
  }

  listQueues(): AsyncGenerator<wire.Queue> {
    return this.#pages('/annotation-queues', {}, wire.queue);
  }

  createQueue(id: string, queue: wire.QueueUpload): Promise<wire.Queue> {
    return this.#send('POST', '/annotation-queues', wire.queue, { id, ...queueBody(queue) });
  }

  async updateQueue(id: string, queue: wire.QueueUpload): Promise<void> {
    const path = pathTo`/annotation-queues/${id}`;
    await this.#send('PATCH', path, wire.anything, queueBody(queue));
  }

  /** How many runs are in a queue. @param status only those that were reviewed. */
  async queueSize(id: string, status?: 'completed'): Promise<number> {
    const query = status ? `?status=${status}` : '';
    const path = `${pathTo`/annotation-queues/${id}/size`}${query}`;
    return (await this.#send('GET', path, wire.queueSize)).size;
  }

  /** The runs of a queue that wait or were reviewed. */
  async *listQueueRunIds(id: string): AsyncGenerator<string> {
    const path = pathTo`/annotation-queues/${id}/runs`;
    for await (const run of this.#pages(path, {}, wire.runHead)) yield run.id;
  }

  /**
   * Adds runs to a queue. At most 100.
   *
   * @see https://docs.langchain.com/langsmith/smithdb-sdk-migration-feedback, annotation queues: add runs
   */
  async addToQueue(
    id: string,
    runs: readonly {
      readonly run_id: string;
      readonly session_id: string;
      readonly start_time: string;
    }[],
    { extendRetention = false }: { extendRetention?: boolean } = {},
  ): Promise<void> {
    const path = `${pathTo`/annotation-queues/${id}/runs/by-key`}?extend_trace_retention=${extendRetention}`;
    await this.#send('POST', path, wire.anything, runs);
  }

  /** What is known of these score keys; servers that keep nothing of the kind know nothing. At most 50 keys. */
  async findFeedbackConfigs(keys: readonly string[]): Promise<wire.FeedbackConfig[]> {
    const query = new URLSearchParams(keys.map((key): [string, string] => ['key', key]));
    return (await this.#find(`/feedback-configs?${query}`, z.array(wire.feedbackConfig))) ?? [];
  }

  /** Keeps which way a score is better, for everybody who compares. @param isKnown the key has a config. */
  async saveDirection(key: string, lowerIsBetter: boolean, isKnown: boolean): Promise<void> {
    await this.#send(isKnown ? 'PATCH' : 'POST', '/feedback-configs', wire.anything, {
      feedback_key: key,
      ...(!isKnown && { feedback_config: { type: 'continuous' } }),
      is_lower_score_better: lowerIsBetter,
    });
  }

  /** The evaluators that are bound to a dataset. */
  async listRules(datasetId: string): Promise<Rule[]> {
    const query = new URLSearchParams({ dataset_id: datasetId });
    const rules = await this.#send('GET', `/runs/rules?${query}`, z.array(rule));
    // Of several conditions, servers may obey another one.
    return rules.filter((found) => found.datasetId === datasetId);
  }

  /** There is no upsert: a second one of the same name is another rule. */
  createRule(upload: RuleUpload): Promise<Rule> {
    return this.#send('POST', '/runs/rules', rule, ruleBody(upload));
  }

  updateRule(id: string, upload: RuleUpload): Promise<Rule> {
    return this.#send('PATCH', pathTo`/runs/rules/${id}`, rule, ruleBody(upload));
  }

  async deleteRule(id: string): Promise<void> {
    await this.#sendBody('DELETE', pathTo`/runs/rules/${id}`, wire.anything, undefined);
  }

  /** Has LangSmith run a rule over an experiment that is there; its scores come later. */
  async evaluateExperiment(experimentId: string, ruleId: string): Promise<void> {
    const path = pathTo`/runs/experiments/${experimentId}/evaluate`;
    await this.#send('POST', path, wire.anything, { rule_id: ruleId });
  }

  /** The names of the workspace's secrets; undefined if the key may not ask. */
  async listSecretNames(): Promise<string[] | undefined> {
    return this.#find('/workspaces/current/secrets', z.array(secret)).catch((error: unknown) => {
      if (error instanceof LsRecordError && error.code === 'AUTH_REJECTED') return undefined;
      throw error;
    });
  }

  /**
   * Who the key belongs to.
   *
   * @throws {LsRecordError} `AUTH_REJECTED` if the key is refused.
   */
  async whoAmI(): Promise<wire.Identity> {
    const known = await this.#find('/auth/public', wire.identity);
    if (known) return known;
    // Older servers have no such path.
    const { id } = await this.#send('GET', '/settings', wire.settings);
    return { workspaceId: id, organizationId: undefined, email: undefined };
  }

  /** The workspaces that the key reaches. */
  listWorkspaces(): Promise<wire.Workspace[]> {
    return this.#send('GET', '/workspaces', z.array(wire.workspace));
  }

  /** Why LangSmith takes nothing more from this workspace; undefined: it does. */
  async usedUp(): Promise<string | undefined> {
    const limits = await this.#find('/workspaces/current/usage_limits', wire.usageLimits);
    return limits?.in_reject_set ? (limits.usage_limit_type ?? 'a limit') : undefined;
  }

  /** A dataset's experiments with their scores, newest first by default. */
  listExperiments(
    datasetId: string,
    options: {
      nameContains?: string;
      sortBy?: ExperimentOrder;
      limit?: number;
      /** False: without scores and counts, which servers take time to add up. */
      stats?: boolean;
    } = {},
  ): AsyncGenerator<wire.Experiment> {
    const { nameContains, sortBy = 'start', stats = true } = options;
    const query: Record<string, string> = {
      reference_dataset: datasetId,
      include_stats: String(stats),
      sort_by_desc: String(sortBy !== 'name'),
    };
    if (typeof sortBy === 'object') {
      query.sort_by = 'feedback';
      query.sort_by_feedback_key = sortBy.score;
    } else {
      query.sort_by = sortBy === 'name' ? 'name' : 'start_time';
    }
    if (nameContains) query.name_contains = nameContains;
    return this.#list('/sessions', query, wire.experiment, options.limit);
  }

  /** The experiments of all datasets with their counts, newest first. */
  listAllExperiments(
    options: { nameContains?: string; stats?: boolean } = {},
  ): AsyncGenerator<wire.Experiment> {
    const { nameContains, stats = true } = options;
    const query = {
      reference_free: 'false',
      ...(nameContains !== undefined && { name_contains: nameContains }),
      include_stats: String(stats),
      sort_by: 'start_time',
      sort_by_desc: 'true',
    };
    return this.#list('/sessions', query, wire.experiment);
  }

  /**
   * Opens an experiment: a set of runs, each of which answers an example of one dataset.
   * On the wire it is a "session"; no other file knows that word.
   *
   * @throws {ApiRefusal} 409 if the name or the id is taken.
   */
  createExperiment(experiment: {
    id: string;
    name: string;
    datasetId: string;
    startTime: string;
    metadata: JsonObject;
    description?: string;
    exampleCount?: number;
  }): Promise<wire.Experiment> {
    return this.#send('POST', '/sessions?upsert=false', wire.experiment, {
      id: experiment.id,
      name: experiment.name,
      reference_dataset_id: experiment.datasetId,
      start_time: experiment.startTime,
      description: experiment.description,
      num_examples: experiment.exampleCount,
      extra: { metadata: experiment.metadata },
    });
  }

  /** Changes an experiment. `extra` is replaced as a whole: send what was read, and what is new. */
  updateExperiment(
    id: string,
    change: { endTime?: string; extra?: JsonObject },
  ): Promise<wire.Experiment> {
    return this.#send('PATCH', pathTo`/sessions/${id}`, wire.experiment, {
      end_time: change.endTime,
      extra: change.extra,
    });
  }

  /**
   * Prepares a row's runs and feedback for sending.
   *
   * @param asForm for /runs/multipart, which takes feedback with its runs; else for /runs/batch.
   */
  encode(unit: UnitUpload, experimentId: string, asForm: boolean): EncodedUnit {
    for (const { start } of unit.runs) this.#noteStart(experimentId, start);
    const boundary = this.#boundary;
    return encodeUnit(
      unit,
      experimentId,
      asForm ? { multipart: true, boundary } : { multipart: false },
    );
  }

  /**
   * Sends runs, and with them feedback where both go in one form: all or none.
   *
   * @param asForm as the pieces were encoded.
   */
  async sendRuns(pieces: readonly FormPiece[], asForm: boolean): Promise<void> {
    if (asForm) {
      const { gzip: takesGzip } = await this.limits();
      const form = this.#form(pieces);
      const body = takesGzip && this.#compress ? await squeeze(form) : form;
      await this.#sendBody('POST', '/runs/multipart', wire.anything, body);
    } else {
      const runs = listOf(pieces.map(({ chunks }) => chunks));
      await this.#sendBody('POST', '/runs/batch', wire.anything, {
        type: 'application/json',
        bytes: joinJson(['{"post":', runs, ',"patch":[]}']),
      });
    }
  }

  /** @param piece a body of POST /feedback, from `encode`. */
  async createFeedback({ chunks }: Pick<FormPiece, 'chunks'>): Promise<void> {
    await this.#sendBody('POST', '/feedback', wire.anything, {
      type: 'application/json',
      bytes: joinJson(chunks),
    });
  }

  /** Scores a run that is there. @throws {ApiRefusal} 409 if the id exists. */
  async scoreRun(
    experimentId: string,
    score: FeedbackUpload,
    { extendRetention }: { extendRetention: boolean },
  ): Promise<void> {
    const chunks = withJson(feedbackJson(score, experimentId), {
      extend_trace_retention: extendRetention ? undefined : 'false',
    });
    await this.createFeedback({ chunks });
  }

  /** Replaces what feedback says. Servers that keep nothing else of a change may pass over its source. */
  async updateFeedback(
    score: Omit<FeedbackUpload, 'runId' | 'traceId' | 'runStart'>,
  ): Promise<void> {
    const { id, comment = null, value = 'null', correction = 'null' } = score;
    const { source, sourceType: type = 'model' } = score;
    const head = printJson({ comment, feedback_source: { type, metadata: source } });
    const change = withJson(head, { score: score.score ?? 'null', value, correction });
    const body = { type: 'application/json', bytes: joinJson(change) };
    await this.#sendBody('PATCH', pathTo`/feedback/${id}`, wire.anything, body);
  }

  findFeedback(id: string): Promise<wire.RunFeedback | undefined> {
    return this.#find(pathTo`/feedback/${id}`, wire.feedback);
  }

  /** @throws {ApiRefusal} 404 if it is not there. */
  async deleteFeedback(id: string): Promise<void> {
    await this.#sendBody('DELETE', pathTo`/feedback/${id}`, wire.anything, undefined);
  }

  /** Scores an experiment as a whole. */
  createSummary(experimentId: string, score: SummaryUpload): Promise<void> {
    return this.createFeedback({ chunks: [summaryJson(score, experimentId)] });
  }

  /** Ids of the scores on an experiment as a whole. */
  async *listSummaryIds(experimentId: string): AsyncGenerator<string> {
    const query = { session: experimentId, level: 'session' };
    for await (const { id } of this.#pages('/feedback', query, wire.feedbackHead)) yield id;
  }

  /** Ids of the feedback on these runs. At most 100 runs. */
  async *listFeedbackIds(runIds: readonly string[]): AsyncGenerator<string> {
    const query = runIds.map((id): [string, string] => ['run', id]);
    for await (const { id } of this.#pages('/feedback', query, wire.feedbackHead)) yield id;
  }

  /** Which of these runs an experiment shows already. At most 100 ids. */
  async findRunIds(experimentId: string, ids: readonly string[]): Promise<string[]> {
    return allOf(this.#runIds({ experimentId, ids }));
  }

  /** Ids of all root runs of an experiment. */
  listRootRunIds(experimentId: string): AsyncGenerator<string> {
    return this.#runIds({ experimentId, isRoot: true });
  }

  async #named<T extends { readonly id: string; readonly name: string }>(
    path: '/datasets' | '/sessions',
    name: string,
    schema: z.ZodType<T>,
  ): Promise<T | undefined> {
    const v1 = new URLSearchParams({ name, limit: '1' });
    const v2 = new URLSearchParams({ name, page_size: '1' });
    const found = this.#versions.list<T>({
      v1: () => itemsOf(this.#send('GET', `${path}?${v1}`, z.array(schema))),
      v2: () => byCursor(() => this.#send('GET', `/v2${path}?${v2}`, wire.cursorPage(schema)), 1),
    });
    for await (const item of found) if (item.name === name) return item;
    return undefined;
  }

  /** Datasets or experiments, in the version of the API that the server has. @param query as v1 calls things. */
  #list<T extends { readonly id: string }>(
    path: '/datasets' | '/sessions',
    query: Record<string, string>,
    schema: z.ZodType<T>,
    limit?: number,
  ): AsyncGenerator<T> {
    const asked = inWordsOfV2(query, path === '/sessions');
    const v2 = ({ cursor, page_size }: CursorPage) => {
      const page = new URLSearchParams({ ...asked, page_size: String(page_size) });
      if (cursor !== undefined) page.append('cursor', cursor);
      return this.#send('GET', `/v2${path}?${page}`, wire.cursorPage(schema));
    };
    return this.#versions.list({
      v1: () => this.#pages(path, query, schema, limit),
      v2: () => byCursor(v2, limit),
    });
  }

  #pages<T extends { readonly id: string }>(
    path: string,
    query: Record<string, string> | [string, string][],
    schema: z.ZodType<T>,
    limit?: number,
    pace?: Pacing,
  ): AsyncGenerator<T> {
    const read = ({ offset, limit: size }: Page) => {
      const page = new URLSearchParams(query);
      page.append('offset', String(offset));
      page.append('limit', String(size));
      return this.#send('GET', `${path}?${page}`, z.array(schema));
    };
    return this.#inPages(read, limit, pace);
  }

  /**
   * The items of page after page, until one is not full.
   *
   * @param pace of the pages asked for at once; a list that is seldom long asks for one after the other.
   * @throws {LsRecordError} `API_UNREACHABLE` if the list repeats itself.
   */
  async *#inPages<T extends { readonly id: string }>(
    read: (page: Page) => Promise<T[]>,
    limit = Number.POSITIVE_INFINITY,
    pace: Pacing = { limit: 1 },
  ): AsyncGenerator<T> {
    const guard = new RepeatGuard();
    for await (const items of inOrder(pagesUpTo(limit), read, pace)) {
      guard.check(items, PAGE);
      yield* items;
      if (items.length < PAGE) return;
    }
  }

  /** Undefined instead of a 404. */
  async #find<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | undefined> {
    try {
      return await this.#send('GET', path, schema);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  #send<T extends z.ZodType>(
    method: Method,
    path: string,
    schema: T,
    json?: object,
  ): Promise<z.output<T>> {
    const body = json && {
      type: 'application/json',
      bytes: Buffer.from(printJson(json as JsonObject)),
    };
    return this.#sendBody(method, path, schema, body);
  }

  async #sendBody<T extends z.ZodType>(
    method: Method,
    path: string,
    schema: T,
    body: Body | undefined,
  ): Promise<z.output<T>> {
    // The first request settles how this server spells its paths.
    await this.limits();
    const answer = await this.#transport.send(method, path, body);
    return this.#read(schema, answer, `${method} ${path.split('?')[0]}`);
  }

  #read<T extends z.ZodType>(schema: T, answer: unknown, request: string): z.output<T> {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw new LsRecordError(
      'API_REFUSED',
      `unexpected response from the server: ${place}${issue?.message} (${request} at ${this.endpoint.host})`,
      { hint: 'Check the endpoint. If it is LangSmith, please report this.' },
    );
  }

  #form(pieces: readonly FormPiece[]): Body {
    return {
      type: `multipart/form-data; boundary=${this.#boundary}`,
      bytes: joinForm(pieces, this.#boundary),
    };
  }
}

/** A JSON array of values that are JSON already. */
function listOf(values: readonly (readonly Json[])[]): Buffer {
  const items = values.flatMap((chunks, n) => (n === 0 ? chunks : [',', ...chunks]));
  return joinJson(['[', ...items, ']']);
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* itemsOf<T>(list: Promise<T[]>): AsyncGenerator<T> {
  yield* await list;
}

function* pagesUpTo(limit: number): Generator<Page> {
  for (let offset = 0; offset < limit; offset += PAGE)
    yield { offset, limit: Math.min(PAGE, limit - offset) };
}

/** Off the main thread. */
async function squeeze(body: Body): Promise<Body> {
  return {
    ...body,
    bytes: await compress(body.bytes, { level: constants.Z_BEST_SPEED }),
    gzipped: true,
  };
}

function keyOfHome({ host }: Endpoint): LsRecordError {
  return new LsRecordError('AUTH_REJECTED', `refusing to send the key of this machine to ${host}`, {
    hint: `Keys that start with ${HOME_KEY_PREFIX} work only with ls-record serve: set LANGSMITH_ENDPOINT to its address.`,
  });
}

function queueBody({ name, description, instructions, rubric }: wire.QueueUpload): object {
  return {
    name,
    description,
    rubric_instructions: instructions,
    rubric_items: rubric?.map(({ key, description: asked, choices }) => ({
      feedback_key: key,
      description: asked,
      ...(choices.length > 0 && describeChoices(choices)),
    })),
  };
}

function describeChoices(choices: readonly string[]): object {
  const described = Object.fromEntries(choices.map((choice) => [choice, choice]));
  const areNumbers = choices.every((choice) => Number.isFinite(Number(choice)));
  return areNumbers ? { score_descriptions: described } : { value_descriptions: described };
}
