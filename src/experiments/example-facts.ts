import type { JsonObject } from '../json/value.js';
import { splitOff } from '../results/splits.js';

/** An example as it is kept: what groups and conditions ask for. */
export interface ExampleFacts {
  readonly exampleId: string;
  readonly inputs: JsonObject;
  readonly reference: JsonObject | undefined;
  readonly metadata: JsonObject;
  readonly splits: readonly string[];
}

/** @param example its metadata holds the splits, too. */
export function factsOf(example: {
  readonly exampleId: string;
  readonly inputs: JsonObject;
  readonly referenceOutputs: JsonObject | undefined;
  readonly metadata: JsonObject;
}): ExampleFacts {
  const { metadata, split } = splitOff(example.metadata);
  const { exampleId, inputs, referenceOutputs: reference } = example;
  return { exampleId, inputs, reference, metadata, splits: split };
}
