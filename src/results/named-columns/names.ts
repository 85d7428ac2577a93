import { quoteForShell } from '../../quote-for-shell.js';
import { remember } from '../remember.js';
import { type Unit, unitOfWord } from './amounts.js';

/** No known name is longer. */
const MAX_NAME = 200;

/** `expectedOutput`, `Latency (ms)` and `RunID` as `expected_output`, `latency_ms` and `run_id`. */
export const toSnake = remember((name) =>
  name
    .slice(0, MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, ''),
);

/** The words of a list in source code. */
export function listWords(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

/** `expectedoutput` and `goldanswer`, as headers in lower case have them. */
const JOINED =
  /(?<=^|_)(expected|actual|predicted|reference|correct|gold|golden|model|user|final|generated|bot)(answer|output|response|label|input|question|query|text|sql)(?=s?(?:$|_))/g;

/** The words of a name in the singular; a ground truth is one word, `gt`. */
export function wordsOf(snake: string): string[] {
  return snake
    .replace(/ground_?truths?/g, 'gt')
    .replace(/reciprocal_rank/g, 'mrr')
    .replace(/(?<=(?:^|_)(?:input|output))_value$/, '')
    .replace(/(?<=^|_)y_(?:true|test)$/, 'gt')
    .replace(/(?<=^|_)y_?(?:pred|hat)$/, 'pred')
    .replace(JOINED, '$1_$2')
    .split('_')
    .map(inSingular)
    .filter((word) => word !== '' && word !== 's' && word !== 'the');
}

function inSingular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|ch|sh|x|hypothes)es$/.test(word))
    return word.replace(/es$/, word.startsWith('hypo') ? 'is' : '');
  return word.length > 3 && /[^siu]s$/.test(word) ? word.slice(0, -1) : word;
}

/** The unit of time that a name ends with: `latency_ms` is in milliseconds. */
export function unitOf(snake: string): Unit | undefined {
  return snake.includes('_') ? unitOfWord(snake.slice(snake.lastIndexOf('_') + 1)) : undefined;
}

export function withoutUnit(snake: string): string {
  return unitOf(snake) ? snake.slice(0, snake.lastIndexOf('_')) : snake;
}

/** Names are compared without underscores. */
export function squeeze(snake: string): string {
  return snake.replaceAll('_', '');
}

/**
 * The `--map` value that puts a column below a head. A name in a target has no dots and no =, as they end it.
 *
 * @param name in the target.
 */
export function mapTo(head: string, column: string, name = column): string {
  const plain = name.trim().replace(/[.=]+/g, '_');
  return /^_*$/.test(plain) ? `${head}=${column}` : `${head}.${plain}=${column}`;
}

/** A name as an option that takes a list of them has it: in quotes, as in CSV, where it has a comma or a quote. */
export function quoteName(name: string): string {
  return /[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** An option as it is typed. */
export function showOption(option: string, value: string): string {
  return `--${option} ${quoteForShell(value)}`;
}

/** Reads a list of names: `a,b` or `"a, b",c`. */
export function splitNames(text: string): string[] {
  const names = text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g);
  return [...names]
    .map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim())
    .filter((name) => name !== '');
}
