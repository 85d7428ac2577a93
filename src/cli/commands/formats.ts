import type { Format } from '../../results/formats/format.js';
import { declare } from '../command.js';
import { answerList, field, type ListColumn } from '../screen/list.js';
import { columnsOfCells } from '../screen/table.js';
import type { Terminal } from '../screen/terminal.js';
import { columnsOf, widestOf, wrap } from '../screen/width.js';

/** What is read without any harness being known. */
export const OWN_FORMATS = [
  {
    name: 'native',
    title: 'rows of ls-record',
    files: '*.jsonl, *.json, *.csv',
    reads: 'a row with inputs, and outputs, error or scores, is a run',
  },
  {
    name: 'columns',
    title: 'tables and rows with other column names',
    files: '*.csv, *.parquet, *.jsonl',
    reads: 'columns are recognised by their names, such as question, answer and ground_truth',
  },
];

const MIN_ROOM = 20;

type Listed = Pick<Format, 'name' | 'title' | 'files' | 'reads'>;

const COLUMNS: readonly ListColumn<Listed>[] = [
  field('name', ({ name }) => name, 'FORMAT'),
  field('title', ({ title }) => title, 'WRITTEN BY'),
  field('files', ({ files }) => files, 'FILES'),
  field('reads', ({ reads }) => reads, 'WHAT IS READ'),
];

export const command = declare({
  details: 'Formats are detected from the content; --format overrides.',
  examples: ['formats', "formats --json | jq -r '.formats[].name'"],
  isOffline: true,
  async run(session) {
    const { context, terminal } = session;
    const { FORMATS } = await import('../../results/formats/all.js');
    const items = [...FORMATS, ...OWN_FORMATS];
    const columns = columnsOf(context.stdout);
    if (columns !== undefined && !terminal.json) answerWrapped(items, columns, terminal);
    else await answerList(session, { name: 'formats', items, columns: COLUMNS, none: '' });
  },
});

/** Some lines a format: in a table of 80 columns, most of it would be cut off. */
function answerWrapped(formats: readonly Listed[], columns: number, terminal: Terminal): void {
  const widest = widestOf(formats.map(({ name }) => name));
  const room = Math.max(MIN_ROOM, columns - widest - 2);
  terminal.answerTable(
    columnsOfCells([{ title: 'FORMAT' }, { title: 'WHAT IS READ' }]),
    formats.flatMap(({ name, title, files, reads }) =>
      [`${title} (${files})`, reads]
        .flatMap((text) => wrap(text, room))
        .map((line, at) => [at === 0 ? name : '', line]),
    ),
  );
}
