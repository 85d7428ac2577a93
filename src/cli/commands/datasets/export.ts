import { Command, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { printJson } from '../../../json/print.js';
import type { LangSmith } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { type ExampleParts, exampleRow, takeApart } from '../../../recorder/example-rows.js';
import { connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions, collect } from '../../common-options.js';
import type { Context } from '../../context.js';
import { exampleCsv } from '../../datasets/example-table.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { checkSplits } from '../../datasets/splits.js';
import { type OutputOptions, outputPath, writeFile, writeLines } from '../../screen/output-file.js';
import { tellAmounts } from '../../screen/progress.js';
import { Terminal } from '../../screen/terminal.js';
import { count } from '../../screen/words.js';

interface Options extends CommonOptions, OutputOptions {
  readonly format?: 'jsonl' | 'csv';
  readonly split?: readonly string[];
}

export function datasetsExportCommand(context: Context): Command {
  const command = new Command('export')
    .description(
      'Writes the examples of a dataset as JSON Lines, which keep every digit and are read back by record, by datasets create --from, and by LangSmith; or as CSV for spreadsheets.',
    )
    .argument('<dataset>', 'name, id or URL')
    .option('-o, --output <file>', 'write there instead of to stdout')
    .addOption(
      new Option(
        '--format <format>',
        'what to write; default: what the name of the file says',
      ).choices(['jsonl', 'csv']),
    )
    .option('--split <name>', 'only examples of this split (repeatable)', collect)
    .option('--force', 'replace a file that is there')
    .action((dataset: string, options: Options) => exportDataset(context, dataset, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets export capitals -o capitals.jsonl
  $ ls-record datasets export capitals --split test | jq .inputs
  $ ls-record datasets export capitals --local | ls-record datasets create capitals --from -
`,
  );
}

async function exportDataset(context: Context, typed: string, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const path = outputPath(options, context);
  if (terminal.json && path === undefined) {
    throw new LsRecordError('USAGE', '--json tells what was exported, so it needs --output', {
      hint: 'Without --json, the examples themselves go to stdout, one JSON object a line.',
    });
  }
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const dataset = await findNamedDataset(client, typed);
    await checkSplits(client, dataset, options.split);
    const format = options.format ?? (path?.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl');

    const examples = new DatasetReading(client, dataset, options.split, context.signal);
    const write = async (): Promise<boolean> => {
      const lines =
        format === 'csv' ? exampleCsv(() => examples.read()) : jsonLines(dataset, examples);
      if (path === undefined) return writeLines(context.stdout, lines);
      await writeFile(path, lines, {
        force: options.force,
        signal: context.signal,
        // As home's own file is.
        isPrivate: connection.where === 'home',
      });
      return true;
    };
    const title = `Exporting ${dataset.name}`;
    // On a terminal that shows the examples themselves, a spinner would be in their way.
    const isShown = path === undefined && context.stdout.isTTY;
    const isWhole = await (isShown
      ? write()
      : terminal.spin(title, (update) => {
          const tell = tellAmounts(update, title, 'example');
          // Of some splits only, nobody knows how many there are.
          const total = options.split ? {} : { totalRows: dataset.exampleCount };
          examples.onProgress = (rows) => tell({ rows, ...total, retries: client.retries });
          return write();
        }));

    if (!isWhole) return;
    if (terminal.json) {
      const { id, name } = dataset;
      terminal.answerJson({
        dataset: { id, name },
        file: path ?? '-',
        format,
        examples: examples.rows,
      });
    } else {
      const where = path === undefined ? '' : ` to ${options.output}`;
      terminal.say(`Exported ${count(examples.rows, 'example')} of "${dataset.name}"${where}.`);
    }
  } finally {
    await connection.close();
  }
}

async function* jsonLines(dataset: Dataset, examples: DatasetReading): AsyncGenerator<string> {
  for await (const example of examples.read()) yield printJson(exampleRow(dataset.id, example));
}

/** Reads a dataset as it was at one moment, as often as is needed. */
class DatasetReading {
  readonly #client: LangSmith;
  readonly #dataset: Dataset;
  readonly #splits: readonly string[] | undefined;
  readonly #signal: AbortSignal;
  #version: Promise<string | undefined> | undefined;
  /** Read the last time. */
  rows = 0;
  onProgress: (rows: number) => void = () => {};

  constructor(
    client: LangSmith,
    dataset: Dataset,
    splits: readonly string[] | undefined,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#dataset = dataset;
    this.#splits = splits;
    this.#signal = signal;
  }

  async *read(): AsyncGenerator<ExampleParts> {
    this.#version ??= this.#client.datasetVersion(this.#dataset.id);
    const asOf = await this.#version;
    const wanted = { asOf, splits: this.#splits };
    this.rows = 0;
    for await (const example of this.#client.listExamples(this.#dataset.id, wanted)) {
      this.#signal.throwIfAborted();
      if (++this.rows % 100 === 0) this.onProgress(this.rows);
      yield takeApart(example);
    }
  }
}
