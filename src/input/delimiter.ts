import { LsRecordError } from '../errors.js';
import { MIN_ALIKE, MIN_COLUMNS } from './table.js';

const CANDIDATES = [',', '\t', ';', '|'];
const NAMES: Readonly<Record<string, string>> = {
  ',': 'a comma',
  '\t': 'a tab',
  ';': 'a semicolon',
  '|': 'a bar',
};
const QUOTE = '"'.charCodeAt(0);
/** As many records tell what separates their fields. */
const MAX_SAMPLED = 200;
/** Excel takes the separator of a file from such a line. */
const SAID = /^"?sep=(.)"?\r?(?:\n|$)/i;

/**
 * What separates the columns of a table: the candidate by which most of it lines up, its rows having as many fields as
 * its header. Without rows, what the header has most of.
 *
 * @param isAll the text is not the beginning of a longer one.
 */
export function findDelimiter(beginning: string, isAll = true): string {
  const said = SAID.exec(beginning)?.[1];
  if (said !== undefined) return said;
  const found = CANDIDATES.map((candidate) => ({
    candidate,
    ...lineUp(beginning, candidate, isAll),
  }));
  const best = found.reduce((one, next) => {
    if (next.cells !== one.cells) return next.cells > one.cells ? next : one;
    return next.columns > one.columns ? next : one;
  });
  return best.candidate;
}

/**
 * What `--delimiter` says: a character, or `tab`.
 *
 * @throws {LsRecordError} `USAGE` if it is more, or one that has a meaning of its own.
 */
export function readDelimiter(text: string): string {
  if (text === 'tab' || text === '\\t') return '\t';
  if (text.length === 1 && !/["\r\n\ufeff]/.test(text)) return text;
  throw new LsRecordError('USAGE', `--delimiter takes one character, not ${JSON.stringify(text)}`, {
    hint: "For example --delimiter ';' or --delimiter tab.",
  });
}

/** The line by which a file says its separator, to be passed over. */
export function lineOfDelimiter(text: string): string {
  return SAID.exec(text)?.[0] ?? '';
}

/** In words. */
export function nameDelimiter(delimiter: string): string {
  return NAMES[delimiter] ?? JSON.stringify(delimiter);
}

/** @returns how many columns the header has, and how many of them an average row fills exactly; none of one column. */
function lineUp(
  text: string,
  delimiter: string,
  isAll: boolean,
): { columns: number; cells: number } {
  const counts = fieldCounts(text, delimiter, isAll);
  const [columns = 1, ...rows] = counts.slice(titlesIn(counts));
  const fitting = rows.filter((count) => count === columns).length;
  return {
    columns,
    cells: columns < 2 || rows.length === 0 ? 0 : (columns * fitting) / rows.length,
  };
}

/** How many lines are above the header: none unless all that is below them lines up. */
function titlesIn(counts: readonly number[]): number {
  const at = counts.findIndex((count) => count > 1);
  const below = counts.slice(Math.max(at, 0));
  const [columns = 1] = below;
  const isTable = columns >= MIN_COLUMNS && below.every((count) => count === columns);
  return at > 0 && isTable && below.length >= MIN_ALIKE ? at : 0;
}

/** The number of fields of each of the first records; blank lines, and the last record if it may go on, are none. */
function fieldCounts(text: string, delimiter: string, isAll: boolean): number[] {
  const newline = text.includes('\n') ? '\n' : '\r';
  const counts: number[] = [];
  for (let at = 0; at < text.length && counts.length <= MAX_SAMPLED; ) {
    const scan = new RecordScan(newline, delimiter);
    const end = scan.run(text, at);
    if (end === undefined && !isAll && counts.length > 0) break;
    if (text.slice(at, end).trim() !== '') counts.push(scan.columns);
    at = end ?? text.length;
  }
  return counts;
}

/** Finds the end of a record in text that comes in pieces: the first line break outside of quotes. */
export class RecordScan {
  readonly #newline: number;
  readonly #delimiter: number;
  /** A quote opens only where a field begins, or again right after it closed. */
  #mayOpen = true;
  isQuoteOpen = false;
  columns = 1;
  /** Line breaks in it, its last included. */
  lines = 0;

  constructor(newline: string, delimiter: string) {
    this.#newline = newline.charCodeAt(0);
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** @returns where the next record begins; undefined: not in this piece. */
  run(piece: string, from = 0): number | undefined {
    for (let at = from; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      const isQuote = char === QUOTE;
      if (isQuote && (this.isQuoteOpen || this.#mayOpen)) this.isQuoteOpen = !this.isQuoteOpen;
      this.#mayOpen = isQuote || char === this.#delimiter;
      if (char === this.#delimiter && !this.isQuoteOpen) this.columns++;
      if (char !== this.#newline) continue;
      this.lines++;
      if (!this.isQuoteOpen) return at + 1;
    }
    return undefined;
  }
}
