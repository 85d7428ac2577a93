import { Argument } from 'commander';
import { nameOfPlace } from '../../access/connect.js';
import { declare } from '../../command.js';
import { yesOption } from '../../common-options.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { count } from '../../screen/words.js';

export const command = declare<{ yes?: boolean }, [string[]]>({
  details: 'The dataset and its examples stay. Asks for confirmation.',
  arguments: [new Argument('<experiments...>', 'names, IDs or URLs')],
  options: [yesOption],
  examples: [
    'experiments delete capitals-1a2b3c4d',
    'experiments delete nightly-1 nightly-2 --yes',
  ],
  async run({ context, terminal, connect, confirm }, [typed], { yes }) {
    const connection = await connect();
    // All are found before one is deleted: a misspelt name stops everything.
    const found = new Map<string, NamedExperiment>();
    for (const name of typed) {
      const experiment = await findNamedExperiment(connection.client, name, { isExact: true });
      found.set(experiment.id, experiment);
    }
    const experiments = [...found.values()];
    const [first, ...others] = experiments;
    const what =
      first && others.length === 0 ? describe(first) : count(experiments.length, 'experiment');
    const explain = () => {
      if (others.length > 0)
        for (const experiment of experiments) terminal.say(`  ${describe(experiment)}`);
      terminal.warn('deleted experiments, with their runs and scores, cannot be restored');
    };
    const action = `delete ${what} ${nameOfPlace(connection)}`;
    if (!(await confirm({ yes, action, explain }))) return;

    const deleted = [];
    for (const experiment of experiments) {
      context.signal.throwIfAborted();
      await connection.client.deleteExperiment(experiment.id);
      const { id, name, runCount } = experiment;
      deleted.push({ id, name, rows: runCount ?? null });
      terminal.say(`Deleted ${describe(experiment)}.`);
    }
    if (terminal.json) terminal.answerJson({ deleted });
  },
});

function describe({ name, runCount }: NamedExperiment): string {
  const rows = runCount === undefined ? '' : `, ${count(runCount, 'row')}`;
  return `experiment "${name}"${rows}`;
}
