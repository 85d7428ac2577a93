import { JsonNumber, type JsonObject, type JsonValue, setKey } from './value.js';

/** Text that is not JSON: what was expected, and where. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  /** Where the first character that does not belong is, in UTF-16 units from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const MAX_DEPTH = 1000;

/** The value; undefined where the text is not JSON. */
export function tryParseJson(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/**
 * Reads a JSON text without losing a digit. Takes what Python's json module writes, so bare NaN and Infinity too;
 * of a repeated key the last counts.
 *
 * @param options.maxDepth arrays and objects within each other; deeper is an error. Default 1000.
 * @throws {JsonSyntaxError}
 */
export function parseJson(text: string, options: { maxDepth?: number } = {}): JsonValue {
  const maxDepth = options.maxDepth ?? MAX_DEPTH;
  if (keepsItsNumbers(text) && isShallow(text, maxDepth)) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      // Not JSON, or Python's kind of it: the reader below tells, and says where.
    }
  }
  return new Reader(text, maxDepth).read();
}

/** Where an offset is, for a person: both from 1. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = (before.match(/\n/g)?.length ?? 0) + 1;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Spellings of numbers that a double may not give back; in a text they only cost time. */
const SUSPECT = /\d[\d.]{15}|\d[eE]|\.\d*0(?!\d)|-0|0\.00000/g;

function keepsItsNumbers(text: string): boolean {
  SUSPECT.lastIndex = 0;
  for (let match = SUSPECT.exec(text); match; match = SUSPECT.exec(text)) {
    let start = match.index;
    let end = SUSPECT.lastIndex;
    while (start > 0 && isOfNumber(text.charCodeAt(start - 1))) start--;
    while (end < text.length && isOfNumber(text.charCodeAt(end))) end++;
    if (canBegin(text.charCodeAt(start - 1)) && canEnd(text.charCodeAt(end))) {
      const token = text.slice(start, end);
      if (String(Number(token)) !== token) return false;
    }
    SUSPECT.lastIndex = end;
  }
  return true;
}

/** Digits, sign, point, exponent. */
function isOfNumber(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x2b ||
    code === 0x45 ||
    code === 0x65
  );
}

/** What stands before a number: white space, a comma, a colon, a bracket, or nothing. Dates and ids are in quotes. */
function canBegin(code: number): boolean {
  return code <= 0x20 || code === 0x2c || code === 0x3a || code === 0x5b || Number.isNaN(code);
}

function canEnd(code: number): boolean {
  return code <= 0x20 || code === 0x2c || code === 0x5d || code === 0x7d || Number.isNaN(code);
}

function isShallow(text: string, maxDepth: number): boolean {
  // Most texts have too few brackets to be deep, and these are counted quickly.
  if (hasAtMost(text, '[', maxDepth / 2) && hasAtMost(text, '{', maxDepth / 2)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return false;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return true;
}

function hasAtMost(text: string, char: string, most: number): boolean {
  let count = 0;
  for (let at = text.indexOf(char); at !== -1; at = text.indexOf(char, at + 1)) {
    if (++count > most) return false;
  }
  return true;
}

/** Where the closing quote is, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/** In quotes; by its number where there would be nothing to see. */
function describeChar(code: number | undefined): string {
  if (code === undefined) return 'the end';
  const char = String.fromCodePoint(code);
  const isSeen = char === ' ' || !/[\p{C}\p{Z}]/u.test(char);
  return isSeen ? JSON.stringify(char) : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON forbids in a text.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/;
const LITERALS: [string, JsonValue][] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', new JsonNumber('NaN')],
  ['Infinity', new JsonNumber('Infinity')],
  ['-Infinity', new JsonNumber('-Infinity')],
];

/** Numbers that repeat, such as 1.0 and 0.0, share one object; so many are kept. */
const MAX_SHARED = 1000;

/** The exact reader: slower than JSON.parse, and knows where it stands. */
class Reader {
  readonly #shared = new Map<string, JsonNumber>();
  #at = 0;
  #depth = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  read(): JsonValue {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.text.length) throw this.#expected('nothing more');
    return value;
  }

  #value(): JsonValue {
    this.#skipSpace();
    const char = this.text[this.#at];
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    if (char === '"') return this.#string();
    if (char !== undefined && char >= '0' && char <= '9') return this.#number();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #nested(read: () => JsonValue): JsonValue {
    if (++this.#depth > this.maxDepth) {
      throw new JsonSyntaxError(
        `arrays and objects are nested more than ${this.maxDepth} deep`,
        this.#at,
      );
    }
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    this.#skipSpace();
    if (this.#take('}')) return object;
    for (;;) {
      this.#skipSpace();
      if (this.text[this.#at] !== '"') throw this.#expected('a key in double quotes');
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) throw this.#expected('":"');
      setKey(object, key, this.#value());
      this.#skipSpace();
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw this.#expected('"," or "}"');
    }
  }

  #array(): JsonValue[] {
    const array: JsonValue[] = [];
    this.#skipSpace();
    if (this.#take(']')) return array;
    for (;;) {
      array.push(this.#value());
      this.#skipSpace();
      if (this.#take(']')) return array;
      if (!this.#take(',')) throw this.#expected('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at;
    PLAIN.lastIndex = start + 1;
    const plain = PLAIN.exec(this.text)?.[0] ?? '';
    const end = start + 1 + plain.length;
    if (this.text[end] === '"') {
      this.#at = end + 1;
      return plain;
    }
    const whole = this.text.slice(start, endOfString(this.text, start) + 1);
    try {
      const value = JSON.parse(whole) as string;
      this.#at += whole.length;
      return value;
    } catch {
      // What is wrong with it, and where, is found by going through it.
      throw this.#brokenString();
    }
  }

  #brokenString(): JsonSyntaxError {
    const start = this.#at++;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      this.#at += PLAIN.exec(this.text)?.[0].length ?? 0;
      const char = this.text[this.#at];
      if (char === undefined) return new JsonSyntaxError('a text is not closed: expected "', start);
      if (char !== '\\') return this.#expected('no bare control character in a text');
      const found = ESCAPE.exec(this.text.slice(this.#at, this.#at + 6))?.[0];
      if (found === undefined) {
        const isUnicode = this.text[this.#at + 1] === 'u';
        return this.#expected(
          isUnicode ? '\\u and four hexadecimal digits' : 'an escape such as \\n or \\"',
        );
      }
      this.#at += found.length;
    }
  }

  #number(): number | JsonNumber {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.text)?.[0];
    if (text === undefined) throw this.#expected('a value');
    this.#at += text.length;
    const number = Number(text);
    return String(number) === text ? number : this.#exact(text);
  }

  #exact(text: string): JsonNumber {
    const known = this.#shared.get(text);
    if (known) return known;
    const number = new JsonNumber(text);
    if (this.#shared.size < MAX_SHARED) this.#shared.set(text, number);
    return number;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #take(char: string): boolean {
    if (this.text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expected(what: string): JsonSyntaxError {
    const code = this.text.codePointAt(this.#at);
    return new JsonSyntaxError(`expected ${what} but found ${describeChar(code)}`, this.#at);
  }
}
