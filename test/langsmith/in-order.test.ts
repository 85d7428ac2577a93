import { expect, test } from 'vitest';
import { inOrder } from '../../src/langsmith/in-order.js';

/** Work that ends when the test says so. */
function worker() {
  const begun: number[] = [];
  const ends = new Map<number, { resolve: (text: string) => void; reject: (e: Error) => void }>();
  const work = (item: number) =>
    new Promise<string>((resolve, reject) => {
      begun.push(item);
      ends.set(item, { resolve, reject });
    });
  const end = (item: number) => ends.get(item)?.resolve(`done ${item}`);
  const fail = (item: number) => ends.get(item)?.reject(new Error(`failed ${item}`));
  return { begun, work, end, fail };
}

type Worker = ReturnType<typeof worker>;

/** Waits for the first, which is worked on alone. @returns the wait for the second. */
async function waitForSecond(results: AsyncGenerator<string>, end: Worker['end']) {
  const first = results.next();
  await aMoment();
  end(0);
  await first;
  const second = results.next();
  await aMoment();
  return { second };
}

/** Waits for the items one by one. @returns how many were begun when each was waited for. */
async function countBegun(
  results: AsyncGenerator<string>,
  items: number[],
  { begun, end }: Worker,
) {
  const counts: number[] = [];
  for (const item of items) {
    const result = results.next();
    await aMoment();
    counts.push(begun.length);
    end(item);
    await result;
  }
  return counts;
}

/** All that can go on without the work going on has gone on. */
const aMoment = () => new Promise(setImmediate);

const unhurried = { limit: 16 };
const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

test('what is done comes in the order of the source, whatever is done first', async () => {
  const { work, end } = worker();
  const results = inOrder([0, 1, 2], work, unhurried);
  const { second } = await waitForSecond(results, end);

  end(2);
  end(1);

  expect(await second).toEqual({ done: false, value: 'done 1' });
  expect(await results.next()).toEqual({ done: false, value: 'done 2' });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('the first is worked on alone, then one more each time, up to four', async () => {
  const tracked = worker();
  const results = inOrder(items, tracked.work, unhurried);

  const begunBefore = await countBegun(results, [0, 1, 2, 3, 4], tracked);

  expect(begunBefore).toEqual([1, 3, 5, 7, 8]);
});

test('where fewer are wanted, fewer are at work', async () => {
  const tracked = worker();
  const results = inOrder(items, tracked.work, { limit: 1 });

  const begunBefore = await countBegun(results, [0, 1, 2], tracked);

  expect(begunBefore).toEqual([1, 2, 3]);
});

test('a failure is thrown in its turn, after what was done before it', async () => {
  const { work, end, fail } = worker();
  const results = inOrder(items, work, unhurried);
  const { second } = await waitForSecond(results, end);

  fail(2);
  await aMoment();
  end(1);

  expect(await second).toMatchObject({ value: 'done 1' });
  await expect(results.next()).rejects.toThrow('failed 2');
});

test('a failure of what nobody waits for any more is not a failure', async () => {
  const { work, end, fail } = worker();
  const results = inOrder(items, work, unhurried);
  const { second } = await waitForSecond(results, end);
  end(1);
  await second;

  await results.return(undefined);
  fail(2);

  expect(await results.next()).toEqual({ done: true, value: undefined });
});
