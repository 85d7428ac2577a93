import { EventEmitter } from 'node:events';
import { type Command, Help, type Option } from 'commander';

/** Longer lines are hard to read. */
const MAX_WIDTH = 100;

export function helpWidth(columns = 80): number {
  return Math.min(columns, MAX_WIDTH);
}

/** How help looks: what the command is for, how it is typed, examples, and only then all that can be said. */
export const HELP = {
  minWidthToWrap: 20,
  commandDescription: () => '',
  subcommandTerm: (command: Command) => command.name(),
  optionDescription: ({ description, argChoices }: Option) =>
    argChoices ? `${description} (${argChoices.join(', ')})` : description,
  formatHelp(command: Command, help: Help): string {
    const usual = Help.prototype.formatHelp.call(help, command, help);
    const end = usual.indexOf('\n\n') + 2;
    const description = help.boxWrap(command.description(), help.helpWidth ?? helpWidth());
    return `${description}\n\n${usual.slice(0, end)}${takeExamples(command)}${usual.slice(end)}`;
  },
};

/**
 * What a command's file adds after its help. Commander keeps that as a listener (lib/command.js, addHelpText), which has
 * to go, so that examples do not come a second time at the end.
 */
function takeExamples(command: Command): string {
  // Its types do not say so.
  if (!(command instanceof EventEmitter)) return '';
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  command.emit('afterHelp', { error: false, command, write });
  command.removeAllListeners('afterHelp');
  return text.trim() === '' ? '' : `${text.trim()}\n\n`;
}

/** What help says of how a command is typed. @param examples lines, without the program's name where it comes first. */
export function describeExamples(examples: readonly string[]): string {
  const lines = examples.map((line) => (line.includes('ls-record') ? line : `ls-record ${line}`));
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

/** A summary as the first sentence of help. */
export function sentence(summary: string): string {
  return `${capitalize(summary)}.`;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
