import { type JsonSyntaxError, tryParseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { NestedScan } from './json-text.js';
import { endOfText } from './row-text.js';

const COMMENT = /^\s*(?:#|\/\/)/;

/** Whether a line is a remark, which JSON has not. */
export function isComment(line: string): boolean {
  return COMMENT.test(line);
}

/**
 * Reads what would be JSON without a comma after the last member or element of something, or after all of it.
 *
 * @returns undefined if it would not, or cannot be a row then: `[1,]` and `{"id":0,}` stay the errors that they are.
 */
export function parseLoosely(text: string): JsonValue | undefined {
  const strict = withoutLooseCommas(text);
  if (strict === undefined) return undefined;
  const value = tryParseJson(strict);
  return value !== undefined && canBeRow(value) ? value : undefined;
}

/** Blanks take the place of the commas, so that all else stays where it was. */
function withoutLooseCommas(text: string): string | undefined {
  const pieces: string[] = [];
  let taken = 0;
  /** Where the last comma is, if nothing but white space has followed it. */
  let comma = -1;
  let before = '';
  const blank = () => {
    pieces.push(text.slice(taken, comma));
    taken = comma + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char <= ' ') continue;
    if (comma >= 0 && (char === '}' || char === ']')) blank();
    // Two commas in a row, or one where nothing was listed, are another mistake.
    comma = char === ',' && !'[{,:'.includes(before) ? at : -1;
    before = char;
    if (char === '"') at = endOfText(text, at);
  }
  if (comma >= 0) blank();
  return pieces.length > 0 ? [...pieces, text.slice(taken)].join(' ') : undefined;
}

function canBeRow(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const members = Object.values(value);
  return (
    members.length > 1 || members.some((member) => Array.isArray(member) || isJsonObject(member))
  );
}

/**
 * Parts the objects that stand in one line, with commas between them or not.
 *
 * @returns each with its place; undefined unless there are several, and nothing else.
 */
export function objectsIn(line: string): { text: string; at: number }[] | undefined {
  const found: { text: string; at: number }[] = [];
  let at = nextIn(line, 0);
  while (line[at] === '{') {
    const end = new NestedScan().run(line, at);
    if (end === undefined) return undefined;
    found.push({ text: line.slice(at, end), at });
    at = nextIn(line, end);
    if (line[at] === ',') at = nextIn(line, at + 1);
  }
  return at === line.length && found.length > 1 ? found : undefined;
}

function nextIn(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] as string) <= ' ') at++;
  return at;
}

/** What is wrong at a place, in words that say what to do where the mistake is a known one. */
export function explainSyntax(text: string, { message, offset }: JsonSyntaxError): string {
  if (/^(?:'|None\b|True\b|False\b)/.test(text.slice(offset, offset + 6)))
    return `${message}is Python, not JSON; write rows with json.dumps(row)`;
  const isAfterComma = /,\s*$/.test(text.slice(Math.max(0, offset - 100), offset));
  if (isAfterComma && text[offset] === ']') return 'trailing comma after the last element';
  if (isAfterComma && text[offset] === '}') return 'trailing comma after the last member';
  return message;
}
