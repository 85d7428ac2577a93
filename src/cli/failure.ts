import { type Command, CommanderError } from 'commander';
import { LsRecordError } from '../errors.js';
import { quoteForShell } from '../quote-for-shell.js';
import { COMMAND_GROUPS } from './command-table.js';
import type { CommonOptions } from './common-options.js';
import type { Context } from './context.js';
import { describeError } from './error-for-programs.js';
import { exitStatusOf } from './exit-status.js';
import { Terminal } from './screen/terminal.js';
import { count } from './screen/words.js';
import { version } from './version.js';

const A_BUG = 1;

/**
 * Says why a command failed, in JSON too if that was asked for.
 *
 * @returns the exit status.
 */
export async function reportFailure(
  error: unknown,
  program: Command,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  const typed = findCommand(program, argv).opts<CommonOptions>();
  const terminal = await Terminal.open(context, { ...typed, json: hasFlag(argv, '--json') });
  const known = toKnown(error, program, argv, context.signal) ?? error;
  return report(await nameWhatIsHere(known, context), context, terminal);
}

/** Without a key, says what this machine has: a script that works by hand records there, on a terminal. */
async function nameWhatIsHere(error: unknown, context: Context): Promise<unknown> {
  if (!(error instanceof LsRecordError) || error.code !== 'AUTH_MISSING') return error;
  const [{ readDataFolder }, { countDatasets }] = await Promise.all([
    import('./access/destination.js'),
    import('./home/home-server.js'),
  ]);
  const datasets = await countDatasets(readDataFolder(context, {}));
  if (datasets === 0) return error;
  const { code, message, hint } = error;
  const here = `There ${datasets === 1 ? 'is' : 'are'} ${count(datasets, 'dataset')} on this machine: add --local.`;
  return new LsRecordError(code, message, { hint: `${hint}\n${here}` });
}

function report(error: unknown, { signal }: Context, terminal: Terminal): number {
  if (!(error instanceof LsRecordError)) return reportBug(error, terminal);

  if (terminal.json) terminal.answerJson({ error: describeError(error) });
  terminal.error(error);
  return exitStatusOf(error.code, signal);
}

function reportBug(error: unknown, terminal: Terminal): number {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = `This is a bug in ls-record ${version}: please report it with the lines above.`;
  if (terminal.json) terminal.answerJson({ error: { code: 'BUG', message, hint } });
  terminal.error({ message, hint });
  return A_BUG;
}

/** The failure as one that a person can act on, if it is one. */
function toKnown(
  error: unknown,
  program: Command,
  argv: readonly string[],
  signal: AbortSignal,
): LsRecordError | undefined {
  if (error instanceof CommanderError) return toUsageError(error, findCommand(program, argv));
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'ExitPromptError') {
    return new LsRecordError('STOPPED', 'interrupted; nothing was changed');
  }
  // Whatever waited when the signal came ends in its own way.
  if (signal.aborted && error.name.startsWith('Abort')) {
    return new LsRecordError('STOPPED', 'interrupted', { cause: error });
  }
  return undefined;
}

function toUsageError({ code, message }: CommanderError, command: Command): LsRecordError {
  const name = nameOf(command);
  const help = `See ${name} --help.`;
  if (code === 'commander.help') {
    return new LsRecordError('USAGE', `${name} needs a command`, {
      hint: `${listCommands(command)}\n${help}`,
    });
  }
  const [sentence = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const guess = suggestion?.replace(/^\(|\)$/g, '');
  const hint =
    code === 'commander.unknownCommand' ? explainUnknown(sentence, command, guess) : guess;
  return new LsRecordError('USAGE', sentence, { hint: hint ? `${hint}\n${help}` : help });
}

function explainUnknown(
  sentence: string,
  command: Command,
  guess: string | undefined,
): string | undefined {
  if (command.parent) return guess ?? listCommands(command);
  const word = /'(.*)'/.exec(sentence)?.[1] ?? '';
  const paths = COMMAND_GROUPS.flatMap(({ entries }) => entries).flatMap((entry) =>
    'entries' in entry && entry.entries.some((one) => one.word === word)
      ? [`ls-record ${entry.word} ${word}`]
      : [],
  );
  // A word that is one of ours elsewhere is no misspelling of another.
  if (paths.length > 0) return `Did you mean ${paths.join(' or ')}?`;
  if (guess !== undefined) return guess;
  if (word === 'version') return 'Did you mean ls-record --version?';
  // Something with a dot or a slash is a file, whose command was left out.
  return /[./]/.test(word)
    ? `To record a file: ls-record record ${quoteForShell(word)} --dataset NAME`
    : undefined;
}

function listCommands({ commands }: Command): string {
  return `Commands: ${commands.map((command) => command.name()).join(', ')}.`;
}

/** The command that was meant. */
function findCommand(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) {
    command = command.commands.find((candidate) => candidate.name() === word) ?? command;
  }
  return command;
}

/** As it is typed: `ls-record datasets list`. */
function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}
