import { describe, expect, test, vi } from 'vitest';
import { Fingerprint } from '../../src/recorder/fingerprint.js';

const BLOCK = 64 * 1024;

function bytes(length: number, at?: number): Buffer {
  const all = Buffer.alloc(length, 'a row of text\n');
  if (at !== undefined) all.write('!', at);
  return all;
}

/** Reads both one after the other, in chunks; tells after how many bytes of the second a change was seen. */
function readTwice(first: Buffer, second: Buffer, chunk = BLOCK): number | 'at the end' | 'never' {
  const fingerprint = new Fingerprint();
  const follow = (all: Buffer, onChange: () => never, size: number) => {
    const reading = fingerprint.follow(onChange);
    let read = 0;
    try {
      for (; read < all.length; read += size) reading.add(all.subarray(read, read + size));
    } catch {
      return read;
    }
    try {
      reading.end();
    } catch {
      return 'at the end';
    }
    return 'never';
  };
  const fail = vi.fn(() => {
    throw new Error('changed');
  });
  follow(first, fail, BLOCK);
  expect(fail).not.toHaveBeenCalled();
  return follow(second, fail, chunk);
}

describe('a second reading', () => {
  test.for([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])(
    'of the same %i bytes finds no change, in chunks of any size',
    (length) => {
      for (const chunk of [BLOCK, 1000, 10 * BLOCK])
        expect(readTwice(bytes(length), bytes(length), chunk)).toBe('never');
    },
  );

  test.for([
    [100, 50],
    [2 * BLOCK, 0],
    [2 * BLOCK + 100, 2 * BLOCK + 50],
  ] as const)('of %i bytes sees a change at %i before it hands on the chunk', ([length, at]) => {
    expect(readTwice(bytes(length), bytes(length, at))).toBe(Math.floor(at / BLOCK) * BLOCK);
  });

  test('sees what was added before it hands it on', () => {
    expect(readTwice(bytes(2 * BLOCK), bytes(2 * BLOCK + 1))).toBe(2 * BLOCK);
    expect(readTwice(bytes(100), bytes(101))).toBe(0);
  });

  test('sees what was cut off', () => {
    expect(readTwice(bytes(3 * BLOCK), bytes(2 * BLOCK))).toBe('at the end');
    expect(readTwice(bytes(BLOCK + 100), bytes(BLOCK + 50))).toBe('at the end');
  });
});
