import type { JsonObject } from '../../json/value.js';
import type { Rule } from '../../langsmith/rules.js';
import type { Judge } from '../../scoring/judges/judge.js';

/** A rule, and whether it can be run from here. */
export interface ShownRule {
  readonly rule: Rule;
  readonly judge: Judge | { readonly problem: string };
}

export function nameOfModel({ model }: Pick<Judge, 'model'>): string {
  return `${model.provider.name}:${model.name}`;
}

/** `correctness (boolean)`. */
export function showScores({ keys, schema }: Judge): string {
  const properties = schema.properties as JsonObject;
  return keys
    .map((key) => {
      const { type, enum: values, minimum, maximum } = properties[key] as JsonObject;
      if (Array.isArray(values)) return `${key} (${values.join(', ')})`;
      const range = minimum === undefined ? String(type) : `${String(minimum)}-${String(maximum)}`;
      return `${key} (${range})`;
    })
    .join(', ');
}

export function ruleForPrograms({ rule, judge }: ShownRule): object {
  const known = 'problem' in judge ? undefined : judge;
  return {
    id: rule.id,
    name: rule.name,
    enabled: rule.isEnabled,
    sampling: rule.samplingRate,
    model: known ? nameOfModel(known) : null,
    feedback_keys: known?.keys ?? [],
    runs_here: known !== undefined,
    problem: 'problem' in judge ? judge.problem : null,
  };
}
