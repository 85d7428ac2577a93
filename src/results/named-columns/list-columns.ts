import { shorten } from '../found.js';
import { type ColumnFacts, textOf } from './facts.js';

const MAX_LISTED = 40;
const MAX_NAME = 40;
const MAX_VALUE = 40;

/** Columns one a line, each with the first two of its values: `  question  Capital of France? | Capital of Peru?`. */
export function listColumns(columns: readonly ColumnFacts[]): string[] {
  const shown = columns.slice(0, MAX_LISTED);
  const names = shown.map(({ name }) => (name === '' ? '(no name)' : cut(name, MAX_NAME)));
  const widest = names.reduce((max, { length }) => Math.max(max, length), 0);
  const lines = shown.map((column, at) =>
    `  ${(names[at] ?? '').padEnd(widest)}  ${showValues(column)}`.trimEnd(),
  );
  const more = columns.length - shown.length;
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

/** Two values of a column that differ, if there are as many. */
export function showValues({ values }: ColumnFacts): string {
  const texts = values.slice(0, 20).map((value) => cut(textOf(value), MAX_VALUE));
  const shown = [...new Set(texts)].slice(0, 2).join(' | ');
  return shown === '' ? '(empty)' : shown;
}

function cut(text: string, max: number): string {
  const [...characters] = shorten(text);
  return characters.length <= max
    ? characters.join('')
    : `${characters.slice(0, max - 1).join('')}…`;
}
