import { LsRecordError } from '../errors.js';

/** Notices a list that would never end: of a server or a cache that passes over where the next page begins. */
export class RepeatGuard {
  /** With which item each page began, none of an empty one, and where it said that the next begins. */
  readonly #seen = new Set<string | undefined>();

  /**
   * @param next where the next page begins, if the page says so.
   * @throws {LsRecordError} `API_UNREACHABLE` if a page begins as one before it, or is longer than was asked for.
   */
  check(page: readonly { readonly id: string }[], limit: number, next?: string): void {
    if (page.length > limit) throw endless('a longer page than requested');
    for (const mark of next === undefined ? [page[0]?.id] : [page[0]?.id, next]) {
      if (this.#seen.has(mark)) throw endless('the same page twice');
      this.#seen.add(mark);
    }
  }
}

function endless(what: string): LsRecordError {
  return new LsRecordError('API_UNREACHABLE', `the server returned ${what}`, {
    hint: 'A cache or proxy may answer in its place. Check the endpoint, then run the same command again.',
  });
}
