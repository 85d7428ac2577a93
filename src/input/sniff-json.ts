import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { isComment, parseLoosely } from './loose-json.js';

/** What begins as JSON does; `unclear`: more of it is needed. */
export type SniffedJson =
  | { readonly format: 'json' | 'jsonl'; readonly isOurs?: boolean }
  | { readonly unclear: true };

const ROW_KEYS = ['inputs', 'outputs', 'example_id'];
export const OUR_KEYS = ['inputs', 'example_id'];
/** The text of a string and the colon after a key, or a bracket; the last string may be cut. */
const TOKENS = /"((?:[^"\\]|\\.?)*)(?:"(\s*:)?|$)|[[\]{}]/gs;
/** Names in braces, such as `{{question}}`, that are the header of a table. */
const TEMPLATES = /^\{(?:\{|\s*[A-Za-z][\w .-]*\}\s*(?:[,;\t|]|\r?$))/m;
/** How a list begins; what is in brackets in a log is no value. */
const LIST =
  /^\[\s*(?:$|[[\]{"]|(?:-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)|true|false|null|NaN)\s*(?:[,\]]|$))/i;

/**
 * Tells JSON from other text, and whether each of its lines is a value.
 *
 * @param lines the first that are whole, blank ones left out.
 * @param canGrow more of the text may come.
 * @returns undefined if it is no JSON.
 */
export function sniffJson(
  text: string,
  lines: readonly string[],
  canGrow: boolean,
): SniffedJson | undefined {
  const [line = '', next] = lines.filter((one) => !isComment(one));
  if (text.startsWith('[')) {
    const isLog = !LIST.test(lines[0] ?? text) && next !== undefined && isObject(next);
    return isLog ? { format: 'jsonl', isOurs: hasOurField(next) } : { format: 'json' };
  }
  if (isComment(lines[0] ?? '')) {
    if (line === '' && canGrow) return { unclear: true };
    if (!line.trimStart().startsWith('{')) return undefined;
    return { format: isBraced(line) ? 'jsonl' : 'json', isOurs: hasOurField(line) };
  }
  if (!text.startsWith('{')) {
    // A table would quote an object with a comma in it: what is above one is no header, but a line of a log.
    const isLog = next !== undefined && isObject(next) && (isJson(line) || next.includes(','));
    return isLog ? { format: 'jsonl', isOurs: hasOurField(next) } : undefined;
  }
  if (TEMPLATES.test(lines[0] ?? text)) return undefined;
  if (line === '') return { format: hasRowKey(text) ? 'jsonl' : 'json' };
  const format = sniffObject(line, next);
  if (format !== undefined) return { format, isOurs: hasOurField(line) };
  return canGrow ? { unclear: true } : { format: 'json' };
}

/** What begins with an object in a line of its own, or not; undefined: the next line must tell. */
function sniffObject(line: string, next: string | undefined): 'json' | 'jsonl' | undefined {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const loose = parseLoosely(line);
    if (loose === undefined) return sniffBroken(line, next, error.offset);
    value = loose;
  }
  if (!isJsonObject(value) || ROW_KEYS.some((key) => Object.hasOwn(value, key))) return 'jsonl';
  // An object alone may be a document that holds the rows.
  return next === undefined ? undefined : 'jsonl';
}

/** A broken first line of many, which only a reader of lines gets past; or an object over several lines. */
function sniffBroken(
  line: string,
  next: string | undefined,
  offset: number,
): 'json' | 'jsonl' | undefined {
  if (next !== undefined) {
    const areAlike = isBraced(line) && isBraced(next);
    return !isInList(line) && (areAlike || isObject(next)) ? 'jsonl' : 'json';
  }
  if (offset === line.length) return undefined;
  // Objects that follow one another may be any number in one line.
  const isFollowed = /^\s*[{,]/.test(line.slice(offset)) && /\}\s*$/.test(line.slice(0, offset));
  return hasRowKey(line) && !isFollowed ? 'jsonl' : 'json';
}

/** Whether a line ends between the elements of a list, so that what follows is another. */
function isInList(line: string): boolean {
  if (!/[[,]\s*$/.test(line)) return false;
  const open: string[] = [];
  for (const [token] of line.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(token);
    else if (token === '}' || token === ']') open.pop();
  }
  return open.at(-1) === '[';
}

function isBraced(line: string): boolean {
  return /^\s*\{.*\}\s*,?\s*$/s.test(line);
}

/** A first row that is broken may well be ours. */
function hasOurField(line: string): boolean {
  const value = tryParse(line);
  return !isJsonObject(value) || OUR_KEYS.some((key) => Object.hasOwn(value, key));
}

function isObject(line: string): boolean {
  return isJsonObject(tryParse(line));
}

/** A number, a text or null, which the names of columns are not if objects follow. */
function isJson(line: string): boolean {
  return tryParse(line) !== undefined;
}

function tryParse(line: string): JsonValue | undefined {
  try {
    return parseJson(line);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return parseLoosely(line);
    throw error;
  }
}

/** Whether the beginning of an object names a field of a row: not one of what is within it. */
function hasRowKey(text: string): boolean {
  let depth = 0;
  for (const [token, key, colon] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon && key !== undefined && ROW_KEYS.includes(key)) return true;
  }
  return false;
}
