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
    const title = `Pulling ${experiment.name}`;
    let rows = 0;
    const isWhole = await terminal.spin(title, async (update) => {
      const tell = tellAmounts(update, title);
      const totalRows = experiment.runCount ?? 0;
      const onRow = (done: number) => {
        rows = done;
        if (done % 100 === 0) tell({ rows, totalRows, retries: client.retries });
      };
      const lines = pullLines(experiment, connection, options.exampleIds, context, onRow);
      if (path === undefined) return writeLines(context.stdout, lines);
      const { force } = options;
      // As home's own file is.
      await writeFile(path, lines, { force, signal: context.signal, isPrivate: where === 'home' });
      return true;
    });
    if (isWhole) report(experiment, rows, path, options, terminal);
  },
});

/** The rows of an experiment, a line each. @param onRow told how many there are so far. */
async function* pullLines(
  experiment: NamedExperiment,
  { client }: Connection,
  exampleIds: boolean,
  { signal }: Context,
  onRow: (rows: number) => void,
): AsyncGenerator<string> {
  const { aboutOf, pullRows } = await import('../../../experiments/pull.js');
  const { datasetId } = experiment;
  let rows = 0;
  for await (const row of pullRows({ client, datasetId, experiment, signal, exampleIds })) {
    // So that recorded from the file, it is that experiment again.
    const isFirst = rows++ === 0;
    yield printJson(isFirst ? { ...row, experiment: { ...aboutOf(experiment) } } : row);
    onRow(rows);
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
