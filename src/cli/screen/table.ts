import { printable } from './printable.js';
import { shorten, widestOf, widthOf } from './width.js';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right, under each other. Default `left`. */
  readonly align?: 'left' | 'right';
  /** Left out where the table would not fit with it: worth nothing if it were cut, as an id. */
  readonly isSpare?: boolean;
}

const GAP = 2;
const NARROWEST = 4;

/**
 * Lines of a table, the titles first; the widest columns give way until it fits.
 *
 * @param columnsOfTerminal how wide it may be; without it, as wide as it needs.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  columnsOfTerminal?: number,
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows].map((row) => row.map(printable));
  const widths = columns.map((_, at) => widestOf(lines.map((row) => row[at] ?? '')));
  if (columns.some(({ isSpare }) => isSpare) && !fits(widths, columnsOfTerminal)) {
    const kept = [...columns.keys()].filter((at) => !columns[at]?.isSpare);
    const only = <T>(items: readonly T[]) => items.filter((_, at) => kept.includes(at));
    return renderTable(only(columns), rows.map(only), columnsOfTerminal);
  }
  if (columnsOfTerminal !== undefined) shrink(widths, columnsOfTerminal);

  return lines.map((row) =>
    columns
      .map(({ align }, at) => {
        const width = widths[at] ?? 0;
        const text = shorten(row[at] ?? '', width);
        const padding = ' '.repeat(width - widthOf(text));
        return align === 'right' ? padding + text : text + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function fits(widths: readonly number[], columnsOfTerminal = Number.POSITIVE_INFINITY): boolean {
  return widths.reduce((sum, width) => sum + width + GAP, -GAP) <= columnsOfTerminal;
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
