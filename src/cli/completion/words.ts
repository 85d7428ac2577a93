import type { Argument, Command, Option } from 'commander';
import type { PlaceOptions } from '../access/settings.js';
import type { Context } from '../context.js';
import { describeProgram } from '../program.js';
import type { Names } from './names.js';

/** What can stand where the cursor is. */
export interface Completion {
  /** Files can, and the shell knows those best. */
  readonly files: boolean;
  /** `--dataset=`, if that is typed in one word with its value. */
  readonly prefix: string;
  readonly words: readonly Candidate[];
}

export interface Candidate {
  readonly value: string;
  readonly note: string;
}

type ReadNames = (options: PlaceOptions) => Names;

const NOTHING: Completion = { files: false, prefix: '', words: [] };
const FILES: Completion = { ...NOTHING, files: true };

/**
 * Completes the last of the words, which may be empty.
 *
 * @param readNames what is known of the place that the other words name.
 */
export async function completeWords(
  typed: readonly string[],
  context: Context,
  readNames: ReadNames,
): Promise<Completion> {
  const before = typed.slice(0, -1);
  const current = typed.at(-1) ?? '';
  const program = await describeProgram(before, context, () => {});
  const line = readLine(program, before);
  const completion = complete(line, current, readNames);
  const end = current.slice(completion.prefix.length);
  const words = completion.words.filter(({ value }) => value.startsWith(end));
  return { ...completion, words };
}

/** What was typed so far. */
interface Line {
  readonly command: Command;
  /** Values of options, by the names that commands know them by. */
  readonly values: Readonly<Record<string, string | boolean | string[]>>;
  readonly used: ReadonlySet<Option>;
  /** The option that the next word is the value of. */
  readonly open: Option | undefined;
  readonly positionals: readonly string[];
  /** After `--`. */
  readonly onlyPositionals: boolean;
}

function readLine(program: Command, words: readonly string[]): Line {
  let command = program;
  let open: Option | undefined;
  let onlyPositionals = false;
  const values: Record<string, string | boolean | string[]> = {};
  const used = new Set<Option>();
  const positionals: string[] = [];
  const keep = (option: Option, value: string | boolean) => {
    used.add(option);
    const isList = typeof value === 'string' && isRepeatable(option);
    const earlier = values[option.attributeName()];
    values[option.attributeName()] = isList
      ? [...(Array.isArray(earlier) ? earlier : []), value]
      : value;
  };

  for (const word of words) {
    if (open) {
      keep(open, word);
      open = undefined;
    } else if (word === '--' && !onlyPositionals) onlyPositionals = true;
    else if (word.startsWith('-') && !onlyPositionals) {
      const [flag = '', value] = splitAtEquals(word);
      const option = findOption(command, flag);
      if (option && value !== undefined) keep(option, value);
      else if (option?.required) open = option;
      else if (option) keep(option, !option.negate);
    } else {
      const child = command.commands.find((one) => one.name() === word);
      if (child) command = child;
      else positionals.push(word);
    }
  }
  return { command, values, used, open, positionals, onlyPositionals };
}

function complete(line: Line, current: string, readNames: ReadNames): Completion {
  const names = () => readNames(line.values);
  if (line.open) return completeValue(line.open, line, names);
  if (!line.onlyPositionals) {
    const [flag = '', value] = splitAtEquals(current);
    const option = value === undefined ? undefined : findOption(line.command, flag);
    if (option) return { ...completeValue(option, line, names), prefix: `${flag}=` };
    if (current.startsWith('-')) return { ...NOTHING, words: listOptions(line) };
  }
  if (line.command.commands.length > 0) return { ...NOTHING, words: listCommands(line) };
  const argument = argumentAt(line.command, line.positionals.length);
  return argument ? completeArgument(argument, line, names) : NOTHING;
}

function listCommands({ command, positionals }: Line): Candidate[] {
  // A word that is no command leads nowhere.
  if (positionals.length > 0) return [];
  return command.commands.map((one) => ({ value: one.name(), note: one.summary() }));
}

function listOptions({ command, used }: Line): Candidate[] {
  const offered = command.options.filter(
    (option) => !option.hidden && (!used.has(option) || isRepeatable(option)),
  );
  const words = offered.map(({ long, short, description }) => ({
    value: long ?? short ?? '',
    note: description,
  }));
  return [...words, { value: '--help', note: 'show this help' }];
}

function completeValue(option: Option, line: Line, names: () => Names): Completion {
  if (option.argChoices) return list(option.argChoices);
  if (option.long === '--dataset') return list(names().datasets);
  if (option.long === '--experiment') return list(experimentsFor(line, names()));
  if (option.long === '--format') return list(names().formats);
  return /<(file|path)>/.test(option.flags) ? FILES : NOTHING;
}

function completeArgument(argument: Argument, line: Line, names: () => Names): Completion {
  if (argument.argChoices) return list(argument.argChoices);
  const name = argument.name();
  if (/^files?$/.test(name)) return FILES;
  if (name === 'dataset') return list(names().datasets);
  if (/^(a|b|experiments?)$/.test(name)) return list(experimentsFor(line, names()));
  if (name !== 'what') return NOTHING;
  const known = names();
  return list([...known.experiments.map((one) => one.name), ...known.datasets]);
}

/** Those of the dataset that was named, if one was; none that is on the line already. */
function experimentsFor({ values, positionals }: Line, { experiments }: Names): string[] {
  const { dataset } = values;
  return experiments
    .filter((one) => dataset === undefined || one.dataset === dataset)
    .map(({ name }) => name)
    .filter((name) => !positionals.includes(name));
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function list(values: readonly string[]): Completion {
  return { ...NOTHING, words: values.map((value) => ({ value, note: '' })) };
}

function findOption({ options }: Command, flag: string): Option | undefined {
  return options.find(({ long, short }) => flag === long || flag === short);
}

/** Help says so, in one word. */
function isRepeatable({ description }: Option): boolean {
  return description.includes('(repeatable)');
}

function splitAtEquals(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}
