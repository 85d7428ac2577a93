import type { Screen } from '../context.js';

let segmenter: Intl.Segmenter | undefined;
const ASCII = /^[ -~]*$/;
const WITHOUT_WIDTH = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
const PICTURE = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2}/u;
/** East Asian wide: the scripts, their punctuation, and the full-width forms (Unicode TR11). */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303E\u30FB-\u30FC\uFF01-\uFF60\uFFE0-\uFFE6]/u;
const HALF_WIDTH = /^[\uFF61-\uFFDC\uFFE8-\uFFEE]/u;

/** Columns that a line of printable text takes on a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += widthOfGrapheme(segment);
  return width;
}

/** Columns of the widest of these texts; 0 if there is none. */
export function widestOf(texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
}

/** The text, or as much of its start as fits with an … at the end. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += widthOfGrapheme(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : '';
}

/** How wide a terminal is; undefined of anything else, and of a terminal that was never told (0). */
export function columnsOf({ isTTY, columns }: Screen): number | undefined {
  return isTTY && columns ? columns : undefined;
}

/** The text in lines of so many columns; a word that is longer has a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || widthOf(longer) > columns) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/**
 * A line of prose in lines that fit, all indented as it is. What one would copy stays in one piece: an address, and a
 * command that ends the line.
 */
export function fold(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const [, indent = '', text = ''] = /^( *)(.*)$/s.exec(line) ?? [];
  const [, prose = text, command] = /^(.*:) (ls-record [^,]*)$/s.exec(text) ?? [];
  const folded = wrap(prose, columns - indent.length).map((part) => indent + part);
  return command === undefined ? folded : [...folded, `${indent}  ${command}`];
}

function graphemes(text: string): Intl.Segments {
  // Made late: it takes ten milliseconds, and most tables are ASCII.
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

function widthOfGrapheme(grapheme: string): number {
  if (WITHOUT_WIDTH.test(grapheme)) return 0;
  if (PICTURE.test(grapheme)) return 2;
  return WIDE.test(grapheme) && !HALF_WIDTH.test(grapheme) ? 2 : 1;
}
