import { Argument, Option } from 'commander';
import { nameOfPlace } from '../../access/connect.js';
import { declare } from '../../command.js';
import { yesOption } from '../../common-options.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { findNamedRule } from '../../evaluators/named-rule.js';

export const command = declare<{ dataset: string; yes?: boolean }, [string]>({
  details: 'Scores that it gave stay. Asks for confirmation.',
  arguments: [new Argument('<name>', 'name or ID of the evaluator')],
  options: [
    new Option('-d, --dataset <name>', 'dataset that it is bound to').makeOptionMandatory(),
    yesOption,
  ],
  examples: ['evaluators remove correctness -d capitals'],
  async run({ terminal, connect, confirm }, [typed], { dataset: named, yes }) {
    const connection = await connect();
    const dataset = await findNamedDataset(connection.client, named);
    const rule = await findNamedRule(connection.client, dataset, typed);
    const what = `evaluator "${rule.name}" of "${dataset.name}"`;
    if (!(await confirm({ yes, action: `remove ${what} ${nameOfPlace(connection)}` }))) return;
    await connection.client.deleteRule(rule.id);
    terminal.say(`Removed ${what}.`);
    if (terminal.json) terminal.answerJson({ removed: { id: rule.id, name: rule.name } });
  },
});
