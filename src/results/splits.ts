import { type JsonObject, type JsonValue, setKey } from '../json/value.js';

/** Where LangSmith keeps the splits of an example. */
const SPLITS = 'dataset_split';

/** Takes the splits out of an example's metadata as LangSmith gives it. */
export function splitOff(metadata: JsonObject): { metadata: JsonObject; split: readonly string[] } {
  const own: JsonObject = {};
  for (const key of Object.keys(metadata)) {
    if (key !== SPLITS) setKey(own, key, metadata[key] as JsonValue);
  }
  const split = [metadata[SPLITS] ?? []].flat().filter((name) => typeof name === 'string');
  return { metadata: own, split };
}
