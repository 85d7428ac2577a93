import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../errors.js';
import type { TerminalOptions } from './screen/terminal.js';

/** What every command takes that goes somewhere. */
export type CommonOptions = TerminalOptions;

/** Adds them last, in groups of their own, so that help begins with what is special to the command. */
export function addCommonOptions(command: Command): Command {
  command.optionsGroup('Destination:');
  if (!command.options.some(({ long }) => long === '--local'))
    command.option('--local', 'use this machine, without an account');
  command
    .option('--endpoint <url>', 'base URL of the LangSmith API')
    .option('--workspace <id>', 'workspace, if the key has several')
    .option('--profile <name>', 'login profile')
    .option('--ca-cert <file>', 'also trust this certificate authority (PEM)')
    .option('--dotenv <file>', 'read settings from a file (repeatable)', collect)
    .addOption(new Option('--env-file [file]').hideHelp())
    .on('option:env-file', () => {
      throw new LsRecordError('USAGE', 'there is no option --env-file: Node.js reads it itself', {
        hint: 'Use --dotenv FILE.',
      });
    });
  return addPrintOptions(command);
}

/** Adds those about what is printed, for commands that go nowhere. */
export function addPrintOptions(command: Command): Command {
  command
    .optionsGroup('Output:')
    .option('--json', 'output one JSON object')
    .option('--quiet', 'print only the answer, warnings and errors')
    .option('--verbose', 'print more: where settings come from, and each request')
    .addOption(
      new Option('--progress <how>', 'how progress is shown (default: auto)').choices([
        'auto',
        'plain',
        'none',
      ]),
    )
    .option('--no-input', 'never prompt')
    .addOption(new Option('--api-key [key]').hideHelp());
  return command.on('option:api-key', () => {
    throw new LsRecordError(
      'USAGE',
      'there is no option --api-key: other users could see the key in the process list',
      {
        hint: 'Run ls-record login, or set LANGSMITH_API_KEY in the environment, in ./.env, or in a file given with --dotenv.',
      },
    );
  });
}

export const csvOption = new Option('--csv', 'output CSV').conflicts('json');
export const searchOption = new Option('--search <text>', 'only names that contain this');
export const limitOption = new Option('--limit <count>', 'maximum number to show').argParser(
  parseCount,
);
export const splitOption = repeatable('--split <name>', 'only examples of this split');
export const yesOption = new Option('--yes', 'do not ask for confirmation');
export const outputOption = new Option('-o, --output <file>', 'output file (default: stdout)');
/** The files of a command that reads results. */
export const filesArgument = new Argument(
  '[files...]',
  'results files, folders or globs; use - (or pipe) to read stdin',
);
export const forceOption = new Option('--force', 'overwrite an existing file');

/** An option that can be given again. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(collect);
}

/** One for each command: commander keeps in it in which group of options it is shown. */
export function retryForOption(): Option {
  const description = 'give up after this long without progress: 90s, 10m (default: 5m)';
  return new Option('--retry-for <time>', description).argParser(parseDuration);
}

/** For an option that can be given again. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** For an option that counts something. */
export function parseCount(text: string): number {
  const count = readWhole(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return count;
}

/** NaN for all but digits: `1e3` and `0x10` are more likely mistyped than meant. */
export function readWhole(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** For an option that is a time, in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+)(s|m|h)$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError('Expected a duration such as 90s, 10m or 1h.');
  return Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 's' | 'm' | 'h'];
}
