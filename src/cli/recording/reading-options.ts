import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { OpenedSource, Sample } from '../../input/row.js';
import type { NamedFormat } from '../../input/sniff.js';
import type { JsonObject } from '../../json/value.js';
import type { RedactOptions } from '../../prepare/redact/redactor.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { ColumnAnswer, ColumnOptions } from '../../results/named-columns/named-columns.js';
import type { RecognisedSource, RecogniseOptions } from '../../results/recognised.js';
import { readDataFolder } from '../access/destination.js';
import { type CommonOptions, repeatable } from '../common-options.js';
import type { Context } from '../context.js';
import { answerQuestions } from './column-questions.js';
import { readJoined } from './joined.js';

/** How files are to be read, as it was typed. */
export interface ReadingOptions extends RedactOptions {
  readonly format?: string;
  readonly delimiter?: string;
  readonly sheet?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly reference?: readonly string[];
  readonly score?: readonly string[];
  /** Columns; those with a = are facts about the experiment, and not for us. */
  readonly metadata?: readonly string[];
  readonly id?: string;
  readonly ignore?: readonly string[];
  readonly map?: readonly string[];
  readonly systems?: readonly string[];
  readonly rows?: string;
  readonly join?: string;
}

/** What `--format` takes besides the names of harnesses: how a file is written, not what is in it. */
export const TEXT_FORMATS: readonly string[] = [
  'jsonl',
  'json',
  'csv',
  'tsv',
  'yaml',
] satisfies NamedFormat[];

function readingOptions(): readonly Option[] {
  return [
    new Option(
      '--format <format>',
      'format of the files (default: detected); also jsonl, json, csv, tsv, yaml',
    ),
    new Option('--sheet <name>', 'sheet of a workbook (.xlsx), or table of Markdown'),
    new Option('--delimiter <char>', 'column separator of a table: ";" or tab'),
    new Option('--rows <path>', 'path to the rows in a document: results, runs.*.results'),
    repeatable('--inputs <columns>', 'input columns: a,b'),
    repeatable('--outputs <columns>', 'output columns; none if rows have scores only'),
    repeatable('--reference <columns>', 'reference-output columns'),
    repeatable('--score <columns>', 'score columns'),
    repeatable('--metadata <columns>', 'metadata columns'),
    new Option('--id <column>', 'column with the IDs of rows'),
    repeatable('--ignore <columns>', 'columns to leave out'),
    repeatable('--map <target=path>', 'take a field from a path: outputs.answer=response.text'),
    repeatable(
      '--systems <names>',
      'systems side by side, one experiment each: base,tuned for base_answer, tuned_answer',
    ),
    new Option('--join <file>', 'requests that batch results answer, for their prompts'),
  ];
}

/** Adds what says how files are read, in a group of its own; what the command has already is left as it is. */
export function addReadingOptions(command: Command): void {
  command.optionsGroup('Reading files:');
  addMissing(command, readingOptions());
  addRedactOptions(command);
}

/** Adds what is removed from rows before anything else is done with them. */
export function addRedactOptions(command: Command): void {
  command.optionsGroup('What is removed first:');
  addMissing(command, [
    new Option('--redact', 'remove keys, tokens, passwords and e-mail addresses'),
    repeatable('--redact-except <form>', 'but keep this form: email'),
    repeatable('--redact-field <path>', 'remove a field: inputs.user.email, metadata.account'),
    repeatable('--redact-pattern <regex>', 'remove text that matches: "ACME-\\d{6}"'),
  ]);
}

/** Adds some of these options before all others. */
export function addFirst(command: Command, ...flags: readonly string[]): void {
  addMissing(
    command,
    readingOptions().filter(({ long }) => flags.includes(long ?? '')),
  );
}

function addMissing(command: Command, options: readonly Option[]): void {
  for (const option of options)
    if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
}

/** What a command knows of how its files are to be read, whatever was typed. */
export interface ReadingNeeds {
  /** Answers questions about a file's columns, before a person is asked. */
  readonly known?: (sample: Sample) => ColumnOptions | undefined;
  readonly isReadTwice?: boolean;
}

