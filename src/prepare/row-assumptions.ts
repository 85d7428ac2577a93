import { isJsonObject, type JsonValue } from '../json/value.js';
import { wrapPayload } from '../results/payload.js';

const PAYLOADS = [
  ['inputs', 'input'],
  ['outputs', 'output'],
  ['reference_outputs', 'output'],
] as const;

const BY_CONTENT =
  'example_id is used if the dataset has that example; otherwise inputs and reference outputs identify it';
const FROM_DATASET = 'rows without inputs take those of the example in example_id';

/**
 * What is assumed of a good row, besides its notes: payloads that are wrapped, the unit of latency, its example.
 *
 * @param isNative the row stood in the file as it is: no format has read its latency.
 */
export function assumptionsOf(row: JsonValue, isNative: boolean): string[] {
  if (!isJsonObject(row)) return [];
  const assumptions: string[] = [];
  for (const [field, wrapper] of PAYLOADS) {
    const value = row[field] ?? null;
    if (value === null || isJsonObject(value)) continue;
    const [key] = Object.keys(wrapPayload(value, wrapper));
    assumptions.push(`${field} that are not objects are wrapped: {"${key}": …}`);
  }
  if ((row.example_id ?? '') !== '')
    assumptions.push((row.inputs ?? null) === null ? FROM_DATASET : BY_CONTENT);
  const hasLatency = (row.latency ?? null) !== null;
  if (isNative && hasLatency)
    assumptions.push('latency is in seconds; latency_ms would be milliseconds');
  return assumptions;
}
