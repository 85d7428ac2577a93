import { Argument } from 'commander';
import { allOf } from '../../../langsmith/all-of.js';
import type { Dataset, Example, Experiment } from '../../../langsmith/wire.js';
import { splitOff } from '../../../results/splits.js';
import { declare } from '../../command.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { forPrograms } from '../../screen/for-programs.js';
import type { Terminal } from '../../screen/terminal.js';
import { widestOf } from '../../screen/width.js';
import { showNumber, showTime } from '../../screen/words.js';

const NEWEST = 5;
/** Examples that tell which fields the dataset has. */
const LOOKED_AT = 20;

export const command = declare<object, [string]>({
  details:
    'Includes its counts, splits and fields, and its newest experiments with their mean scores.',
  arguments: [new Argument('<dataset>', 'name, ID or URL')],
  examples: ['datasets show capitals', 'datasets show capitals --json | jq .dataset.examples'],
  async run({ terminal, connect, answer }, [typed]) {
    const { client, link } = await connect();
    const shown = await terminal.spin('Reading the dataset', async (): Promise<ShownDataset> => {
      const dataset = await findNamedDataset(client, typed);
      const [splits, examples, experiments] = await Promise.all([
        client.listSplits(dataset.id),
        allOf(client.listExamples(dataset.id, { limit: LOOKED_AT })),
        allOf(client.listExperiments(dataset.id, { limit: NEWEST })),
      ]);
      const url = link(client.links.dataset(dataset));
      return { dataset, splits, fields: findFields(examples), experiments, url };
    });
    answer({ dataset: toJson(shown) }, () => answerInWords(shown, terminal));
  },
});

/** All that is shown of a dataset. */
interface ShownDataset {
  readonly dataset: Dataset;
  readonly splits: readonly string[];
  readonly fields: ExampleFields;
  readonly experiments: readonly Experiment[];
  readonly url: string;
}

interface ExampleFields {
  readonly inputs: readonly string[];
  readonly reference_outputs: readonly string[];
  readonly metadata: readonly string[];
}

function findFields(examples: readonly Example[]): ExampleFields {
  const namesOf = (pick: (example: Example) => object | undefined) => [
    ...new Set(examples.flatMap((example) => Object.keys(pick(example) ?? {}))),
  ];
  return {
    inputs: namesOf(({ inputs }) => inputs),
    reference_outputs: namesOf(({ referenceOutputs }) => referenceOutputs),
    metadata: namesOf(({ metadata }) => splitOff(metadata).metadata),
  };
}

function toJson({ dataset, splits, fields, experiments, url }: ShownDataset) {
  return {
    ...forPrograms(dataset, 'id', 'name', 'description'),
    examples: dataset.exampleCount,
    experiments: dataset.experimentCount,
    ...forPrograms(dataset, 'createdAt', 'lastExperimentAt'),
    splits: [...splits],
    fields: { ...fields },
    ...forPrograms(dataset, 'hasInputsSchema', 'hasOutputsSchema'),
    newest_experiments: experiments.map((one) => ({
      ...forPrograms(one, 'id', 'name', 'startTime'),
      runs: one.runCount ?? null,
      scores: one.feedback,
    })),
    url,
  };
}

function answerInWords(shown: ShownDataset, terminal: Terminal): void {
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
        { title: 'NEWEST EXPERIMENTS', show: ({ name }) => name },
        { title: 'START', show: ({ startTime }) => showTime(startTime) },
        {
          title: 'RUNS',
          align: 'right',
          show: ({ runCount }) => (runCount === undefined ? '' : showNumber(runCount)),
        },
        { title: 'MEAN SCORES', show: ({ feedback }) => showMeans(feedback), isSpare: true },
      ],
      experiments,
    );
    terminal.answer('');
  }
  terminal.answer(url);
}

function factsOf({ dataset, splits, fields }: ShownDataset): [title: string, fact: string][] {
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
