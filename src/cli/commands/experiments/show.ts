import { Argument } from 'commander';
import type { RunPreview } from '../../../experiments/row-head.js';
import { settingsOf } from '../../../experiments/settings.js';
import type { ExperimentFigures, ScoreFigures } from '../../../experiments/summarise.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import type { Context } from '../../context.js';
import { chooseExperiment } from '../../datasets/chosen-experiments.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { rowName } from '../../datasets/row-name.js';
import { forPrograms } from '../../screen/for-programs.js';
import { tellAmounts } from '../../screen/progress.js';
import { drawHistogram } from '../../screen/sparkline.js';
import type { Terminal, Update } from '../../screen/terminal.js';
import { widestOf } from '../../screen/width.js';
import {
  count,
  showCost,
  showNumber,
  showScore,
  showSeconds,
  showTime,
} from '../../screen/words.js';

/** Shows so many words of a score; --json has more. */
const VALUES_SHOWN = 5;
const SLOWEST_SHOWN = 3;

export const command = declare<object, [string | undefined]>({
  details:
    'Includes scores, latency, tokens and cost, the slowest and failed rows, and settings. Reads every row.',
  arguments: [new Argument('[experiment]', 'name, ID or URL (prompts if omitted)')],
  examples: [
    'experiments show capitals-1a2b3c4d',
    'experiments show capitals-1a2b3c4d --json | jq .experiment.scores',
  ],
  async run({ context, terminal, connect, answer }, [typed]) {
    const connection = await connect();
    const { client } = connection;
    const chosen = await chooseExperiment(typed, { client, context, terminal });
    const shown = await terminal.spin('Reading the experiment', (update) =>
      read(connection, chosen, context, update),
    );
    answer({ experiment: toJson(shown) }, () => answerInWords(shown, terminal, context));
  },
});

/** All that is shown of an experiment. */
interface ShownExperiment {
  readonly experiment: NamedExperiment;
  readonly datasetName: string;
  readonly figures: ExperimentFigures;
  readonly url: string;
  /** Where a person finds a run. */
  readonly linkRun: (runId: string) => string;
}

async function read(
  connection: Connection,
  typed: string,
  context: Context,
  update: Update,
): Promise<ShownExperiment> {
  const { client, link } = connection;
  const { summarise } = await import('../../../experiments/summarise.js');
  const experiment = await findNamedExperiment(client, typed);
  const dataset = await client.findDataset(experiment.datasetId);
  const { datasetId, name, runCount: totalRows = 0 } = experiment;
  const tell = tellAmounts(update, `Reading ${name}`);
  const figures = await summarise({
    client,
    datasetId,
    experiments: [experiment],
    signal: context.signal,
    onProgress: (rows) => tell({ rows, totalRows, retries: client.retries }),
  });
  return {
    experiment,
    datasetName: dataset?.name ?? experiment.datasetId,
    figures,
    url: link(client.links.experiments(experiment.datasetId, [experiment])),
    linkRun: (runId) => link(client.links.run(experiment, runId)),
  };
}

function toJson({ experiment, datasetName, figures, url, linkRun }: ShownExperiment) {
  const row = (head: RunPreview) => ({
    ...forPrograms(head, 'runId', 'rowId', 'exampleId', 'input', 'error', 'latency'),
    url: linkRun(head.runId),
  });
  return {
    ...forPrograms(experiment, 'id', 'name', 'description'),
    dataset: { id: experiment.datasetId, name: datasetName },
    ...forPrograms(experiment, 'startTime', 'endTime'),
    ...forPrograms(figures, 'rows', 'examples', 'errors'),
    rows_without_example: figures.withoutExample,
    scores: Object.fromEntries(figures.scores.map((score) => [score.key, scoreJson(score)])),
    whole_scores: experiment.summary,
    latency: figures.latency ?? null,
    ...forPrograms(experiment, 'totalTokens', 'totalCost'),
    slowest: figures.slowest.map(row),
    failed: figures.failed.map(row),
    metadata: experiment.extra.metadata ?? {},
    url,
  };
}

function scoreJson({ rows, numbers, histogram, values, otherValues }: ScoreFigures) {
  return {
    rows,
    n: numbers?.n ?? 0,
    mean: numbers?.mean ?? null,
    stdev: numbers?.stdev ?? null,
    min: numbers?.min ?? null,
    max: numbers?.max ?? null,
    histogram: histogram ?? null,
    values,
    other_values: otherValues,
  };
}

