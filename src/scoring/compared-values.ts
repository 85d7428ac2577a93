import { pythonJson } from '../json/canonical.js';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { RowToScore } from './scorer.js';

/** Dotted paths into outputs and reference outputs; undefined: found by itself. */
export interface ComparedFields {
  readonly outputField?: string | undefined;
  readonly referenceField?: string | undefined;
}

/** What is compared in a row: its answer, and the right one; undefined if the row has none. */
export interface ComparedValues {
  readonly output: JsonValue | undefined;
  readonly reference: JsonValue | undefined;
}

/** Nobody said which of several fields is the answer. */
export interface Ambiguity {
  readonly side: 'output' | 'reference';
  readonly fields: readonly string[];
}

/**
 * Finds what to compare: the named fields, else the only ones, else those that both sides call the same.
 *
 * @param needsReference false: only the answer is looked at.
 */
export function findCompared(
  { outputs, referenceOutputs }: RowToScore,
  { outputField, referenceField }: ComparedFields,
  needsReference: boolean,
): ComparedValues | Ambiguity {
  const [ofOutputs, ofReference] = [
    Object.keys(outputs ?? {}),
    Object.keys(referenceOutputs ?? {}),
  ];
  const shared = onlyOne(ofOutputs.filter((name) => ofReference.includes(name)));
  const output = valueIn(outputs, outputField ?? onlyOne(ofOutputs) ?? shared);
  if (output === AMBIGUOUS) return { side: 'output', fields: ofOutputs };
  if (!needsReference) return { output, reference: undefined };
  const reference = valueIn(referenceOutputs, referenceField ?? onlyOne(ofReference) ?? shared);
  if (reference === AMBIGUOUS) return { side: 'reference', fields: ofReference };
  return { output, reference };
}

const AMBIGUOUS = Symbol('several fields');

function valueIn(
  object: JsonObject | undefined,
  path: string | undefined,
): JsonValue | undefined | typeof AMBIGUOUS {
  if (!object || Object.keys(object).length === 0) return undefined;
  if (path === undefined) return AMBIGUOUS;
  if (Object.hasOwn(object, path)) return object[path] ?? undefined;
  let value: JsonValue | undefined = object;
  for (const name of path.split('.'))
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value ?? undefined;
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

/** A value as one text: text as it is, numbers as they are written, all else as JSON with sorted keys. */
export function asText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.text : pythonJson(value);
}
