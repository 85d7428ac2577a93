import { LsRecordError } from '../errors.js';

/** Notices a list that would never end: of a server or a cache that passes over where the next page begins. */
export class RepeatGuard {
  /** With which item each page began; none of an empty one. */
  readonly #begun = new Set<string | undefined>();

  /** @throws {LsRecordError} `API_UNREACHABLE` if a page begins as one before it, or is longer than was asked for. */
  check(page: readonly { readonly id: string }[], limit: number): void {
    const first = page[0]?.id;
    const isLonger = page.length > limit;
    if (!isLonger && !this.#begun.has(first)) {
      this.#begun.add(first);
      return;
    }
    const what = isLonger ? 'a longer page than it was asked for' : 'the same page twice';
    throw new LsRecordError('API_UNREACHABLE', `the server returned ${what}`, {
      hint: 'Something on the way may answer in its place, such as a cache. Check the endpoint, then run the same command again.',
    });
  }
}
