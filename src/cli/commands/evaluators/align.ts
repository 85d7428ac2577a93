import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { Agreement, AgreementFigure } from '../../../experiments/statistics.js';
import type { Experiment } from '../../../langsmith/wire.js';
import type { Alignment, BothScored, Raters, Said } from '../../../scoring/align.js';
import { declare, type Session } from '../../command.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { findNamedExperiment } from '../../datasets/named-experiment.js';
import { readAll } from '../../datasets/read-all.js';
import { rowName } from '../../datasets/row-name.js';
import { answerReport, type Block } from '../../screen/report.js';
import { count } from '../../screen/words.js';

interface EvaluatorsAlignOptions {
  readonly human?: string;
  readonly dataset?: string;
}

const ROWS_SHOWN = 10;

export const command = declare<EvaluatorsAlignOptions, [string, string[]]>({
  details:
    'Over all runs that both scored: agreement and kappa of booleans and categories, weighted kappa of steps such as 1 to 5, rank correlation of numbers, each with a 95 % interval.',
  arguments: [
    new Argument('<judge>', 'score key of the judge'),
    new Argument('[experiments...]', 'names, IDs or URLs (default: all of the dataset)'),
  ],
  options: [
    new Option(
      '--human <key>',
      'score key of the people (default: the same key, scored in the app)',
    ),
    new Option('-d, --dataset <name>', 'dataset whose experiments are read'),
  ],
  examples: [
    'evaluators align correctness --human correct -d capitals',
    'evaluators align correctness nightly --human correct',
  ],
  async run(session, [judge, typed], { human = judge, dataset }) {
    const experiments = await chosenExperiments(session, typed, dataset);
    const { client } = await session.connect();
    const { align, readBothScored } = await import('../../../scoring/align.js');
    const raters: Raters = { judge, human };
    const runs = await readBothScored(client, experiments, raters);
    if (runs.length === 0) throw noneScored(raters);
    const alignment = align(runs, raters);
    session.answer({ alignment: alignmentJson(alignment, raters) }, () =>
      answerReport(describe(alignment, raters), session.terminal),
    );
  },
});

async function chosenExperiments(
  { connect, terminal }: Session,
  typed: readonly string[],
  dataset: string | undefined,
): Promise<readonly Experiment[]> {
  const { client } = await connect();
  if (typed.length > 0)
    return Promise.all(typed.map((one) => findNamedExperiment(client, one, { dataset })));
  if (dataset === undefined)
    throw new LsRecordError('USAGE', 'neither experiments nor a dataset were named', {
      hint: 'Name a dataset with --dataset, or experiments after the judge.',
    });
  const { id } = await findNamedDataset(client, dataset);
  return readAll(client.listExperiments(id, {}), 'experiment', terminal);
}

function noneScored({ judge, human }: Raters): LsRecordError {
  const what =
    judge === human
      ? `no run was scored under ${judge} by a person and by something else`
      : `no run has a score of both ${judge} and ${human}`;
  return new LsRecordError('USAGE', what, {
    hint: 'Let people score some runs: ls-record queues create NAME, then ls-record queues add NAME EXPERIMENT.',
  });
}

function describe(alignment: Alignment, { judge, human }: Raters): readonly Block[] {
  const { judge: agreement, people, raters, runs, differing } = alignment;
  const by = raters.length > 1 ? ` by ${count(raters.length, 'person', 'people')}` : '';
  return [
    {
      kind: 'heading',
      text: `${judge} against ${human}: ${count(runs, 'run')}, ${count(agreement.examples, 'example')}${by}`,
    },
    ...figuresOf('judge and people', agreement),
    ...(people ? figuresOf('people among themselves', people) : []),
    ...(agreement.isTooFew
      ? [{ kind: 'line', text: 'Too few examples to tell: an interval needs 20.' } as const]
      : []),
    ...confusionOf(agreement, { judge, human }),
    ...(differing.length > 0
      ? [
          {
            kind: 'rows',
            title: `Where they differ most (${Math.min(differing.length, ROWS_SHOWN)} of ${count(differing.length, 'run')}):`,
            rows: differing.slice(0, ROWS_SHOWN).map(rowOf),
          } as const,
        ]
      : []),
  ];
}

function figuresOf(who: string, { figures, n }: Agreement): Block[] {
  return figures.map((figure) => ({
    kind: 'line',
    text: `${figure.measurement} of ${who}: ${figureInWords(figure)}, n ${n}`,
  }));
}

function figureInWords({ value, interval }: AgreementFigure): string {
  if (value === undefined) return 'none (one side always says the same)';
  const shown = value.toFixed(2);
  return interval ? `${shown} (95 % ${interval.map((one) => one.toFixed(2)).join(' … ')})` : shown;
}

const LABELS_SHOWN = 10;

function confusionOf({ confusion }: Agreement, { judge, human }: Raters): Block[] {
  if (!confusion || confusion.labels.length > LABELS_SHOWN) return [];
  const { labels, counts } = confusion;
  const right = 'right' as const;
  return [
    {
      kind: 'table',
      title: `How often (${judge} down, ${human} across):`,
      columns: [{ title: '' }, ...labels.map((label) => ({ title: String(label), align: right }))],
      rows: labels.map((label, at) => [String(label), ...(counts[at] ?? []).map(String)]),
    },
  ];
}

function rowOf(run: BothScored) {
  const { judge, people, experiment } = run;
  const said = (one: Said) =>
    one.comment === undefined ? String(one.rating) : `${one.rating} (${one.comment})`;
  const theirs = people.map((one) => `${one.by} ${said(one)}`).join(', ');
  return {
    head: [`judge ${said(judge)}`, theirs],
    name: `${rowName(run) ?? run.runId} of ${experiment}`,
  };
}

function alignmentJson({ judge, people, raters, runs, differing }: Alignment, keys: Raters) {
  return {
    ...keys,
    runs,
    raters,
    agreement: agreementJson(judge),
    among_people: people ? agreementJson(people) : null,
    differing: differing.map(({ runId, exampleId, rowId = null, experiment, ...said }) => ({
      run_id: runId,
      example_id: exampleId,
      row_id: rowId,
      experiment,
      judge: saidJson(said.judge),
      people: said.people.map(saidJson),
    })),
  };
}

function saidJson({ by, rating, comment }: Said) {
  return { by, rating, comment: comment ?? null };
}

function agreementJson({ kind, n, examples, isTooFew, figures, confusion }: Agreement) {
  return {
    kind,
    n,
    examples,
    too_few: isTooFew,
    figures: figures.map(({ measurement, value = null, interval = null }) => ({
      measurement,
      value,
      interval,
    })),
    confusion: confusion ?? null,
  };
}
