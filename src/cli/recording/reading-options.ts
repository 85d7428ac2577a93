import { join } from 'node:path';
import type { Command } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { OpenedSource } from '../../input/row.js';
import type { NamedFormat } from '../../input/sniff.js';
import type { JsonObject } from '../../json/value.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { ColumnAnswer, ColumnOptions } from '../../results/named-columns/named-columns.js';
import type { RecognisedSource, RecogniseOptions } from '../../results/recognise.js';
import { readDataFolder } from '../access/settings.js';
import { type CommonOptions, collect } from '../common-options.js';
import type { Context } from '../context.js';
import { answerQuestions } from './column-questions.js';
import { readJoined } from './joined.js';

/** How files are to be read, as it was typed. */
export interface ReadingOptions {
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

/** What `--format` takes beside the names of harnesses: how a file is written, not what is in it. */
export const TEXT_FORMATS: readonly string[] = [
  'jsonl',
  'json',
  'csv',
  'tsv',
  'yaml',
] satisfies NamedFormat[];

/** Adds what says how files are read, in a group of its own. */
export function addReadingOptions(command: Command): Command {
  command
    .optionsGroup('How files are read:')
    .option(
      '--format <format>',
      'what wrote them, instead of what their content says: see ls-record formats; also jsonl, json, csv, tsv, yaml',
    )
    .option('--sheet <name>', 'sheet of a workbook (.xlsx), or table of Markdown')
    .option('--delimiter <char>', 'what separates the columns of a table: ";" or tab')
    .option(
      '--rows <path>',
      'where the rows are in a JSON or YAML document: results, runs.*.results',
    )
    .option('--inputs <columns>', 'columns that the app was given: a,b (repeatable)', collect)
    .option('--outputs <columns>', 'columns that it gave; none if rows have scores only', collect)
    .option('--reference <columns>', 'columns of what a right answer would be', collect)
    .option('--score <columns>', 'columns of scores', collect);
  // Where facts of an experiment are given by that name, columns are too.
  if (!command.options.some(({ long }) => long === '--metadata'))
    command.option('--metadata <columns>', 'columns that go into metadata', collect);
  return command
    .option('--id <column>', "column of the rows' own ids")
    .option('--ignore <columns>', 'columns to be left out', collect)
    .option(
      '--map <target=path>',
      'where a field is taken from: outputs.answer=response.text (repeatable)',
      collect,
    )
    .option(
      '--systems <names>',
      'systems whose columns are side by side, an experiment each: base,tuned for base_answer, tuned_answer',
      collect,
    )
    .option('--join <file>', 'file of the requests that batch results answer, for their prompts');
}

/**
 * Opens files and tells what wrote them. On a terminal, asks what cannot be told.
 *
 * @throws {LsRecordError} `USAGE` where nobody can be asked; its hint is the `--map` that answers.
 */
export async function openReadable(
  paths: readonly string[],
  options: ReadingOptions & CommonOptions,
  context: Context,
): Promise<RecognisedSource[]> {
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
  });
  try {
    return await recogniseAll(opened, { options, joined, context });
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
  }: {
    options: ReadingOptions & CommonOptions;
    joined: ReadonlyMap<string, JsonObject> | undefined;
    context: Context;
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
  throw new LsRecordError('USAGE', 'no file was named, and nothing is piped in', {
    hint: `For example: ${example}`,
  });
}
