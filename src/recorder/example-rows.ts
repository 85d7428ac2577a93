import type { Printable } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import type { Example } from '../langsmith/wire.js';
import { splitOff } from '../results/splits.js';
import { uuidText } from '../uuid.js';
import { exampleIdByContent } from './ids.js';

/** An example, its splits apart from its own metadata. */
export interface ExampleParts {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly referenceOutputs: JsonObject | undefined;
  readonly metadata: JsonObject;
  readonly split: readonly string[];
}

export function takeApart({ id, inputs, referenceOutputs, metadata }: Example): ExampleParts {
  return { id, inputs, referenceOutputs, ...splitOff(metadata) };
}

/**
 * An example as a row that LangSmith's upload and our own commands read: what is `outputs` and `metadata` to the
 * one is `reference_outputs` and `example_metadata` to `record`, where `outputs` is the place for what an app gives.
 */
export function exampleRow(datasetId: string, example: ExampleParts): Printable {
  const { id, inputs, referenceOutputs, metadata, split } = example;
  const hasMetadata = Object.keys(metadata).length > 0;
  // Named by its content it is found again, in any dataset; any other only if it is named.
  const isNamedByContent = uuidText(exampleIdByContent(datasetId, inputs, referenceOutputs)) === id;
  return {
    id,
    ...(!isNamedByContent && { example_id: id }),
    inputs,
    ...(referenceOutputs && { outputs: referenceOutputs, reference_outputs: referenceOutputs }),
    ...(hasMetadata && { metadata, example_metadata: metadata }),
    ...(split.length > 0 && { split }),
  };
}
