import { Command, Option } from 'commander';
import { printJson } from '../../../json/print.js';
import type { JsonObject } from '../../../json/value.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { type ExampleParts, takeApart } from '../../../recorder/example-rows.js';
import { connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions, collect, parseCount } from '../../common-options.js';
import type { Context } from '../../context.js';
import { exampleCsv } from '../../datasets/example-table.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { checkSplits } from '../../datasets/splits.js';
import { writeLines } from '../../screen/output-file.js';
import { printable } from '../../screen/printable.js';
import { Terminal } from '../../screen/terminal.js';
import { shorten } from '../../screen/width.js';
import { count, showNumber } from '../../screen/words.js';

/** More than anybody looks through in a table. */
const SHOWN = 50;
/** Columns of a payload: enough to tell it apart, and to leave room for the others. */
const MAX_CELL = 60;

interface Options extends CommonOptions {
  readonly split?: readonly string[];
  readonly limit?: number;
  readonly csv?: boolean;
}

export function examplesListCommand(context: Context): Command {
  const command = new Command('list')
    .description(
      `Lists the examples of a dataset: in a table the first ${SHOWN}, with --json or --csv all of them.`,
    )
    .argument('<dataset>', 'name, id or URL')
    .option('--split <name>', 'only examples of this split (repeatable)', collect)
    .option('--limit <count>', 'at most so many', parseCount)
    .addOption(new Option('--csv', 'answer with CSV').conflicts('json'))
    .action((dataset: string, options: Options) => listExamples(context, dataset, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record examples list capitals --split test
  $ ls-record examples list capitals --json | jq '.examples[].inputs'
`,
  );
}

async function listExamples(context: Context, typed: string, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const dataset = await findNamedDataset(client, typed);
    await checkSplits(client, dataset, options.split);
    const isTable = !terminal.json && !options.csv;
    const limit = options.limit ?? (isTable ? SHOWN : undefined);
    const wanted = { splits: options.split, limit };
    const examples = await terminal.spin('Reading examples', async (update) => {
      const read: ExampleParts[] = [];
      for await (const example of client.listExamples(dataset.id, wanted)) {
        read.push(takeApart(example));
        if (read.length % 100 === 0) update(`Reading examples: ${showNumber(read.length)}`);
      }
      return read;
    });

    if (terminal.json) terminal.answerJson({ examples: examples.map(toJson) });
    else if (options.csv)
      await writeLines(
        context.stdout,
        exampleCsv(() => each(examples)),
      );
    else answerTable(terminal, dataset, examples, options);
  } finally {
    await connection.close();
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function toJson({ id, inputs, referenceOutputs, metadata, split }: ExampleParts) {
  return { id, inputs, reference_outputs: referenceOutputs ?? null, metadata, split: [...split] };
}

function answerTable(
  terminal: Terminal,
  dataset: Dataset,
  examples: readonly ExampleParts[],
  { split, limit }: Options,
): void {
  if (examples.length === 0) {
    terminal.say(`no examples in "${dataset.name}" yet`);
    return;
  }
  terminal.answerTable(
    [
      { title: 'INPUTS' },
      { title: 'REFERENCE' },
      { title: 'SPLIT' },
      { title: 'ID', isSpare: true },
    ],
    examples.map((example) => [
      describePayload(example.inputs),
      describePayload(example.referenceOutputs ?? {}),
      example.split.join(', '),
      example.id,
    ]),
  );
  const isCut = limit === undefined && examples.length === SHOWN;
  if (isCut && (split || dataset.exampleCount > SHOWN)) {
    const all = split ? '' : ` of ${count(dataset.exampleCount, 'example')}`;
    terminal.say(`The first ${SHOWN}${all}; --limit shows more, datasets export gives all.`);
  }
}

/** A text that stands alone as it is, all else as JSON. */
function describePayload(payload: JsonObject): string {
  const names = Object.keys(payload);
  const only = names.length === 1 ? payload[names[0] ?? ''] : undefined;
  if (names.length === 0) return '';
  const text = typeof only === 'string' ? only : printJson(payload);
  // Cut first: it may have megabytes.
  return shorten(printable(text.slice(0, 4 * MAX_CELL)), MAX_CELL);
}
