import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { LsRecordError } from '../errors.js';
import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { isUuid } from '../uuid.js';
import { type Endpoint, HOME_KEY_PREFIX, parseEndpoint } from './endpoint.js';
import { inOrder, type Pacing } from './in-order.js';
import { Links } from './links.js';
import { byCursor, type CursorPage, inWordsOfV2, ListVersions } from './list-versions.js';
import { type FormPiece, type Json, joinForm, joinJson } from './multipart.js';
import type { NetworkOptions } from './network.js';
import { pathTo } from './path-to.js';
import type { WaitMs } from './patience.js';
import { ApiRefusal } from './refusals.js';
import { RepeatGuard } from './repeat-guard.js';
import { type Body, type Retry, type Sent, Transport } from './transport.js';
import * as wire from './wire.js';

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
  /** Bytes of one request, before compression. */
  readonly bytes: number;
}

const FIRST_CONTACT_MS = 10_000;
/** Items of one page, and of what is asked for by id. */
export const PAGE = 100;
/** The most that one request holds, whatever the server would take: it is kept in memory. */
const MOST_OPERATIONS = 10_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** A part of a list, as it is asked for. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** What comes after the `?`; a name may come more than once. */
type Query = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

interface Listed {
  readonly id: string;
}

/** How requests are made, answers read, and lists followed from page to page. */
export class Rest {
  readonly endpoint: Endpoint;
  readonly links: Links;
  protected readonly transport: Transport;
  /** Whether what is large is compressed, where the server can read it. */
  protected readonly compress: boolean;
  protected readonly boundary = `ls-record-${randomBytes(16).toString('hex')}`;
  protected readonly versions = new ListVersions(async () => (await this.limits()).v2Lists);
  #limits: Promise<ServerLimits> | undefined;