/**
 * Opens files and recognizes what wrote them. On a terminal, asks about what it cannot infer.
 *
 * @throws {LsRecordError} `USAGE` where nobody can be asked; its hint is the `--map` that answers.
 */
export async function openReadable(
  paths: readonly string[],
  options: ReadingOptions & CommonOptions,
  context: Context,
  { known = () => undefined, isReadTwice }: ReadingNeeds = {},
): Promise<readonly RecognisedSource[]> {
  // Not at the top: --help should not wait for the schema.
  const { openSources } = await import('../../input/open.js');
  const spoolFolder = join(readDataFolder(context, options), 'spool');
  const { signal, stdin } = context;
  const joined =
    options.join === undefined
      ? undefined
      : await readJoined(options.join, { spoolFolder, signal });
  const format = TEXT_FORMATS.find((name) => name === options.format) as NamedFormat | undefined;
  const { delimiter, sheet } = options;
  const opened = await openSources(paths, {
    spoolFolder,
    signal,
    stdin,
    format,
    delimiter,
    sheet,
    isReadTwice,
  });
  try {
    const { redactSources } = await import('../../prepare/redact/redact-source.js');
    return redactSources(await recogniseAll(opened, { options, joined, context, known }), options);
  } catch (error) {
    for (const source of opened) await source.close?.();
    throw error;
  }
}

async function recogniseAll(
  opened: readonly OpenedSource[],
  {
    options,
    joined,
    context,
    known,
  }: {
    options: ReadingOptions & CommonOptions;
    joined: ReadonlyMap<string, JsonObject> | undefined;
    context: Context;
    known: NonNullable<ReadingNeeds['known']>;
  },
): Promise<RecognisedSource[]> {
  const { recognise } = await import('../../results/recognise.js');
  const { joinParts } = await import('../../results/join-parts.js');
  const wanted: RecogniseOptions = {
    ...toColumns(options),
    rows: options.rows,
    format: TEXT_FORMATS.includes(options.format ?? '') ? undefined : options.format,
    joined,
  };
  const sources: RecognisedSource[] = [];
  const answered = new Map<string, ColumnAnswer>();
  for (const one of opened) {
    let columns: RecogniseOptions = { ...wanted, map: options.map };
    let source = await recognise(one, columns);
    const answers = source.questions.length > 0 ? known(await one.sample()) : undefined;
    if (answers) {
      columns = { ...columns, ...answers };
      source = await recognise(one, columns);
    }
    while (source.questions.length > 0) {
      for (const answer of await answerQuestions(source, answered, options, context))
        columns = addAnswer(columns, answer);
      source = await recognise(one, columns);
    }
    sources.push(source);
  }
  return joinParts(opened, sources, wanted);
}

function addAnswer(columns: RecogniseOptions, answer: ColumnAnswer): RecogniseOptions {
  return {
    ...columns,
    inputs: [...(columns.inputs ?? []), ...(answer.inputs ?? [])],
    outputs: [...(columns.outputs ?? []), ...(answer.outputs ?? [])],
    reference: [...(columns.reference ?? []), ...(answer.reference ?? [])],
    systems: [...(columns.systems ?? []), ...(answer.systems ?? [])],
  };
}

function toColumns(options: ReadingOptions): ColumnOptions {
  const { inputs, outputs, reference, score, metadata, id, ignore, systems } = options;
  const columns = metadata?.filter((text) => !text.includes('='));
  return { inputs, outputs, reference, score, metadata: columns, id, ignore, systems };
}

/** The files that were named, or stdin if something is piped in. */
export function choosePaths(
  files: readonly string[],
  { stdin }: Context,
  example: string,
): readonly string[] {
  const url = files.find((file) => /^https?:\/\//i.test(file));
  if (url !== undefined) {
    throw new LsRecordError('USAGE', `files are not downloaded: ${url}`, {
      hint: `Pipe it in: curl -fsSL ${quoteForShell(url)} | ${example.replace(/ \S+\.jsonl/, '')}`,
    });
  }
  if (files.length > 0) return files;
  if (!stdin.isTTY) return ['-'];
  throw new LsRecordError('USAGE', 'no file given, and nothing piped in', {
    hint: `For example: ${example}`,
  });
}
