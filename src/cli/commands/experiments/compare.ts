import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { Comparison } from '../../../experiments/compare.js';
import { differingSettings } from '../../../experiments/settings.js';
import type { Connection } from '../../access/connect.js';
import { declare, type Session } from '../../command.js';
import { collect, csvOption } from '../../common-options.js';
import type { Context } from '../../context.js';
import { chooseTwoExperiments } from '../../datasets/chosen-experiments.js';
import {
  answerComparison,
  answerComparisonAsMarkdown,
  type Compared,
} from '../../datasets/comparison-words.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { readingOf } from '../../datasets/read-answers.js';
import { answerCsv } from '../../screen/csv.js';
import type { Terminal, Update } from '../../screen/terminal.js';

interface Options {
  readonly lowerIsBetter?: readonly string[];
  readonly csv?: boolean;
  readonly markdown?: boolean;
}

/** Rows that are named. */
const NAMED = 5;

export const command = declare<Options, [string | undefined, string | undefined]>({
  details:
    'Compares B with A, example by example: scores, latency, errors, tokens, the rows that changed most, and settings that differ. Higher scores are better unless you say otherwise.',
  arguments: [
    new Argument('[a]', 'name, ID or URL of the baseline (prompts if omitted)'),
    new Argument('[b]', 'the experiment to judge'),
  ],
  options: [
    new Option('--lower-is-better <score>', 'less of this score is better (repeatable)').argParser(
      collect,
    ),
    new Option('--markdown', 'output Markdown, such as for a pull request').conflicts([
      'json',
      'csv',
    ]),
    csvOption,
  ],
  examples: [
    'experiments compare capitals-1a2b3c4d capitals-5e6f7a8b',
    'experiments compare',
    'experiments compare main nightly --lower-is-better toxicity',
    'experiments compare main nightly --markdown >> "$GITHUB_STEP_SUMMARY"',
  ],
  run: compareExperiments,
});

async function compareExperiments(
  { context, terminal, connect }: Session,
  typed: readonly (string | undefined)[],
  options: Options,
): Promise<void> {
  const connection = await connect();
  const { client } = connection;
  const chosen = await chooseTwoExperiments(typed, { client, context, terminal });
  const compared = await terminal.spin('Reading the experiments', (update) =>
    read(connection, chosen, options, context, update),
  );
  noteUnknownKeys(compared, options.lowerIsBetter ?? [], terminal);
  if (terminal.json) terminal.answerJson(toJson(compared));
  else if (options.csv) await answerAsCsv(terminal, compared.comparison);
  else if (options.markdown) answerComparisonAsMarkdown(compared, terminal);
  else answerComparison(compared, terminal, context);
}

async function read(
  connection: Connection,
  typed: readonly [string, string],
  { lowerIsBetter = [] }: Options,
  context: Context,
  update: Update,
): Promise<Compared> {
  const { client, link } = connection;
  const { compare } = await import('../../../experiments/compare.js');
  const a = await findNamedExperiment(client, typed[0]);
  const b = await findNamedExperiment(client, typed[1]);
  if (a.id === b.id) {
    throw new LsRecordError('USAGE', `"${typed[0]}" and "${typed[1]}" are the same experiment`, {
      hint: 'See which there are: ls-record experiments list DATASET.',
    });
  }
  if (a.datasetId !== b.datasetId) {
    throw new LsRecordError('USAGE', `"${a.name}" and "${b.name}" are about different datasets`, {
      hint: 'Rows are compared by their example, so both have to be experiments of one dataset.',
    });
  }
  const comparison = await compare(readingOf([a, b], connection, context, update), {
    lowerIsBetter: new Set(lowerIsBetter),
    named: NAMED,
  });
  const url = link(client.links.experiments(a.datasetId, [a, b]));
  return { a, b, comparison, settings: differingSettings(a, b), url };
}

function noteUnknownKeys({ comparison }: Compared, keys: readonly string[], terminal: Terminal) {
  for (const key of keys) {
    if (!comparison.scores.some((score) => score.key === key))
      terminal.warn(`--lower-is-better ${key}: neither experiment has this score`);
  }
}

function toJson({ a, b, comparison, settings, url }: Compared) {
  const side = (experiment: NamedExperiment, figures: Comparison['a']) => ({
    id: experiment.id,
    name: experiment.name,
    rows: figures.rows,
    errors: figures.errors,
    latency_p50: figures.latencyP50 ?? null,
    total_tokens: experiment.totalTokens ?? null,
    total_cost: experiment.totalCost ?? null,
  });
  const { examples } = comparison;
  return {
    a: side(a, comparison.a),
    b: side(b, comparison.b),
    examples: { both: examples.both, only_a: examples.onlyA, only_b: examples.onlyB },
    scores: Object.fromEntries(comparison.scores.map((score) => [score.key, scoreJson(score)])),
    changed: comparison.changed.map(({ rowId, exampleId, ...row }) => ({
      row_id: rowId ?? null,
      example_id: exampleId,
      ...row,
    })),
    only_in_one: comparison.lone.map(({ side: of, rowId, exampleId, input }) => ({
      experiment: of,
      row_id: rowId ?? null,
      example_id: exampleId,
      input,
    })),
    settings: settings.map((pair) => ({ name: pair.name, a: pair.a ?? null, b: pair.b ?? null })),
    url,
  };
}

function scoreJson({ a, b, difference, matched, lowerIsBetter }: Comparison['scores'][number]) {
  return {
    lower_is_better: lowerIsBetter,
    n_a: a.n,
    n_b: b.n,
    mean_a: a.mean ?? null,
    mean_b: b.mean ?? null,
    values_a: a.values,
    values_b: b.values,
    difference: difference ?? null,
    matched: { ...matched, difference: matched.difference ?? null },
  };
}

function answerAsCsv(terminal: Terminal, { scores }: Comparison): Promise<void> {
  const titles = [
    'score',
    'n_a',
    'n_b',
    'mean_a',
    'mean_b',
    'difference',
    'improved',
    'regressed',
    'same',
  ];
  const rows = scores.map(({ key, a, b, difference, matched }) =>
    [
      key,
      a.n,
      b.n,
      a.mean,
      b.mean,
      difference,
      matched.improved,
      matched.regressed,
      matched.same,
    ].map((cell) => String(cell ?? '')),
  );
  return answerCsv(terminal, titles, rows);
}
