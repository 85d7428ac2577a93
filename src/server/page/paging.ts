import { pageIn } from './query.js';

/** Rows of a table on one page. */
export const PAGE_ROWS = 100;

export interface Slice {
  readonly offset: number;
  readonly limit: number;
}

/** A hundred rows or fewer, from a list that may have more. */
export interface Page<Row> {
  readonly offset: number;
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Reads the page that a URL names; a number beyond the end, or one that makes no sense, is the first. */
export function readPage<Row>(url: URL, list: (slice: Slice) => readonly Row[]): Page<Row> {
  const asked = offsetOf(url);
  const offset = asked > 0 && list({ offset: asked, limit: 1 }).length === 0 ? 0 : asked;
  // One more than is shown tells whether there is a next page, where a count would read them all.
  const rows = list({ offset, limit: PAGE_ROWS + 1 });
  return { offset, rows: rows.slice(0, PAGE_ROWS), hasMore: rows.length > PAGE_ROWS };
}

/** The page of a list that is all there; a number beyond its end is the last. */
export function pageOf<Row>(url: URL, all: readonly Row[]): Page<Row> {
  const last = Math.max(0, Math.ceil(all.length / PAGE_ROWS) - 1) * PAGE_ROWS;
  const offset = Math.min(offsetOf(url), last);
  const end = offset + PAGE_ROWS;
  return { offset, rows: all.slice(offset, end), hasMore: end < all.length };
}

function offsetOf({ searchParams }: URL): number {
  return (pageIn(searchParams) - 1) * PAGE_ROWS;
}
