import { Command, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { ExperimentOrder } from '../../../langsmith/client.js';
import type { Dataset, Experiment } from '../../../langsmith/wire.js';
import { type Connection, connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions, parseCount } from '../../common-options.js';
import type { Context } from '../../context.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { pickDataset } from '../../picking/pick-dataset.js';
import { answerCsv } from '../../screen/csv.js';
import { type FilledColumn, fitColumns, rowsOf } from '../../screen/fit-columns.js';
import { Terminal } from '../../screen/terminal.js';
import { showCost, showNumber, showScore, showSeconds, showTime } from '../../screen/words.js';

interface Options extends CommonOptions {
  readonly dataset?: string;
  readonly search?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly csv?: boolean;
}

/** Scores that are more than all else; others go first where there is no room. */
const SCORES_FIRST = 3;

export function experimentsListCommand(context: Context): Command {
  const command = new Command('list')
    .description('Lists the experiments of a dataset with their mean scores, newest first.')
    .argument('[dataset]', 'name, id or URL; left out, you pick')
    .option('-d, --dataset <name>', 'the same')
    .option('--search <text>', 'only those with this in their name')
    .option('--sort <by>', 'name, start, or a score: the highest mean first')
    .option('--limit <count>', 'at most so many', parseCount)
    .addOption(new Option('--csv', 'answer with CSV').conflicts('json'))
    .action((dataset: string | undefined, options: Options) =>
      listExperiments(context, dataset ?? options.dataset, options),
    );
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record experiments list capitals
  $ ls-record experiments list capitals --sort correct --limit 5
  $ ls-record experiments list capitals --json | jq '.experiments[0].scores'
`,
  );
}

async function listExperiments(
  context: Context,
  typed: string | undefined,
  options: Options,
): Promise<void> {
  const terminal = await Terminal.open(context, options);
  if (typed === undefined && !terminal.mayAsk) {
    throw new LsRecordError('USAGE', 'no dataset was named', {
      hint: 'Name one: ls-record experiments list DATASET. ls-record datasets list shows which there are.',
    });
  }
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const chosen = typed ?? (await pickDataset(connection.client, undefined, context));
    const [dataset, experiments] = await read(connection, chosen, options, terminal);
    warnOfUnknownOrder(options.sort, experiments, terminal);
    const rows = () => experiments.map((experiment) => toJson(experiment, dataset, connection));
    if (terminal.json) terminal.answerJson({ experiments: rows() });
    else if (options.csv) await answerAsCsv(terminal, rows());
    else if (experiments.length > 0) answerTable(terminal, experiments, options.sort, context);
    else if (options.search)
      terminal.say(`no experiment on "${dataset.name}" has "${options.search}" in its name`);
    else terminal.say(`no experiments on "${dataset.name}" yet`);
  } finally {
    await connection.close();
  }
}

function read(
  { client }: Connection,
  typed: string,
  { search, sort, limit }: Options,
  terminal: Terminal,
): Promise<[Dataset, Experiment[]]> {
  const sortBy = sort === undefined ? undefined : orderOf(sort);
  const wanted = { nameContains: search, sortBy, limit };
  return terminal.spin('Reading experiments', async (update) => {
    const dataset = await findNamedDataset(client, typed);
    const experiments: Experiment[] = [];
    for await (const experiment of client.listExperiments(dataset.id, wanted)) {
      experiments.push(experiment);
      if (experiments.length % 100 === 0)
        update(`Reading experiments: ${showNumber(experiments.length)}`);
    }
    return [dataset, experiments];
  });
}

function warnOfUnknownOrder(
  sort: string | undefined,
  experiments: readonly Experiment[],
  terminal: Terminal,
): void {
  if (sort === undefined || typeof orderOf(sort) === 'string' || experiments.length === 0) return;
  const isKnown = experiments.some(({ feedback }) => meanOf(feedback, sort) !== undefined);
  if (!isKnown) terminal.warn(`--sort ${sort}: no experiment has a number under this score`);
}

function orderOf(sort: string): ExperimentOrder {
  return sort === 'name' || sort === 'start' ? sort : { score: sort };
}

/** An experiment as programs see it. */
type ShownExperiment = ReturnType<typeof toJson>;

function toJson(experiment: Experiment, dataset: Dataset, { client, link }: Connection) {
  return {
    id: experiment.id,
    name: experiment.name,
    start_time: experiment.startTime,
    end_time: experiment.endTime ?? null,
    runs: experiment.runCount ?? null,
    error_rate: experiment.errorRate ?? null,
    latency_p50: medianLatency(experiment) ?? null,
    total_tokens: experiment.totalTokens ?? null,
    total_cost: experiment.totalCost ?? null,
    scores: experiment.feedback,
    url: link(client.links.experiments(dataset.id, [experiment])),
  };
}

function answerAsCsv(terminal: Terminal, rows: readonly ShownExperiment[]): Promise<void> {
  const titles = [
    'id',
    'name',
    'start_time',
    'end_time',
    'runs',
    'error_rate',
    'latency_p50',
    'total_tokens',
    'total_cost',
    'url',
  ] as const satisfies (keyof ShownExperiment)[];
  const keys = scoreKeys(rows.map(({ scores }) => scores));
  const cells = rows.map((row) => [
    ...titles.map((title) => String(row[title] ?? '')),
    ...keys.map((key) => String(meanOf(row.scores, key) ?? '')),
  ]);
  return answerCsv(terminal, [...titles, ...keys.map((key) => `scores.${key}`)], cells);
}

function answerTable(
  terminal: Terminal,
  experiments: readonly Experiment[],
  sort: string | undefined,
  context: Context,
): void {
  const keys = scoreKeys(experiments.map(({ feedback }) => feedback));
  // What they are sorted by is to be seen.
  const inOrder = [...new Set(keys.filter((key) => key === sort).concat(keys))];
  const column = (title: string, dispensable: number, show: (one: Experiment) => string) => ({
    title,
    align: 'right' as const,
    cells: experiments.map(show),
    dispensable,
  });
  const filled: readonly FilledColumn[] = [
    { title: 'NAME', cells: experiments.map(({ name }) => name) },
    ...inOrder.map((key, at) =>
      column(key, at < SCORES_FIRST ? 1 + at : 20 + at, ({ feedback }) =>
        showScore(meanOf(feedback, key)),
      ),
    ),
    column('RUNS', 5, ({ runCount }) => showIfKnown(runCount, showNumber)),
    column('ERRORS', 6, showErrors),
    column('P50', 7, (one) => showIfKnown(medianLatency(one), showSeconds)),
    column('TOKENS', 10, ({ totalTokens }) => showIfKnown(totalTokens || undefined, showNumber)),
    column('COST', 9, ({ totalCost }) => showIfKnown(totalCost || undefined, showCost)),
    { ...column('START', 8, ({ startTime }) => showTime(startTime)), align: 'left' as const },
  ].filter(({ cells }) => cells.some((cell) => cell !== ''));
  const shown = fitColumns(filled, context);
  terminal.answerTable(shown, rowsOf(shown));
  const hidden = filled.filter((one) => !shown.includes(one)).map(({ title }) => title);
  if (hidden.length > 0)
    terminal.note(`no room for ${hidden.join(', ')}; --json and --csv have all`);
}

/** LangSmith counts rows without times as rows that took none; no median of such is shown. */
function medianLatency({ latencyP50 }: Experiment): number | undefined {
  return latencyP50 || undefined;
}

function showIfKnown<T>(value: T | undefined, show: (value: T) => string): string {
  return value === undefined ? '' : show(value);
}

function scoreKeys(scores: readonly Experiment['feedback'][]): string[] {
  return [...new Set(scores.flatMap((ofOne) => Object.keys(ofOne)))].sort();
}

function meanOf(scores: Experiment['feedback'], key: string): number | undefined {
  return Object.hasOwn(scores, key) ? scores[key]?.avg : undefined;
}

function showErrors({ runCount, errorRate }: Experiment): string {
  if (!errorRate) return '';
  return runCount === undefined
    ? `${Number((errorRate * 100).toFixed(1))}%`
    : showNumber(Math.round(errorRate * runCount));
}
