import { LsRecordError } from '../../errors.js';
import { byMaking, findBlessed, readBlessing } from '../../experiments/baseline.js';
import type { Dataset } from '../../langsmith/wire.js';
import type { Connection } from '../access/connect.js';
import type { Session } from '../command.js';
import { findNamedExperiment, type NamedExperiment } from '../datasets/named-experiment.js';
import { datasetOf, findTargets, MOST, type Target, withPages } from './targets.js';

export interface Chosen {
  /** The baseline first. */
  readonly targets: readonly Target[];
  /** Why that is the baseline. */
  readonly reason: string;
  /** The dataset whose examples rows pair with; undefined: only files are compared. */
  readonly datasetId: string | undefined;
}

interface Asking extends Pick<Session, 'context' | 'terminal'> {
  readonly connect: () => Promise<Connection>;
  readonly dataset: string | undefined;
}

/**
 * Finds what is compared, and with what: the experiment that was named as the baseline, or as the first; else the blessed one;
 * else the earliest.
 *
 * @throws {LsRecordError} `USAGE` where nothing is there to compare with.
 */
export async function chooseTargets(
  typed: readonly string[],
  baseline: string | undefined,
  asking: Asking,
): Promise<Chosen> {
  const all = withPages(typed);
  const isPage = typed.length === 1 && all.length > 1;
  const names = baseline === undefined ? all : [baseline, ...all.filter((one) => one !== baseline)];
  if (names.length > MOST) {
    throw new LsRecordError('USAGE', `cannot compare more than ${MOST} at once`, {
      hint: `You gave ${names.length}.`,
    });
  }
  const targets = await findTargets(names, asking);
  const datasetId = await datasetOf(targets, asking);
  const chosen = { targets, datasetId };
  if (baseline !== undefined && names.length > 1) return { ...chosen, reason: 'named' };
  if (isPage) return { ...chosen, ...(await baselineOfPage(targets, asking)) };
  if (names.length > 1) return { ...chosen, reason: 'named first' };
  return { ...chosen, ...(await addBaseline(targets[0], datasetId, asking)) };
}

/** A page lists experiments in an order of its own. */
async function baselineOfPage(
  targets: readonly Target[],
  asking: Asking,
): Promise<Pick<Chosen, 'targets' | 'reason'>> {
  const { client } = await asking.connect();
  const inOrder = targets
    .flatMap((target) => (target.kind === 'experiment' ? [target] : []))
    .sort((one, other) => byMaking(one.experiment, other.experiment));
  const [earliest] = inOrder;
  if (!earliest) return { targets, reason: 'named first' };
  const dataset = await client.findDataset(earliest.experiment.datasetId);
  const blessed = dataset && readBlessing(dataset)?.experimentId;
  const found = inOrder.find(({ experiment }) => experiment.id === blessed);
  if (!found) return { targets: inOrder, reason: 'the earliest' };
  return { targets: [found, ...inOrder.filter((one) => one !== found)], reason: 'blessed' };
}

/** To one experiment or file, what it is compared with: the blessed experiment, or on a terminal the one that is picked. */
async function addBaseline(
  only: Target | undefined,
  datasetId: string | undefined,
  asking: Asking,
): Promise<Pick<Chosen, 'targets' | 'reason'>> {
  const { context, terminal } = asking;
  // Several experiments in one file are compared with each other.
  if (only?.kind === 'file' && datasetId === undefined)
    return { targets: [only], reason: 'the first in the file' };
  const judged = only?.kind === 'experiment' ? only.experiment : undefined;
  if (only && datasetId !== undefined) {
    const { blessed } = await findBlessedTarget(datasetId, asking.connect);
    if (blessed && blessed.experiment.id !== judged?.id)
      return { targets: [blessed, only], reason: 'blessed' };
  }
  if (!terminal.mayAsk) {
    throw new LsRecordError(
      'USAGE',
      only ? `nothing to compare "${nameOf(only)}" with` : 'nothing to compare',
      {
        hint: only
          ? 'Give the baseline first, or one of its dataset: DATASET@previous, DATASET@blessed.'
          : 'Give two experiments or files. To list experiments: ls-record experiments list DATASET',
      },
    );
  }
  const [first, second] = await pickOthers(judged, asking, context);
  return { targets: only ? [first, only] : [first, second], reason: 'picked' };
}

/** A dataset, and its blessed experiment if it has one. */
export async function findBlessedTarget(
  datasetId: string,
  connect: () => Promise<Connection>,
): Promise<{
  readonly dataset: Dataset | undefined;
  readonly blessed: Extract<Target, { kind: 'experiment' }> | undefined;
}> {
  const { client } = await connect();
  const dataset = await client.findDataset(datasetId);
  const found = dataset && (await findBlessed(client, dataset));
  const experiment = found && (await findNamedExperiment(client, found.id));
  return { dataset, blessed: experiment && { kind: 'experiment', experiment } };
}

async function pickOthers(
  judged: NamedExperiment | undefined,
  { connect }: Asking,
  context: Session['context'],
): Promise<[Target, Target]> {
  const { client } = await connect();
  const { pickExperiment } = await import('../picking/pick-experiment.js');
  const asTarget = async (id: string): Promise<Target> => ({
    kind: 'experiment',
    experiment: await findNamedExperiment(client, id),
  });
  const baseline = await pickExperiment(client, context, {
    message: judged
      ? `Compare ${judged.name} with which experiment?`
      : 'Compare with which experiment?',
    without: judged ? [judged.id] : [],
    ...(judged && { datasetId: judged.datasetId }),
  });
  const first = await asTarget(baseline.id);
  if (judged) return [first, { kind: 'experiment', experiment: judged }];
  const second = await pickExperiment(client, context, {
    message: `Which experiment is compared with ${baseline.name}?`,
    without: [baseline.id],
    ...(baseline.datasetId !== undefined && { datasetId: baseline.datasetId }),
  });
  return [first, await asTarget(second.id)];
}

function nameOf(target: Target): string {
  return target.kind === 'file' ? target.path : target.experiment.name;
}
