import { type Argument, Command, type Option } from 'commander';
import { LsRecordError } from '../errors.js';
import { type Connection, connect } from './access/connect.js';
import { readDestination } from './access/destination.js';
import { addCommonOptions, addPrintOptions, type CommonOptions } from './common-options.js';
import type { Context } from './context.js';
import type { Finish } from './exit-status.js';
import { capitalize, describeExamples, sentence } from './help.js';
import { askYes } from './picking/ask-yes.js';
import { printable } from './screen/printable.js';
import { Terminal } from './screen/terminal.js';

/** What has been typed for the arguments, in their order. */
type Typed = readonly (string | string[] | undefined)[];

/** A command, as its file declares it. Its word and its summary are in the command table. */
export interface Declaration<O extends object = object, A extends Typed = Typed> {
  /** What help says after the summary. */
  readonly details?: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Adds options that are shared or come in groups. */
  readonly addOptions?: (command: Command) => void;
  /** Command lines; the program's name is put before those without it. */
  readonly examples: readonly string[];
  /** It needs no server, and takes no options about where that is. */
  readonly isOffline?: true;
  run(session: Session, typed: A, options: O & CommonOptions): Promise<void>;
}

/** Checks a declaration's types, and keeps them from the table of commands. */
export function declare<O extends object = object, A extends Typed = Typed>(
  declaration: Declaration<O, A>,
): Declaration {
  return declaration;
}

/** One run of a command: all that it may reach. */
export interface Session {
  readonly context: Context;
  readonly terminal: Terminal;
  readonly finish: Finish;
  /** Connects to where the options say, once; closed when the command ends. */
  connect(): Promise<Connection>;
  /** The answer: for programs with `--json`, else in words. */
  answer(json: object, sayInWords: () => void): void;
  /**
   * Asks before something is lost.
   *
   * @throws {LsRecordError} `USAGE` where nobody can be asked and `--yes` was not typed.
   */
  confirm(asked: Confirmation): Promise<boolean>;
}

interface Confirmation {
  readonly yes: boolean | undefined;
  /** What would be lost, as in `delete dataset "capitals"`. */
  readonly action: string;
  /** Said before the question, where there is somebody to read it. */
  readonly explain?: () => void;
}

/** Makes commander's command of a declaration. */
export function buildCommand(
  { word, summary }: { readonly word: string; readonly summary: string },
  declaration: Declaration,
  context: Context,
  finish: Finish,
): Command {
  const command = new Command(word)
    .summary(summary)
    .description([sentence(summary), declaration.details].filter(Boolean).join(' '));
  for (const argument of declaration.arguments ?? []) command.addArgument(argument);
  for (const option of declaration.options ?? []) command.addOption(option);
  declaration.addOptions?.(command);
  command.action(async (...given: unknown[]) => {
    // Commander hands over the arguments, the options, and the command.
    const [options, typed] = [given.at(-2) as CommonOptions, given.slice(0, -2) as Typed];
    await runCommand(declaration, typed, options, context, finish);
  });
  if (declaration.isOffline) addPrintOptions(command);
  else addCommonOptions(command);
  return command.addHelpText('after', describeExamples(declaration.examples));
}

async function runCommand(
  declaration: Declaration,
  typed: Typed,
  options: CommonOptions,
  context: Context,
  finish: Finish,
): Promise<void> {
  const terminal = await Terminal.open(context, options);
  let connection: Promise<Connection> | undefined;
  const session: Session = {
    context,
    terminal,
    finish,
    async connect() {
      connection ??= connect(context, readDestination(context, options), terminal);
      return connection;
    },
    answer(json, sayInWords) {
      if (terminal.json) terminal.answerJson(json);
      else sayInWords();
    },
    async confirm({ yes, action, explain }) {
      if (yes) return true;
      if (!terminal.mayAsk) {
        throw new LsRecordError('USAGE', `this would ${action}`, {
          hint: 'Not a terminal; pass --yes to confirm.',
        });
      }
      explain?.();
      const isAgreed = await askYes(`${capitalize(printable(action))}?`, context);
      if (!isAgreed) terminal.say('Nothing was changed.');
      return isAgreed;
    },
  };
  try {
    await declaration.run(session, typed, options);
  } finally {
    // If it failed, the command has said so, and there is nothing to close.
    const opened = await connection?.catch(() => undefined);
    await opened?.close();
  }
}
