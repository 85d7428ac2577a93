import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Dataset } from '../../langsmith/wire.js';

/** @throws {LsRecordError} `USAGE` if the dataset has no such split. */
export async function checkSplits(
  client: LangSmith,
  dataset: Dataset,
  wanted: readonly string[] = [],
): Promise<void> {
  if (wanted.length === 0) return;
  const splits = await client.listSplits(dataset.id);
  const missing = wanted.find((split) => !splits.includes(split));
  if (missing === undefined) return;
  throw new LsRecordError('USAGE', `no example of "${dataset.name}" is in split "${missing}"`, {
    hint: splits.length === 0 ? 'It has no examples at all.' : `Its splits: ${splits.join(', ')}.`,
  });
}
