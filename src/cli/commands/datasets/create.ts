import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { LangSmith } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import type { Prepared } from '../../../prepare/prepared.js';
import type { RedactOptions } from '../../../prepare/redact/redactor.js';
import { readDataFolder } from '../../access/destination.js';
import { declare } from '../../command.js';
import type { CommonOptions } from '../../common-options.js';
import type { Context } from '../../context.js';
import { openJournals } from '../../home/open-journals.js';
import { addRedactOptions } from '../../recording/reading-options.js';
import { tellAmounts } from '../../screen/progress.js';
import type { Terminal } from '../../screen/terminal.js';
import { count, showNumber } from '../../screen/words.js';

interface DatasetsCreateOptions extends RedactOptions {
  readonly description?: string;
  readonly from?: string;
  readonly append?: boolean;
}

export const command = declare<DatasetsCreateOptions, [string]>({
  details:
    'The file is JSON Lines, JSON or CSV with inputs and optional outputs (or reference_outputs), metadata and split, as written by datasets export and LangSmith. Any other file with columns of inputs and reference outputs works too; its app outputs are ignored. Later recordings with the same inputs and reference outputs share these examples.',
  arguments: [new Argument('<name>', 'name of the new dataset')],
  options: [
    new Option('--description <text>', 'description of the dataset'),
    new Option('--from <file>', 'read examples from a file (- for stdin)'),
    new Option('--append', 'add missing examples if the dataset exists'),
  ],
  addOptions: addRedactOptions,
  examples: [
    'datasets create capitals --from capitals.jsonl',
    'datasets create capitals --description "European capitals"',
    'ls-record datasets export capitals --local | ls-record datasets create capitals --from -',
  ],
  async run({ context, terminal, connect, answer }, [name], options) {
    if (name.trim() === '') {
      throw new LsRecordError('USAGE', 'the dataset name is empty', { hint: 'Give it one.' });
    }
    const { client, link } = await connect();
    const there = options.append ? await client.findDataset(name) : undefined;
    const id = there?.id ?? randomUUID();
    const filling = { client, name, id, isNew: there === undefined, context, options, terminal };
    const examples =
      options.from === undefined ? undefined : await readExamples(options.from, filling);
    const dataset = there ?? (await create(filling));
    const added = examples ? await fill(examples, filling) : { created: 0, existing: 0 };
    const url = link(client.links.dataset(dataset));
    const json = {
      dataset: { id: dataset.id, name: dataset.name, url },
      created: !there,
      examples: { created: added.created, existing: added.existing },
    };
    answer(json, () => {
      terminal.answer(url);
      terminal.praise(describe(dataset.name, !there, added));
    });
  },
});

interface Filling {
  readonly client: LangSmith;
  readonly name: string;
  readonly id: string;
  readonly isNew: boolean;
  readonly context: Context;
  readonly options: DatasetsCreateOptions & CommonOptions;
  readonly terminal: Terminal;
}

async function create({ client, id, name, options }: Filling): Promise<Dataset> {
  const { ApiRefusal } = await import('../../../langsmith/refusals.js');
  try {
    return await client.createDataset({ id, name, description: options.description });
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
    throw new LsRecordError('NAME_TAKEN', `dataset "${name}" already exists`, {
      hint: 'Choose another name, or add examples to it with --append.',
      cause: error,
    });
  }
}

/**
 * Reads all of a file once, so that nothing is written of one with a bad row.
 *
 * @throws {LsRecordError} `RESULT_INVALID`
 */
