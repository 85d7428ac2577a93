import type { Command } from 'commander';
import { LsRecordError } from '../errors.js';

/** What may well be empty: a search for nothing finds all. */
const MAY_BE_EMPTY = new Set(['--search', '--description']);

/**
 * Catches what a script types when a variable of it is empty: `--dataset $NAME --local` would
 * otherwise record into a dataset called "--local", on LangSmith.
 *
 * @throws {LsRecordError} `USAGE` if an option has another option, or nothing, for its value.
 */
export function checkTypedValues(command: Command, argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const typed = end === -1 ? argv : argv.slice(0, end);
  const flags = new Set(command.options.flatMap(({ short, long }) => [short, long]));
  for (const [at, word] of typed.entries()) {
    const [flag = '', attached] = /^--[^=]+=/.test(word) ? splitAtEquals(word) : [word];
    const option = command.options.find(({ short, long }) => flag === short || flag === long);
    if (!option?.required) continue;
    const next = typed[at + 1];
    if (attached === undefined && (flags.has(next) || next === '--help')) {
      throw new LsRecordError('USAGE', `${flag} has no value: ${next} follows it`, {
        hint: `Give it one. If that is its value: ${option.long ?? flag}=${next}`,
      });
    }
    if ((attached ?? next) === '' && !MAY_BE_EMPTY.has(option.long ?? '')) {
      throw new LsRecordError('USAGE', `${flag} is empty`, {
        hint: `Give it a value, or leave ${flag} out.`,
      });
    }
  }
}

function splitAtEquals(word: string): [flag: string, value: string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}
