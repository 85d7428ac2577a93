import { ApiRefusal } from '../langsmith/answers.js';
import type { ExampleUpload, LangSmith } from '../langsmith/client.js';
import { batches } from './batches.js';
import { forEachConcurrently } from './concurrency.js';

/** Ids that fit into the URL of one question. */
const ASK = 100;
const BATCH = { items: 500, bytes: 4_000_000 };
const BYTES_AT_ONCE = 32_000_000;
/** Refusals that are about what was sent: a part of it may be taken. */
const OF_CONTENT = new Set([400, 413, 422]);

/** How many examples were written, and how many were there before or came twice. */
export interface AddedExamples {
  created: number;
  existing: number;
}

/**
 * Writes examples into a dataset, those that are not there yet.
 *
 * @param options.isNew nothing is there yet: examples are asked for only after a conflict.
 * @param options.added counts as it goes, so that it tells of a failure how far it came.
 * @throws {ApiRefusal} if an example is refused; `onRefused` is told first which one.
 */
export async function addExamples<T extends ExampleUpload>(
  client: LangSmith,
  datasetId: string,
  examples: AsyncIterable<T>,
  options: {
    isNew: boolean;
    added: AddedExamples;
    onRefused?: (example: T) => void;
    onProgress?: (rows: number) => void;
  },
): Promise<void> {
  const { isNew, added, onRefused, onProgress } = options;

  const create = async (group: readonly T[]): Promise<void> => {
    if (group.length === 0) return;
    try {
      await client.createExamples(datasetId, group);
      added.created += group.length;
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      await settle(group, error);
    }
  };
  const settle = async (group: readonly T[], refusal: ApiRefusal): Promise<void> => {
    if (refusal.status === 409) {
      const missing = await withoutExisting(group);
      if (missing.length < group.length) return create(missing);
    } else if (!OF_CONTENT.has(refusal.status)) throw refusal;

    const [only] = group;
    if (group.length === 1 && only) {
      onRefused?.(only);
      throw refusal;
    }
    const middle = group.length >> 1;
    await create(group.slice(0, middle));
    await create(group.slice(middle));
  };
  const withoutExisting = async (group: readonly T[]): Promise<T[]> => {
    const there = new Set<string>();
    for (let from = 0; from < group.length; from += ASK) {
      const ids = group.slice(from, from + ASK).map(({ id }) => id);
      for (const { id } of await client.findExampleHeads(datasetId, ids)) there.add(id);
    }
    added.existing += there.size;
    return group.filter(({ id }) => !there.has(id));
  };

  const sizeOf = (group: readonly T[]) => group.reduce((sum, one) => sum + weigh(one).bytes, 0);
  const limits = isNew ? BATCH : { ...BATCH, items: ASK };
  const work = { pace: client.pace, maxBytes: BYTES_AT_ONCE, sizeOf };
  await forEachConcurrently(batches(examples, limits, weigh), work, async (batch) => {
    const group = [...new Map(batch.map((example) => [example.id, example])).values()];
    added.existing += batch.length - group.length;
    await create(isNew ? group : await withoutExisting(group));
    onProgress?.(added.created + added.existing);
  });
}

function weigh({ inputs, referenceOutputs = '', metadata = '' }: ExampleUpload) {
  return { items: 1, bytes: inputs.length + referenceOutputs.length + metadata.length };
}
