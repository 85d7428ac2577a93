import { Argument } from 'commander';
import { previewChat } from '../../../experiments/gist.js';
import { printJson } from '../../../json/print.js';
import type { JsonObject } from '../../../json/value.js';
import { type ExampleParts, takeApart } from '../../../recorder/example-rows.js';
import { declare } from '../../command.js';
import { csvOption, limitOption, splitOption } from '../../common-options.js';
import { checkSplits } from '../../datasets/check-splits.js';
import { exampleCsv } from '../../datasets/example-columns.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { readAll } from '../../datasets/read-all.js';
import { answerList, field, type ListColumn } from '../../screen/list.js';
import { writeLines } from '../../screen/output-file.js';
import { printable } from '../../screen/printable.js';
import { shorten } from '../../screen/width.js';
import { count } from '../../screen/words.js';

/** More than anybody looks through in a table. */
const SHOWN = 50;
/** Columns of a payload: enough to tell it apart, and to leave room for the others. */
const MAX_CELL = 60;

interface ExamplesListOptions {
  readonly split?: readonly string[];
  readonly limit?: number;
  readonly csv?: boolean;
}

const COLUMNS: readonly ListColumn<ExampleParts>[] = [
  field('id', ({ id }) => id),
  field('inputs', ({ inputs }) => inputs, 'INPUTS', { show: describePayload }),
  field('reference_outputs', ({ referenceOutputs }) => referenceOutputs, 'REFERENCE', {
    show: describePayload,
  }),
  field('metadata', ({ metadata }) => metadata),
  field('split', ({ split }) => [...split], 'SPLIT', { show: (split) => split.join(', ') }),
  { title: 'ID', show: ({ id }) => id, isSpare: true },
];

export const command = declare<ExamplesListOptions, [string]>({
  details: `The table shows the first ${SHOWN}; --json and --csv output all.`,
  arguments: [new Argument('<dataset>', 'name, ID or URL')],
  options: [splitOption, limitOption, csvOption],
  examples: [
    'examples list capitals --split test',
    "examples list capitals --json | jq '.examples[].inputs'",
  ],
  async run(session, [typed], { split, limit, csv }) {
    const { context, terminal } = session;
    const { client } = await session.connect();
    const dataset = await findNamedDataset(client, typed);
    await checkSplits(client, dataset, split);
    const isTable = !terminal.json && !csv;
    const wanted = { splits: split, limit: limit ?? (isTable ? SHOWN : undefined) };
    const found = await readAll(client.listExamples(dataset.id, wanted), 'example', terminal);
    const items = found.map(takeApart);
    const lines = exampleCsv(() => items);
    if (csv) return void (await writeLines(context.stdout, lines));
    const none = `no examples in "${dataset.name}" yet`;
    await answerList(session, { name: 'examples', items, columns: COLUMNS, none });
    const isCut = isTable && limit === undefined && items.length === SHOWN;
    if (isCut && (split || dataset.exampleCount > SHOWN)) {
      const all = split ? '' : ` of ${count(dataset.exampleCount, 'example')}`;
      terminal.say(`The first ${SHOWN}${all}; for more, use --limit; for all, datasets export.`);
    }
  },
});

/** A lone text as it is, a chat by its last question, all else as JSON. */
function describePayload(payload: JsonObject): string {
  const names = Object.keys(payload);
  const only = names.length === 1 ? payload[names[0] ?? ''] : undefined;
  if (names.length === 0) return '';
  const text = typeof only === 'string' ? only : (previewChat(payload) ?? printJson(payload));
  // Cut first: it may have megabytes.
  return shorten(printable(text.slice(0, 4 * MAX_CELL)), MAX_CELL);
}
