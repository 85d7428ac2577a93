import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT_STATUS } from '../../src/cli/exit-status.js';

const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];

test('docs/errors.md has every error once, with the exit status it has', () => {
  const documented = rows.map(([, code, status]) => [code, Number(status)]);

  expect(Object.fromEntries(documented)).toEqual(EXIT_STATUS);
  expect(documented).toHaveLength(Object.keys(EXIT_STATUS).length);
});

test('they are in the order of their exit status', () => {
  const statuses = rows.map(([, , status]) => Number(status));

  expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
});

test.for(
  rows.map(([, code = '', , meaning = '', remedy = '']) => [code, meaning, remedy] as const),
)('%s says what it means and what to do in whole sentences', ([, meaning, remedy]) => {
  expect(meaning).toMatch(/^[A-Z].*\.$/);
  expect(remedy).toMatch(/^[A-Z`].*\.$/);
});
