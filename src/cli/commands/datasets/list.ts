import { Command } from 'commander';
import { allOf } from '../../all-of.js';
import { addCommonOptions, type CommonOptions, parseCount } from '../../common-options.js';
import { connect } from '../../connect.js';
import type { Context } from '../../context.js';
import { readPlace } from '../../settings.js';
import { Terminal } from '../../terminal.js';
import { showTime } from '../../words.js';

interface Options extends CommonOptions {
  readonly search?: string;
  readonly limit?: number;
}

export function datasetsListCommand(context: Context): Command {
  const command = new Command('list')
    .summary('list datasets, the latest used first')
    .description('Lists datasets, the latest used first.')
    .option('--search <text>', 'only those with this in their name')
    .option('--limit <count>', 'at most so many', parseCount)
    .action((options: Options) => listDatasets(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets list --search capitals
  $ ls-record datasets list --json | jq -r '.datasets[].name'
`,
  );
}

async function listDatasets(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const wanted = {
      ...(options.search !== undefined && { nameContains: options.search }),
      ...(options.limit !== undefined && { limit: options.limit }),
    };
    const datasets = await terminal.spin('Reading datasets', () =>
      allOf(client.listDatasets(wanted)),
    );

    if (terminal.json) {
      terminal.answerJson({
        datasets: datasets.map((dataset) => ({
          id: dataset.id,
          name: dataset.name,
          description: dataset.description ?? null,
          examples: dataset.exampleCount,
          experiments: dataset.experimentCount,
          created_at: dataset.createdAt,
          last_experiment_at: dataset.lastExperimentAt ?? null,
          url: connection.link(client.links.dataset(dataset)),
        })),
      });
    } else if (datasets.length === 0) {
      terminal.say(
        options.search ? `no dataset has "${options.search}" in its name` : 'no datasets yet',
      );
    } else {
      terminal.answerTable(
        [
          { title: 'NAME' },
          { title: 'EXAMPLES', align: 'right' },
          { title: 'EXPERIMENTS', align: 'right' },
          { title: 'LAST USED' },
          { title: 'ID' },
        ],
        datasets.map((dataset) => [
          dataset.name,
          String(dataset.exampleCount),
          String(dataset.experimentCount),
          showTime(dataset.lastExperimentAt ?? dataset.createdAt),
          dataset.id,
        ]),
      );
    }
  } finally {
    await connection.close();
  }
}
