import type { DestinationOptions } from '../access/destination.js';
import type { CompletionWord, KnownNames } from './candidates.js';
import type { ArgumentOutline, CommandOutline, OptionOutline } from './outline.js';

/** What can stand where the cursor is. */
export interface Completion {
  /** Files can, and the shell knows those best. */
  readonly files: boolean;
  /** `--dataset=`, if that is typed in one word with its value. */
  readonly prefix: string;
  readonly words: readonly CompletionWord[];
}

/** What is known of the place that the other words name. Each is asked for only if it is wanted. */
export interface Sources {
  names(options: DestinationOptions): Promise<KnownNames>;
  /** Logins of the LangSmith tools. */
  profiles(options: DestinationOptions): Promise<readonly CompletionWord[]>;
  /** Recordings that were cut off. */
  recordings(options: DestinationOptions): Promise<readonly CompletionWord[]>;
}

const NOTHING: Completion = { files: false, prefix: '', words: [] };
const FILES: Completion = { ...NOTHING, files: true };

/** Completes the last of the words, which may be empty. */
export async function completeWords(
  typed: readonly string[],
  program: CommandOutline,
  sources: Sources,
): Promise<Completion> {
  const isHelp = typed.length > 1 && typed[0] === 'help';
  const before = typed.slice(isHelp ? 1 : 0, -1);
  const current = typed.at(-1) ?? '';
  const line = readLine(program, before);
  const completion = isHelp
    ? { ...NOTHING, words: listCommands(line) }
    : await complete(line, current, sources);
  const end = current.slice(completion.prefix.length);
  const words = completion.words.filter(({ value }) => value.startsWith(end));
  return { ...completion, words };
}

/** What was typed so far. */
interface TypedLine {
  readonly command: CommandOutline;
  /** Values of options, by the names that commands know them by. */
  readonly values: Readonly<Record<string, string | boolean | string[]>>;
  readonly used: ReadonlySet<OptionOutline>;
  /** The option that the next word is the value of. */
  readonly open: OptionOutline | undefined;
  readonly positionals: readonly string[];
  /** After `--`. */
  readonly onlyPositionals: boolean;
}

function readLine(program: CommandOutline, words: readonly string[]): TypedLine {
  let command = program;
  let open: OptionOutline | undefined;
  let onlyPositionals = false;
  const values: Record<string, string | boolean | string[]> = {};
  const used = new Set<OptionOutline>();
  const positionals: string[] = [];
  const keep = (option: OptionOutline, value: string | boolean) => {
    used.add(option);
    const isList = typeof value === 'string' && option.isRepeatable;
    const earlier = values[option.name];
    values[option.name] = isList ? [...(Array.isArray(earlier) ? earlier : []), value] : value;
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
      else if (option?.takes) open = option;
      else if (option) keep(option, !option.isNegated);
    } else {
      const child = command.commands.find((one) => one.word === word);
      if (child) command = child;
      else positionals.push(word);
    }
  }
  return { command, values, used, open, positionals, onlyPositionals };
}

async function complete(line: TypedLine, current: string, sources: Sources): Promise<Completion> {
  if (line.open) return completeValue(line.open, line, sources);
  if (!line.onlyPositionals) {
    const [flag = '', value] = splitAtEquals(current);
    const option = value === undefined ? undefined : findOption(line.command, flag);
    if (option) return { ...(await completeValue(option, line, sources)), prefix: `${flag}=` };
    if (current.startsWith('-')) return { ...NOTHING, words: listOptions(line) };
  }
  if (line.command.commands.length > 0) return { ...NOTHING, words: listCommands(line) };
  const argument = argumentAt(line.command, line.positionals.length);
  return argument ? completeArgument(argument, line, sources) : NOTHING;
}

function listCommands({ command, positionals }: TypedLine): CompletionWord[] {
  // A word that is no command leads nowhere.
  if (positionals.length > 0) return [];
  return command.commands.map(({ word, summary }) => ({ value: word, note: summary }));
}

function listOptions({ command, used }: TypedLine): CompletionWord[] {
  const offered = command.options.filter((option) => !used.has(option) || option.isRepeatable);
  const words = offered.map(({ flags, note }) => ({ value: flags.at(-1) ?? '', note }));
  return [...words, { value: '--help', note: 'show this help' }];
}

async function completeValue(
  { flags, choices, takes }: OptionOutline,
  { values, positionals }: TypedLine,
  sources: Sources,
): Promise<Completion> {
  if (choices) return list(choices);
  switch (flags.at(-1)) {
    case '--dataset':
      return list((await sources.names(values)).datasets);
    case '--baseline':
    case '--experiment':
      return list(experimentsFor({ values, positionals }, await sources.names(values)));
    case '--workspace':
      return { ...NOTHING, words: (await sources.names(values)).workspaces };
    case '--profile':
      return { ...NOTHING, words: await sources.profiles(values) };
    default:
      return takes === 'file' || takes === 'path' ? FILES : NOTHING;
  }
}

async function completeArgument(
  { name, choices }: ArgumentOutline,
  { command, values, positionals }: TypedLine,
  sources: Sources,
): Promise<Completion> {
  if (choices) return list(choices);
  if (/^files?$/.test(name)) return FILES;
  if (command.word === 'resume') return { ...NOTHING, words: await sources.recordings(values) };
  if (!/^(dataset|experiments?|what)$/.test(name)) return NOTHING;
  const names = await sources.names(values);
  if (name === 'dataset') return list(names.datasets);
  if (name !== 'what') return list(experimentsFor({ values, positionals }, names));
  return list([...names.experiments.map((one) => one.name), ...names.datasets]);
}

/** Those of the dataset that was named, if one was; none that is on the line already. */
function experimentsFor(
  { values, positionals }: Pick<TypedLine, 'values' | 'positionals'>,
  { experiments }: KnownNames,
): string[] {
  const { dataset } = values;
  return experiments
    .filter((one) => dataset === undefined || one.dataset === dataset)
    .map(({ name }) => name)
    .filter((name) => !positionals.includes(name));
}

function argumentAt(command: CommandOutline, index: number): ArgumentOutline | undefined {
  const last = command.arguments.at(-1);
  return command.arguments[index] ?? (last?.isVariadic ? last : undefined);
}

function list(values: readonly string[]): Completion {
  return { ...NOTHING, words: values.map((value) => ({ value, note: '' })) };
}

function findOption({ options }: CommandOutline, flag: string): OptionOutline | undefined {
  return options.find(({ flags }) => flags.includes(flag));
}

function splitAtEquals(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}
