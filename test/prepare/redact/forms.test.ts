import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMS } from '../../../src/prepare/redact/forms.js';
import { Redactor } from '../../../src/prepare/redact/redactor.js';
import { expandTemplate } from '../../support/secrets.js';

const rowOf = (value: object) => ({
  origin: { file: 'a.jsonl', line: 1 },
  index: 0,
  shape: 'document' as const,
  value: JSON.parse(JSON.stringify(value)),
});
const redactor = new Redactor({ redact: true });
const redact = (text: string) => JSON.stringify(redactor.redact(rowOf({ text })).value);
const found = (text: string) => redactor.redact(rowOf({ text })).changes ?? [];

const documented = readFileSync(join(import.meta.dirname, '../../../docs/redact.md'), 'utf8');

describe.each(FORMS)('$name', ({ name, title, like, unlike, source }) => {
  test.each([
    ['alone', '', ''],
    ['in a sentence', 'Use ', ' instead.'],
    ['quoted, in JSON within text', '{"key":"', '"}'],
    ['assigned', 'KEY=', '\n'],
  ])('is found %s', (_, before, after) => {
    const secret = expandTemplate(like);
    const redacted = redact(`${before}${secret}${after}`);

    expect(redacted).toContain(`[redacted:${name}]`);
    expect(redacted).not.toContain(secretPart(secret));
    expect(found(`${before}${secret}${after}`)).toEqual([`${title} redacted`]);
  });

  test('is not found in what only resembles it', () => {
    const text = expandTemplate(unlike);
    expect(redact(`see ${text}.`)).toBe(JSON.stringify({ text: `see ${text}.` }));
  });

  test('is documented, with its source', () => {
    expect(documented).toContain(`| \`${name}\` |`);
    expect(documented).toContain(source);
  });
});

/** Of a URL, what was removed is the password alone. */
function secretPart(secret: string): string {
  return /:\/\/[^:]+:([^@]+)@/.exec(secret)?.[1] ?? secret;
}

test('what was redacted once is not found again', () => {
  const text = FORMS.map(({ like }) => expandTemplate(like)).join('\n');
  const once = redact(text);
  expect(redact(JSON.parse(once).text)).toBe(once);
});

test('any text takes no longer than its length', () => {
  const pieces = fc.constantFrom(
    '@',
    'a.',
    'a',
    '-',
    '://',
    'x:',
    'eyJ',
    'sk-',
    '-----BEGIN ',
    'PRIVATE KEY-----',
  );
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (parts) => {
      const started = performance.now();
      found(parts.join('').repeat(5000));
      expect(performance.now() - started).toBeLessThan(2000);
    }),
    { numRuns: 60 },
  );
});
