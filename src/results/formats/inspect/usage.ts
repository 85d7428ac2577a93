import type { JsonObject } from '../../../json/value.js';
import { memberAt, objectAt } from '../../format-kit/members.js';
import { readUsage } from '../../format-kit/usage.js';

/**
 * Tokens of a sample: of several models that were called, those of the one under test, as the others may have judged.
 * Where none are told, as in logs of 2024, those of its last call.
 */
export function readSampleUsage(sample: JsonObject, model: string): JsonObject {
  const byModel = objectAt(sample, 'model_usage') ?? {};
  const own = objectAt(byModel, model);
  const usages = own === undefined ? Object.values(byModel) : [own];
  return readUsage(usages.length > 0 ? usages : [memberAt(objectAt(sample, 'output'), 'usage')]);
}
