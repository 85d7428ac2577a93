import { type Attributes, readAllXml } from './xml.js';

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
interface Cell {
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

/** What a number stands for, by how it is shown. */
type Shown = 'date' | 'time' | 'number';

const DAY_MS = 86_400_000;
/** Day 0 of Excel's calendar, in which 1900 has a 29th of February; of that of 1904. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const DAYS_TO_1904 = 1462;
const LAST_DAY = 2_958_466;
/** @see ECMA-376 part 1, 18.8.30: formats without a code of their own. */
const DATES = new Set([
  14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58,
]);
const TIMES = new Set([18, 19, 20, 21, 32, 33, 45, 46, 47, 55, 56]);

/** Reads how the numbers of cells are shown, by the number of their style. */
export async function readStyles(text: AsyncIterable<string>, place: string): Promise<Shown[]> {
  const codes = new Map<number, string>();
  const styles: Shown[] = [];
  let isOfCells = false;
  await readAllXml(text, place, (name, attributes) => {
    if (name === 'numFmt') addFormat(codes, attributes());
    if (name.endsWith('Xfs')) isOfCells = name === 'cellXfs';
    if (name === 'xf' && isOfCells) {
      const id = Number(attributes().numFmtId ?? 0);
      styles.push(shownBy(id, codes.get(id)));
    }
  });
  return styles;
}

function addFormat(codes: Map<number, string>, { numFmtId, formatCode }: Attributes): void {
  codes.set(Number(numFmtId), formatCode ?? '');
}

function shownBy(id: number, code: string | undefined): Shown {
  if (code === undefined) return DATES.has(id) ? 'date' : TIMES.has(id) ? 'time' : 'number';
  // What is quoted, escaped or in brackets is no part of a date, but for hours beyond a day: [h]:mm.
  const [positive = ''] = code
    .replace(/"[^"]*"|[\\_*]./g, '')
    .replace(/\[(h+|m+|s+)\]/gi, '$1')
    .replace(/\[[^\]]*\]/g, '')
    .split(';');
  if (/general/i.test(positive)) return 'number';
  if (/[dy]/i.test(positive)) return 'date';
  if (/[hs]/i.test(positive)) return 'time';
  return /m/i.test(positive) ? 'date' : 'number';
}

/**
 * Writes a number of days as a date, with its time unless that is midnight; or as a time.
 *
 * @returns undefined if there is no such day.
 */
function writeDate(days: number, shown: 'date' | 'time', is1904: boolean): string | undefined {
  if (!(days >= 0 && days < LAST_DAY)) return undefined;
  const ms = Math.round(days * DAY_MS);
  if (shown === 'time') {
    const time = new Date(ms % DAY_MS)
      .toISOString()
      .slice(11, -1)
      .replace(/\.000$/, '');
    const hours = Math.floor(ms / 3_600_000);
    return `${String(hours).padStart(2, '0')}${time.slice(2)}`;
  }
  const isBefore = !is1904 && days < 60;
  if (isBefore && days < 1) return days === 0 ? undefined : writeDate(days, 'time', is1904);
  const offset = (is1904 ? DAYS_TO_1904 : isBefore ? 1 : 0) * DAY_MS;
  const iso = new Date(EPOCH_1900 + offset + ms).toISOString();
  return iso.replace(/T00:00:00\.000Z$/, '').replace(/(?:\.000)?Z$/, '');
}
