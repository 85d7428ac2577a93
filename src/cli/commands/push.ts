import { Argument, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import { type Connection, connect } from '../access/connect.js';
import { type Destination, readDataFolder, readDestination } from '../access/destination.js';
import { declare, type Session } from '../command.js';
import { type CommonOptions, retryForOption } from '../common-options.js';
import { chooseExperiment } from '../datasets/chosen-experiments.js';
import { findNamedExperiment, type NamedExperiment } from '../datasets/named-experiment.js';
import type { Recorded } from '../recording/recording-words.js';
import {
  answerRecordings,
  type RecordCommandOptions,
  recordSources,
} from '../recording/run-recordings.js';
import type { Terminal } from '../screen/terminal.js';
import { count } from '../screen/words.js';

interface PushOptions extends CommonOptions {
  readonly all?: boolean;
  readonly dataset?: string;
  readonly experiment?: string;
  readonly dryRun?: boolean;
  readonly verify?: RecordCommandOptions['verify'];
  /** Milliseconds. */
  readonly retryFor?: number;
}

export const command = declare<PushOptions, [string[]]>({
  details:
    'Rows, scores of people and judges, names, metadata and original times come along. Pushing again sends only what was added or changed.',
  arguments: [
    new Argument('[experiments...]', 'names or IDs on this machine (prompts if omitted)'),
  ],
  options: [
    new Option('--all', 'push every experiment of this machine'),
    new Option('-d, --dataset <name>', 'dataset to push to (default: of the same name)'),
    new Option('-e, --experiment <name>', 'name to push it under (default: the same)'),
    new Option('--dry-run', 'read, check and plan, but write nothing'),
    new Option('--verify <how>', 'what to read back at the end (default: normal)').choices([
      'normal',
      'off',
    ]),
    retryForOption(),
  ],
  examples: ['push nightly', 'push --all', 'push nightly --dry-run'],
  async run(session, [names], options) {
    checkOptions(names, options);
    const destination = elsewhere(readDestination(session.context, options));
    session.finish(await push(names, destination, options, session));
  },
});

async function push(
  names: readonly string[],
  destination: Destination,
  options: PushOptions,
  session: Session,
): Promise<number> {
  const { context, terminal } = session;
  const here = { where: 'home', folder: readDataFolder(context, options), asked: true } as const;
  const home = await connect(context, here, terminal, { isBusy: true });
  try {
    const experiments = await choose(names, options, home.client, session);
    const { retryFor: retryForMs } = options;
    const open = () => connect(context, destination, terminal, { retryForMs, isBusy: true });
    const command = { context, options, terminal };
    return await answerRecordings(command, open, async (target, done) => {
      for (const experiment of experiments) {
        if (context.signal.aborted) break;
        await pushOne(experiment, home, target, done, options, session);
      }
    });
  } finally {
    await home.close();
  }
}

async function choose(
  names: readonly string[],
  { all }: PushOptions,
  client: LangSmith,
  { context, terminal }: Session,
): Promise<NamedExperiment[]> {
  const found: NamedExperiment[] = [];
  if (all) {
    for await (const one of client.listAllExperiments()) {
      const { datasetId } = one;
      if (datasetId !== undefined) found.push({ ...one, datasetId });
    }
    // In the order in which they were made, so that the latest is the latest there too.
    return found.reverse();
  }
  const typed =
    names.length > 0 ? names : [await chooseExperiment(undefined, { client, context, terminal })];
  for (const name of typed) found.push(await findNamedExperiment(client, name));
  return found;
}

async function pushOne(
  experiment: NamedExperiment,
  home: Connection,
  target: Connection,
  done: Recorded[],
  { all: _, ...options }: PushOptions,
  { context, terminal }: Session,
): Promise<void> {
  const { openCopy } = await import('../../experiments/copy.js');
  const { keepPushed } = await import('../../experiments/pushed.js');
  const { client } = home;
  const { datasetId, name } = experiment;
  const dataset = options.dataset ?? (await client.findDataset(datasetId))?.name ?? datasetId;
  const source = await openCopy({ client, datasetId, experiment, signal: context.signal });
  const recordOptions = {
    ...options,
    dataset,
    rejects: `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.rejects.jsonl`,
  };
  const typed = { context, options: recordOptions, terminal };
  const before = done.length;
  const at = new Date().toISOString();
  await recordSources([source], [], typed, target, done);
  for (const { recording, url } of done.slice(before)) {
    const isThere = recording.status === 'recorded' || recording.status === 'complete';
    if (!isThere || url === null) continue;
    const { id } = recording.experiment;
    await updateScores(id, experiment, home, target, terminal);
    await keepPushed(client, experiment, { id, url, at });
  }
}

/** Scores that the copy has by an earlier push, and that say something else now. */
async function updateScores(
  copyId: string,
  experiment: NamedExperiment,
  { client: from }: Connection,
  { client: to }: Connection,
  terminal: Terminal,
): Promise<void> {
  const { pushedTo } = await import('../../experiments/pushed.js');
  const earlier = pushedTo(experiment).find(({ id }) => id === copyId);
  const copy = earlier && (await to.findExperiment(copyId));
  if (!copy) return;
  const { updateChangedScores } = await import('../../scoring/changed-scores.js');
  const updated = await updateChangedScores({ from, experiment, to, copy, since: earlier.at });
  if (updated > 0)
    terminal.say(`${count(updated, 'score')} updated that changed since the last push`);
}

function checkOptions(names: readonly string[], options: PushOptions): void {
  if (options.all && names.length > 0) {
    throw new LsRecordError('USAGE', '--all and names of experiments cannot be combined', {
      hint: 'Leave one of them out.',
    });
  }
  if (options.experiment !== undefined && (options.all || names.length > 1)) {
    throw new LsRecordError('USAGE', '--experiment names one experiment', {
      hint: 'Push one at a time to give each another name.',
    });
  }
}

/** @throws {LsRecordError} `USAGE` where things would go to where they are. */
function elsewhere(destination: Destination): Destination {
  if (destination.where === 'langsmith') return destination;
  throw new LsRecordError(
    'USAGE',
    'push sends from this machine to LangSmith, not to this machine',
    {
      hint: 'Set LANGSMITH_API_KEY or run ls-record login, and leave out --local and LS_RECORD_LOCAL.',
    },
  );
}
