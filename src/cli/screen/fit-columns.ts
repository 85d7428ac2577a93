import type { Context } from '../context.js';
import { printable } from './printable.js';
import type { Column } from './table.js';
import { columnsOf, widestOf } from './width.js';

/** A column with its cells. */
export interface FilledColumn extends Column {
  readonly cells: readonly string[];
  /** Where there is no room, the highest goes first; without one it stays, and may be shortened. */
  readonly dispensable?: number;
}

const GAP = 2;
/** A name is still known by its start; of a number, no digit can go. */
const NAME = 16;

/** The columns that a terminal has room for with all their digits; all of them, where it is none. */
export function fitColumns(
  columns: readonly FilledColumn[],
  { stdout }: Pick<Context, 'stdout'>,
): readonly FilledColumn[] {
  const room = columnsOf(stdout);
  if (room === undefined) return columns;
  const kept = [...columns];
  while (widthOfAll(kept) > room) {
    const last = kept.reduce<FilledColumn | undefined>(
      (most, column) => ((column.dispensable ?? 0) > (most?.dispensable ?? 0) ? column : most),
      undefined,
    );
    if (!last) break;
    kept.splice(kept.indexOf(last), 1);
  }
  return kept;
}

function widthOfAll(columns: readonly FilledColumn[]): number {
  const widths = columns.map(({ title, cells, dispensable }) => {
    const width = widestOf([title, ...cells].map(printable));
    return dispensable === undefined ? Math.min(width, NAME) : width;
  });
  return widths.reduce((sum, width) => sum + width, GAP * (columns.length - 1));
}

/** Cells column by column, as the rows of a table. */
export function rowsOf(columns: readonly FilledColumn[]): string[][] {
  const [first] = columns;
  return (first?.cells ?? []).map((_, at) => columns.map(({ cells }) => cells[at] ?? ''));
}
