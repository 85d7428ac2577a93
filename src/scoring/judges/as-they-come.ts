import type { Pacing } from '../../langsmith/in-order.js';

/**
 * Works on what a source gives, several at a time, and yields what comes of it as soon as it is there.
 * After a failure nothing more is started, and what is under way is awaited.
 */
export async function* asTheyCome<T, R>(
  source: AsyncIterable<T>,
  pace: Pacing,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const atWork = new Map<number, Promise<{ readonly id: number; readonly result: R }>>();
  const next = async () => {
    const { id, result } = await Promise.race(atWork.values());
    atWork.delete(id);
    return result;
  };
  let count = 0;
  try {
    for await (const item of source) {
      while (atWork.size >= pace.limit) yield await next();
      const id = count++;
      const task = work(item).then((result) => ({ id, result }));
      // It is thrown by whoever awaits it next.
      task.catch(() => {});
      atWork.set(id, task);
    }
    while (atWork.size > 0) yield await next();
  } finally {
    await Promise.allSettled(atWork.values());
  }
}