async function readExamples(path: string, filling: Filling): Promise<Prepared> {
  const { context, options, terminal, id } = filling;
  const { openSources } = await import('../../../input/open.js');
  const { prepare } = await import('../../../prepare/prepare.js');
  const { redactSources } = await import('../../../prepare/redact/redact-source.js');
  const { identify } = await import('../../../recorder/identify.js');
  const { checkExample } = await import('../../../results/example.js');
  const { recogniseExamples } = await import('../../../results/recognise-examples.js');
  const { InvalidRows, listProblems } = await import('../../../recorder/invalid-rows.js');
  const { signal, stdin } = context;
  if (path === '-' && stdin.isTTY) {
    throw new LsRecordError('USAGE', 'nothing is piped in', {
      hint: 'Give a file, or pipe examples into the command.',
    });
  }
  const folder = readDataFolder(context, options);
  const journals = await openJournals(folder);
  const spoolFolder = join(folder, 'spool');
  const sources = await openSources([path], { spoolFolder, signal, stdin });
  try {
    const recognised = await Promise.all(sources.map(recogniseExamples));
    for (const line of recognised.flatMap(({ columns }) => columns)) terminal.note(line);
    const prepared = await prepare(redactSources(recognised, options), {
      check: checkExample,
      nameExample: (result) => identify(id, 'content', result),
      newPackage: () => journals.newPackage(),
      signal,
    });
    const { rows, badRows, problems, notes } = prepared.survey;
    for (const note of notes) terminal.note(note);
    if (badRows === 0) return prepared;
    await prepared.discard();
    throw new InvalidRows(
      `${badRows} of ${count(rows, 'row')} cannot be read as examples; nothing was written\n${listProblems(problems)}`,
      problems,
      'An example is an object with inputs and optional reference outputs, metadata and split.',
    );
  } finally {
    for (const source of sources) await source.close?.();
  }
}

interface Added {
  readonly created: number;
  readonly existing: number;
}

/** Writes the examples of a file. */
async function fill(prepared: Prepared, filling: Filling): Promise<Added> {
  const { client, name, id, isNew, terminal, context } = filling;
  const { writeExamples } = await import('../../../recorder/examples.js');
  const { ExampleTies } = await import('../../../recorder/example-ties.js');
  const { asExperiment } = await import('../../../prepare/prepare.js');
  const ties = new ExampleTies();
  const examples = { created: 0, existing: 0, updated: 0 };
  const { rows } = prepared.survey;
  const title = `Filling ${name}`;
  try {
    await terminal.spin(title, async (update) => {
      const tell = tellAmounts(update, title, 'example');
      const target = {
        client,
        datasetId: id,
        mayExist: !isNew,
        identity: 'content' as const,
        known: undefined,
        ties,
        account: { examples },
        signal: context.signal,
        onProgress: () =>
          tell({
            rows: examples.created + examples.existing,
            totalRows: rows,
            retries: client.retries,
          }),
      };
      for (const one of prepared.experiments)
        for await (const part of asExperiment(one).parts()) await writeExamples(target, part);
    });
    context.signal.throwIfAborted();
  } catch (error) {
    sayFilled();
    throw error;
  } finally {
    await prepared.discard();
  }
  const { refusals } = ties;
  if (refusals.length === 0)
    return { ...examples, existing: examples.existing + repeated(prepared) };
  for (const reason of refusals) terminal.warn(reason);
  sayFilled();
  throw new LsRecordError(
    'ROWS_REFUSED',
    `${count(refusals.length, 'example')} of "${name}" refused`,
    { hint: 'Fix them, then run the same command with --append.' },
  );

  function sayFilled(): void {
    const done = examples.created + examples.existing;
    terminal.warn(
      `"${name}" has ${showNumber(done)} of the ${count(rows, 'example')} so far; to add the rest, run the same command with --append`,
    );
  }
}

/** Rows that say the same as another. */
function repeated({ experiments }: Prepared): number {
  return experiments.reduce((sum, { facts }) => sum + facts.repeated, 0);
}

function describe(name: string, isNew: boolean, { created, existing }: Added): string {
  const what = isNew
    ? `Created "${name}" with ${count(created, 'example')}`
    : `Added ${count(created, 'example')} to "${name}"`;
  if (existing === 0) return `${what}.`;
  const rest = isNew
    ? `skipped ${count(existing, 'duplicate row')}`
    : `${showNumber(existing)} already existed`;
  return `${what}; ${rest}.`;
}
