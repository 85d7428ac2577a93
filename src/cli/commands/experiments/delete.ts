import { Command } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { type Connection, connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { askYes } from '../../picking/ask-yes.js';
import { printable } from '../../screen/printable.js';
import { Terminal } from '../../screen/terminal.js';
import { count } from '../../screen/words.js';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

export function experimentsDeleteCommand(context: Context): Command {
  const command = new Command('delete')
    .description(
      'Deletes experiments with their runs and scores; the dataset and its examples stay. Asks first.',
    )
    .argument('<experiments...>', 'names, ids or URLs')
    .option('--yes', 'do not ask')
    .action((experiments: string[], options: Options) =>
      deleteExperiments(context, experiments, options),
    );
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record experiments delete capitals-1a2b3c4d
  $ ls-record experiments delete nightly-1 nightly-2 --yes
`,
  );
}

async function deleteExperiments(
  context: Context,
  typed: readonly string[],
  options: Options,
): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    // All are found before one is deleted: a misspelt name stops everything.
    const found = new Map<string, NamedExperiment>();
    for (const name of typed) {
      const experiment = await findNamedExperiment(connection.client, name);
      found.set(experiment.id, experiment);
    }
    const experiments = [...found.values()];
    if (!options.yes && !(await confirm(experiments, connection, terminal, context))) {
      terminal.say('Nothing was deleted.');
      return;
    }
    const deleted = [];
    for (const experiment of experiments) {
      context.signal.throwIfAborted();
      await connection.client.deleteExperiment(experiment.id);
      const { id, name, runCount } = experiment;
      deleted.push({ id, name, rows: runCount ?? null });
      terminal.say(`Deleted ${describe(experiment)}.`);
    }
    if (terminal.json) terminal.answerJson({ deleted });
  } finally {
    await connection.close();
  }
}

function describe({ name, runCount }: NamedExperiment): string {
  const rows = runCount === undefined ? '' : `, ${count(runCount, 'row')}`;
  return `experiment "${name}"${rows}`;
}

async function confirm(
  experiments: readonly NamedExperiment[],
  { where }: Connection,
  terminal: Terminal,
  context: Context,
): Promise<boolean> {
  const [first, ...others] = experiments;
  const what =
    first && others.length === 0 ? describe(first) : count(experiments.length, 'experiment');
  const place = where === 'home' ? 'on this machine' : 'on LangSmith';
  if (!terminal.mayAsk) {
    throw new LsRecordError('USAGE', `this would delete ${what} ${place}`, {
      hint: 'Nobody is there to be asked: if that is what you want, add --yes.',
    });
  }
  if (others.length > 0)
    for (const experiment of experiments) terminal.say(`  ${describe(experiment)}`);
  return askYes(`Delete ${printable(what)} ${place}? It cannot be brought back.`, context);
}
