import { Command, CommanderError } from 'commander';
import { COMMAND_GROUPS, type Entry } from './command-table.js';
import type { Context } from './context.js';
import type { Finish } from './exit-status.js';
import { describeExamples, HELP, helpWidth, sentence } from './help.js';
import { checkTypedValues } from './typed-values.js';
import { version } from './version.js';

const ENTRIES = COMMAND_GROUPS.flatMap(({ entries }) => entries);

/**
 * Reads a command line and does what it says.
 *
 * @returns the exit status; never throws.
 */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let status = 0;
  const typed = askForHelp(argv);
  const program = await describeProgram(typed, context, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(typed, { from: 'user' });
    return status;
  } catch (error) {
    // Commander leaves this way after --help, too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { reportFailure } = await import('./failure.js');
    return reportFailure(error, program, typed, context);
  }
}

/** The program with all its commands; of those, only the one that was typed is more than a name. */
export async function describeProgram(
  argv: readonly string[],
  context: Context,
  finish: Finish,
): Promise<Command> {
  const program = new Command('ls-record')
    .description('Record evaluation results as experiments, in LangSmith or on this machine.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // Misuse is reported like any other error, by main.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(context.stdout.columns || undefined),
      getOutHasColors: () => false,
    })
    .configureHelp(HELP)
    .exitOverride()
    .hook('preAction', (_program, command) => checkTypedValues(command, argv))
    .addHelpText(
      'after',
      `
Examples:
  $ ls-record record results.jsonl --dataset capitals
  $ my-eval | ls-record record --dataset capitals
  $ ls-record open
  $ ls-record help record   # all about one command
`,
    );

  const words = wordsOf(argv);
  for (const { title, entries } of COMMAND_GROUPS) {
    for (const entry of entries)
      program.addCommand((await load(entry, words, context, finish)).helpGroup(title));
  }
  return inheritSettings(program);
}

async function load(
  entry: Entry,
  [word, ...words]: readonly string[],
  context: Context,
  finish: Finish,
): Promise<Command> {
  const isTyped = word === entry.word;
  if ('load' in entry) {
    if (!isTyped) return new Command(entry.word).summary(entry.summary);
    const [{ command }, { buildCommand }] = await Promise.all([
      entry.load(),
      import('./command.js'),
    ]);
    return buildCommand(entry, command, context, finish);
  }

  const parent = new Command(entry.word)
    .summary(entry.summary)
    .description(sentence(entry.summary))
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText('after', describeExamples(entry.examples));
  if (!isTyped) return parent;
  for (const child of entry.entries) parent.addCommand(await load(child, words, context, finish));
  return parent;
}

/** `help x` is `x --help`. Help for a word that leads nowhere would be the help of something else. */
function askForHelp(argv: readonly string[]): readonly string[] {
  const typed = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  if (leadsSomewhere(wordsOf(typed), ENTRIES)) return typed;
  return typed.filter((word) => word !== '--help' && word !== '-h');
}

function leadsSomewhere([word, ...words]: readonly string[], entries: readonly Entry[]): boolean {
  if (word === undefined) return true;
  const entry = entries.find((one) => one.word === word);
  if (!entry) return false;
  return 'load' in entry || leadsSomewhere(words, entry.entries);
}

function wordsOf(argv: readonly string[]): string[] {
  return argv.filter((word) => !word.startsWith('-'));
}

/** A command that was made by itself does not know yet how its program talks and ends. */
function inheritSettings(command: Command): Command {
  for (const child of command.commands) inheritSettings(child.copyInheritedSettings(command));
  return command;
}
