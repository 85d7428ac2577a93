import { Option } from 'commander';
import type { DatasetOrder } from '../../../langsmith/datasets.js';
import type { Dataset } from '../../../langsmith/wire.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import { csvOption, limitOption, searchOption } from '../../common-options.js';
import { readAll } from '../../datasets/read-all.js';
import { answerList, field, type ListColumn, NUMBER } from '../../screen/list.js';
import { showTime } from '../../screen/words.js';

interface DatasetsListOptions {
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

export const command = declare<DatasetsListOptions>({
  options: [
    searchOption,
    new Option('--sort <by>', 'sort order (default: used)').choices(ORDERS),
    limitOption,
    csvOption,
  ],
  examples: [
    'datasets list --search capitals',
    'datasets list --sort experiments --limit 10',
    "datasets list --json | jq -r '.datasets[].name'",
  ],
  async run(session, _typed, { search, sort, limit, csv }) {
    const connection = await session.connect();
    const found = connection.client.listDatasets({ nameContains: search, sortBy: sort, limit });
    const items = await readAll(found, 'dataset', session.terminal);
    const none = search ? `no dataset has "${search}" in its name` : 'no datasets yet';
    await answerList(session, {
      name: 'datasets',
      items,
      columns: columnsFor(connection),
      none,
      csv,
    });
  },
});

function columnsFor({ client, link }: Connection): readonly ListColumn<Dataset>[] {
  return [
    field('id', ({ id }) => id),
    field('name', ({ name }) => name, 'NAME'),
    field('description', ({ description }) => description),
    field('examples', ({ exampleCount }) => exampleCount, 'EXAMPLES', NUMBER),
    field('experiments', ({ experimentCount }) => experimentCount, 'EXPERIMENTS', NUMBER),
    field('created_at', ({ createdAt }) => createdAt),
    field('last_experiment_at', ({ lastExperimentAt }) => lastExperimentAt),
    {
      title: 'LAST USED',
      show: ({ lastExperimentAt, createdAt }) => showTime(lastExperimentAt ?? createdAt),
    },
    field('url', (dataset) => link(client.links.dataset(dataset))),
    { title: 'ID', show: ({ id }) => id, isSpare: true },
  ];
}
