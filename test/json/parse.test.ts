import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pythonJson } from '../../src/json/canonical.js';
import { fromJs } from '../../src/json/from-js.js';
import { parseJson, positionAt } from '../../src/json/parse.js';
import { printJson, RawJson } from '../../src/json/print.js';
import type { JsonValue } from '../../src/json/value.js';

describe('a number', () => {
  test.for([
    '1',
    '-5',
    '1.0',
    '0.1000',
    '-0',
    '-0.0',
    '1e5',
    '1E+5',
    '9007199254740993',
    '0.30000000000000004',
    '0.0000001',
    '1e400',
    '123456789012345678901234567890',
    'NaN',
    '-Infinity',
  ])('%s is printed as it was written', (text) => {
    expect(printJson(parseJson(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`);
  });

  test('that repeats is held once', () => {
    const [first, second, other] = parseJson('[1.0,1.0,2.0]') as JsonValue[];

    expect(first).toBe(second);
    expect(first).not.toBe(other);
  });

  test('of any spelling survives, wherever it is', () => {
    const number = fc
      .tuple(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.stringMatching(/^(\.\d{1,20})?([eE][+-]?\d{1,3})?$/),
      )
      .map(([whole, rest]) => `${whole}${rest}`);

    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const text = `{"k":[${numbers.join(',')}]}`;
        expect(printJson(parseJson(text))).toBe(text);
      }),
    );
  });
});

test('what is printed is what JSON.stringify prints, for all that JSON.parse gives back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(printJson(parseJson(text))).toBe(text);
      expect(printJson(fromJs(JSON.parse(text)))).toBe(text);
    }),
  );
});

test('of a repeated key the last counts, and __proto__ is a key', () => {
  expect(printJson(parseJson('{"a":1.0,"a":2.0,"__proto__":{"x":1.0}}'))).toBe(
    '{"a":2.0,"__proto__":{"x":1.0}}',
  );
  expect(Object.getPrototypeOf(parseJson('{"__proto__":1.0}'))).toBe(Object.prototype);
});

test.for([
  ['{"a":1,}', 'expected a key in double quotes but found "}"', 7],
  ['[1 2]', 'expected "," or "]" but found "2"', 3],
  ['{"a" 1}', 'expected ":" but found "1"', 5],
  ['["a', 'a text is not closed: expected "', 1],
  ['["\\x"]', 'expected an escape such as \\n or \\" but found "\\\\"', 2],
  ['01', 'expected nothing more but found "1"', 1],
  ['', 'expected a value but found the end', 0],
] as const)('%s is refused: %s', ([text, message, offset]) => {
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ message, offset }));
});

test.for([
  ['plain', '[', ']'],
  ['with numbers that keep their text', '[1.0,', ']'],
] as const)('nesting without end is refused, not a crash: %s', ([, open, close]) => {
  const deep = (depth: number) => open.repeat(depth) + '1'.repeat(1) + close.repeat(depth);

  expect(() => parseJson(deep(100_000))).toThrow(
    'arrays and objects are nested more than 1000 deep',
  );
  expect(printJson(parseJson(deep(1000)))).toBe(deep(1000));
});

test.for([
  ['["]]]]]]]]]]]]", ', ']'],
  ['["\\\\\\"]]]]]]]]]", ', ']'],
  ['{"}}}}}}}}}}": ', '}'],
] as const)('brackets within texts do not hide how deep %s… is', ([open, close]) => {
  const deep = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;

  expect(() => parseJson(deep(1001))).toThrow('nested more than 1000 deep');
  expect(() => parseJson(deep(1000))).not.toThrow();
});

test('numbers within texts are left alone', () => {
  const text =
    '{"at":"2026-01-02T03:04:05.670Z","id":"1e5-0-0.10","said":"it costs 1.0, -0 or 1e5"}';

  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test('a position counts lines and columns from 1', () => {
  expect(positionAt('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  expect(positionAt('ab', 0)).toEqual({ line: 1, column: 1 });
});

test('raw JSON is printed as it is, and undefined members are left out', () => {
  expect(printJson({ a: new RawJson('1.0'), b: undefined, c: [null] })).toBe(
    '{"a":1.0,"c":[null]}',
  );
});

test('CPython’s spelling of floats begins its exponents where CPython does', () => {
  const texts = [
    '1e16',
    '1e15',
    '0.0001',
    '0.00001',
    '123456789012345680.0',
    '1e22',
    '5e-324',
    '-0.0',
    '2.5e-3',
  ];

  expect(texts.map((text) => pythonJson(parseJson(text)))).toEqual([
    '1e+16',
    '1000000000000000.0',
    '0.0001',
    '1e-05',
    '1.2345678901234568e+17',
    '1e+22',
    '5e-324',
    '-0.0',
    '0.0025',
  ]);
});
