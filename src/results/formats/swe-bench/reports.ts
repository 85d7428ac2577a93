import type { Companion } from '../../../input/beside.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { listAt, memberAt, objectAt } from '../../format-kit/members.js';

/** What a report says of an instance. */
export interface Verdict {
  readonly resolved?: boolean;
  /** The evaluation itself broke off. */
  readonly isError?: boolean;
  /** The names of the lists that it is on, or all that is told of it. */
  readonly report?: JsonValue;
}

/** Names of lists in summaries of a run, of now and of before. @see swebench/harness/reporting.py */
const RESOLVED = ['resolved_ids', 'resolved'];
const UNRESOLVED = ['unresolved_ids', 'empty_patch_ids', 'no_generation'];
const ERRORS = ['error_ids'];
const OTHERS =
  `applied completed_ids generated incomplete_ids install_fail no_apply no_logs reset_failed submitted_ids
  test_errored test_timeout with_logs`.split(/\s+/);

/** Whether a document tells of instances whether they were resolved, one by one or in lists. */
export function isReport(document: JsonValue | undefined): document is JsonObject {
  return isOfInstances(document) || isOfLists(document);
}

function isOfInstances(document: JsonValue | undefined): document is JsonObject {
  const instances = isJsonObject(document) ? Object.values(document) : [];
  const isOne = (one: JsonValue) =>
    typeof memberAt(one, 'resolved') === 'boolean' &&
    (objectAt(one, 'tests_status') !== undefined || memberAt(one, 'patch_exists') !== undefined);
  return instances.length > 0 && instances.every(isOne);
}

function isOfLists(document: JsonValue | undefined): document is JsonObject {
  const has = (name: string) => listAt(document, name) !== undefined;
  return RESOLVED.some(has) && [...UNRESOLVED, ...ERRORS, ...OTHERS].some(has);
}

/** Reads verdicts of instances, asked for by their id. */
export function readReport({ value }: Companion): (id: string) => Verdict {
  if (isOfInstances(value)) {
    return (id) => {
      const one = objectAt(value, id);
      return one === undefined ? {} : { resolved: one.resolved === true, report: one };
    };
  }
  const lists = new Map<string, Set<JsonValue>>();
  for (const name of [...RESOLVED, ...UNRESOLVED, ...ERRORS, ...OTHERS]) {
    const list = listAt(value, name);
    if (list) lists.set(name, new Set(list));
  }
  // The first reports listed only what was resolved: all others were not.
  const isComplete = !lists.has('unresolved_ids');
  return (id) => {
    const on = [...lists.keys()].filter((name) => lists.get(name)?.has(id));
    const isOn = (names: readonly string[]) => names.some((name) => on.includes(name));
    const isError = isOn(ERRORS);
    const isResolved = isOn(RESOLVED);
    const isTold = isResolved || isOn(UNRESOLVED) || (isComplete && !isOn(['no_logs']));
    return { resolved: isTold && !isError ? isResolved : undefined, isError, report: on };
  };
}
