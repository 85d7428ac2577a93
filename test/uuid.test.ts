import { expect, test } from 'vitest';
import { isUuid, parseUuid } from '../src/uuid.js';

test.for([
  '018f4a7e-9c1d-7b3e-8a52-0d4c6e1f2a3b',
  '018F4A7E-9C1D-7B3E-8A52-0D4C6E1F2A3B',
  // Neither of a version nor of a variant, as in tests and seeds.
  '00000000-0000-0000-0000-000000000001',
])('%s is a UUID, and its canonical form is in lower case', (text) => {
  expect(isUuid(text)).toBe(true);
  expect(parseUuid(text)).toBe(text.toLowerCase());
});

test.for([
  '',
  '018f4a7e9c1d7b3e8a520d4c6e1f2a3b',
  '018f4a7e-9c1d-7b3e-8a52-0d4c6e1f2a3',
  '018f4a7e-9c1d-7b3e-8a52-0d4c6e1f2a3g',
  '{018f4a7e-9c1d-7b3e-8a52-0d4c6e1f2a3b}',
  'x 018f4a7e-9c1d-7b3e-8a52-0d4c6e1f2a3b',
])('%j is not an UUID', (text) => {
  expect(isUuid(text)).toBe(false);
  expect(parseUuid(text)).toBeUndefined();
});
