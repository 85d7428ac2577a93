import { Command } from 'commander';
import type { Dataset, Example, Experiment } from '../../../langsmith/wire.js';
import { splitOff } from '../../../results/splits.js';
import { connect } from '../../access/connect.js';
import { readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import { allOf } from '../../datasets/all-of.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { Terminal } from '../../screen/terminal.js';
import { widestOf } from '../../screen/width.js';
import { showNumber, showTime } from '../../screen/words.js';

const NEWEST = 5;
/** Examples that tell which fields the dataset has. */
const LOOKED_AT = 20;

export function datasetsShowCommand(context: Context): Command {
  const command = new Command('show')
    .description(
      'Shows a dataset: its counts, its splits, the fields of its examples, and its newest experiments with their mean scores.',
    )
    .argument('<dataset>', 'name, id or URL')
    .action((dataset: string, options: CommonOptions) => showDataset(context, dataset, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets show capitals
  $ ls-record datasets show capitals --json | jq .dataset.examples
`,
  );
}

/** All that is shown of a dataset. */
interface Shown {
  readonly dataset: Dataset;
  readonly splits: readonly string[];
  readonly fields: Fields;
  readonly experiments: readonly Experiment[];
  readonly url: string;
}

interface Fields {
  readonly inputs: readonly string[];
  readonly reference_outputs: readonly string[];
  readonly metadata: readonly string[];
}

async function showDataset(context: Context, typed: string, options: CommonOptions): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const shown = await terminal.spin('Reading the dataset', async (): Promise<Shown> => {
      const dataset = await findNamedDataset(client, typed);
      const [splits, examples, experiments] = await Promise.all([
        client.listSplits(dataset.id),
        allOf(client.listExamples(dataset.id, { limit: LOOKED_AT })),
        allOf(client.listExperiments(dataset.id, { limit: NEWEST })),
      ]);
      const url = connection.link(client.links.dataset(dataset));
      return { dataset, splits, fields: findFields(examples), experiments, url };
    });
    if (terminal.json) terminal.answerJson({ dataset: toJson(shown) });
    else answerInWords(shown, terminal);
  } finally {
    await connection.close();
  }
}

function findFields(examples: readonly Example[]): Fields {
  const namesOf = (pick: (example: Example) => object | undefined) => [
    ...new Set(examples.flatMap((example) => Object.keys(pick(example) ?? {}))),
  ];
  return {
    inputs: namesOf(({ inputs }) => inputs),
    reference_outputs: namesOf(({ referenceOutputs }) => referenceOutputs),
    metadata: namesOf(({ metadata }) => splitOff(metadata).metadata),
  };
}

function toJson({ dataset, splits, fields, experiments, url }: Shown) {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description ?? null,
    examples: dataset.exampleCount,
    experiments: dataset.experimentCount,
    created_at: dataset.createdAt,
    last_experiment_at: dataset.lastExperimentAt ?? null,
    splits: [...splits],
    fields: { ...fields },
    has_inputs_schema: dataset.hasInputsSchema,
    has_outputs_schema: dataset.hasOutputsSchema,
    newest_experiments: experiments.map(({ id, name, startTime, runCount, feedback }) => ({
      id,
      name,
      start_time: startTime,
      runs: runCount ?? null,
      scores: feedback,
    })),
    url,
  };
}

function answerInWords(shown: Shown, terminal: Terminal): void {
  const { dataset, experiments, url } = shown;
  terminal.answer(dataset.name);
  if (dataset.description) terminal.answer(dataset.description);
  terminal.answer('');
  const facts = factsOf(shown);
  const width = widestOf(facts.map(([title]) => title));
  for (const [title, fact] of facts) terminal.answer(`${title.padEnd(width)}  ${fact}`);
  terminal.answer('');
  if (experiments.length > 0) {
    terminal.answerTable(
      [
        { title: 'NEWEST EXPERIMENTS' },
        { title: 'START' },
        { title: 'RUNS', align: 'right' },
        { title: 'MEAN SCORES' },
      ],
      experiments.map(({ name, startTime, runCount, feedback }) => [
        name,
        showTime(startTime),
        runCount === undefined ? '' : showNumber(runCount),
        showMeans(feedback),
      ]),
    );
    terminal.answer('');
  }
  terminal.answer(url);
}

function factsOf({ dataset, splits, fields }: Shown): [title: string, fact: string][] {
  const { exampleCount, experimentCount, lastExperimentAt, createdAt, id } = dataset;
  const last = lastExperimentAt === undefined ? '' : `, the last ${showTime(lastExperimentAt)}`;
  const facts: [string, string][] = [
    ['Examples', showNumber(exampleCount)],
    ['Splits', splits.join(', ')],
    ['Inputs', fields.inputs.join(', ')],
    ['Reference', fields.reference_outputs.join(', ')],
    ['Metadata', fields.metadata.join(', ')],
    ['Schema', showSchema(dataset)],
    ['Experiments', `${showNumber(experimentCount)}${last}`],
    ['Created', showTime(createdAt)],
    ['Id', id],
  ];
  return facts.filter(([, fact]) => fact !== '');
}

function showSchema({ hasInputsSchema, hasOutputsSchema }: Dataset): string {
  const checked = [
    ...(hasInputsSchema ? ['inputs'] : []),
    ...(hasOutputsSchema ? ['reference outputs'] : []),
  ];
  return checked.length === 0 ? '' : `${checked.join(' and ')} are checked against a JSON Schema`;
}

function showMeans(scores: Experiment['feedback']): string {
  return Object.keys(scores)
    .sort()
    .flatMap((key) => {
      const mean = scores[key]?.avg;
      return mean === undefined ? [] : `${key} ${Number(mean.toFixed(4))}`;
    })
    .join(', ');
}
