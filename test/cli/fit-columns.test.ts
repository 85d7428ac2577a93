import { expect, test } from 'vitest';
import { fitColumns, rowsOf } from '../../src/cli/screen/fit-columns.js';
import { Paper } from './command-line.js';

const columns = [
  { title: 'NAME', cells: ['a very long name of an experiment'] },
  { title: 'ok', cells: ['0.6667'], dispensable: 1 },
  { title: 'TOKENS', cells: ['1,234,567'], dispensable: 3 },
  { title: 'RUNS', cells: ['2,000'], dispensable: 2 },
];
const titles = (width: number | undefined) =>
  fitColumns(columns, {
    stdout: new Paper(width === undefined ? undefined : { columns: width }),
  }).map(({ title }) => title);

test.for([
  [undefined, ['NAME', 'ok', 'TOKENS', 'RUNS']],
  [80, ['NAME', 'ok', 'TOKENS', 'RUNS']],
  [40, ['NAME', 'ok', 'RUNS']],
  [30, ['NAME', 'ok']],
  [10, ['NAME']],
] as const)(
  'in %s columns, whole columns go before a number loses a digit',
  ([width, expected]) => {
    expect(titles(width)).toEqual(expected);
  },
);

test('cells that stand in columns become rows', () => {
  expect(
    rowsOf([
      { title: 'A', cells: ['1', '2'] },
      { title: 'B', cells: ['3', '4'] },
    ]),
  ).toEqual([
    ['1', '3'],
    ['2', '4'],
  ]);
});
