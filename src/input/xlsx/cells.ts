import { type Shown, writeDate } from './number-formats.js';

/** Characters that XML does not take, as a workbook writes them. @see ECMA-376 part 1, 22.9.2.19 */
const ESCAPED = /_x([\da-f]{4})_/gi;
const DIGITS_OF_DOUBLE = 17;

/** What the cells of a sheet refer to. */
export interface CellContext {
  readonly styles: readonly Shown[];
  readonly is1904: boolean;
  shared(index: number): string | undefined;
}

/** A cell as it stands in the sheet. */
export interface Cell {
  readonly type: string | undefined;
  readonly style: string | undefined;
  readonly value: string;
}

/** The text of a cell, as the same table in CSV would have it; but dates are in ISO 8601. */
export function textOfCell({ type, style, value }: Cell, context: CellContext): string {
  if (value === '') return '';
  if (type === 's') return context.shared(Number(value)) ?? '';
  if (type === 'b') return value.trim() === '1' ? 'TRUE' : 'FALSE';
  if (type === 'd') return value.trim().replace(/T00:00:00(?:\.0+)?Z?$/, '');
  if (type === 'e') return value.trim();
  if (type !== undefined && type !== 'n') return withoutEscapes(value);
  const number = value.trim();
  const shown = context.styles[Number(style ?? 0)] ?? 'number';
  if (shown === 'number') return plainNumber(number);
  return writeDate(Number(number), shown, context.is1904) ?? plainNumber(number);
}

export function withoutEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(ESCAPED, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * The digits that were typed: a spreadsheet keeps doubles, and may write 17 digits of one, or 100.0 for 100. Integers, and
 * numbers that are no doubles, stay as they are written.
 */
function plainNumber(text: string): string {
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  const isInteger = /^[-+]?\d+$/.test(text);
  const isDouble = digits.length <= DIGITS_OF_DOUBLE && Number.isFinite(Number(text));
  return isInteger || !isDouble ? text : String(Number(text));
}

/** `C` of the reference `C7` is 2. */
export function columnOf(reference: string): number | undefined {
  let column = 0;
  for (const char of reference.toUpperCase()) {
    const letter = char.charCodeAt(0) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column - 1;
}
