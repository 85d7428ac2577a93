import { LsRecordError } from '../errors.js';
import { isJsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { parseTime } from '../langsmith/time.js';
import type { Dataset, Experiment } from '../langsmith/wire.js';
import { isUuid } from '../uuid.js';

/** Where a dataset's metadata names its baseline, on servers that do not keep `baseline_experiment_id`. */
export const BASELINE_KEY = 'ls_record_baseline';

/** The id of the experiment that a dataset's experiments are judged against; undefined if none is blessed. */
export function blessedId({ baselineId, metadata }: Dataset): string | undefined {
  if (baselineId !== undefined) return baselineId;
  const kept = metadata[BASELINE_KEY];
  const id = isJsonObject(kept) ? kept.experiment_id : kept;
  return typeof id === 'string' && isUuid(id) ? id.toLowerCase() : undefined;
}

/**
 * Finds a dataset's blessed experiment.
 *
 * @throws {LsRecordError} `EXPERIMENT_NOT_FOUND` if it was deleted since.
 */
export async function findBlessed(
  client: LangSmith,
  dataset: Dataset,
): Promise<Experiment | undefined> {
  const id = blessedId(dataset);
  if (id === undefined) return undefined;
  const found = await client.findExperiment(id);
  if (found) return found;
  throw new LsRecordError(
    'EXPERIMENT_NOT_FOUND',
    `the baseline of "${dataset.name}" was deleted: experiment ${id}`,
    { hint: 'Name another one with --baseline, or bless another experiment.' },
  );
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
