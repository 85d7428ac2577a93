import { describe, expect, test } from 'vitest';
import { printable, printableJson } from '../../src/cli/screen/printable.js';

describe('printable text', () => {
  test.for([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['cursor moves', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['a window title', '\u001b]0;owned\u0007ok', 'ok'],
    [
      'a link, but not its text',
      '\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\',
      'here',
    ],
    ['a device control string', '\u001bPq#0\u001b\\x', 'x'],
    ['sequences of C1', '\u009b31mred\u009d0;t\u009cx', 'redx'],
    ['an escape at the end', 'x\u001b', 'x'],
    ['a reset', '\u001bcx', 'x'],
    ['bells, backspaces, NUL and DEL', 'a\u0007b\u0008c\u0000d\u007f', 'abcd'],
    ['C1 controls', 'a\u0085b\u008dc', 'a bc'],
    ['controls of direction', 'a\u202eb\u2066c\u200fd\u061ce', 'abcde'],
  ] as const)('has no %s', ([, text, printed]) => {
    expect(printable(text)).toBe(printed);
  });

  test.for([
    ['a line end', 'a\nb', 'a b'],
    ['a Windows line end', 'a\r\nb', 'a b'],
    ['a carriage return', 'real\rfake', 'real fake'],
    ['a tab', 'a\tb', 'a b'],
    ['a line separator', 'a\u2028b\u2029c', 'a b c'],
  ] as const)('is one line, even with %s', ([, text, printed]) => {
    expect(printable(text)).toBe(printed);
  });

  test.for(['plain', 'Zürich', '東京', 'नमस्ते', '👩‍👩‍👧', 'مرحبا', 'a [31m b'])(
    'keeps %s',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  test('keeps the rest of a sequence that never ends', () => {
    expect(printable('\u001b]0;no end, and more')).toContain('no end, and more');
  });
});

describe('printable JSON', () => {
  test('means the same', () => {
    const value = { text: 'a\u001b[31m\u009b\u202e\n東', list: [1, null, true] };

    expect(JSON.parse(printableJson(value))).toEqual(value);
  });

  test('has no control character in it', () => {
    expect(printableJson({ text: '\u001b\u009b\u202e\u007f' })).toMatch(/^[ -~]*$/);
  });
});
