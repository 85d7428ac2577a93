import { createHash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import type { Result } from '../results/result.js';
import { exampleIdByContent, exampleIdByInputs, exampleIdByRowId, uuidBytes } from './ids.js';
import type { Identity } from './recording.js';

/** Which example a result answers. */
export interface ExampleIdentity {
  readonly id: Buffer;
  /** Fingerprint of what the row would write there; rows of one example must agree on it. 0: they always do. */
  readonly content: number;
}

/** @returns undefined for a row without an id of its own, where examples are named by it. */
export function identify(
  datasetId: string,
  identity: Identity,
  result: Result,
): ExampleIdentity | undefined {
  const { inputs = {}, referenceOutputs } = result;
  if (result.exampleId !== undefined) return { id: uuidBytes(result.exampleId), content: 0 };
  if (identity === 'content') {
    return { id: exampleIdByContent(datasetId, inputs, referenceOutputs), content: 0 };
  }
  if (identity === 'inputs') {
    return { id: exampleIdByInputs(datasetId, inputs), content: fingerprint(result) };
  }
  if (result.id === undefined) return undefined;
  return { id: exampleIdByRowId(datasetId, result.id), content: fingerprint(result) };
}

function fingerprint({
  inputs = {},
  referenceOutputs,
  exampleMetadata,
  split = [],
}: Result): number {
  const content = pythonJson([inputs, referenceOutputs ?? {}, exampleMetadata ?? {}, split]);
  return createHash('sha1').update(content).digest().readUInt32LE(0);
}
