import { isJsonObject, type JsonValue } from '../json/value.js';
import { wrapPayload } from '../results/payload.js';

const PAYLOADS = [
  ['inputs', 'input'],
  ['outputs', 'output'],
  ['reference_outputs', 'output'],
] as const;

/**
 * What is assumed of a good row, beside its notes: payloads that are wrapped, and the unit of latency.
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
    assumptions.push(`${field} that are no object are wrapped: {"${key}": …}`);
  }
  const hasLatency = (row.latency ?? null) !== null;
  if (isNative && hasLatency)
    assumptions.push('latency is in seconds; latency_ms would be milliseconds');
  return assumptions;
}
