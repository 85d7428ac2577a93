import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import { Changes, printPayload } from '../../src/prepare/sendable.js';

const BEYOND_64_BITS = 'integer beyond 64 bits sent as text';

function print(json: string): { text: string; changes: string[] } {
  const changes = new Changes();
  const text = printPayload(parseJson(json), changes);
  return { text, changes: [...changes.sentences()] };
}

describe('a payload is sent', () => {
  test.for([
    '{"a":1.0,"b":0.1000,"c":[1e21,-0,9007199254740993]}',
    '[18446744073709551615,-9223372036854775808]',
    '{"text":"plain, \\"quoted\\", back\\\\slash, line\\nbreak, é, 😀, \\u001f"}',
    '{"":null,"__proto__":true,"é":[]}',
  ])('as it was written: %s', (json) => {
    expect(print(json)).toEqual({ text: json, changes: [] });
  });

  test.for([
    ['18446744073709551616', BEYOND_64_BITS],
    ['-9223372036854775809', BEYOND_64_BITS],
    // A double gives the text of these back, so they are read as plain numbers.
    ['18446744073709552000', BEYOND_64_BITS],
    ['-100000000000000000000', BEYOND_64_BITS],
    ['1e999', 'number beyond a double sent as text'],
  ])('with %s as text, which is said', ([number, change]) => {
    expect(print(`{"n":${number}}`)).toEqual({
      text: `{"n":"${number}"}`,
      changes: [`1 × ${change}`],
    });
  });

  test('with null for what is not a number, which is said', () => {
    expect(print('[NaN,-Infinity]')).toEqual({
      text: '[null,null]',
      changes: ['2 × NaN or Infinity sent as null'],
    });
  });

  test('without the characters that PostgreSQL cannot hold, which is said', () => {
    expect(print('["\\u0000","\\ud800x"]')).toEqual({
      text: '["\ufffd","\ufffdx"]',
      changes: ['2 × text with a character that cannot be stored: replaced by U+FFFD'],
    });
  });
});
