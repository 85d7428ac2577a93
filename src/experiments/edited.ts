import { addTo } from '../group-by.js';
import { pythonJson } from '../json/canonical.js';
import type { ExampleFacts } from './example-facts.js';
import type { Changed } from './statistics.js';

/** An example by what it asks. */
type Asked = Pick<ExampleFacts, 'exampleId' | 'inputs'>;

/**
 * Pairs examples that only one of two experiments answers, where their inputs are the same: somebody edited the reference
 * or the metadata in between, so that the example became another.
 */
export async function findEdited(
  absent: AsyncIterable<Asked>,
  added: AsyncIterable<Asked>,
): Promise<Changed[]> {
  const before = new Map<string, string[]>();
  for await (const { exampleId, inputs } of absent) addTo(before, pythonJson(inputs), exampleId);
  const changed: Changed[] = [];
  for await (const { exampleId, inputs } of added) {
    const a = before.get(pythonJson(inputs))?.shift();
    if (a !== undefined) changed.push({ a, b: exampleId });
  }
  return changed;
}
