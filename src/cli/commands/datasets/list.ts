import { Command, Option } from 'commander';
import type { DatasetOrder } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { type Connection, connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions, parseCount } from '../../common-options.js';
import type { Context } from '../../context.js';
import { answerCsv } from '../../screen/csv.js';
import { Terminal } from '../../screen/terminal.js';
import { count, showNumber, showTime } from '../../screen/words.js';

interface Options extends CommonOptions {
  readonly search?: string;
  readonly sort?: DatasetOrder;
  readonly limit?: number;
  readonly csv?: boolean;
}

const ORDERS: readonly DatasetOrder[] = [
  'used',
  'name',
  'created',
  'changed',
  'examples',
  'experiments',
];

export function datasetsListCommand(context: Context): Command {
  const command = new Command('list')
    .description('Lists datasets, the latest used first.')
    .option('--search <text>', 'only those with this in their name')
    .addOption(new Option('--sort <by>', 'in another order').choices(ORDERS))
    .option('--limit <count>', 'at most so many', parseCount)
    .addOption(new Option('--csv', 'answer with CSV').conflicts('json'))
    .action((options: Options) => listDatasets(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets list --search capitals
  $ ls-record datasets list --sort experiments --limit 10
  $ ls-record datasets list --json | jq -r '.datasets[].name'
`,
  );
}

async function listDatasets(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const datasets = await readDatasets(connection, options, terminal);
    const rows = () => datasets.map((dataset) => toJson(dataset, connection));
    if (terminal.json) terminal.answerJson({ datasets: rows() });
    else if (options.csv) await answerAsCsv(terminal, rows());
    else if (datasets.length > 0) answerTable(terminal, datasets);
    else if (options.search) terminal.say(`no dataset has "${options.search}" in its name`);
    else terminal.say('no datasets yet');
  } finally {
    await connection.close();
  }
}

function readDatasets(
  { client }: Connection,
  { search, sort, limit }: Options,
  terminal: Terminal,
): Promise<Dataset[]> {
  const wanted = { nameContains: search, sortBy: sort, limit };
  return terminal.spin('Reading datasets', async (update) => {
    const datasets: Dataset[] = [];
    for await (const dataset of client.listDatasets(wanted)) {
      datasets.push(dataset);
      if (datasets.length % 100 === 0)
        update(`Reading datasets: ${count(datasets.length, 'dataset')}`);
    }
    return datasets;
  });
}

/** A dataset as programs see it. */
type ShownDataset = ReturnType<typeof toJson>;

function toJson(dataset: Dataset, { client, link }: Connection) {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description ?? null,
    examples: dataset.exampleCount,
    experiments: dataset.experimentCount,
    created_at: dataset.createdAt,
    last_experiment_at: dataset.lastExperimentAt ?? null,
    url: link(client.links.dataset(dataset)),
  };
}

function answerAsCsv(terminal: Terminal, rows: readonly ShownDataset[]): Promise<void> {
  const titles = [
    'id',
    'name',
    'description',
    'examples',
    'experiments',
    'created_at',
    'last_experiment_at',
    'url',
  ] as const satisfies (keyof ShownDataset)[];
  const cells = rows.map((row) => titles.map((title) => String(row[title] ?? '')));
  return answerCsv(terminal, titles, cells);
}

function answerTable(terminal: Terminal, datasets: readonly Dataset[]): void {
  terminal.answerTable(
    [
      { title: 'NAME' },
      { title: 'EXAMPLES', align: 'right' },
      { title: 'EXPERIMENTS', align: 'right' },
      { title: 'LAST USED' },
      { title: 'ID', isSpare: true },
    ],
    datasets.map((dataset) => [
      dataset.name,
      showNumber(dataset.exampleCount),
      showNumber(dataset.experimentCount),
      showTime(dataset.lastExperimentAt ?? dataset.createdAt),
      dataset.id,
    ]),
  );
}
