import { Command } from 'commander';
import type { Format } from '../../results/formats/format.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { Terminal } from '../screen/terminal.js';
import { columnsOf, widestOf, wrap } from '../screen/width.js';

/** What is read without any harness being known. */
export const OWN_FORMATS = [
  {
    name: 'native',
    title: 'rows of ls-record',
    files: '*.jsonl, *.json, *.csv',
    reads: 'a row with inputs, and outputs or error, is a run',
  },
  {
    name: 'columns',
    title: 'tables and rows with names of their own',
    files: '*.csv, *.parquet, *.jsonl',
    reads: 'columns are recognised by their names, such as question, answer and ground_truth',
  },
];

const MIN_ROOM = 20;

export function formatsCommand(context: Context): Command {
  const command = new Command('formats')
    .description(
      'Lists the formats of results that can be read. They are recognised by content; --format says otherwise.',
    )
    .action((options: CommonOptions) => listFormats(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record formats
  $ ls-record formats --json | jq -r '.formats[].name'
`,
  );
}

async function listFormats(context: Context, options: CommonOptions): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const { FORMATS } = await import('../../results/formats/all.js');
  const formats = [...FORMATS, ...OWN_FORMATS];
  if (terminal.json) {
    terminal.answerJson({
      formats: formats.map(({ name, title, files, reads }) => ({ name, title, files, reads })),
    });
    return;
  }
  const columns = columnsOf(context.stdout);
  if (columns !== undefined) {
    answerWrapped(formats, columns, terminal);
    return;
  }
  terminal.answerTable(
    [{ title: 'FORMAT' }, { title: 'WRITTEN BY' }, { title: 'FILES' }, { title: 'WHAT IS READ' }],
    formats.map(({ name, title, files, reads }) => [name, title, files, reads]),
  );
}

type Listed = Pick<Format, 'name' | 'title' | 'files' | 'reads'>;

/** Some lines a format: in a table of 80 columns, most of it would be cut off. */
function answerWrapped(formats: readonly Listed[], columns: number, terminal: Terminal): void {
  const widest = widestOf(formats.map(({ name }) => name));
  const room = Math.max(MIN_ROOM, columns - widest - 2);
  terminal.answerTable(
    [{ title: 'FORMAT' }, { title: 'WHAT IS READ' }],
    formats.flatMap(({ name, title, files, reads }) =>
      [`${title} (${files})`, reads]
        .flatMap((text) => wrap(text, room))
        .map((line, at) => [at === 0 ? name : '', line]),
    ),
  );
}
