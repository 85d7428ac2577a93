import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';

const DEFAULT_SPLIT = 'base';

/** Metadata with the splits that an example is in, which stand there as `dataset_split`. */
export function withSplits(metadata: JsonObject, split: string | readonly string[] | null): string {
  const own = metadata.dataset_split;
  const given = split === null ? listOf(own) : listOf([split].flat());
  return printJson({ ...metadata, dataset_split: given.length === 0 ? [DEFAULT_SPLIT] : given });
}

/** Metadata of an example that is put into a split, or taken out of it. Both are JSON text. */
export function changeSplits(metadata: string, split: string, remove: boolean): string {
  const parsed = readMetadata(metadata);
  const others = listOf(parsed.dataset_split).filter((name) => name !== split);
  return printJson({ ...parsed, dataset_split: remove ? others : [...others, split] });
}

/** The splits that metadata puts an example into. */
export function splitsOf(metadata: JsonObject): string[] {
  return listOf(metadata.dataset_split);
}

export function readMetadata(text: string): JsonObject {
  const metadata = parseJson(text);
  return isJsonObject(metadata) ? metadata : {};
}

function listOf(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
