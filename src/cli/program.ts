import { Command, CommanderError } from 'commander';
import { datasetsListCommand } from './commands/datasets/list.js';
import { experimentsListCommand } from './commands/experiments/list.js';
import { openCommand } from './commands/open.js';
import { recordCommand } from './commands/record.js';
import { resumeCommand } from './commands/resume.js';
import { serveCommand } from './commands/serve.js';
import type { Context } from './context.js';
import type { Finish } from './exit-status.js';
import { version } from './version.js';

/**
 * Reads a command line and does what it says.
 *
 * @returns the exit status; never throws.
 */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let status = 0;
  const program = describeProgram(context, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    // Commander leaves this way after --help, too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { reportFailure } = await import('./failure.js');
    return reportFailure(error, program, argv, context);
  }
}

function describeProgram(context: Context, finish: Finish): Command {
  const program = new Command('ls-record')
    .description('Records evaluation results as LangSmith experiments, there or on this machine.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // Misuse is reported like any other error, by main.
      outputError: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 80,
    })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ ls-record record results.jsonl --dataset capitals
  $ my-eval | ls-record record --dataset capitals
  $ ls-record open
`,
    );

  const commands = [
    recordCommand(context, finish),
    resumeCommand(context, finish),
    group('datasets', 'the datasets that experiments are run on', [datasetsListCommand(context)]),
    group('experiments', 'what was recorded', [experimentsListCommand(context)]),
    openCommand(context),
    serveCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  return inheritSettings(program);
}

function group(name: string, summary: string, commands: readonly Command[]): Command {
  const parent = new Command(name).summary(summary).description(`Lists ${summary}.`);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

/** A command that was made by itself does not know yet how its program talks and ends. */
function inheritSettings(command: Command): Command {
  for (const child of command.commands) inheritSettings(child.copyInheritedSettings(command));
  return command;
}
