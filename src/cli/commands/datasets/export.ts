import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { printJson } from '../../../json/print.js';
import type { LangSmith } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { type ExampleParts, exampleRow, takeApart } from '../../../recorder/example-rows.js';
import { declare } from '../../command.js';
import { forceOption, outputOption, splitOption } from '../../common-options.js';
import { checkSplits } from '../../datasets/check-splits.js';
import { exampleCsv } from '../../datasets/example-columns.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { type OutputOptions, outputPath, writeFile, writeLines } from '../../screen/output-file.js';
import { tellAmounts } from '../../screen/progress.js';
import { count } from '../../screen/words.js';

interface DatasetsExportOptions extends OutputOptions {
  readonly format?: 'jsonl' | 'csv';
  readonly split?: readonly string[];
}

export const command = declare<DatasetsExportOptions, [string]>({
  details:
    'JSON Lines keeps every digit and can be read by record, datasets create --from and LangSmith. CSV is for spreadsheets.',
  arguments: [new Argument('<dataset>', 'name, ID or URL')],
  options: [
    outputOption,
    new Option('--format <format>', 'output format (default: from the file name)').choices([
      'jsonl',
      'csv',
    ]),
    splitOption,
    forceOption,
  ],
  examples: [
    'datasets export capitals -o capitals.jsonl',
    'datasets export capitals --split test | jq .inputs',
    'ls-record datasets export capitals --local | ls-record datasets create capitals --from -',
  ],
  async run({ context, terminal, connect, answer }, [typed], options) {
    const { output, force, split } = options;
    const path = outputPath(options, context);
    if (terminal.json && path === undefined) {
      throw new LsRecordError('USAGE', '--json needs --output', {
        hint: 'Without --json, the examples themselves go to stdout, one JSON object per line.',
      });
    }
    const { client, where } = await connect();
    const dataset = await findNamedDataset(client, typed);
    await checkSplits(client, dataset, split);
    const format = options.format ?? (path?.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl');

    const examples = new DatasetReading(client, dataset, split, context.signal);
    const write = async (): Promise<boolean> => {
      const lines =
        format === 'csv' ? exampleCsv(() => examples.read()) : jsonLines(dataset, examples);
      if (path === undefined) return writeLines(context.stdout, lines);
      // As home's own file is.
      await writeFile(path, lines, { force, signal: context.signal, isPrivate: where === 'home' });
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
          const total = split ? {} : { totalRows: dataset.exampleCount };
          examples.onProgress = (rows) => tell({ rows, ...total, retries: client.retries });
          return write();
        }));
    if (!isWhole) return;

    const { id, name } = dataset;
    const { rows } = examples;
    answer({ dataset: { id, name }, file: path ?? '-', format, examples: rows }, () => {
      const to = path === undefined ? '' : ` to ${output}`;
      terminal.say(`Exported ${count(rows, 'example')} of "${name}"${to}.`);
    });
  },
});

async function* jsonLines(dataset: Dataset, examples: DatasetReading): AsyncGenerator<string> {
  for await (const example of examples.read()) yield printJson(exampleRow(dataset.id, example));
}

/** Reads a dataset as it was at one moment, as often as is needed. */
class DatasetReading {
  #version: Promise<string | undefined> | undefined;
  /** Read the last time. */
  rows = 0;
  onProgress: (rows: number) => void = () => {};

  constructor(
    private readonly client: LangSmith,
    private readonly dataset: Dataset,
    private readonly splits: readonly string[] | undefined,
    private readonly signal: AbortSignal,
  ) {}

  async *read(): AsyncGenerator<ExampleParts> {
    this.#version ??= this.client.datasetVersion(this.dataset.id);
    const asOf = await this.#version;
    const wanted = { asOf, splits: this.splits };
    this.rows = 0;
    for await (const example of this.client.listExamples(this.dataset.id, wanted)) {
      this.signal.throwIfAborted();
      if (++this.rows % 100 === 0) this.onProgress(this.rows);
      yield takeApart(example);
    }
  }
}
