import type { Source } from '../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { isoTime, type Micros } from '../langsmith/time.js';
import type { RecordOptions } from './recording.js';
import { withKeys } from './sendable.js';
import type { Survey } from './survey.js';

const TRIES = 5;

/** What an experiment says of itself. @see API reference, metadata that evaluate() writes */
export function describeSource(
  source: Source,
  sourceId: string,
  survey: Survey,
  changedUs: Micros,
  options: RecordOptions,
): JsonObject {
  const models = [...survey.models];
  return withKeys((options.metadata ?? {}) as JsonObject, {
    __ls_runner: 'ls-record',
    dataset_version: isoTime(changedUs),
    source: source.name,
    ...(!source.live && { source_sha256: sourceId }),
    ...(models.length > 0 && { models }),
  });
}

/** A dataset's version in an experiment's metadata says which examples its rows are shown with. */
export function setDatasetVersion(
  client: LangSmith,
  experimentId: string,
  version: string,
): Promise<void> {
  return changeMetadata(client, experimentId, version);
}

/** Ends an experiment: its duration is known, and it is shown with the dataset as it is now. */
export async function closeExperiment(
  client: LangSmith,
  experimentId: string,
  datasetId: string,
  endTime: string,
): Promise<void> {
  await changeMetadata(client, experimentId, await client.datasetVersion(datasetId), endTime);
}

/** `extra` is replaced as a whole, so another writer can undo this: read back until it holds. */
async function changeMetadata(
  client: LangSmith,
  experimentId: string,
  version: string | undefined,
  endTime?: string,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const there = await client.findExperiment(experimentId);
    const metadata = metadataOf(there?.extra);
    const isEnded = endTime === undefined || there?.endTime !== undefined;
    if (isEnded && tries > 0 && (version === undefined || metadata.dataset_version === version))
      return;

    const changed =
      version === undefined ? metadata : withKeys(metadata, { dataset_version: version });
    await client.updateExperiment(experimentId, {
      extra: withKeys(there?.extra ?? {}, { metadata: changed }),
      ...(endTime !== undefined && { endTime }),
    });
  }
}

function metadataOf(extra: JsonObject | undefined): JsonObject {
  const metadata: JsonValue | undefined = extra?.metadata;
  return isJsonObject(metadata) ? metadata : {};
}
