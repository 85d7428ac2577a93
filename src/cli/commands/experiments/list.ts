import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { isChangedSince, pushedTo } from '../../../experiments/pushed.js';
import type { ExperimentOrder } from '../../../langsmith/experiments.js';
import type { Experiment } from '../../../langsmith/wire.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import { csvOption, limitOption, searchOption } from '../../common-options.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { readAll } from '../../datasets/read-all.js';
import { pickDataset } from '../../picking/pick-dataset.js';
import { answerList, field, type ListColumn, NUMBER } from '../../screen/list.js';
import { showCost, showNumber, showScore, showSeconds, showTime } from '../../screen/words.js';

interface ExperimentsListOptions {
  readonly dataset?: string;
  readonly search?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly csv?: boolean;
}

/** Scores that matter more than all else; others give way first where there is no room. */
const SCORES_FIRST = 3;

export const command = declare<ExperimentsListOptions, [string | undefined]>({
  details: 'Includes the mean scores of each.',
  arguments: [new Argument('[dataset]', 'name, ID or URL (prompts if omitted)')],
  options: [
    new Option('-d, --dataset <name>', 'same as the argument'),
    searchOption,
    new Option('--sort <by>', 'name, start, or a score (highest mean first)'),
    limitOption,
    csvOption,
  ],
  examples: [
    'experiments list capitals',
    'experiments list capitals --sort correct --limit 5',
    "experiments list capitals --json | jq '.experiments[0].scores'",
  ],
  async run(session, [argument], { search, sort, limit, csv, ...options }) {
    const { context, terminal } = session;
    const typed = argument ?? options.dataset;
    if (typed === undefined && !terminal.mayAsk) {
      throw new LsRecordError('USAGE', 'no dataset given', {
        hint: 'Give one: ls-record experiments list DATASET. To list datasets: ls-record datasets list',
      });
    }
    const connection = await session.connect();
    const { client } = connection;
    const chosen = typed ?? (await pickDataset(client, undefined, context));
    const dataset = await findNamedDataset(client, chosen);
    const sortBy = sort === undefined ? undefined : orderOf(sort);
    const found = client.listExperiments(dataset.id, { nameContains: search, sortBy, limit });
    const items = await readAll(found, 'experiment', terminal);
    if (
      typeof sortBy === 'object' &&
      items.length > 0 &&
      !items.some((one) => meanOf(one, sort) !== undefined)
    )
      terminal.warn(`--sort ${sort}: no experiment has numbers for this score`);
    const hidden = await answerList(session, {
      name: 'experiments',
      items,
      columns: columnsFor(items, dataset.id, sort, connection),
      none: search
        ? `no experiment on "${dataset.name}" has "${search}" in its name`
        : `no experiments on "${dataset.name}" yet`,
      csv,
    });
    if (hidden.length > 0)
      terminal.note(`no room for ${hidden.join(', ')}; --json and --csv show all`);
  },
});

function orderOf(sort: string): ExperimentOrder {
  return sort === 'name' || sort === 'start' ? sort : { score: sort };
}

function columnsFor(
  experiments: readonly Experiment[],
  datasetId: string,
  sort: string | undefined,
  { client, link, where }: Connection,
): readonly ListColumn<Experiment>[] {
  const keys = [...new Set(experiments.flatMap(({ feedback }) => Object.keys(feedback)))].sort();
  // What they are sorted by has to be seen.
  const inOrder = [...new Set(keys.filter((key) => key === sort).concat(keys))];
  const align = 'right' as const;
  const scores = inOrder.map(
    (key, at): ListColumn<Experiment> => ({
      title: key,
      show: (one) => showScore(meanOf(one, key)),
      align,
      dispensable: at < SCORES_FIRST ? 1 + at : 20 + at,
    }),
  );
  const inCsv = keys.map(
    (key): ListColumn<Experiment> => ({
      key: `scores.${key}`,
      value: (one) => meanOf(one, key) ?? null,
      only: 'csv',
    }),
  );
  return [
    field('id', ({ id }) => id),
    field('name', ({ name }) => name, 'NAME'),
    ...scores,
    field('start_time', ({ startTime }) => startTime),
    field('end_time', ({ endTime }) => endTime),
    field('runs', ({ runCount }) => runCount, 'RUNS', { ...NUMBER, dispensable: 5 }),
    {
      key: 'error_rate',
      value: ({ errorRate }) => errorRate ?? null,
      title: 'ERRORS',
      show: showErrors,
      align,
      dispensable: 6,
    },
    field('latency_p50', medianLatency, 'P50', { show: showSeconds, align, dispensable: 7 }),
    field('total_tokens', ({ totalTokens }) => totalTokens, 'TOKENS', {
      show: (tokens) => (tokens === 0 ? '' : showNumber(tokens)),
      align,
      dispensable: 10,
    }),
    field('total_cost', ({ totalCost }) => totalCost, 'COST', {
      show: (cost) => (cost === 0 ? '' : showCost(cost)),
      align,
      dispensable: 9,
    }),
    { title: 'START', show: ({ startTime }) => showTime(startTime), dispensable: 8 },
    { key: 'scores', value: ({ feedback }) => feedback, only: 'json' },
    field('url', (one) => link(client.links.experiments(datasetId, [one]))),
    ...(where === 'home' ? pushColumns(experiments) : []),
    ...inCsv,
  ];
}

/** Says where experiments on this machine were sent. */
function pushColumns(experiments: readonly Experiment[]): ListColumn<Experiment>[] {
  const toJson = (one: Experiment) =>
    pushedTo(one).map((to) => ({
      url: to.url,
      at: to.at,
      changed_since: isChangedSince(one, to),
    }));
  const show = (one: Experiment) => {
    const [latest] = pushedTo(one);
    if (!latest) return '';
    return isChangedSince(one, latest) ? 'changed since' : 'yes';
  };
  const isAnyPushed = experiments.some((one) => pushedTo(one).length > 0);
  return [
    { key: 'pushed', value: toJson, only: 'json' },
    { key: 'pushed', value: (one) => pushedTo(one)[0]?.url ?? null, only: 'csv' },
    ...(isAnyPushed ? [{ title: 'PUSHED', show, dispensable: 4 }] : []),
  ];
}

/** LangSmith counts rows without times as rows that took none; no median of such is shown. */
function medianLatency({ latencyP50 }: Experiment): number | undefined {
  return latencyP50 || undefined;
}

function meanOf({ feedback }: Experiment, key = ''): number | undefined {
  return Object.hasOwn(feedback, key) ? feedback[key]?.avg : undefined;
}

function showErrors({ runCount, errorRate }: Experiment): string {
  if (!errorRate) return '';
  return runCount === undefined
    ? `${Number((errorRate * 100).toFixed(1))}%`
    : showNumber(Math.round(errorRate * runCount));
}
