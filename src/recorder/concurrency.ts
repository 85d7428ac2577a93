/**
 * Runs `work` on what a source gives, several at a time; pulls no more than it can start.
 * After a failure nothing more is started, what is under way is awaited, and the failure thrown.
 *
 * @param options.pace items at work at once; may change meanwhile.
 * @param options.maxBytes bytes at work at once; a larger item is worked on alone.
 */
export async function forEachConcurrently<T>(
  source: AsyncIterable<T> | Iterable<T>,
  options: { pace: { readonly limit: number }; maxBytes: number; sizeOf: (item: T) => number },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const { pace, maxBytes, sizeOf } = options;
  const atWork = new Set<Promise<void>>();
  let bytes = 0;
  let failed = false;
  let failure: unknown;

  try {
    for await (const item of source) {
      const size = sizeOf(item);
      while (atWork.size > 0 && (atWork.size >= pace.limit || bytes + size > maxBytes))
        await Promise.race(atWork);
      if (failed) break;

      bytes += size;
      const task = work(item)
        .catch((error: unknown) => {
          if (!failed) failure = error;
          failed = true;
        })
        .finally(() => {
          atWork.delete(task);
          bytes -= size;
        });
      atWork.add(task);
    }
  } finally {
    await Promise.all(atWork);
  }
  if (failed) throw failure;
}
