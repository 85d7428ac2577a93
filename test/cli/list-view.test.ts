import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { drawList, type PickerList, widthOfQuestion } from '../../src/cli/picking/list-view.js';
import { widthOf } from '../../src/cli/screen/width.js';

const ink = new Chalk({ level: 0 });
const names = [
  'capitals',
  '日本語のとても長いデータセット名',
  `long-${'x'.repeat(100)}`,
  '\u001b[31mred',
];
const list: PickerList = {
  message: 'Which dataset?',
  typed: '',
  choices: names.map((name, value) => ({ value, name, note: `${value} examples` })),
  creation: { value: 'new', name: 'new', label: 'create new "new"' },
  active: 0,
  isLoading: false,
  hasMore: false,
};

test('names and notes are in two columns', () => {
  expect(
    drawList({ ...list, choices: list.choices.slice(0, 2) }, { columns: 60, rows: 24 }, ink),
  ).toEqual([
    '? Which dataset? ',
    '❯ capitals                          0 examples',
    '  日本語のとても長いデータセット名  1 examples',
    '  + create new "new"',
    '  ↑↓ to move, Enter to select, type to search',
  ]);
});

test.for([20, 40, 60, 80, 200])('no line is wider than a screen of %d columns', (columns) => {
  const typed = '日本語'.repeat(50);
  const lines = drawList({ ...list, typed, hasMore: true }, { columns, rows: 24 }, ink);

  for (const line of lines) expect(widthOf(line)).toBeLessThan(columns);
  expect(widthOfQuestion({ ...list, typed }, { columns, rows: 24 })).toBeLessThan(columns);
});

test('what is chosen is always to be seen, on a low screen too', () => {
  const choices = Array.from({ length: 100 }, (_, value) => ({ value, name: `dataset-${value}` }));

  for (const active of [0, 1, 50, 98, 99]) {
    const lines = drawList({ ...list, choices, active }, { columns: 60, rows: 8 }, ink);
    expect(lines.length).toBeLessThan(8);
    expect(lines.join('\n')).toContain(`❯ dataset-${active}\n`);
  }
});

test('says where one is in a list that goes on', () => {
  const choices = Array.from({ length: 40 }, (_, value) => ({ value, name: `dataset-${value}` }));
  const last = (change: Partial<PickerList>) =>
    drawList({ ...list, choices, ...change }, { columns: 80, rows: 24 }, ink).at(-1);

  expect(last({ hasMore: true })).toMatch(/^ {2}10 of 40\+;/);
  expect(last({})).toMatch(/^ {2}10 of 40;/);
  expect(last({ choices: [], isLoading: true })).toBe('  searching …');
  expect(last({ choices: [], typed: 'zzz' })).toBe('  no name contains this');
  expect(last({ choices: [] })).toBe('  none yet');
});
