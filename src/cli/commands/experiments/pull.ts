import { Command } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { printJson } from '../../../json/print.js';
import { type Connection, connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import { chooseExperiment } from '../../datasets/chosen-experiments.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { type OutputOptions, outputPath, writeFile, writeLines } from '../../screen/output-file.js';
import { tellAmounts } from '../../screen/progress.js';
import { Terminal } from '../../screen/terminal.js';
import { count, showNumber } from '../../screen/words.js';

interface Options extends CommonOptions, OutputOptions {
  /** False: rows can be recorded into any dataset. */
  readonly exampleIds: boolean;
}

export function experimentsPullCommand(context: Context): Command {
  const command = new Command('pull')
    .description(
      'Writes an experiment as JSON Lines that record reads back: inputs, outputs, reference outputs, errors, true times, exact scores with comments and corrections, metadata, tags and child runs.',
    )
    .argument('[experiment]', 'name, id or URL; left out, you pick')
    .option('-o, --output <file>', 'write there instead of to stdout')
    .option(
      '--no-example-ids',
      'name no examples by id, so that rows can be recorded into another dataset',
    )
    .option('--force', 'replace a file that is there')
    .action((experiment: string | undefined, options: Options) =>
      pullExperiment(context, experiment, options),
    );
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record experiments pull capitals-1a2b3c4d -o capitals.jsonl
  $ ls-record experiments pull capitals-1a2b3c4d | jq 'select(.error)'
  $ ls-record experiments pull capitals-1a2b3c4d | ls-record record -d capitals --local
`,
  );
}

async function pullExperiment(
  context: Context,
  typed: string | undefined,
  options: Options,
): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const path = outputPath(options, context);
  if (terminal.json && path === undefined) {
    throw new LsRecordError('USAGE', '--json tells what was pulled, so it needs --output', {
      hint: 'Without --json, the rows themselves go to stdout, one JSON object a line.',
    });
  }
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const chosen = await chooseExperiment(typed, { client, context, terminal });
    const experiment = await findNamedExperiment(client, chosen);
    const rows = new PulledRows(experiment, connection, options.exampleIds, context);
    const title = `Pulling ${experiment.name}`;
    const isWhole = await terminal.spin(title, async (update) => {
      const tell = tellAmounts(update, title);
      const totalRows = experiment.runCount ?? 0;
      rows.onProgress = (done) => tell({ rows: done, totalRows, retries: client.retries });
      if (path === undefined) return writeLines(context.stdout, rows.lines());
      await writeFile(path, rows.lines(), {
        force: options.force,
        signal: context.signal,
        // As home's own file is.
        isPrivate: connection.where === 'home',
      });
      return true;
    });
    if (isWhole) report(experiment, rows.written, path, options, terminal);
  } finally {
    await connection.close();
  }
}

class PulledRows {
  readonly #experiment: NamedExperiment;
  readonly #connection: Connection;
  readonly #exampleIds: boolean;
  readonly #context: Context;
  written = 0;
  onProgress: (rows: number) => void = () => {};

  constructor(
    experiment: NamedExperiment,
    connection: Connection,
    exampleIds: boolean,
    context: Context,
  ) {
    this.#experiment = experiment;
    this.#connection = connection;
    this.#exampleIds = exampleIds;
    this.#context = context;
  }

  async *lines(): AsyncGenerator<string> {
    const { pullRows } = await import('../../../experiments/pull.js');
    const rows = pullRows({
      client: this.#connection.client,
      datasetId: this.#experiment.datasetId,
      experiment: this.#experiment,
      signal: this.#context.signal,
      exampleIds: this.#exampleIds,
    });
    for await (const row of rows) {
      yield printJson(row);
      if (++this.written % 100 === 0) this.onProgress(this.written);
    }
  }
}

function report(
  { id, name, runCount = 0, summary }: NamedExperiment,
  rows: number,
  path: string | undefined,
  { output }: Options,
  terminal: Terminal,
): void {
  if (rows < runCount) {
    const missing = count(runCount - rows, 'row');
    terminal.warn(`${missing} of ${showNumber(runCount)} could not be read; pull again later`);
  }
  const ofWhole = Object.keys(summary);
  if (ofWhole.length > 0) {
    terminal.note(
      `scores of the experiment as a whole are in no row: ${ofWhole.join(', ')}; experiments show has them`,
    );
  }
  if (terminal.json) terminal.answerJson({ experiment: { id, name }, file: path ?? '-', rows });
  else {
    const where = path === undefined ? '' : ` to ${output}`;
    terminal.say(`Pulled ${count(rows, 'row')} of "${name}"${where}.`);
  }
}
