import { createHash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import type { ExampleName } from '../prepare/example-table.js';
import type { Result } from '../results/result.js';
import { uuidBytes } from '../uuid.js';
import { exampleIdByContent, exampleIdByInputs, exampleIdByRowId } from './ids.js';
import type { ExampleIdentity, RecordOptions } from './record-options.js';

/** @returns undefined for a row without an id of its own, where examples are named by it. */
export function identify(
  datasetId: string,
  identity: ExampleIdentity,
  result: Result,
): ExampleName | undefined {
  const { inputs = {}, referenceOutputs } = result;
  if (result.exampleId !== undefined) {
    const byContent = result.inputs && exampleIdByContent(datasetId, inputs, referenceOutputs);
    return { id: uuidBytes(result.exampleId), content: 0, byContent };
  }
  if (identity === 'content')
    return { id: exampleIdByContent(datasetId, inputs, referenceOutputs), content: 0 };
  if (identity === 'inputs')
    return { id: exampleIdByInputs(datasetId, inputs), content: fingerprint(result) };
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

/** How examples of a dataset are named. */
export function nameFor(datasetId: string, { identity = 'content' }: RecordOptions) {
  return (result: Result) => identify(datasetId, identity, result);
}
