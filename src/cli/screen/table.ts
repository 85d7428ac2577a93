import { printable } from './printable.js';
import { shorten, widestOf, widthOf } from './width.js';

/** A column of a table whose rows are of one type. */
export interface Column<T> {
  readonly title: string;
  readonly show: (row: T) => string;
  /** Numbers are aligned right. Default `left`. */
  readonly align?: 'left' | 'right';
  /**
   * Left out where there is no room, the highest first. Without it, a column stays and may be shortened, so it is for
   * texts: of a number, no digit can go. With it, a column without any value is left out, too.
   */
  readonly dispensable?: number;
  /** Left out before any other is shortened: worth nothing if it were cut, as an id. */
  readonly isSpare?: boolean;
}

/** A column, and what it shows in each row. */
interface FilledColumn extends Omit<Column<never>, 'show'> {
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = 2;
const NARROWEST = 4;
/** A name is still known by its start. */
const NAME = 16;

/**
 * Lines of a table, the titles first. Where they do not fit, columns are left out, then the widest texts give way.
 *
 * @param room columns of the terminal; without it, the table is as wide as it needs.
 */
export function renderTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  room = Number.POSITIVE_INFINITY,
): { readonly lines: string[]; readonly hidden: string[] } {
  const filled = columns.flatMap(({ show, ...column }): FilledColumn[] => {
    const texts = rows.map((row) => printable(show(row)));
    const isEmpty = column.dispensable !== undefined && texts.every((text) => text === '');
    const cells = [printable(column.title), ...texts];
    return isEmpty ? [] : [{ ...column, cells, width: widestOf(cells) }];
  });
  const shown = dropColumns(filled, room);
  const widths = shown.map(({ width }) => width);
  if (room !== Number.POSITIVE_INFINITY) shrink(widths, room);
  const lines = [-1, ...rows.keys()].map((row) =>
    shown
      .map(({ align, cells }, at) => pad(cells[row + 1] ?? '', widths[at] ?? 0, align))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  const hidden = filled.filter((one) => !shown.includes(one)).map(({ title }) => title);
  return { lines, hidden };
}

function pad(cell: string, width: number, align: 'left' | 'right' = 'left'): string {
  const text = shorten(cell, width);
  const padding = ' '.repeat(width - widthOf(text));
  return align === 'right' ? padding + text : text + padding;
}

/** Columns of rows that are lists of cells. */
export function columnsOfCells(
  columns: readonly Omit<Column<never>, 'show'>[],
): Column<readonly string[]>[] {
  return columns.map((column, at) => ({ ...column, show: (row) => row[at] ?? '' }));
}

/** The columns that there is room for. */
function dropColumns(columns: readonly FilledColumn[], room: number): readonly FilledColumn[] {
  const isWide = widthOfAll(columns.map(({ width }) => width)) > room;
  const kept = columns.filter(({ isSpare }) => !(isSpare && isWide));
  const needs = ({ width, dispensable }: FilledColumn) =>
    dispensable === undefined ? Math.min(width, NAME) : width;
  while (widthOfAll(kept.map(needs)) > room) {
    const last = kept.reduce<FilledColumn | undefined>(
      (most, column) => ((column.dispensable ?? 0) > (most?.dispensable ?? 0) ? column : most),
      undefined,
    );
    if (!last) break;
    kept.splice(kept.indexOf(last), 1);
  }
  return kept;
}

function widthOfAll(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP, -GAP);
}

function largest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

function shrink(widths: number[], columnsOfTerminal: number): void {
  const room = columnsOfTerminal - GAP * (widths.length - 1);
  for (;;) {
    const widest = largest(widths);
    const tooMuch = widths.reduce((sum, width) => sum + width, 0) - room;
    if (tooMuch <= 0 || widest <= NARROWEST) return;
    // Down to the next widest at a time, so that equally wide columns share the loss.
    const next = Math.max(NARROWEST, largest(widths.filter((width) => width < widest)));
    const equals = widths.filter((width) => width === widest).length;
    const target = Math.max(next, widest - Math.ceil(tooMuch / equals));
    for (const [at, width] of widths.entries()) if (width === widest) widths[at] = target;
  }
}
