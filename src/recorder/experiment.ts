import { LsRecordError } from '../errors.js';
import type { JsonObject } from '../json/value.js';
import { ApiRefusal } from '../langsmith/answers.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';
import { experimentId } from './ids.js';
import type { RecordOptions } from './recording.js';

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
  /** Given, or made from the source. */
  readonly name: string;
  readonly isNameGiven: boolean;
  /** Hash of the file, or a stream's random id. */
  readonly source: string;
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
    const id = experimentId({ ...naming, options: sentOptions(options), generation });
    const experiment = await client.findExperiment(id);
    if (experiment && options.another) continue;
    if (experiment) return { exists: true, experiment };

    const name = await freeName(client, naming, options);
    return { exists: false, id, name, generation };
  }
  throw new LsRecordError(
    'NAME_TAKEN',
    `"${naming.name}" was recorded ${MAX_GENERATIONS} times already`,
    {
      hint: 'Give the next one a name of its own with --experiment.',
    },
  );
}

/** What else tells two recordings of the same rows apart. */
export function sentOptions({
  identity,
  runName,
  runType,
  keepTimes,
}: RecordOptions): (string | null)[] {
  return [identity ?? 'content', runName ?? null, runType ?? null, keepTimes ? 'keep-times' : null];
}

/** Any of several machines may be the first, so the id depends on the name alone. */
async function findToAppend(
  client: LangSmith,
  naming: ExperimentNaming,
  options: RecordOptions,
  generation: number,
): Promise<ExperimentTarget> {
  if (!naming.isNameGiven) {
    throw new LsRecordError('USAGE', 'there is no experiment to append to', {
      hint: 'Name it with --experiment NAME.',
    });
  }
  const experiment = await client.findExperiment(naming.name);
  if (experiment && experiment.datasetId !== naming.datasetId) {
    throw new LsRecordError(
      'NAME_TAKEN',
      `experiment "${naming.name}" belongs to another dataset`,
      {
        hint: `Name the dataset of that experiment with --dataset, or another experiment.`,
      },
    );
  }
  if (experiment) return { exists: true, experiment };
  const id = experimentId({
    ...naming,
    source: 'shards',
    options: sentOptions(options),
    generation,
  });
  return { exists: false, id, name: naming.name, generation };
}

async function freeName(
  client: LangSmith,
  { name, isNameGiven, datasetId }: ExperimentNaming,
  options: RecordOptions,
): Promise<string> {
  const owner = await client.findExperiment(name);
  if (!owner) return name;
  if (isNameGiven && !options.another) {
    if (owner.datasetId !== datasetId) {
      throw new LsRecordError(
        'NAME_TAKEN',
        `there is an experiment "${name}" already, on another dataset`,
        { hint: 'Choose another name, or have one made of it with --new.' },
      );
    }
    throw new LsRecordError(
      'NAME_TAKEN',
      `there is an experiment "${name}" already, with other rows`,
      {
        hint: 'Add these rows to it with --append, make a second one with --new, or choose another name.',
      },
    );
  }
  for (let n = 2; ; n++) {
    const candidate = `${name}-${n}`;
    if (!(await client.findExperiment(candidate))) return candidate;
  }
}

/**
 * Creates the experiment, or joins the one that another process created in the meantime.
 *
 * @param again finds the target anew, after a conflict.
 */
export async function openExperiment(
  client: LangSmith,
  target: ExperimentTarget,
  creation: {
    datasetId: string;
    startTime: string;
    metadata: JsonObject;
    description?: string | undefined;
    exampleCount?: number;
  },
  again: (firstGeneration: number) => Promise<ExperimentTarget>,
): Promise<{ experiment: Experiment; existed: boolean }> {
  if (target.exists) return { experiment: target.experiment, existed: true };
  try {
    const { description, ...rest } = creation;
    const experiment = await client.createExperiment({
      id: target.id,
      name: target.name,
      ...rest,
      ...(description !== undefined && { description }),
    });
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
