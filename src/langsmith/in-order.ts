/** More would only be held in memory: pages can be large. */
const MOST = 4;

/** How many requests may be under way at once. */
export interface Pacing {
  readonly limit: number;
}

/**
 * Works on what a source gives, a few at a time, and yields what comes of it in the order of the source.
 * The first is worked on alone, and each time there is one more: who wants only the beginning pays for little else.
 *
 * @param pace items at work at once, where fewer are wanted; may change meanwhile.
 */
export async function* inOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  pace: Pacing,
): AsyncGenerator<R> {
  const atWork: Promise<R>[] = [];
  let most = 1;
  for await (const item of source) {
    const task = work(item);
    // A failure is thrown when its turn comes, which it may never do.
    task.catch(() => {});
    atWork.push(task);
    while (atWork.length >= Math.min(most, pace.limit)) {
      yield (await atWork.shift()) as R;
      most = Math.min(most + 1, MOST);
    }
  }
  for (const task of atWork) yield await task;
}
