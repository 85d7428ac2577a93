import { z } from 'zod';
import { isJsonObject, isNumber, type JsonValue } from '../json/value.js';
import { checked, label, optional, unsupportedMember, uuid } from './schemas.js';

/** They act on runs in ways that nothing here does. */
const UNSUPPORTED = {
  add_to_annotation_queue_id: unsupportedMember,
  add_to_dataset_id: unsupportedMember,
  alerts: unsupportedMember,
  backfill_from: unsupportedMember,
  evaluator_id: unsupportedMember,
  group_by: unsupportedMember,
  spend_limit: unsupportedMember,
  webhooks: unsupportedMember,
};

/** What POST and PATCH take. */
export const ruleBody = z
  .object({
    ...UNSUPPORTED,
    display_name: label(255),
    dataset_id: optional(uuid),
    session_id: optional(uuid),
    sampling_rate: checked(checkShare),
    evaluators: optional(checked(checkEvaluators)),
    code_evaluators: optional(checked(checkCode)),
    filter: optional(z.string()),
    trace_filter: optional(z.string()),
    tree_filter: optional(z.string()),
    is_enabled: optional(z.boolean()),
    use_corrections_dataset: optional(z.boolean()),
    include_extended_stats: optional(z.boolean()),
    num_few_shot_examples: optional(z.int().min(0)),
  })
  .refine((body) => body.dataset_id === undefined || body.session_id === undefined, {
    path: ['session_id'],
    error: 'a rule is bound to a dataset or to a project, not to both',
    params: { type: 'value_error' },
  });
export type RuleBody = z.output<typeof ruleBody>;

function checkShare(value: JsonValue): string | undefined {
  const share = isNumber(value) ? Number(value) : Number.NaN;
  return share >= 0 && share <= 1 ? undefined : 'Input should be a number from 0 to 1';
}

function checkEvaluators(value: JsonValue): string | undefined {
  if (!Array.isArray(value)) return 'Input should be a valid list';
  for (const item of value) {
    const structured = isJsonObject(item) ? item.structured : undefined;
    if (!isJsonObject(structured)) return 'each evaluator needs an object "structured"';
    const empty = Object.keys(structured).find((name) => structured[name] === null);
    if (empty !== undefined) return `structured.${empty} should not be null`;
    if (structured.hub_ref === undefined && !Array.isArray(structured.prompt))
      return 'structured needs a prompt or a hub_ref';
  }
  return undefined;
}

function checkCode(value: JsonValue): string | undefined {
  const isCode = (item: JsonValue) => isJsonObject(item) && typeof item.code === 'string';
  return Array.isArray(value) && value.every(isCode)
    ? undefined
    : 'Input should be a list of objects with code';
}
