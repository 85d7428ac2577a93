import type { JsonObject } from '../../../json/value.js';
import { readMetadata, splitsOf } from '../../splits.js';
import type { Store } from '../../store.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { payloadIn, showExample } from './show.js';

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
  const ids = store.examples.inOrder(datasetId);
  const at = ids.indexOf(exampleId);
  const isThere = at >= 0;
  const { dataset_split: _, ...metadata } = readMetadata(last.metadata);
  return {
    ...showExample(exampleId, isThere ? last : undefined, runs),
    // Of a deleted example, too: what it was is still known.
    inputs: payloadIn(last.inputs),
    referenceOutputs: payloadIn(last.outputs),
    splits: splitsOf(readMetadata(last.metadata)),
    metadata,
    place: isThere ? at + 1 : undefined,
    total: ids.length,
    previousId: isThere ? ids[at - 1] : undefined,
    nextId: isThere ? ids[at + 1] : undefined,
  };
}
