import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffWords, textOf } from '../../src/experiments/word-diff.js';

test('texts differ by words', () => {
  expect(diffWords('It is Paris today', 'It is Lyon today')).toEqual([
    { kind: 'same', text: 'It is ' },
    { kind: 'removed', text: 'Paris' },
    { kind: 'added', text: 'Lyon' },
    { kind: 'same', text: ' today' },
  ]);
});

test('long texts differ by lines', () => {
  const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}`);
  const [before, after] = [lines.join('\n'), lines.with(1000, 'another one').join('\n')];

  const changed = diffWords(before, after).filter(({ kind }) => kind !== 'same');

  expect(changed).toEqual([
    { kind: 'removed', text: 'line 1000\n' },
    { kind: 'added', text: 'another one\n' },
  ]);
});

test('the parts make up both texts again', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'ü') });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = diffWords(before, after);
      const without = (kind: string) =>
        parts.map((part) => (part.kind === kind ? '' : part.text)).join('');

      expect([without('added'), without('removed')]).toEqual([before, after]);
    }),
  );
});

test('an output that is one text is shown as it is, everything else as JSON', () => {
  expect(textOf({ answer: 'Paris' })).toBe('Paris');
  expect(textOf({ answer: 42 })).toBe('{"answer":42}');
  expect(textOf(undefined)).toBe('');
});
