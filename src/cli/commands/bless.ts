import { Argument, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { Dataset, Experiment } from '../../langsmith/wire.js';
import { declare, type Session } from '../command.js';
import { findNamedDataset } from '../datasets/named-dataset.js';
import { findNamedExperiment } from '../datasets/named-experiment.js';
import { showTime } from '../screen/words.js';

interface BlessOptions {
  readonly dataset?: string;
  readonly show?: boolean;
  readonly clear?: boolean;
}

export const command = declare<BlessOptions, [string | undefined]>({
  details:
    'Gates and comparisons on its dataset use it from then on. It is stored with the dataset, for everyone.',
  arguments: [new Argument('[experiment]', 'name, ID, URL, or DATASET@latest')],
  options: [
    new Option('-d, --dataset <name>', 'dataset of @latest, and for --show and --clear'),
    new Option('--show', 'show the baseline of the dataset').conflicts('clear'),
    new Option('--clear', 'remove the baseline of the dataset'),
  ],
  examples: [
    'bless nightly',
    'bless capitals@latest',
    'bless --show --dataset capitals',
    'bless --clear --dataset capitals',
  ],
  async run(session, [typed], { dataset, show, clear }) {
    if (show || clear) {
      const name = dataset ?? typed;
      if (name === undefined) throw noneNamed('no dataset given', '--dataset DATASET');
      await (show ? showBaseline(name, session) : clearBaseline(name, session));
    } else {
      if (typed === undefined) throw noneNamed('no experiment given', 'bless EXPERIMENT');
      await blessExperiment(typed, dataset, session);
    }
  },
});

async function blessExperiment(
  typed: string,
  named: string | undefined,
  { context, terminal, connect, answer }: Session,
): Promise<void> {
  const { client, where } = await connect();
  const { bless } = await import('../../experiments/baseline.js');
  const experiment = await findNamedExperiment(client, typed, { dataset: named });
  const dataset = await client.findDataset(experiment.datasetId);
  const email = where === 'home' ? undefined : (await client.whoAmI()).email;
  const by = email ?? context.environment.GITHUB_ACTOR ?? context.environment.USER;
  const blessing = {
    experimentId: experiment.id,
    name: experiment.name,
    by,
    at: new Date().toISOString(),
  };
  const isShown = await bless(client, experiment.datasetId, blessing);
  const json = { ...baselineJson(experiment), by: by ?? null, at: blessing.at };
  answer({ baseline: json }, () => {
    terminal.answer(`"${experiment.name}" is the baseline of "${dataset?.name}".`);
    if (!isShown)
      terminal.note(
        'this server keeps it in the metadata of the dataset; its own pages do not show it',
      );
  });
}

async function showBaseline(name: string, session: Session): Promise<void> {
  const { client } = await session.connect();
  const dataset = await findNamedDataset(client, name);
  const { findBlessed, readBlessing } = await import('../../experiments/baseline.js');
  const experiment = await findBlessed(client, dataset);
  if (!experiment) {
    session.answer({ baseline: null }, () => session.terminal.say(nothingBlessed(dataset)));
    return;
  }
  const { by, at } = readBlessing(dataset) ?? {};
  const json = { ...baselineJson(experiment), by: by ?? null, at: at ?? null };
  session.answer({ baseline: json }, () => {
    const who = by === undefined ? '' : ` by ${by}`;
    const when = at === undefined ? '' : ` on ${showTime(at)}`;
    const said = who === '' && when === '' ? '' : `, blessed${who}${when}`;
    session.terminal.answer(`${experiment.name}${said}`);
  });
}

async function clearBaseline(name: string, session: Session): Promise<void> {
  const { client } = await session.connect();
  const dataset = await findNamedDataset(client, name);
  const { bless, readBlessing } = await import('../../experiments/baseline.js');
  const before = readBlessing(dataset);
  if (before) await bless(client, dataset.id, undefined);
  session.answer({ baseline: null, cleared: before?.experimentId ?? null }, () =>
    session.terminal.say(
      before ? `"${dataset.name}" has no baseline now.` : nothingBlessed(dataset),
    ),
  );
}

function baselineJson({ id, name }: Experiment) {
  return { id, name };
}

function nothingBlessed({ name }: Dataset): string {
  return `"${name}" has no baseline. To bless one: ls-record bless EXPERIMENT`;
}

function noneNamed(message: string, how: string): LsRecordError {
  return new LsRecordError('USAGE', message, { hint: `For example: ls-record ${how}.` });
}
