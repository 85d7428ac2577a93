import { readFileSync } from 'node:fs';
import type { Context } from '../context.js';

/** What can be typed at a word, as plain data: read in a moment, where the commands themselves take longer than Tab may. */
export interface CommandOutline {
  readonly word: string;
  readonly summary: string;
  readonly options: readonly OptionOutline[];
  readonly arguments: readonly ArgumentOutline[];
  readonly commands: readonly CommandOutline[];
}

export interface OptionOutline {
  /** `-d` and `--dataset`; the last is the one that is offered. */
  readonly flags: readonly string[];
  /** What commands know its value by. */
  readonly name: string;
  readonly note: string;
  /** What its value is called, `file` of `--join <file>`; null if it has none. */
  readonly takes: string | null;
  readonly choices: readonly string[] | null;
  readonly isRepeatable: boolean;
  readonly isNegated: boolean;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly choices: readonly string[] | null;
  readonly isVariadic: boolean;
}

/** Written by the build, which asks `ls-record __complete outline` for it. */
const BUILT = new URL('./outline.json', import.meta.url);

/**
 * The outline of the program.
 *
 * @param typed words whose commands matter, where the build has left no outline.
 */
export async function readOutline(
  context: Context,
  typed: readonly string[],
): Promise<CommandOutline> {
  try {
    return JSON.parse(readFileSync(BUILT, 'utf8')) as CommandOutline;
  } catch {
    const { describeCommands } = await import('./describe-commands.js');
    return describeCommands(context, typed);
  }
}
