import { expect, test } from 'vitest';
import { forEachConcurrently } from '../../src/recorder/concurrency.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const options = (pace: { limit: number }) => ({ pace, maxBytes: 100, sizeOf: () => 1 });

test('as many are at work as the pace allows, also when it changes', async () => {
  const pace = { limit: 4 };
  let atWork = 0;
  const seen: number[] = [];

  await forEachConcurrently(numbers(40), options(pace), async (n) => {
    if (n === 20) pace.limit = 2;
    seen[n] = ++atWork;
    await tick();
    atWork--;
  });

  expect(Math.max(...seen.slice(0, 20))).toBe(4);
  expect(Math.max(...seen.slice(25))).toBe(2);
});

test('no more bytes are at work than allowed; what is larger is worked on alone', async () => {
  const sizes = [40, 40, 40, 300, 10, 10];
  let bytes = 0;
  const seen: number[] = [];

  await forEachConcurrently(
    sizes,
    { pace: { limit: 10 }, maxBytes: 100, sizeOf: (size) => size },
    async (size) => {
      bytes += size;
      seen.push(bytes);
      await tick();
      bytes -= size;
    },
  );

  expect(Math.max(...seen)).toBe(300);
  expect(seen.filter((sum) => sum > 100)).toEqual([300]);
});

test('after a failure nothing is started, what is under way is awaited, and the failure thrown', async () => {
  const ended: number[] = [];

  const work = forEachConcurrently(numbers(10), options({ limit: 3 }), async (n) => {
    await tick();
    if (n === 1) throw new Error('broken');
    await tick();
    ended.push(n);
  });

  await expect(work).rejects.toThrow('broken');
  expect(ended).toEqual([0, 2]);
});
