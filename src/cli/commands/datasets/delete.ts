import { Argument } from 'commander';
import type { Dataset } from '../../../langsmith/wire.js';
import { type Connection, nameOfPlace } from '../../access/connect.js';
import { declare } from '../../command.js';
import { yesOption } from '../../common-options.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { count } from '../../screen/words.js';

export const command = declare<{ yes?: boolean }, [string]>({
  details: 'Also deletes its experiments. Asks for confirmation.',
  arguments: [new Argument('<dataset>', 'name, ID or URL')],
  options: [yesOption],
  examples: ['datasets delete capitals', 'datasets delete capitals --local --yes'],
  async run({ terminal, connect, confirm, answer }, [typed], { yes }) {
    const connection = await connect();
    const dataset = await findNamedDataset(connection.client, typed, true);
    const what = describe(dataset, connection);
    const explain = () => {
      if (dataset.experimentCount > 0)
        terminal.warn('deleted experiments, with their runs and scores, cannot be restored');
    };
    if (!(await confirm({ yes, action: `delete ${what}`, explain }))) return;
    await connection.client.deleteDataset(dataset.id);

    const { id, name, exampleCount: examples, experimentCount: experiments } = dataset;
    answer({ deleted: { id, name, examples, experiments } }, () =>
      terminal.say(`Deleted ${what}.`),
    );
  },
});

/** What goes with it. LangSmith does not say what becomes of the experiments, so all are counted as lost. */
function describe(dataset: Dataset, connection: Connection): string {
  const { name, exampleCount, experimentCount } = dataset;
  return `dataset "${name}" ${nameOfPlace(connection)} with its ${count(exampleCount, 'example')} and ${count(experimentCount, 'experiment')}`;
}
