import { Option } from 'commander';
import type { DatasetOrder } from '../../../langsmith/datasets.js';
import type { Dataset } from '../../../langsmith/wire.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import { csvOption, limitOption, searchOption } from '../../common-options.js';
import { readAll } from '../../datasets/all-of.js';
import { answerList, type ListColumn } from '../../screen/list.js';
import { showNumber, showTime } from '../../screen/words.js';

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
  const numbered = { align: 'right' } as const;
  return [
    { key: 'id', value: ({ id }) => id },
    { key: 'name', value: ({ name }) => name, title: 'NAME', show: ({ name }) => name },
    { key: 'description', value: ({ description }) => description ?? null },
    {
      key: 'examples',
      value: ({ exampleCount }) => exampleCount,
      title: 'EXAMPLES',
      show: ({ exampleCount }) => showNumber(exampleCount),
      ...numbered,
    },
    {
      key: 'experiments',
      value: ({ experimentCount }) => experimentCount,
      title: 'EXPERIMENTS',
      show: ({ experimentCount }) => showNumber(experimentCount),
      ...numbered,
    },
    { key: 'created_at', value: ({ createdAt }) => createdAt },
    {
      key: 'last_experiment_at',
      value: ({ lastExperimentAt }) => lastExperimentAt ?? null,
      title: 'LAST USED',
      show: ({ lastExperimentAt, createdAt }) => showTime(lastExperimentAt ?? createdAt),
    },
    { key: 'url', value: (dataset) => link(client.links.dataset(dataset)) },
    { title: 'ID', show: ({ id }) => id, isSpare: true },
  ];
}
