import { describe, expect, test } from 'vitest';
import { columnsOfCells, renderTable } from '../../src/cli/screen/table.js';
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
  const columns = columnsOfCells([{ title: 'NAME' }, { title: 'RUNS', align: 'right' }]);

  test('aligns text at the left and numbers at the right', () => {
    expect(
      renderTable(columns, [
        ['capitals', '5'],
        ['a', '1200'],
      ]).lines,
    ).toEqual(['NAME      RUNS', 'capitals     5', 'a         1200']);
  });

  test('measures wide characters', () => {
    expect(
      renderTable(columns, [
        ['東京', '5'],
        ['abcd', '6'],
      ]).lines,
    ).toEqual(['NAME  RUNS', '東京     5', 'abcd     6']);
  });

  test('is no wider than the terminal', () => {
    const { lines } = renderTable(columns, [['a very long name of a dataset', '5']], 20);

    expect(lines).toEqual(['NAME            RUNS', 'a very long n…     5']);
  });

  test('takes from the widest columns first', () => {
    const titles = columnsOfCells([{ title: 'A' }, { title: 'B' }, { title: 'C' }]);

    const cells = ['x'.repeat(30), 'y'.repeat(30), 'short'];
    const [, line = ''] = renderTable(titles, [cells], 40).lines;

    expect(line).toBe(`${'x'.repeat(14)}…  ${'y'.repeat(14)}…  short`);
    expect(widthOf(line)).toBeLessThanOrEqual(40);
  });

  test('stays readable on a terminal that is far too narrow', () => {
    const [, line] = renderTable(columns, [['capitals', '120000']], 3).lines;

    expect(line).toBe('cap…  120…');
  });

  test('is not broken by what is in its cells', () => {
    const { lines } = renderTable(columns, [['two\nlines\u001b[2J', '5']]);

    expect(lines).toEqual(['NAME       RUNS', 'two lines     5']);
  });

  test.for([
    [undefined, 'NAME ok TOKENS RUNS'],
    [80, 'NAME ok TOKENS RUNS'],
    [40, 'NAME ok RUNS'],
    [30, 'NAME ok'],
    [10, 'NAME'],
  ] as const)(
    'of %s columns leaves out whole columns before a number loses a digit',
    ([room, expected]) => {
      const wide = columnsOfCells([
        { title: 'NAME' },
        { title: 'ok', dispensable: 1 },
        { title: 'TOKENS', dispensable: 3 },
        { title: 'RUNS', dispensable: 2 },
      ]);
      const row = ['a very long name of an experiment', '0.6667', '1,234,567', '2,000'];

      const [titles = ''] = renderTable(wide, [row], room).lines;

      expect(titles.split(/ +/).join(' ')).toBe(expected);
    },
  );

  test('has no column without values, if it may be left out', () => {
    const sparse = columnsOfCells([{ title: 'A' }, { title: 'B', dispensable: 1 }]);

    expect(renderTable(sparse, [['x', '']]).lines).toEqual(['A', 'x']);
  });
});
