import { describe, expect, test } from 'vitest';
import { renderTable } from '../../src/cli/screen/table.js';
import { shorten, widthOf } from '../../src/cli/screen/width.js';

describe('the width of text', () => {
  test.for([
    ['', 0],
    ['abc', 3],
    ['Zürich', 6],
    ['Zu\u0308rich', 6],
    ['東京', 4],
    ['한국', 4],
    ['ﾊﾝｶｸ', 4],
    ['ＡＢ', 4],
    ['「」', 4],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['🇫🇷', 2],
    ['❤️', 2],
    ['a\u200bb', 2],
  ] as const)('of %j is %i columns', ([text, width]) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe('shortened text', () => {
  test.for([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['東京都', 5, '東京…'],
    ['東京都', 4, '東…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ] as const)('%j fits into %i columns as %j', ([text, columns, short]) => {
    expect(shorten(text, columns)).toBe(short);
    expect(widthOf(shorten(text, columns))).toBeLessThanOrEqual(columns);
  });
});

describe('a table', () => {
  const columns = [{ title: 'NAME' }, { title: 'RUNS', align: 'right' as const }];

  test('aligns text at the left and numbers at the right', () => {
    expect(
      renderTable(columns, [
        ['capitals', '5'],
        ['a', '1200'],
      ]),
    ).toEqual(['NAME      RUNS', 'capitals     5', 'a         1200']);
  });

  test('measures wide characters', () => {
    expect(
      renderTable(columns, [
        ['東京', '5'],
        ['abcd', '6'],
      ]),
    ).toEqual(['NAME  RUNS', '東京     5', 'abcd     6']);
  });

  test('is no wider than the terminal', () => {
    const lines = renderTable(columns, [['a very long name of a dataset', '5']], 20);

    expect(lines).toEqual(['NAME            RUNS', 'a very long n…     5']);
  });

  test('takes from the widest columns first', () => {
    const titles = [{ title: 'A' }, { title: 'B' }, { title: 'C' }];

    const [, line = ''] = renderTable(titles, [['x'.repeat(30), 'y'.repeat(30), 'short']], 40);

    expect(line).toBe(`${'x'.repeat(14)}…  ${'y'.repeat(14)}…  short`);
    expect(widthOf(line)).toBeLessThanOrEqual(40);
  });

  test('stays readable on a terminal that is far too narrow', () => {
    const [, line] = renderTable(columns, [['capitals', '120000']], 3);

    expect(line).toBe('cap…  120…');
  });

  test('is not broken by what is in its cells', () => {
    const lines = renderTable(columns, [['two\nlines\u001b[2J', '5']]);

    expect(lines).toEqual(['NAME       RUNS', 'two lines     5']);
  });
});
