import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';

/** What stands for an error that was written without its message, as in CSV. */
export const NO_REASON = 'the provider failed, and promptfoo’s file does not say why';

/**
 * The feedback of a graded row: its score, whether it passed, named scores, and each assertion that has no name under
 * its type.
 */
export function readScores(record: RecordReader): JsonObject[] {
  const grading = objectAt(record.record, 'gradingResult');
  const named = record.object('namedScores') ?? {};
  const components = (listAt(grading, 'componentResults') ?? []).filter(isJsonObject);
  return [
    { key: 'score', score: record.take('score') },
    { key: 'pass', score: record.take('success'), comment: textAt(grading, 'reason') ?? null },
    ...Object.keys(named).map((key) => ({
      key,
      score: named[key] as JsonValue,
      comment: reasonOf(key, components) ?? null,
    })),
    ...components.flatMap((component) => readAssertion(component, named)),
  ];
}

/** A metric may be the mean of several assertions: then none of their reasons is its own. */
function reasonOf(metric: string, components: readonly JsonObject[]): string | undefined {
  const [only, ...others] = components.filter(
    ({ assertion }) => memberAt(assertion, 'metric') === metric,
  );
  return others.length === 0 ? textAt(only, 'reason') : undefined;
}

/** @returns nothing if the assertion's metric is among the named scores already. */
function readAssertion(component: JsonObject, named: JsonObject): JsonObject[] {
  const { score = null } = component;
  const metric = textAt(component.assertion, 'metric');
  if (metric !== undefined && Object.hasOwn(named, metric)) return [];
  const comment = textAt(component, 'reason') ?? null;
  // An assertion in Python may name scores of its own, in Python's spelling.
  const own = objectAt(component, 'named_scores') ?? objectAt(component, 'namedScores') ?? {};
  const ownNames = Object.keys(own).filter((name) => !Object.hasOwn(named, name));
  if (ownNames.length > 0)
    return ownNames.map((key) => ({ key, score: own[key] as JsonValue, comment }));
  const key = metric ?? textAt(component.assertion, 'type');
  return key === undefined ? [] : [{ key, score, comment }];
}
