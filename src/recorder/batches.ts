/**
 * Groups items as they arrive, some at a time, without holding more than one batch and what arrived last.
 *
 * @param limits.items weight per batch, such as operations.
 * @param limits.bytes bytes per batch; an item over a limit travels alone.
 */
export async function* batches<T>(
  source: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
  limits: { items: number; bytes: number },
  weigh: (item: T) => { items: number; bytes: number },
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let items = 0;
  let bytes = 0;

  for await (const some of source) {
    for (const item of some) {
      const weight = weigh(item);
      const isFull = items + weight.items > limits.items || bytes + weight.bytes > limits.bytes;
      if (isFull && batch.length > 0) {
        yield batch;
        batch = [];
        items = 0;
        bytes = 0;
      }
      batch.push(item);
      items += weight.items;
      bytes += weight.bytes;
    }
  }

  if (batch.length > 0) yield batch;
}

/** Cuts a list into pieces of some length, the last of which may be shorter. */
export function* chunksOf<T>(list: readonly T[], length: number): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += length) yield list.slice(from, from + length);
}
