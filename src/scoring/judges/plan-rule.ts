import { LsRecordError } from '../../errors.js';
import { pythonJson } from '../../json/canonical.js';
import { printJson } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Rule } from '../../langsmith/rules.js';
import type { NewRule } from './definition.js';

/** What has to be done so that a dataset has a rule. */
export type RulePlan =
  | { readonly action: 'create' }
  | { readonly action: 'keep' | 'change'; readonly rule: Rule; readonly differences: string[] };

/** Compares a new rule with those of the dataset. @throws {LsRecordError} `USAGE` if several have its name. */
export function planRule(rules: readonly Rule[], wanted: NewRule): RulePlan {
  const rule = findRule(rules, wanted.name);
  if (!rule) return { action: 'create' };
  const differences = compareRules(rule, wanted);
  return { action: differences.length === 0 ? 'keep' : 'change', rule, differences };
}

/** Finds a rule by its name, or by its id. @throws {LsRecordError} `USAGE` if several have the name. */
export function findRule(rules: readonly Rule[], nameOrId: string): Rule | undefined {
  const [rule, ...others] = rules.filter(({ id, name }) => name === nameOrId || id === nameOrId);
  if (others.length === 0) return rule;
  throw new LsRecordError('USAGE', `${others.length + 1} evaluators are named "${nameOrId}"`, {
    hint: `Name one by its ID: ${[rule, ...others].map((one) => one?.id).join(', ')}.`,
  });
}

/** What a rule has otherwise than it should, a line each. What a server added by itself does not count. */
export function compareRules(
  { samplingRate, isEnabled, structured: [structured = {}] }: Rule,
  wanted: NewRule,
): string[] {
  return [
    ...difference('sampling', samplingRate, wanted.samplingRate),
    ...difference('enabled', isEnabled, wanted.isEnabled),
    ...Object.entries(wanted.structured).flatMap(([name, value]) =>
      differences(name, structured[name], value),
    ),
  ];
}

function differences(name: string, old: JsonValue | undefined, wanted: JsonValue): string[] {
  if (old !== undefined && pythonJson(old) === pythonJson(wanted)) return [];
  if (name === 'prompt') return changedLines(old, wanted);
  if (!isJsonObject(wanted) || !isJsonObject(old)) return difference(name, old, wanted);
  const names = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  return [...names].flatMap((member) =>
    differences(`${name}.${member}`, old[member] ?? null, wanted[member] ?? null),
  );
}

function difference(name: string, old: JsonValue | undefined, wanted: JsonValue): string[] {
  if (old === wanted) return [];
  return [`${name}: ${old === undefined ? 'none' : printJson(old)} → ${printJson(wanted)}`];
}

function changedLines(old: JsonValue | undefined, wanted: JsonValue): string[] {
  const [before, after] = [linesOf(old), linesOf(wanted)];
  return [
    'prompt:',
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

function linesOf(prompt: JsonValue | undefined): string[] {
  const messages = Array.isArray(prompt) ? prompt : [];
  return messages.flatMap((message) => {
    const [role, text] = Array.isArray(message) ? message : [];
    return `${String(role)}: ${String(text)}`.split('\n');
  });
}

/** The messages of a prompt, each behind its role. */
export function promptText({ prompt }: JsonObject): string {
  return linesOf(prompt).join('\n');
}
