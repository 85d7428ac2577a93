import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';

/** Parts of a score, which may follow its key in a header: `scores.correct.comment`. */
const SCORE_PARTS = new Set(['score', 'value', 'comment', 'correction']);
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MISSING = /^(nan|null|none|n\/a|na)$/i;
const TYPED = /^(start_time|end_time|latency|latency_ms|(metadata\.)?usage_metadata\..*)$/;

/** A row made of columns, and what could not be joined. */
export interface NestedColumns {
  readonly value: JsonObject;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
}

/**
 * Makes a nested row of flat cells: `inputs.question` goes into `inputs`. A cell that is wholly a JSON object or list
 * is read; others stay text, except scores, times, latency and tokens. An empty cell is absent.
 */
export function nestColumns(cells: JsonObject): NestedColumns {
  const value: JsonObject = {};
  const problems: { field: string; message: string }[] = [];

  for (const header of Object.keys(cells)) {
    const cell = String(cells[header]);
    if (cell === '') continue;
    const path = splitHeader(header.trim());
    const content = readCell(path, cell);
    if (content === undefined) continue;
    if (!place(value, path, content)) {
      problems.push({
        field: header,
        message: 'has no place: another column holds what it should be within',
      });
    }
  }
  return { value, problems };
}

/** A score's key may have dots of its own: `scores.exact.match`. */
function splitHeader(header: string): string[] {
  const parts = header.split('.');
  if (parts.some((part) => part === '')) return [header];
  if (parts[0] !== 'scores' || parts.length < 3) return parts;
  const last = parts.at(-1) as string;
  return SCORE_PARTS.has(last)
    ? ['scores', parts.slice(1, -1).join('.'), last]
    : ['scores', parts.slice(1).join('.')];
}

function readCell(path: readonly string[], cell: string): JsonValue | undefined {
  const text = cell.trim();
  if (/^[{[]/.test(text)) {
    try {
      return parseJson(text);
    } catch (error) {
      // Text that only begins like JSON stays text.
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }
  const isScore = path[0] === 'scores' && (path.length === 2 || path[2] === 'score');
  if (!isScore && !TYPED.test(path.join('.'))) return cell;
  if (text === '' || MISSING.test(text)) return undefined;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return NUMBER.test(text) ? readNumber(text) : cell;
}

/** Spreadsheets write numbers that JSON does not: `.5`, `5.`, `007`. */
function readNumber(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return Number(text);
  }
}

function place(into: JsonObject, path: readonly string[], content: JsonValue): boolean {
  let parent = into;
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(parent, name)) setKey(parent, name, {});
    const next = Object.getOwnPropertyDescriptor(parent, name)?.value as JsonValue;
    if (!isJsonObject(next)) return false;
    parent = next;
  }
  const name = path.at(-1) as string;
  if (!Object.hasOwn(parent, name)) {
    setKey(parent, name, content);
    return true;
  }
  // `inputs` as JSON beside `inputs.question`: joined, unless both say the same thing.
  const there = Object.getOwnPropertyDescriptor(parent, name)?.value as JsonValue;
  if (!isJsonObject(there) || !isJsonObject(content)) return false;
  return Object.keys(content).every((key) => place(there, [key], content[key] as JsonValue));
}
