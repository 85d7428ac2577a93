import type { Argument, Command, Option } from 'commander';
import { FORMATS } from '../../results/formats/all.js';
import { buildCommand } from '../command.js';
import { COMMAND_GROUPS, type Entry } from '../command-table.js';
import { OWN_FORMATS } from '../commands/formats.js';
import type { Context } from '../context.js';
import { describeProgram } from '../program.js';
import { TEXT_FORMATS } from '../recording/reading-options.js';
import type { ArgumentOutline, CommandOutline, OptionOutline } from './outline.js';

const FORMAT_NAMES = [
  ...[...FORMATS, ...OWN_FORMATS].map(({ name }) => name),
  ...TEXT_FORMATS,
].sort();

/**
 * Loads commands, and puts down what can be typed at each.
 *
 * @param typed only the commands of these words are more than a name; default: all.
 */
export async function describeCommands(
  context: Context,
  typed?: readonly string[],
): Promise<CommandOutline> {
  const program = await describeProgram([], context, () => {});
  const entries = COMMAND_GROUPS.flatMap((group) => group.entries);
  return {
    ...outlineOf(program),
    commands: await Promise.all(entries.map((entry) => describe(entry, context, typed))),
  };
}

async function describe(
  entry: Entry,
  context: Context,
  typed: readonly string[] | undefined,
): Promise<CommandOutline> {
  const { word, summary } = entry;
  const nothing = { word, summary, options: [], arguments: [], commands: [] };
  if (typed && !typed.includes(word)) return nothing;
  if ('load' in entry) {
    const { command } = await entry.load();
    return outlineOf(buildCommand(entry, command, context, () => {}));
  }
  const commands = entry.entries.map((child) => describe(child, context, typed));
  return { ...nothing, commands: await Promise.all(commands) };
}

function outlineOf(command: Command): CommandOutline {
  return {
    word: command.name(),
    summary: command.summary(),
    options: command.options.filter(({ hidden }) => !hidden).map(describeOption),
    arguments: command.registeredArguments.map(describeArgument),
    commands: [],
  };
}

function describeOption(option: Option): OptionOutline {
  const takes = /<(.+)>/.exec(option.flags)?.[1] ?? null;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    name: option.attributeName(),
    note: option.description,
    takes,
    choices: option.argChoices ?? (takes === 'format' ? FORMAT_NAMES : null),
    // Help says so, in one word.
    isRepeatable: option.description.includes('(repeatable)'),
    isNegated: option.negate,
  };
}

function describeArgument(argument: Argument): ArgumentOutline {
  return {
    name: argument.name(),
    choices: argument.argChoices ?? null,
    isVariadic: argument.variadic,
  };
}
