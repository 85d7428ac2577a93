import type { JsonObject, JsonValue } from '../../json/value.js';
import { numberAt } from './known.js';

/** Counts of tokens as JavaScript's SDKs name them, and as LangSmith does. @see npm ai, LanguageModelUsage */
const NAMES = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  total_tokens: 'totalTokens',
};

/** The names that are read. */
export const TOKEN_NAMES: readonly string[] = Object.values(NAMES);

/** `{usage_metadata}` of one or more calls together; `{}` if none of them tells its tokens. */
export function sumTokens(calls: readonly (JsonValue | undefined)[]): JsonObject {
  const sums: JsonObject = {};
  for (const [kind, name] of Object.entries(NAMES)) {
    const counts = calls.flatMap((call) => numberAt(call, name) ?? []).map(Number);
    if (counts.length > 0) sums[kind] = counts.reduce((sum, count) => sum + count, 0);
  }
  return Object.keys(sums).length > 0 ? { usage_metadata: sums } : {};
}
