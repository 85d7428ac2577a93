import { JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';

const LOWEST_INTEGER = -(2n ** 63n);
const HIGHEST_INTEGER = 2n ** 64n - 1n;
const INTEGER_THAT_FITS = /^-?\d{1,18}$/;
const NOT_STORABLE = /[\0\p{Surrogate}]/gu;
/** Nothing to escape: most texts and nearly all keys. */
const PLAIN = /^[ !#-[\]-~]*$/;
const SCORE_DECIMALS = 4;

/** Counts what had to be changed so that the server takes it; nothing is changed silently. */
export class Changes {
  readonly #counts: Map<string, number>;
  /** How often something was replaced, in all. */
  total = 0;

  constructor(counts: Iterable<readonly [string, number]> = []) {
    this.#counts = new Map(counts);
  }

  /** Something is not sent as it was read. */
  count(what: string): void {
    this.total++;
    this.note(what);
  }

  /** The same where nothing is lost: what was read is kept elsewhere. */
  note(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get counts(): [string, number][] {
    return [...this.#counts];
  }

  /** Sentences such as `3 integers beyond 64 bits are sent as text`. */
  *sentences(): Generator<string> {
    for (const [what, count] of this.#counts) yield `${count.toLocaleString('en-US')} × ${what}`;
  }
}

/**
 * Prints a payload as JSON text that LangSmith takes; all other numbers keep the text they had.
 * Integers beyond 64 bits and numbers beyond a double become text, NaN and Infinity null,
 * lone surrogates and U+0000 become U+FFFD (PostgreSQL holds neither).
 */
export function printPayload(value: JsonValue, changes: Changes): string {
  if (typeof value === 'string') return printText(value, changes);
  if (typeof value === 'number') return printNumber(String(value), changes);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return printNumber(value.text, changes);

  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value) text += (text === '[' ? '' : ',') + printPayload(item, changes);
    return `${text}]`;
  }

  let text = '{';
  for (const key of Object.keys(value)) {
    const separator = text === '{' ? '' : ',';
    text += `${separator}${printText(key, changes)}:${printPayload(value[key] as JsonValue, changes)}`;
  }
  return `${text}}`;
}

function printText(value: string, changes: Changes): string {
  if (PLAIN.test(value)) return `"${value}"`;
  const json = JSON.stringify(value);
  // JSON.stringify escapes what is not storable; most texts have no such escape at all.
  if (!json.includes('\\u')) return json;
  return JSON.stringify(storableText(value, changes));
}

/** A text without lone surrogates and U+0000. */
export function storableText(value: string, changes: Changes): string {
  const storable = value.replace(NOT_STORABLE, '\ufffd');
  if (storable !== value)
    changes.count('text with a character that cannot be stored: replaced by U+FFFD');
  return storable;
}

function printNumber(text: string, changes: Changes): string {
  if (INTEGER_THAT_FITS.test(text)) return text;
  if (/^-?[NI]/.test(text)) {
    changes.count('NaN or Infinity sent as null');
    return 'null';
  }
  if (/^-?\d+$/.test(text)) {
    // BigInt of a very long one is slow.
    const fits =
      text.length <= 20 && BigInt(text) >= LOWEST_INTEGER && BigInt(text) <= HIGHEST_INTEGER;
    if (fits) return text;
    changes.count('integer beyond 64 bits sent as text');
    return `"${text}"`;
  }
  if (Number.isFinite(Number(text))) return text;
  changes.count('number beyond a double sent as text');
  return `"${text}"`;
}

/** A score as the server takes it: four decimals at most. */
export interface SendableScore {
  /** JSON text. */
  readonly json: string;
  /** What stood in the file, where it was finer. */
  readonly exact?: string;
}

/** @see https://docs.smith.langchain.com, feedback: scores finer than four decimals are refused. */
export function roundScore(score: number | boolean | JsonNumber): SendableScore {
  const text = score instanceof JsonNumber ? score.text : String(score);
  if (typeof score === 'boolean' || /^-?\d{1,15}(\.\d{1,4})?$/.test(text)) return { json: text };
  const rounded = String(Number(Number(text).toFixed(SCORE_DECIMALS)));
  return Number(rounded) === Number(text) ? { json: rounded } : { json: rounded, exact: text };
}

/** Adds to an object without touching the one that was read. */
export function withKeys(object: JsonObject, added: JsonObject): JsonObject {
  const copy: JsonObject = Object.create(null);
  for (const source of [object, added]) {
    for (const key of Object.keys(source)) copy[key] = source[key] as JsonValue;
  }
  return copy;
}
