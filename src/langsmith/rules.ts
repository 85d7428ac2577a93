import { z } from 'zod';
import { isJsonObject, JsonNumber, type JsonObject } from '../json/value.js';
import { isUuid } from '../uuid.js';

const payload = z.custom<JsonObject>(isJsonObject, 'expected an object');
const number = z.preprocess(
  (value) => (value instanceof JsonNumber ? Number(value) : value),
  z.number(),
);

export const rule = z
  .object({
    id: z.string().refine(isUuid, 'expected an id (UUID)'),
    display_name: z.string(),
    dataset_id: z.string().nullish(),
    sampling_rate: number,
    is_enabled: z.boolean().nullish(),
    filter: z.string().nullish(),
    trace_filter: z.string().nullish(),
    tree_filter: z.string().nullish(),
    use_corrections_dataset: z.boolean().nullish(),
    num_few_shot_examples: number.nullish(),
    evaluator_id: z.string().nullish(),
    evaluators: z.array(z.object({ structured: payload })).nullish(),
    code_evaluators: z.array(payload).nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.display_name,
    datasetId: wire.dataset_id ?? undefined,
    samplingRate: wire.sampling_rate,
    isEnabled: wire.is_enabled ?? true,
    /** It looks at some runs only. */
    hasFilter: Boolean(wire.filter || wire.trace_filter || wire.tree_filter),
    /** What people corrected is part of its prompt. */
    usesCorrections: wire.use_corrections_dataset === true,
    /** Its content is kept elsewhere. */
    isShared: Boolean(wire.evaluator_id),
    /** LLM judges, as they were sent. */
    structured: (wire.evaluators ?? []).map((evaluator) => evaluator.structured),
    hasCode: (wire.code_evaluators ?? []).length > 0,
  }));

/** An evaluator that is bound to a dataset: LangSmith runs it on each new experiment. */
export type Rule = z.output<typeof rule>;

export const secret = z.object({ key: z.string() }).transform(({ key }) => key);

/** A rule as it is sent. */
export interface RuleUpload {
  readonly name: string;
  readonly datasetId: string;
  readonly samplingRate: number;
  readonly isEnabled: boolean;
  readonly structured: JsonObject;
}

/** The body of POST and PATCH. Nothing in it is null: LangSmith refuses that within `structured`. */
export function ruleBody(rule: RuleUpload): object {
  return {
    display_name: rule.name,
    sampling_rate: rule.samplingRate,
    is_enabled: rule.isEnabled,
    include_extended_stats: false,
    dataset_id: rule.datasetId,
    evaluators: [{ structured: rule.structured }],
  };
}
