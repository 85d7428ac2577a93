import { z } from 'zod';
import type { JsonObject } from '../json/value.js';
import { answer, flag, id, maybe, number, or, payload, text } from './wire.js';

const isGiven = z.string().nullish().transform(Boolean);

export const rule = answer(
  {
    id,
    name: text,
    datasetId: maybe(text),
    samplingRate: number,
    isEnabled: or(z.boolean(), true),
    filter: isGiven,
    traceFilter: isGiven,
    treeFilter: isGiven,
    /** What people corrected is part of its prompt. */
    usesCorrections: flag,
    /** Its content is kept elsewhere. */
    isShared: isGiven,
    evaluators: or(z.array(z.object({ structured: payload })), []),
    codeEvaluators: or(z.array(payload), []),
  },
  {
    name: 'display_name',
    datasetId: 'dataset_id',
    usesCorrections: 'use_corrections_dataset',
    isShared: 'evaluator_id',
  },
).transform(({ filter, traceFilter, treeFilter, evaluators, codeEvaluators, ...others }) => ({
  ...others,
  /** It looks at some runs only. */
  hasFilter: filter || traceFilter || treeFilter,
  /** LLM judges, as they were sent. */
  structured: evaluators.map((evaluator) => evaluator.structured),
  hasCode: codeEvaluators.length > 0,
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
