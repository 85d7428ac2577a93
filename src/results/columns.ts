import { describeTooMany } from '../input/row-text.js';
import { tryParseJson } from '../json/parse.js';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../json/value.js';
import { describeFound, shorten } from './found.js';

/** Fields that a header with dots reaches into; of any other, dots are part of the name. */
const NESTED = new Set([
  'inputs',
  'outputs',
  'reference_outputs',
  'metadata',
  'example_metadata',
  'scores',
  'feedback',
  'usage_metadata',
  'error',
]);
/** Parts of a score, which may follow its key in a header: `scores.correct.comment`. */
const SCORE_PARTS = new Set(['score', 'value', 'comment', 'correction']);

const JSON_START = /^\s*[{[]/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** A value that is missing, as pandas, JSON, Python and people write it. */
const MISSING = /^(nan|null|none|n\/a|na|<na>|-+)$/i;
/** What Excel shows where a formula failed. */
const FAILED = /^#(n\/a|value!|div\/0!|ref!|name\?|num!|null!)$/i;
const INFINITE = /^[-+]?inf(inity)?$/i;
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
    const obstacle = place(value, path, content);
    if (obstacle) {
      const message = `conflicts with another column: ${obstacle.path.map(shorten).join('.')} is already ${describeFound(obstacle.value)}`;
      problems.push({ field: shorten(header), message });
    }
  }
  if (isJsonObject(value.scores)) unwrapScores(value.scores);
  return { value, problems };
}

/** `feedback.<key>` means `scores.<key>`. */
export function splitHeader(header: string): string[] {
  const parts = header.split('.');
  const [first = '', ...rest] = parts;
  if (!NESTED.has(first) || parts.some((part) => part === '')) return [header];
  if (rest.length === 0 || (first !== 'scores' && first !== 'feedback')) return parts;
  return scorePath(rest);
}

/** Where the names after `scores` lead: a key, which may have dots of its own, and a part of the score. */
export function scorePath(names: readonly string[]): string[] {
  const last = names.at(-1) ?? '';
  return names.length > 1 && SCORE_PARTS.has(last)
    ? ['scores', names.slice(0, -1).join('.'), last]
    : ['scores', names.join('.'), 'score'];
}

function readCell(path: readonly string[], cell: string): JsonValue | undefined {
  const part = path[0] === 'scores' ? path[2] : undefined;
  if (part === 'comment') return cell;
  const isJson = JSON_START.test(cell) && describeTooMany(cell) === undefined;
  // Text that only begins like JSON stays text.
  const json = isJson ? tryParseJson(cell) : undefined;
  if (json !== undefined) return json;
  const isScore = part === 'score';
  if (isScore) return readScoreCell(cell);
  return TYPED.test(path.join('.')) ? readScalar(cell) : cell;
}

/** What a cell means where a number is expected; undefined if it says that there is none. */
export function readScalar(cell: string): JsonValue | undefined {
  const text = cell.trim();
  if (text === '' || MISSING.test(text) || FAILED.test(text)) return undefined;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return NUMBER.test(text) ? readNumber(text) : cell;
}

/** The same where a score is expected: what is neither a score nor missing is a number that is not finite. */
export function readScoreCell(cell: string): JsonValue | undefined {
  const text = cell.trim();
  if (FAILED.test(text)) return new JsonNumber('NaN');
  return INFINITE.test(text) ? new JsonNumber('Infinity') : readScalar(cell);
}

/** Spreadsheets write numbers that JSON does not: `.5`, `5.`, `+1`, `007`. */
function readNumber(text: string): JsonValue {
  return tryParseJson(text) ?? Number(text);
}

/** What stands where something else should go. */
interface Obstacle {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

function place(
  into: JsonObject,
  path: readonly string[],
  content: JsonValue,
  above: readonly string[] = [],
): Obstacle | undefined {
  let parent = into;
  for (const [index, name] of path.slice(0, -1).entries()) {
    if (!Object.hasOwn(parent, name)) setKey(parent, name, {});
    const next = ownValue(parent, name);
    if (!isJsonObject(next)) return { path: [...above, ...path.slice(0, index + 1)], value: next };
    parent = next;
  }
  const name = path.at(-1) as string;
  if (!Object.hasOwn(parent, name)) {
    setKey(parent, name, content);
    return undefined;
  }
  // `inputs` as JSON next to `inputs.question`: joined, unless both say the same thing.
  const there = ownValue(parent, name);
  if (!isJsonObject(there) || !isJsonObject(content))
    return { path: [...above, ...path], value: there };
  for (const key of Object.keys(content)) {
    const obstacle = place(there, [key], content[key] as JsonValue, [...above, ...path]);
    if (obstacle) return obstacle;
  }
  return undefined;
}

/** A key that is not there would be found on the prototype, and `__proto__` is there even so. */
function ownValue(object: JsonObject, name: string): JsonValue {
  return Object.getOwnPropertyDescriptor(object, name)?.value as JsonValue;
}

/** `{score: 1}` is 1; and a cell with an object of score, value and comment is that score. */
function unwrapScores(scores: JsonObject): void {
  for (const key of Object.keys(scores)) {
    const score = scores[key];
    if (isJsonObject(score) && Object.keys(score).join() === 'score')
      setKey(scores, key, score.score as JsonValue);
  }
}
