import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';

/** The parts of a row that a prompt can show. */
export interface Facts {
  readonly inputs: JsonObject | undefined;
  readonly outputs: JsonObject | undefined;
  readonly referenceOutputs: JsonObject | undefined;
}

/** As LangSmith calls them in a variable mapping, and as its SDKs do. */
const PARTS: Readonly<Record<string, keyof Facts>> = {
  input: 'inputs',
  inputs: 'inputs',
  output: 'outputs',
  outputs: 'outputs',
  reference: 'referenceOutputs',
  reference_outputs: 'referenceOutputs',
  referenceOutputs: 'referenceOutputs',
};

/** A value of a row: a part as a whole, or a field of it. */
export interface FieldPlace {
  readonly part: keyof Facts;
  readonly path: readonly string[];
}

/** Reads `inputs.question`; undefined if it begins with no part of a row. */
export function readPlace(text: string): FieldPlace | undefined {
  const [first = '', ...path] = text.split('.');
  const part = Object.hasOwn(PARTS, first) ? PARTS[first] : undefined;
  return part && { part, path };
}

/**
 * Where the value of a variable is: as the mapping says, else by its own name.
 *
 * @param mapping variable → `input`, `inputs.question`, …
 */
export function placeOf(
  variable: string,
  mapping: Readonly<Record<string, string>>,
): FieldPlace | undefined {
  if (Object.hasOwn(mapping, variable)) return readPlace(mapping[variable] ?? '');
  const [first = '', ...path] = variable.split('.');
  const mapped = Object.hasOwn(mapping, first) ? mapping[first] : undefined;
  return readPlace([mapped ?? first, ...path].join('.'));
}

/** Undefined if the row does not have it. */
export function valueAt(facts: Facts, { part, path }: FieldPlace): JsonValue | undefined {
  let value: JsonValue | undefined = facts[part];
  for (const name of path)
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value ?? undefined;
}
