import { Command } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { type Connection, connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { askYes } from '../../picking/ask-yes.js';
import { printable } from '../../screen/printable.js';
import { Terminal } from '../../screen/terminal.js';
import { count } from '../../screen/words.js';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

export function datasetsDeleteCommand(context: Context): Command {
  const command = new Command('delete')
    .description(
      'Deletes a dataset with all its examples, and with them the experiments that were run on it. Asks first.',
    )
    .argument('<dataset>', 'name, id or URL')
    .option('--yes', 'do not ask')
    .action((dataset: string, options: Options) => deleteDataset(context, dataset, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets delete capitals
  $ ls-record datasets delete capitals --local --yes
`,
  );
}

async function deleteDataset(context: Context, typed: string, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const dataset = await findNamedDataset(connection.client, typed);
    const what = describe(dataset, connection);
    if (!options.yes && !(await confirm(what, dataset, terminal, context))) {
      terminal.say('Nothing was deleted.');
      return;
    }
    await connection.client.deleteDataset(dataset.id);

    const { id, name, exampleCount: examples, experimentCount: experiments } = dataset;
    if (terminal.json) terminal.answerJson({ deleted: { id, name, examples, experiments } });
    else terminal.say(`Deleted ${what}.`);
  } finally {
    await connection.close();
  }
}

/** What goes with it. LangSmith does not tell what becomes of the experiments, so all are counted as lost. */
function describe(dataset: Dataset, { where }: Connection): string {
  const { name, exampleCount, experimentCount } = dataset;
  const place = where === 'home' ? 'this machine' : 'LangSmith';
  return `dataset "${name}" on ${place} with its ${count(exampleCount, 'example')} and ${count(experimentCount, 'experiment')}`;
}

async function confirm(
  what: string,
  dataset: Dataset,
  terminal: Terminal,
  context: Context,
): Promise<boolean> {
  if (!terminal.mayAsk) {
    throw new LsRecordError('USAGE', `this would delete ${what}`, {
      hint: 'Nobody is there to be asked: if that is what you want, add --yes.',
    });
  }
  if (dataset.experimentCount > 0) {
    terminal.warn('deleted experiments, with their runs and scores, cannot be brought back');
  }
  return askYes(`Delete ${printable(what)}?`, context);
}
