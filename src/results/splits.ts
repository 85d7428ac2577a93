import type { JsonObject } from '../json/value.js';

/** Where LangSmith keeps the splits of an example. */
const SPLITS = 'dataset_split';

/** Takes the splits out of an example's metadata as LangSmith gives it. */
export function splitOff(metadata: JsonObject): { metadata: JsonObject; split: readonly string[] } {
  const { [SPLITS]: splits, ...own } = metadata;
  const split = [splits ?? []].flat().filter((name) => typeof name === 'string');
  return { metadata: own, split };
}
