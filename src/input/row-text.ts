import { describeSize } from '../json/size.js';

/** Python writes beyond ASCII twice the bytes that are sent: LangSmith's 20 MB of a row can be 40 MB in a file. */
export const MAX_ROW_CHARACTERS = 48 * 1024 * 1024;
/** Each takes some hundred bytes of memory until the row is recorded. */
export const MAX_ROW_VALUES = 1_000_000;
/** In words. */
export const MOST_VALUES = MAX_ROW_VALUES.toLocaleString('en-US');
/** How much of its text a row with a problem keeps. */
export const MAX_KEPT_TEXT = 1000;

/** The whole text of a row; or, of one that is too long, its beginning and what is wrong. */
export interface TakenText {
  readonly text: string;
  readonly problem?: string;
}

const NOT_BLANK = /[^ \r\n]/g;

/**
 * Where the first line that is not blank begins: a file can have millions of them, each of which would be a row to look at.
 *
 * @param start where a line begins, and its number.
 */
export function passBlankLines(
  text: string,
  start: number,
  line: number,
): { start: number; line: number } {
  NOT_BLANK.lastIndex = start;
  const end = text.lastIndexOf('\n', (NOT_BLANK.exec(text)?.index ?? text.length) - 1);
  if (end < start) return { start, line };
  let passed = line;
  for (let at = start - 1; at < end; passed++) at = text.indexOf('\n', at + 1);
  return { start: end + 1, line: passed };
}

/** Gathers the text of a row as it comes; of one that is too long it holds the beginning only. */
export class RowText {
  // Joined once all are there: appending to a long text chunk by chunk would be quadratic.
  #pieces: string[] = [];
  #characters = 0;
  /** The size of a row that is too long; 0 until then. */
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#characters === 0;
  }

  add(piece: string): void {
    this.#characters += piece.length;
    if (this.#characters <= MAX_ROW_CHARACTERS) {
      this.#pieces.push(piece);
      return;
    }
    if (this.#bytes === 0) {
      for (const held of this.#pieces) this.#bytes += Buffer.byteLength(held);
      this.#pieces = [beginningOf([...this.#pieces, piece])];
    }
    this.#bytes += Buffer.byteLength(piece);
  }

  /** The text so far; starts over. */
  take(): TakenText {
    const text = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join('');
    const taken = this.#bytes === 0 ? { text } : { text, problem: describeTooLong(this.#bytes) };
    this.#pieces = [];
    this.#characters = 0;
    this.#bytes = 0;
    return taken;
  }
}

/** Its own text: a slice would hold on to all that it is cut from. */
function beginningOf(pieces: readonly string[]): string {
  let text = '';
  for (const piece of pieces) {
    if (text.length >= MAX_KEPT_TEXT) break;
    text += piece.slice(0, MAX_KEPT_TEXT - text.length);
  }
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function describeTooLong(bytes: number): string {
  const most = describeSize(MAX_ROW_CHARACTERS);
  return `row is ${describeSize(bytes)}; the limit is ${most}, and LangSmith accepts about 20 MB`;
}

/** What is wrong with the JSON of a row that holds too many values to be held at once; undefined if it does not. */
export function describeTooMany(json: string): string | undefined {
  // A value takes two characters at least, with what parts it from the next.
  if (json.length < 2 * MAX_ROW_VALUES || countValues(json) <= MAX_ROW_VALUES) return undefined;
  return `row contains more than ${MOST_VALUES} values (numbers, texts, …); leave out what is not needed, such as tokens and embeddings`;
}

/** How many values a JSON text holds, or a few more; it is not counted beyond what a row may hold. */
export function countValues(json: string): number {
  let values = 1;
  for (let at = 0; at < json.length && values <= MAX_ROW_VALUES; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at);
    else if (code === COMMA || code === BRACKET || code === BRACE) values++;
  }
  return values;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/** Where the quote is that closes a text; the end where none does. */
export function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return json.length;
}