  /** @throws {LsRecordError} `USAGE` if the endpoint is none, `AUTH_REJECTED` if the key is for another. */
  constructor(options: LangSmithOptions) {
    const { endpoint, key, bearer, workspace, userAgent, compress, ...sending } = options;
    this.endpoint = parseEndpoint(endpoint);
    if (key?.startsWith(HOME_KEY_PREFIX) && !this.endpoint.isLoopback)
      throw keyOfHome(this.endpoint);
    this.compress = compress ?? !this.endpoint.isLoopback;
    this.links = new Links(this.endpoint);
    this.transport = new Transport(this.endpoint, {
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
    return this.transport.nowMs();
  }

  /** How many requests may be under way at once; changes as the server answers. */
  get pace(): Pacing {
    return this.transport.pace;
  }

  /** How often a request was sent again, so far. */
  get retries(): number {
    return this.transport.retries;
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  /** Asks once what the server takes. @see https://api.smith.langchain.com/redoc, GET /info */
  limits(): Promise<ServerLimits> {
    this.#limits ??= this.#readLimits();
    return this.#limits;
  }

  /** The first request: settles how this server spells its paths, and that it is one. */
  async #askInfo(): Promise<unknown> {
    try {
      return await this.transport.send('GET', '/info');
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 404) throw this.#noApi(error);
    }
    this.transport.useBarePaths();
    return this.transport.send('GET', '/info').catch((error: unknown) => {
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
    const answer = this.#read(wire.info, await this.#askInfo(), 'GET /info');
    const { version, instance_flags: flags, batch_ingest_config: batch } = answer;
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

  protected get<T extends z.ZodType>(path: string, schema: T, query?: Query) {
    return this.send('GET', query ? `${path}?${paramsOf(query)}` : path, undefined, schema);
  }

  /** Undefined instead of a 404. */
  protected async find<T extends z.ZodType>(
    path: string,
    schema: T,
  ): Promise<z.output<T> | undefined> {
    try {
      return await this.get(path, schema);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  protected post<T extends z.ZodType>(path: string, body: object, schema?: T) {
    return this.send('POST', path, jsonOf([printJson(body as JsonObject)]), schema);
  }

  protected patch<T extends z.ZodType>(path: string, body: object, schema?: T) {
    return this.send('PATCH', path, jsonOf([printJson(body as JsonObject)]), schema);
  }

  protected async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** @param schema of the answer; without one, nothing is made of it. */
  protected async send<T extends z.ZodType = z.ZodUnknown>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: Body,
    schema?: T,
  ): Promise<z.output<T>> {
    // The first request settles how this server spells its paths.
    await this.limits();
    const answer = await this.transport.send(method, path, body);
    return this.#read(
      schema ?? wire.anything,
      answer,
      `${method} ${path.split('?')[0]}`,
    ) as z.output<T>;
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

  protected formOf(pieces: readonly FormPiece[]): Body {
    return {
      type: `multipart/form-data; boundary=${this.boundary}`,
      bytes: joinForm(pieces, this.boundary),
    };
  }

  /** A dataset or an experiment, by its id or its exact name. */
  protected async findNamed<T extends Listed & { readonly name: string }>(
    path: '/datasets' | '/sessions',
    nameOrId: string,
    schema: z.ZodType<T>,
  ): Promise<T | undefined> {
    if (isUuid(nameOrId)) {
      const byId = await this.find(path + pathTo`/${nameOrId}`, schema);
      if (byId) return byId;
    }
    const name = nameOrId;
    const found = this.versions.list<T>({
      v1: () => itemsOf(this.get(path, z.array(schema), { name, limit: '1' })),
      v2: () =>
        byCursor(
          () => this.get(`/v2${path}`, wire.cursorPage(schema), { name, page_size: '1' }),
          1,
        ),
    });
    for await (const item of found) if (item.name === name) return item;
    return undefined;
  }

  /** Datasets or experiments, in the version of the API that the server has. @param query as v1 calls things. */
  protected list<T extends Listed>(
    path: '/datasets' | '/sessions',
    query: Readonly<Record<string, string>>,
    schema: z.ZodType<T>,
    limit?: number,
  ): AsyncGenerator<T> {
    const asked = inWordsOfV2(query, path === '/sessions');
    const v2 = ({ cursor, page_size }: CursorPage) =>
      this.get(`/v2${path}`, wire.cursorPage(schema), {
        ...asked,
        page_size: String(page_size),
        ...(cursor !== undefined && { cursor }),
      });
    return this.versions.list({
      v1: () => this.pages(path, query, schema, limit),
      v2: () => byCursor(v2, limit),
    });
  }

  protected pages<T extends Listed>(
    path: string,
    query: Query,
    schema: z.ZodType<T>,
    limit?: number,
    pace?: Pacing,
  ): AsyncGenerator<T> {
    const read = ({ offset, limit: size }: Page) => {
      const page = [['offset', String(offset)] as const, ['limit', String(size)] as const];
      return this.get(path, z.array(schema), [...paramsOf(query), ...page]);
    };
    return this.inPages(read, limit, pace);
  }

  /**
   * The items of page after page, until one is not full.
   *
   * @param pace of the pages asked for at once; a list that is seldom long asks for one after the other.
   * @throws {LsRecordError} `API_UNREACHABLE` if the list repeats itself.
   */
  protected async *inPages<T extends Listed>(
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
}

/** A body that is JSON already. */
export function jsonOf(chunks: readonly Json[]): Body {
  return { type: 'application/json', bytes: joinJson(chunks) };
}

/** A JSON array of values that are JSON already. */
export function listOf(values: readonly (readonly Json[])[]): Json[] {
  return ['[', ...values.flatMap((chunks, n) => (n === 0 ? chunks : [',', ...chunks])), ']'];
}

async function* itemsOf<T>(list: Promise<T[]>): AsyncGenerator<T> {
  yield* await list;
}

function paramsOf(query: Query): URLSearchParams {
  return new URLSearchParams(query as Record<string, string>);
}

function* pagesUpTo(limit: number): Generator<Page> {
  for (let offset = 0; offset < limit; offset += PAGE)
    yield { offset, limit: Math.min(PAGE, limit - offset) };
}

function keyOfHome({ host }: Endpoint): LsRecordError {
  return new LsRecordError('AUTH_REJECTED', `refusing to send the key of this machine to ${host}`, {
    hint: `Keys that start with ${HOME_KEY_PREFIX} work only with ls-record serve: set LANGSMITH_ENDPOINT to its address.`,
  });
}
