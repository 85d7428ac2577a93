import { LsRecordError } from '../errors.js';
import type { JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import type { Experiment } from '../langsmith/wire.js';
import type { SourceIdentity } from '../prepare/prepared.js';
import { quoteForShell } from '../quote-for-shell.js';
import { experimentId } from './ids.js';
import type { RecordOptions } from './record-options.js';
import type { SameRows } from './same-rows.js';

const MAX_GENERATIONS = 100;

/** Which experiment a source is recorded into. */
export type ExperimentTarget =
  | { readonly exists: true; readonly experiment: Experiment }
  | {
      readonly exists: false;
      readonly id: string;
      readonly name: string;
      readonly generation: number;
    };

export interface ExperimentNaming {
  readonly datasetId: string;
  /** The dataset does not exist yet: no experiment can be on it. */
  readonly isNewDataset: boolean;
  /** Given, or made from the source. */
  readonly name: string;
  readonly isNameGiven: boolean;
  readonly sources: readonly SourceIdentity[];
  /** The experiment that the rows are a copy of, which stands for their sources. */
  readonly copiedId?: string | undefined;
  /** The experiment that has the given name, where it was looked up already. */
  readonly namesake?: Promise<Experiment | undefined> | undefined;
  /** Where the rows come from, and those of them that an experiment has already. */
  readonly file: string;
  readonly findSame: (experiment: Experiment) => Promise<SameRows>;
}

/**
 * Finds the experiment that the same command made before, or a free id and name for a new one. Writes nothing.
 *
 * @param firstGeneration over 0 where the ids of earlier ones are known to be used up.
 * @throws {LsRecordError} `NAME_TAKEN` if the given name belongs to other data.
 */
export async function findTarget(
  client: LangSmith,
  naming: ExperimentNaming,
  options: RecordOptions,
  firstGeneration = 0,
): Promise<ExperimentTarget> {
  if (options.append) return findToAppend(client, naming, options, firstGeneration);

  for (let generation = firstGeneration; generation < MAX_GENERATIONS; generation++) {
    const id = idOf(naming, options, generation);
    // Its id says which dataset it is on, so on a new one there is none.
    const experiment = naming.isNewDataset ? undefined : await client.findExperiment(id);
    if (experiment && options.new) continue;
    if (experiment) return { exists: true, experiment };

    const name = await freeName(client, naming, options);
    return { exists: false, id, name, generation };
  }
  throw new LsRecordError(
    'NAME_TAKEN',
    `"${naming.name}" was recorded ${MAX_GENERATIONS} times already`,
    { hint: 'Give the next one a name of its own with --experiment.' },
  );
}

function idOf(
  { datasetId, name, sources, copiedId }: ExperimentNaming,
  options: RecordOptions,
  generation: number,
): string {
  return experimentId({
    dataset: datasetId,
    name,
    sources: copiedId === undefined ? sources : [{ bytes: copiedId, reading: {} }],
    options: sentOptions(options),
    generation,
  });
}

/** What else makes two recordings of the same rows different: the options that are not the default. */
export function sentOptions({
  identity,
  runName,
  runType,
  keepTimes,
  scoring,
}: RecordOptions): JsonObject {
  const options: JsonObject = {};
  if (identity !== undefined && identity !== 'content') options.identity = identity;
  if (runName !== undefined) options.runName = runName;
  if (runType !== undefined) options.runType = runType;
  if (keepTimes) options.keepTimes = true;
  if (scoring) options.scoring = scoring.definition;
  return options;
}

/** Any of several machines may be the first, so the id depends on the name alone. */
async function findToAppend(
  client: LangSmith,
  naming: ExperimentNaming,
  options: RecordOptions,
  generation: number,
): Promise<ExperimentTarget> {
  if (!naming.isNameGiven) {
    throw new LsRecordError('USAGE', 'no experiment to append to', {
      hint: 'Give it with --experiment NAME.',
    });
  }
  const experiment = await (naming.namesake ?? client.findExperiment(naming.name));
  if (experiment && experiment.datasetId !== naming.datasetId) {
    throw new LsRecordError(
      'NAME_TAKEN',
      `experiment "${naming.name}" belongs to another dataset`,
      { hint: `Give the dataset of that experiment with --dataset, or choose another experiment.` },
    );
  }
  if (experiment) return { exists: true, experiment };
  const id = idOf({ ...naming, sources: [], copiedId: undefined }, options, generation);
  return { exists: false, id, name: naming.name, generation };
}

async function freeName(
  client: LangSmith,
  { name, isNameGiven, datasetId, isNewDataset, namesake, file, findSame }: ExperimentNaming,
  options: RecordOptions,
): Promise<string> {
  // A name of our own is most likely free; creating the experiment will tell.
  if (isNewDataset && !isNameGiven) return name;
  const owner = await (namesake ?? client.findExperiment(name));
  if (!owner) return name;
  if (isNameGiven && !options.new) {
    if (owner.datasetId !== datasetId) {
      throw new LsRecordError(
        'NAME_TAKEN',
        `experiment "${name}" already exists, on another dataset`,
        { hint: 'Choose another name, or let --new derive one from it.' },
      );
    }
    throw ofOtherRows(name, file, await findSame(owner));
  }
  for (let n = 2; ; n++) {
    const candidate = `${name}-${n}`;
    if (!(await client.findExperiment(candidate))) return candidate;
  }
}

function ofOtherRows(name: string, file: string, { same, lookedAt }: SameRows): LsRecordError {
  if (same === 0) {
    return new LsRecordError('NAME_TAKEN', `experiment "${name}" already exists, with other rows`, {
      hint: 'Add these rows to it with --append, create a second one with --new, or choose another name.',
    });
  }
  return new LsRecordError(
    'NAME_TAKEN',
    `experiment "${name}" has ${same} of the first ${lookedAt} rows already; their scores, times or metadata differ`,
    {
      hint: `To add their scores to its runs: ${howToScore(name, file)}\n--append would record these rows twice, --new creates another experiment.`,
    },
  );
}

/** The command that adds the scores of a file to the runs of an experiment. */
export function howToScore(name: string, file: string): string {
  return `ls-record score ${quoteForShell(name)} --from ${file === '-' ? 'FILE' : quoteForShell(file)}`;
}

/**
 * Creates the experiment, or joins the one that another process created in the meantime.
 *
 * @param again finds the target again, after a conflict.
 */
export async function openExperiment(
  client: LangSmith,
  target: ExperimentTarget,
  creation: {
    datasetId: string;
    startTime: string;
    metadata: JsonObject;
    description?: string | undefined;
    exampleCount?: number | undefined;
  },
  again: (firstGeneration: number) => Promise<ExperimentTarget>,
): Promise<{ experiment: Experiment; existed: boolean }> {
  if (target.exists) return { experiment: target.experiment, existed: true };
  try {
    const { id, name } = target;
    const experiment = await client.createExperiment({ id, name, ...creation });
    return { experiment, existed: false };
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
    const seen = await again(target.generation);
    if (seen.exists) return { experiment: seen.experiment, existed: true };
    // Neither the id nor the name can be seen, yet one is taken: an experiment that was deleted.
    const isUsedUp = seen.id === target.id && seen.name === target.name;
    if (isUsedUp && target.generation === MAX_GENERATIONS) throw error;
    const next = isUsedUp ? await again(target.generation + 1) : seen;
    return openExperiment(client, next, creation, again);
  }
}
