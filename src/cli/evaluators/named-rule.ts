import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Rule } from '../../langsmith/rules.js';
import type { Dataset } from '../../langsmith/wire.js';
import { quoteForShell } from '../../quote-for-shell.js';

/** Finds an evaluator of a dataset. @throws {LsRecordError} `USAGE` if there is none of that name. */
export async function findNamedRule(
  client: LangSmith,
  dataset: Pick<Dataset, 'id' | 'name'>,
  nameOrId: string,
): Promise<Rule> {
  const { findRule } = await import('../../scoring/judges/plan-rule.js');
  const rules = await client.listRules(dataset.id);
  const rule = findRule(rules, nameOrId);
  if (rule) return rule;
  const names = rules.map(({ name }) => name);
  throw new LsRecordError('USAGE', `"${dataset.name}" has no evaluator "${nameOrId}"`, {
    hint:
      names.length > 0
        ? `It has ${names.join(', ')}.`
        : `It has none. Add one: ls-record evaluators add NAME --dataset ${quoteForShell(dataset.name)} --ready correctness --model openai:gpt-4o-mini`,
  });
}
