import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { printJson } from '../../../json/print.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import { forceOption, outputOption } from '../../common-options.js';
import type { Context } from '../../context.js';
import { chooseExperiment } from '../../datasets/chosen-experiments.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { type OutputOptions, outputPath, writeFile, writeLines } from '../../screen/output-file.js';
import { tellAmounts } from '../../screen/progress.js';
import type { Terminal } from '../../screen/terminal.js';
import { count, showNumber } from '../../screen/words.js';

interface ExperimentsPullOptions extends OutputOptions {
  /** False: rows can be recorded into any dataset. */
  readonly exampleIds: boolean;
}

export const command = declare<ExperimentsPullOptions, [string | undefined]>({
  details:
    'JSON Lines with inputs, outputs, reference outputs, errors, original times, exact scores with comments and corrections, metadata, tags and child runs.',
  arguments: [new Argument('[experiment]', 'name, ID or URL (prompts if omitted)')],
  options: [
    outputOption,
    new Option('--no-example-ids', 'omit example IDs, to record into another dataset'),
    forceOption,
  ],
  examples: [
    'experiments pull capitals-1a2b3c4d -o capitals.jsonl',
    "experiments pull capitals-1a2b3c4d | jq 'select(.error)'",
    'ls-record experiments pull capitals-1a2b3c4d | ls-record record -d capitals --local',
  ],
  async run({ context, terminal, connect }, [typed], options) {
    const path = outputPath(options, context);
    if (terminal.json && path === undefined) {
      throw new LsRecordError('USAGE', '--json needs --output', {
        hint: 'Without --json, the rows themselves go to stdout, one JSON object per line.',
      });
    }
    const connection = await connect();
    const { client, where } = connection;
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
        isPrivate: where === 'home',
      });
      return true;
    });
    if (isWhole) report(experiment, rows.written, path, options, terminal);
  },
});

class PulledRows {
  written = 0;
  onProgress: (rows: number) => void = () => {};

  constructor(
    private readonly experiment: NamedExperiment,
    private readonly connection: Connection,
    private readonly exampleIds: boolean,
    private readonly context: Context,
  ) {}

  async *lines(): AsyncGenerator<string> {
    const { aboutOf, pullRows } = await import('../../../experiments/pull.js');
    const rows = pullRows({
      client: this.connection.client,
      datasetId: this.experiment.datasetId,
      experiment: this.experiment,
      signal: this.context.signal,
      exampleIds: this.exampleIds,
    });
    for await (const row of rows) {
      // So that recorded from the file, it is that experiment again.
      const isFirst = this.written === 0;
      yield printJson(isFirst ? { ...row, experiment: { ...aboutOf(this.experiment) } } : row);
      if (++this.written % 100 === 0) this.onProgress(this.written);
    }
  }
}

function report(
  { id, name, runCount = 0, summary }: NamedExperiment,
  rows: number,
  path: string | undefined,
  { output }: ExperimentsPullOptions,
  terminal: Terminal,
): void {
  if (rows < runCount) {
    const missing = count(runCount - rows, 'row');
    terminal.warn(`${missing} of ${showNumber(runCount)} could not be read; pull again later`);
  }
  const ofWhole = Object.keys(summary);
  if (ofWhole.length > 0) {
    terminal.note(
      `scores of the whole experiment are left out: ${ofWhole.join(', ')}; experiments show prints them`,
    );
  }
  if (terminal.json) terminal.answerJson({ experiment: { id, name }, file: path ?? '-', rows });
  else {
    const where = path === undefined ? '' : ` to ${output}`;
    terminal.say(`Pulled ${count(rows, 'row')} of "${name}"${where}.`);
  }
}
