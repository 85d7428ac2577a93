import { Command } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { describeOrigin, type Origin } from '../../../input/row.js';
import type { ExampleUpload, LangSmith } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import type { AddedExamples } from '../../../recorder/add-examples.js';
import { connect } from '../../access/connect.js';
import { readDataFolder, readPlace } from '../../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import type { ExampleFile } from '../../recording/example-file.js';
import { tellAmounts } from '../../screen/progress.js';
import { Terminal } from '../../screen/terminal.js';
import { count, showNumber } from '../../screen/words.js';

interface Options extends CommonOptions {
  readonly description?: string;
  readonly from?: string;
  readonly append?: boolean;
}

export function datasetsCreateCommand(context: Context): Command {
  const command = new Command('create')
    .description(
      'Makes a dataset, empty or of the examples in a file: JSON Lines, JSON or CSV with inputs and, if there are any, outputs (or reference_outputs), metadata and split, as datasets export and LangSmith write them. What record records of the same inputs and reference outputs later shares these examples.',
    )
    .argument('<name>', 'name of the new dataset')
    .option('--description <text>', 'what it is for')
    .option('--from <file>', 'file of its examples; - is stdin')
    .option('--append', 'add to a dataset of that name, if there is one, what it does not have yet')
    .action((name: string, options: Options) => createDataset(context, name, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record datasets create capitals --from capitals.jsonl
  $ ls-record datasets create capitals --description "European capitals"
  $ ls-record datasets export capitals --local | ls-record datasets create capitals --from -
`,
  );
}

async function createDataset(context: Context, name: string, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const place = readPlace(context, options);
  if (name.trim() === '') {
    throw new LsRecordError('USAGE', 'the dataset has no name', { hint: 'Give it one.' });
  }
  const file =
    options.from === undefined ? undefined : await openFile(options.from, context, options);
  try {
    const survey = await file?.survey();
    if (survey && survey.leftOut.size > 0) {
      terminal.note(`left out, since it is not of an example: ${[...survey.leftOut].join(', ')}`);
    }
    const connection = await connect(context, place, terminal);
    try {
      const { client } = connection;
      const { dataset, isNew } = await findOrCreate(client, name, options);
      const added = file
        ? await fill(client, { dataset, isNew, file, rows: survey?.rows ?? 0 }, terminal)
        : { created: 0, existing: 0 };
      const url = connection.link(client.links.dataset(dataset));
      if (terminal.json) {
        terminal.answerJson({
          dataset: { id: dataset.id, name: dataset.name, url },
          created: isNew,
          examples: { created: added.created, existing: added.existing },
        });
      } else {
        terminal.answer(url);
        terminal.praise(describe(dataset.name, isNew, added));
      }
    } finally {
      await connection.close();
    }
  } finally {
    await file?.close();
  }
}

async function openFile(path: string, context: Context, options: Options): Promise<ExampleFile> {
  const { ExampleFile } = await import('../../recording/example-file.js');
  return ExampleFile.open(path, context, readDataFolder(context, options));
}

async function findOrCreate(
  client: LangSmith,
  name: string,
  { append, description }: Options,
): Promise<{ dataset: Dataset; isNew: boolean }> {
  const { ApiRefusal } = await import('../../../langsmith/answers.js');
  const there = append ? await client.findDataset(name) : undefined;
  if (there) return { dataset: there, isNew: false };
  try {
    const wanted = { name, ...(description !== undefined && { description }) };
    return { dataset: await client.createDataset(wanted), isNew: true };
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
    throw new LsRecordError('NAME_TAKEN', `there is a dataset "${name}" already`, {
      hint: 'Give another name, or add examples to that one with --append.',
      cause: error,
    });
  }
}

/** Writes the examples of a file, and says what had to be changed for it. */
async function fill(
  client: LangSmith,
  {
    dataset,
    isNew,
    file,
    rows,
  }: { dataset: Dataset; isNew: boolean; file: ExampleFile; rows: number },
  terminal: Terminal,
): Promise<AddedExamples> {
  const { addExamples } = await import('../../../recorder/add-examples.js');
  const { Changes } = await import('../../../recorder/sendable.js');
  const added: AddedExamples = { created: 0, existing: 0 };
  const changes = new Changes();
  let refused: Origin | undefined;
  const title = `Filling ${dataset.name}`;
  try {
    await terminal.spin(title, (update) => {
      const tell = tellAmounts(update, title, 'example');
      return addExamples(client, dataset.id, uploads(dataset.id, file, changes), {
        isNew,
        added,
        onRefused: ({ origin }) => {
          refused ??= origin;
        },
        onProgress: (done) => tell({ rows: done, totalRows: rows, retries: client.retries }),
      });
    });
  } catch (error) {
    if (refused) terminal.warn(`the example that was refused is ${describeOrigin(refused)}`);
    terminal.warn(
      `"${dataset.name}" has ${showNumber(added.created + added.existing)} of the ${count(rows, 'example')} so far; the same command with --append adds the others`,
    );
    throw error;
  }
  for (const sentence of changes.sentences()) terminal.note(sentence);
  return added;
}

async function* uploads(
  datasetId: string,
  file: ExampleFile,
  changes: import('../../../recorder/sendable.js').Changes,
): AsyncGenerator<ExampleUpload & { origin: Origin }> {
  const { exampleIdByContent, uuidText } = await import('../../../recorder/ids.js');
  const { printPayload } = await import('../../../recorder/sendable.js');
  for await (const { origin, example } of file.examples()) {
    const { inputs, referenceOutputs, metadata, split } = example;
    yield {
      origin,
      id: uuidText(exampleIdByContent(datasetId, inputs, referenceOutputs)),
      inputs: printPayload(inputs, changes),
      ...(referenceOutputs && { referenceOutputs: printPayload(referenceOutputs, changes) }),
      ...(metadata && { metadata: printPayload(metadata, changes) }),
      ...(split && { split }),
    };
  }
}

function describe(name: string, isNew: boolean, { created, existing }: AddedExamples): string {
  const what = isNew
    ? `Created "${name}" with ${count(created, 'example')}`
    : `Added ${count(created, 'example')} to "${name}"`;
  if (existing === 0) return `${what}.`;
  const rest = isNew
    ? `${count(existing, 'row says', 'rows say')} the same as another`
    : `${count(existing, 'was', 'were')} there already`;
  return `${what}; ${rest}.`;
}
