import type { JsonObject } from '../../../json/value.js';
import { readMetadata, splitsOf } from '../../splits.js';
import type { ExampleRow } from '../../store/examples.js';
import type { Store } from '../../store.js';
import type { Slice } from '../paging.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { payloadIn } from './show.js';

/** An example with all that is known of it. */
export interface ShownRow extends ShownExample {
  readonly splits: readonly string[];
  readonly metadata: JsonObject;
  /** Among the examples of its dataset, from 1; undefined of one that was deleted. */
  readonly place: number | undefined;
  readonly total: number;
  readonly previousId: string | undefined;
  readonly nextId: string | undefined;
}

/** Undefined if the dataset never had it. */
export function findRow(
  store: Store,
  asked: {
    readonly datasetId: string;
    readonly exampleId: string;
    readonly runs: readonly ShownRun[];
  },
): ShownRow | undefined {
  const { datasetId, exampleId, runs } = asked;
  const [last] = store.examples.lastVersions([exampleId]);
  if (last?.dataset_id !== datasetId) return undefined;
  return { ...rowOf(last, store.examples.inOrder(datasetId)), runs };
}

/** In the order in which examples were made, without their runs. */
export function listRows(
  store: Store,
  { datasetId, offset, limit }: Slice & { readonly datasetId: string },
): ShownRow[] {
  const ids = store.examples.inOrder(datasetId);
  return store.examples
    .lastVersions(ids.slice(offset, offset + limit))
    .map((example) => rowOf(example, ids));
}

/** @param ids of all examples of its dataset. */
function rowOf({ id, inputs, outputs, metadata }: ExampleRow, ids: readonly string[]): ShownRow {
  const at = ids.indexOf(id);
  const isThere = at >= 0;
  const { dataset_split: _, ...own } = readMetadata(metadata);
  return {
    id,
    isDeleted: !isThere,
    inputs: payloadIn(inputs),
    referenceOutputs: payloadIn(outputs),
    runs: [],
    splits: splitsOf(readMetadata(metadata)),
    metadata: own,
    place: isThere ? at + 1 : undefined,
    total: ids.length,
    previousId: isThere ? ids[at - 1] : undefined,
    nextId: isThere ? ids[at + 1] : undefined,
  };
}
