import { ApiRefusal } from './refusals.js';
import { RepeatGuard } from './repeat-guard.js';

/** Which page of a v2 list to read. */
export interface CursorPage {
  readonly cursor?: string;
  readonly page_size: number;
}

interface Versions<T> {
  v1(): AsyncGenerator<T>;
  v2(): AsyncGenerator<T>;
}

/** The server does not have the endpoint: not yet, or no longer. */
const ABSENT = new Set([405, 410, 501]);
const DEPRECATED = /deprecat|sunset|no longer (?:available|supported)/i;
/** About the path, not about a dataset or an experiment. */
const NOT_FOUND = /^not found/i;
const PAGE = 100;
/** The most runs in one page of v2. */
export const LARGEST_PAGE = 1000;

/**
 * Reads lists by v2 where the server announces it, and switches to the other version where one is absent.
 * v1 lists end on 2027-01-31 on LangSmith's US cloud; self-hosted servers have v2 since 0.16.
 */
export class ListVersions {
  readonly #announced: () => Promise<boolean>;
  /** The version that answered last; until then, what was announced counts. */
  #isV2: boolean | undefined;

  /** @param announced whether the server says it has v2. */
  constructor(announced: () => Promise<boolean>) {
    this.#announced = announced;
  }

  async *list<T>(versions: Versions<T>): AsyncGenerator<T> {
    const isV2 = this.#isV2 ?? (await this.#announced());
    const first = isV2 ? versions.v2() : versions.v1();
    let start: IteratorResult<T>;
    try {
      start = await first.next();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const other = isV2 ? versions.v1() : versions.v2();
      const otherStart = await other.next().catch((reason: unknown) => {
        throw isAbsent(reason) ? error : reason;
      });
      this.#isV2 = !isV2;
      return yield* startedWith(otherStart, other);
    }
    yield* startedWith(start, first);
  }
}

async function* startedWith<T>(
  start: IteratorResult<T>,
  rest: AsyncGenerator<T>,
): AsyncGenerator<T> {
  if (start.done) return;
  yield start.value;
  yield* rest;
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof ApiRefusal)) return false;
  const { status, words, isForeign } = error;
  if (status === 404) return isForeign || NOT_FOUND.test(words);
  return ABSENT.has(status) || DEPRECATED.test(words);
}

/** Yields the items of all pages. From the second page on, the next one is requested ahead. */
export async function* byCursor<T extends { readonly id: string }>(
  read: (page: CursorPage) => Promise<{ items: T[]; next: string | undefined }>,
  limit = Number.POSITIVE_INFINITY,
  pageSize = PAGE,
): AsyncGenerator<T> {
  const size = (left: number) => Math.min(pageSize, left);
  const guard = new RepeatGuard();
  let left = limit;
  let page = read({ page_size: size(left) });
  for (let isFirst = true; ; isFirst = false) {
    const { items, next } = await page;
    guard.check(items, size(left), next);
    left -= items.length;
    const more = next === undefined || left <= 0 ? undefined : next;
    const ask = () => read({ cursor: more as string, page_size: size(left) });
    if (more !== undefined && !isFirst) {
      page = ask();
      // A failure is thrown when its turn comes, which it may never do.
      page.catch(() => {});
    }
    yield* items;
    if (more === undefined) return;
    if (isFirst) page = ask();
  }
}

const SORTED_BY = new Set(['sort_by', 'sort_by_desc', 'reference_dataset', 'reference_free']);

/**
 * A query of v1 as v2 words it.
 *
 * @see npm langsmith 0.12, resources/sessions.d.mts: SessionListV2Params; datasets/datasets.d.mts: DatasetListV2Params
 */
export function inWordsOfV2(
  query: Readonly<Record<string, string>>,
  areSessions: boolean,
): Record<string, string> {
  const { sort_by: column, sort_by_desc: descending, reference_dataset, reference_free } = query;
  const others = Object.entries(query).filter(([name]) => !SORTED_BY.has(name));
  return {
    ...Object.fromEntries(others),
    ...(column && { sort_by: areSessions ? column.toUpperCase() : column }),
    ...(descending && { sort_order: descending === 'true' ? 'desc' : 'asc' }),
    ...(reference_dataset && { reference_dataset_id: reference_dataset }),
    ...(reference_free === 'false' && { type: 'EXPERIMENT' }),
  };
}
