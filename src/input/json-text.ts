import { LsRecordError } from '../errors.js';
import { RowText, type TakenText } from './row-text.js';
import type { Tolerated } from './tolerated.js';

const SPACE = /[^ \t\r\n]/g;
const STRUCTURE = /["[\]{}]/g;
const STRING_END = /["\\]/g;
/** No parser takes as many: what comes after them does not matter. */
const MAX_OPEN = 200_000;
const SCALAR_END = /[\s,\]}]/g;

interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Where a value began, and its text unless it was only passed over. */
export interface ScannedValue extends TakenText, TextPosition {}

/** Walks through JSON text that arrives in chunks, value by value; holds no more than the value it is in. */
export class JsonText {
  readonly file: string;
  readonly tolerated: Tolerated | undefined;
  readonly #chunks: AsyncIterator<string>;
  #buffer = '';
  #at = 0;
  #line = 1;
  /** Where the current line begins, relative to the buffer. */
  #lineStart = 0;
  /** The first line break not passed yet; none: beyond all. */
  #nextNewline = Number.POSITIVE_INFINITY;

  constructor(text: AsyncIterable<string>, file: string, tolerated?: Tolerated) {
    this.#chunks = text[Symbol.asyncIterator]();
    this.file = file;
    this.tolerated = tolerated;
  }

