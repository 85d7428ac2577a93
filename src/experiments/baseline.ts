import { LsRecordError } from '../errors.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { parseTime } from '../langsmith/time.js';
import type { Dataset, Experiment } from '../langsmith/wire.js';
import { isUuid } from '../uuid.js';

/** The experiment that others on a dataset are judged against. */
export interface Blessing {
  readonly experimentId: string;
  /** What is unknown where it was chosen in LangSmith's own pages. */
  readonly name?: string | undefined;
  readonly by?: string | undefined;
  /** ISO 8601. */
  readonly at?: string | undefined;
}

/** Where who blessed it and when is kept, and the choice itself where the dataset's own field does not hold it. */
const KEPT = 'ls_record_baseline';

/** The blessing of a dataset; undefined if there is none. What was chosen elsewhere since then counts more. */
export function readBlessing({ metadata, baselineId }: Dataset): Blessing | undefined {
  const kept = isJsonObject(metadata[KEPT]) ? metadata[KEPT] : {};
  const textOf = (name: string) => {
    const text = kept[name];
    return typeof text === 'string' ? text : undefined;
  };
  const id = textOf('id');
  const isOurs = baselineId === undefined || baselineId === id || baselineId === textOf('over');
  if (id !== undefined && isUuid(id) && isOurs) {
    return {
      experimentId: id.toLowerCase(),
      name: textOf('name'),
      by: textOf('by'),
      at: textOf('at'),
    };
  }
  return baselineId === undefined ? undefined : { experimentId: baselineId };
}

/**
 * Finds a dataset's blessed experiment.
 *
 * @returns undefined if none was blessed.
 * @throws {LsRecordError} `EXPERIMENT_NOT_FOUND` if it was deleted since: that is not the same as none.
 */
export async function findBlessed(
  client: LangSmith,
  dataset: Dataset,
): Promise<Experiment | undefined> {
  const blessing = readBlessing(dataset);
  if (!blessing) return undefined;
  const found = await client.findExperiment(blessing.experimentId);
  if (found) return found;
  const named = blessing.name === undefined ? blessing.experimentId : `"${blessing.name}"`;
  throw new LsRecordError(
    'EXPERIMENT_NOT_FOUND',
    `the baseline of "${dataset.name}" was deleted: experiment ${named}`,
    { hint: 'Bless another: ls-record bless EXPERIMENT; or give one with --baseline.' },
  );
}

/**
 * Marks an experiment as the baseline of its dataset. All else in the dataset's metadata stays.
 *
 * @param blessing undefined: there is none from now on.
 * @returns whether the dataset's own field holds it, so that LangSmith's pages show it, too.
 * @throws {LsRecordError} `API_REFUSED` if it is not there when it is read back.
 */
export async function bless(
  client: LangSmith,
  datasetId: string,
  blessing: Blessing | undefined,
): Promise<boolean> {
  const before = await readDataset(client, datasetId);
  await client.updateDataset(datasetId, {
    baselineId: blessing?.experimentId ?? null,
    metadata: withBlessing(before.metadata, blessing),
  });
  const after = await readDataset(client, datasetId);
  const isWhole = isKept(after, blessing) && after.baselineId === blessing?.experimentId;
  if (isWhole) return true;

  // The field cannot be set there: what is in it does not count, as long as it stays the same.
  await client.updateDataset(datasetId, {
    metadata: withBlessing(after.metadata, blessing, after.baselineId),
  });
  if (isKept(await readDataset(client, datasetId), blessing)) return false;
  throw new LsRecordError('API_REFUSED', 'the server did not store the baseline', {
    hint: 'Check that the key may change the dataset, or give the baseline with --baseline EXPERIMENT.',
  });
}

/** The metadata of a dataset with this blessing in place of what it has. */
export function withBlessing(
  metadata: JsonObject,
  blessing: Blessing | undefined,
  over?: string,
): JsonObject {
  const { [KEPT]: _, ...rest } = metadata;
  if (!blessing) return rest;
  const { experimentId: id, ...more } = blessing;
  const facts = Object.entries({ id, ...more, over }).filter(([, fact]) => fact !== undefined);
  return { ...rest, [KEPT]: Object.fromEntries(facts) as JsonObject };
}

function isKept(dataset: Dataset, blessing: Blessing | undefined): boolean {
  return readBlessing(dataset)?.experimentId === blessing?.experimentId;
}

async function readDataset(client: LangSmith, id: string): Promise<Dataset> {
  const dataset = await client.findDataset(id);
  if (dataset) return dataset;
  throw new LsRecordError('DATASET_NOT_FOUND', `no dataset ${id}`, {
    hint: 'To list them: ls-record datasets list',
  });
}

/** Experiments that are looked through for the one that was made last. */
const NEWEST = 200;

/** The experiment of a dataset that was made last; with `before`, the last one before that. */
export async function findLatest(
  client: LangSmith,
  datasetId: string,
  before?: Experiment,
): Promise<Experiment | undefined> {
  let latest: Experiment | undefined;
  for await (const one of client.listExperiments(datasetId, { stats: false, limit: NEWEST })) {
    if (before && (one.id === before.id || byMaking(one, before) > 0)) continue;
    if (!latest || byMaking(one, latest) > 0) latest = one;
  }
  return latest;
}

type Made = Pick<Experiment, 'place' | 'startTime'>;

/** In the order in which experiments were made; their start is that of what was recorded, which may be older. */
export function byMaking(one: Made, other: Made): number {
  if (one.place !== undefined && other.place !== undefined && one.place !== other.place)
    return one.place - other.place;
  return parseTime(one.startTime) - parseTime(other.startTime);
}