function answerInWords(shown: ShownExperiment, terminal: Terminal, context: Context): void {
  const { experiment, figures, url } = shown;
  terminal.answer(experiment.name);
  if (experiment.description) terminal.answer(experiment.description);
  terminal.answer('');
  answerFacts(factsOf(shown), terminal);
  answerScores(shown, terminal, context);
  answerRows('SLOWEST', figures.slowest.slice(0, SLOWEST_SHOWN), terminal);
  const more = figures.errors - figures.failed.length;
  const title = more > 0 ? `FAILED (and ${showNumber(more)} more)` : 'FAILED';
  answerRows(title, figures.failed, terminal);
  const settings = [...settingsOf(experiment)];
  if (settings.length > 0) {
    terminal.answer('');
    terminal.answer('SETTINGS');
    answerFacts(settings, terminal);
  }
  terminal.answer('');
  terminal.answer(url);
}

function factsOf({ experiment, datasetName, figures }: ShownExperiment): [string, string][] {
  const { latency, rows, examples, errors, withoutExample } = figures;
  const { totalTokens, totalCost, startTime, endTime, id } = experiment;
  const on = rows === examples ? '' : ` on ${count(examples, 'example')}`;
  const gone = withoutExample === 0 ? '' : `, ${showNumber(withoutExample)} of deleted examples`;
  const facts: [string, string][] = [
    ['Dataset', datasetName],
    ['Runs', `${showNumber(rows)}${on}${gone}`],
    ['Errors', errors === 0 ? 'none' : showNumber(errors)],
    ['Latency', latency ? `p50 ${showSeconds(latency.p50)}, p95 ${showSeconds(latency.p95)}` : ''],
    ['Tokens', totalTokens ? showNumber(totalTokens) : ''],
    ['Cost', totalCost ? showCost(totalCost) : ''],
    ['Start', showTime(startTime)],
    ['End', endTime === undefined ? 'not yet' : showTime(endTime)],
    ['Id', id],
  ];
  return facts.filter(([, fact]) => fact !== '');
}

function answerFacts(facts: readonly [title: string, fact: string][], terminal: Terminal): void {
  const width = widestOf(facts.map(([title]) => title));
  for (const [title, fact] of facts) terminal.answerCut(`${title.padEnd(width)}  ${fact}`);
}

function answerScores(
  { experiment, figures }: ShownExperiment,
  terminal: Terminal,
  context: Context,
): void {
  const numeric = figures.scores.filter(({ numbers }) => numbers);
  if (numeric.length > 0) {
    terminal.answer('');
    terminal.answerTable(
      [
        { title: 'SCORE', show: ({ key }) => key },
        { title: 'N', align: 'right', show: ({ numbers }) => showNumber(numbers?.n ?? 0) },
        { title: 'MEAN', align: 'right', show: ({ numbers }) => showScore(numbers?.mean) },
        { title: 'STDEV', align: 'right', show: ({ numbers }) => showScore(numbers?.stdev) },
        {
          title: 'SPREAD',
          show: ({ histogram }) => (histogram ? drawHistogram(histogram, context) : ''),
        },
      ],
      numeric,
    );
  }
  const inWords = figures.scores.filter(({ values }) => values.length > 0);
  if (inWords.length > 0) {
    terminal.answer('');
    terminal.answerTable(
      [
        { title: 'SCORE', show: ({ key }) => key },
        { title: 'N', align: 'right', show: (score) => showNumber(countValues(score, 0)) },
        { title: 'VALUES', show: valuesInWords },
      ],
      inWords,
    );
  }
  const whole = Object.entries(experiment.summary);
  if (whole.length > 0) {
    terminal.answer('');
    terminal.answerTable(
      [
        { title: 'OF THE WHOLE', show: ([key]) => key },
        { title: 'SCORE', align: 'right', show: ([, { avg }]) => showScore(avg) },
      ],
      whole,
    );
  }
}

/** A failed row is described by its error, any other by its input. */
function answerRows(title: string, rows: readonly RunPreview[], terminal: Terminal): void {
  if (rows.length === 0) return;
  terminal.answer('');
  terminal.answer(title);
  for (const row of rows) {
    const took = row.latency === undefined ? '' : showSeconds(row.latency);
    terminal.answerCut(`${took.padStart(8)}  ${row.error ?? row.input}`);
    const name = rowName(row);
    if (name !== undefined) terminal.answerCut(`          ${name}`);
  }
}

/** @param from those before it are left out. */
function countValues({ values, otherValues }: ScoreFigures, from: number): number {
  return values.slice(from).reduce((sum, { n }) => sum + n, otherValues);
}

function valuesInWords(score: ScoreFigures): string {
  const { values } = score;
  const shown = values.slice(0, VALUES_SHOWN).map(({ value, n }) => `${value} ${showNumber(n)}`);
  const left = countValues(score, VALUES_SHOWN);
  return [...shown, ...(left > 0 ? [`others ${showNumber(left)}`] : [])].join(', ');
}