  /** The next character that is not white space; undefined at the end. */
  async peek(): Promise<string | undefined> {
    for (;;) {
      SPACE.lastIndex = this.#at;
      const found = SPACE.exec(this.#buffer);
      this.#moveTo(found ? found.index : this.#buffer.length);
      if (found) return found[0];
      if (!(await this.#more())) return undefined;
    }
  }

  /** Takes a character if it comes next. */
  async take(char: string): Promise<boolean> {
    if ((await this.peek()) !== char) return false;
    this.#moveTo(this.#at + 1);
    return true;
  }

  /**
   * Takes what follows an element or a member: a comma, or the bracket that closes all. A comma before that is tolerated
   * where rows may be: after an object or a list, or at the end of a line.
   *
   * @returns whether another one follows.
   */
  async takeSeparator(closing: ']' | '}'): Promise<boolean> {
    const isAfterNested = this.#isAfterNested();
    if (await this.take(closing)) return false;
    if (!(await this.take(','))) throw this.expected(`"," or "${closing}"`, await this.peek());
    const line = this.#line;
    if ((await this.peek()) !== closing) return true;
    if (!isAfterNested && line === this.#line)
      throw this.invalid(
        `trailing comma after the last ${closing === ']' ? 'element' : 'member'}`,
        this.#place(),
        true,
      );
    this.tolerated?.add('comma');
    return !(await this.take(closing));
  }

  /** Passes over a comma between documents that follow one another. */
  async passComma(): Promise<void> {
    if (this.#isAfterNested() && (await this.take(','))) this.tolerated?.add('comma');
  }

  #isAfterNested(): boolean {
    return /[\]}]/.test(this.#buffer[this.#at - 1] ?? '');
  }

  /**
   * Takes a whole value. Brackets are only counted here; whether it is JSON is for the parser to say.
   *
   * @param options.keep false: its text is of no interest, and any size goes.
   */
  async takeValue({ keep }: { keep: boolean }): Promise<ScannedValue> {
    const first = await this.peek();
    if (first === undefined || /[,:\]}/#]/.test(first)) throw this.expected('a value', first);
    const scan =
      first === '{' || first === '['
        ? new NestedScan()
        : first === '"'
          ? new StringScan()
          : new ScalarScan();
    return this.#takeScanned(scan, keep);
  }

  /** Passes over the rest of an array or object, closing bracket included. */
  async skipRest(): Promise<void> {
    await this.#takeScanned(new NestedScan(1), false);
  }

  async #takeScanned(scan: Scan, keep: boolean): Promise<ScannedValue> {
    const { line, column } = this.#place();
    const taken = new RowText();
    for (;;) {
      const start = this.#at;
      const end = scan.run(this.#buffer, start);
      const isEnd = end !== undefined;
      this.#moveTo(end ?? this.#buffer.length);
      if (keep) taken.add(this.#buffer.slice(start, this.#at));
      if (isEnd) break;
      if (scan instanceof NestedScan && scan.depth > MAX_OPEN)
        throw this.invalid(`more than ${MAX_OPEN} arrays and objects are open`);
      if (!(await this.#more())) {
        if (scan instanceof ScalarScan) break;
        throw this.invalid(
          `the file ends inside the value that starts at line ${line}, column ${column}`,
        );
      }
    }
    return { ...taken.take(), line, column };
  }

  /** Lets go of the file, wherever this stands in it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** The error that something else stands here. */
  expected(what: string, found: string | undefined): LsRecordError {
    const remark = found === '/' || found === '#' ? ' (JSON has no comments)' : '';
    const words = found === undefined ? 'the end of the file' : JSON.stringify(found) + remark;
    return this.invalid(`expected ${what} but found ${words}`, this.#place(), found !== undefined);
  }

  /**
   * The error that something is wrong at a place; without one, here.
   *
   * @param goesOn there is more of the file: it was not cut off.
   */
  invalid(
    message: string,
    { line, column }: TextPosition = this.#place(),
    goesOn = false,
  ): LsRecordError {
    const why = goesOn
      ? 'The file is not valid JSON there.'
      : 'The JSON is incomplete. Was the file truncated?';
    return new LsRecordError('INPUT_INVALID', `${this.file}:${line}:${column}: ${message}`, {
      hint: `${why} JSON Lines, one row per line, can be read up to that point.`,
    });
  }

  #place(): TextPosition {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#lineStart -= this.#at;
    this.#buffer = this.#buffer.slice(this.#at) + value;
    this.#at = 0;
    this.#nextNewline = this.#findNewline(0);
    return true;
  }

  #moveTo(to: number): void {
    while (this.#nextNewline < to) {
      this.#line++;
      this.#lineStart = this.#nextNewline + 1;
      this.#nextNewline = this.#findNewline(this.#lineStart);
    }
    this.#at = to;
  }

  #findNewline(from: number): number {
    const at = this.#buffer.indexOf('\n', from);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}

/** Finds the end of a value in text that comes in pieces; undefined: not in this piece. */
interface Scan {
  run(text: string, from: number): number | undefined;
}

class StringScan implements Scan {
  #isOpen = false;
  #skipsNext = false;

  run(text: string, from: number): number | undefined {
    let at = from;
    if (!this.#isOpen) {
      this.#isOpen = true;
      at++;
    }
    if (this.#skipsNext && at < text.length) {
      this.#skipsNext = false;
      at++;
    }
    for (;;) {
      STRING_END.lastIndex = at;
      const found = STRING_END.exec(text);
      if (!found) return undefined;
      if (found[0] === '"') return found.index + 1;
      at = found.index + 2;
      if (at > text.length) {
        this.#skipsNext = true;
        return undefined;
      }
    }
  }
}

export class NestedScan implements Scan {
  #string: StringScan | undefined;

  constructor(
    /** How many brackets are open. */
    public depth = 0,
  ) {}

  run(text: string, from: number): number | undefined {
    let at = from;
    for (;;) {
      if (this.#string) {
        const end = this.#string.run(text, at);
        if (end === undefined) return undefined;
        this.#string = undefined;
        at = end;
      }
      STRUCTURE.lastIndex = at;
      const found = STRUCTURE.exec(text);
      if (!found) return undefined;
      at = found.index;
      if (found[0] === '"') {
        this.#string = new StringScan();
        continue;
      }
      this.depth += found[0] === '[' || found[0] === '{' ? 1 : -1;
      at++;
      if (this.depth === 0) return at;
    }
  }
}

class ScalarScan implements Scan {
  run(text: string, from: number): number | undefined {
    SCALAR_END.lastIndex = from;
    return SCALAR_END.exec(text)?.index;
  }
}
