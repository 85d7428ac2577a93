import { parseJson } from '../json/parse.js';
import { isJsonObject, isNumber, type JsonValue } from '../json/value.js';

/** What a run says that its model used: tokens, and US dollars. */
export interface Usage {
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly total_tokens: number | null;
  readonly prompt_cost: number | null;
  readonly completion_cost: number | null;
  readonly total_cost: number | null;
}

const NONE: Usage = {
  prompt_tokens: null,
  completion_tokens: null,
  total_tokens: null,
  prompt_cost: null,
  completion_cost: null,
  total_cost: null,
};

/** Reads `usage_metadata` from `extra.metadata`, or else from the outputs. Both are JSON text. */
export function readUsage(extra: string | null, outputs: string | null): Usage {
  const usage =
    find(extra, (value) => member(member(value, 'metadata'), 'usage_metadata')) ??
    find(outputs, (value) => member(value, 'usage_metadata'));
  if (!usage) return NONE;

  const input = number(usage, 'input_tokens');
  const output = number(usage, 'output_tokens');
  const inputCost = number(usage, 'input_cost');
  const outputCost = number(usage, 'output_cost');
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: number(usage, 'total_tokens') ?? sum(input, output),
    prompt_cost: inputCost,
    completion_cost: outputCost,
    total_cost: number(usage, 'total_cost') ?? sum(inputCost, outputCost),
  };
}

function find(
  text: string | null,
  pick: (value: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  // Most payloads are large and say nothing of it.
  if (!text?.includes('"usage_metadata"')) return undefined;
  const usage = pick(parseJson(text));
  return isJsonObject(usage) ? usage : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function number(value: JsonValue, name: string): number | null {
  const found = member(value, name);
  return isNumber(found) ? Number(found) : null;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
