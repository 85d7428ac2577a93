import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutSecrets, wordsOf } from '../../src/langsmith/refusals.js';

const KEY = 'lsv2_pt_0123456789abcdef0123456789abcdef_fedcba9876';

describe('a key in the words of a server', () => {
  test.for([
    ['whole', KEY],
    ['its first 30 characters', KEY.slice(0, 30)],
    ['its last 12 characters', KEY.slice(-12)],
    ['in capitals', KEY.toUpperCase()],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in base64 after a colon', Buffer.from(`:${KEY}`).toString('base64')],
    ['in base64 after a name', Buffer.from(`me:${KEY}`).toString('base64url')],
  ])('is left out: %s', ([, echoed = '']) => {
    const words = withoutSecrets(`no such key "${echoed}", sorry`, [KEY]);

    expect(words).toMatch(/^no such key ".{0,4}….{0,4}", sorry$/);
  });

  test('leaves no twelve characters of it, wherever it is cut and repeated', () => {
    const piece = fc
      .tuple(fc.nat(KEY.length), fc.nat(KEY.length), fc.string({ maxLength: 20 }))
      .map(([from, to, between]) => KEY.slice(from, to) + between);

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const words = withoutSecrets(pieces.join(''), [KEY]);

        for (let at = 0; at + 12 <= KEY.length; at++)
          expect(words).not.toContain(KEY.slice(at, at + 12));
      }),
    );
  });

  test('takes nothing else with it', () => {
    const words = 'Invalid token, status 401, dataset 0123456789a of lsv2_pt_ keys';

    expect(withoutSecrets(words, [KEY, undefined])).toBe(words);
    expect(withoutSecrets('key k.y, (a+b)', ['k.y', '(a+b)'])).toBe('key …, …');
  });

  test('is looked for in bounded time, however long the answer', () => {
    const started = performance.now();

    wordsOf({ detail: KEY.repeat(1_000_000) }, [KEY]);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
