import { Refusal } from './refusal.js';

/** `eq(key, "value")` and its kin, as it was written. */
export interface Call {
  readonly name: string;
  readonly operands: readonly Operand[];
}

/** A field's name, a literal, or another call. */
export type Operand =
  | { readonly field: string }
  | { readonly literal: string | number | boolean | null }
  | { readonly list: readonly Operand[] }
  | { readonly call: Call };

const TOKEN =
  /\s*(?:([A-Za-z_][\w.]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([(),[\]]))/y;
const MAX_DEPTH = 20;
/** SQLite’s parser, and the engine of regular expressions, have ends of their own. */
const MAX_TEXT = 100_000;
const MAX_QUOTED = 1_000;
const MAX_OPERANDS = 1_000;

/**
 * Reads an expression of LangSmith's filter language.
 *
 * @see https://docs.langchain.com/langsmith/trace-query-syntax
 * @throws {Refusal} 400
 */
export function parseFilter(text: string): Call {
  if (text.length > MAX_TEXT) {
    throw new Refusal(400, `Invalid filter: it is longer than ${MAX_TEXT} characters`);
  }
  const reader = new Reader(text);
  const operand = reader.operand(0);
  reader.end();
  if (!('call' in operand)) throw new Refusal(400, `Invalid filter: ${text}`);
  return operand.call;
}

class Reader {
  #at = 0;
  #operands = 0;

  constructor(private readonly text: string) {}

  operand(depth: number): Operand {
    if (depth > MAX_DEPTH) throw this.#refuse('it is nested too deeply');
    if (++this.#operands > MAX_OPERANDS) {
      throw this.#refuse(`it has more than ${MAX_OPERANDS} operands`);
    }
    const [, word, quoted, number, sign] = this.#next();
    if (quoted !== undefined) return { literal: unquote(quoted) };
    if (number !== undefined) return { literal: Number(number) };
    if (sign === '[') return { list: this.#list(']', depth) };
    if (word === undefined) throw this.#refuse(`unexpected "${sign}"`);
    if (this.#take('(')) return { call: { name: word, operands: this.#list(')', depth) } };
    if (word === 'null') return { literal: null };
    if (word === 'true' || word === 'false') return { literal: word === 'true' };
    return { field: word };
  }

  end(): void {
    if (this.text.slice(this.#at).trim() !== '') throw this.#refuse('text after its end');
  }

  #list(closing: string, depth: number): Operand[] {
    const operands: Operand[] = [];
    if (this.#take(closing)) return operands;
    for (;;) {
      operands.push(this.operand(depth + 1));
      if (this.#take(closing)) return operands;
      if (!this.#take(',')) throw this.#refuse(`expected "," or "${closing}"`);
    }
  }

  #next(): RegExpExecArray {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.text);
    if (!token) throw this.#refuse('unexpected end or character');
    this.#at = TOKEN.lastIndex;
    return token;
  }

  #take(sign: string): boolean {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.text);
    if (token?.[4] !== sign) return false;
    this.#at = TOKEN.lastIndex;
    return true;
  }

  #refuse(why: string): Refusal {
    return new Refusal(
      400,
      `Invalid filter: ${why} at character ${this.#at} of ${this.text.slice(0, MAX_QUOTED)}`,
    );
  }
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
