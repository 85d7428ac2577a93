import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { isoTime, type Micros } from '../langsmith/time.js';
import type { Experiment as StoredExperiment } from '../langsmith/wire.js';
import type { ExperimentRows } from '../prepare/prepare.js';
import type { Part } from '../prepare/prepared.js';
import { withKeys } from '../prepare/sendable.js';
import type { RecordOptions } from './record-options.js';

const TRIES = 5;

/** What an experiment says of itself. @see API reference, metadata that evaluate() writes */
export function describeSource(
  { files, label, sources, isLive, copyOf }: ExperimentRows,
  { facts: { models } }: Part,
  changedUs: Micros,
  { metadata, surroundings }: RecordOptions,
): JsonObject {
  const version = isoTime(changedUs);
  const own = { ...metadata, dataset_version: version } as JsonObject;
  if (copyOf) return withKeys(copyOf.metadata, own);
  const hashes = isLive ? [] : sources.map(({ bytes }) => bytes);
  const [source = '-'] = files;
  return withKeys({ ...surroundings, ...own } as JsonObject, {
    __ls_runner: 'ls-record',
    source,
    ...(files.length > 1 && { sources: [...files] }),
    ...(hashes.length > 0 && { source_sha256: hashes.length === 1 ? hashes.join() : hashes }),
    ...(label !== '' && { label }),
    ...(models.length > 0 && { models: [...models] }),
  });
}

/** A dataset's version in an experiment's metadata says which examples its rows are shown with. */
export async function setDatasetVersion(
  client: LangSmith,
  experimentId: string,
  version: string,
): Promise<void> {
  await change(client, experimentId, await client.findExperiment(experimentId), { version });
}

/**
 * Ends an experiment: its duration is known, and it is shown with the dataset as it is now.
 *
 * @returns the experiment as it is then, with its counts.
 */
export async function closeExperiment(
  client: LangSmith,
  experimentId: string,
  datasetId: string,
  endTime: string,
): Promise<StoredExperiment | undefined> {
  const [version, there] = await Promise.all([
    client.datasetVersion(datasetId),
    client.findExperiment(experimentId),
  ]);
  return change(client, experimentId, there, { version, endTime });
}

/** `extra` is replaced as a whole, so another writer can undo this: read back until it holds. */
async function change(
  client: LangSmith,
  experimentId: string,
  before: StoredExperiment | undefined,
  { version, endTime }: { version?: string | undefined; endTime?: string | undefined },
): Promise<StoredExperiment | undefined> {
  let there = before;
  for (let tries = 0; tries < TRIES; tries++) {
    const metadata = metadataOf(there?.extra);
    const changed =
      version === undefined ? metadata : withKeys(metadata, { dataset_version: version });
    await client.updateExperiment(experimentId, {
      extra: withKeys(there?.extra ?? {}, { metadata: changed }),
      endTime,
    });
    there = await client.experimentStats(experimentId);
    const holds = version === undefined || metadataOf(there?.extra).dataset_version === version;
    if (holds && (endTime === undefined || there?.endTime !== undefined)) break;
  }
  return there;
}

function metadataOf(extra: JsonObject | undefined): JsonObject {
  const metadata: JsonValue | undefined = extra?.metadata;
  return isJsonObject(metadata) ? metadata : {};
}
