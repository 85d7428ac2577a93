import type { JsonObject, JsonValue } from '../../json/value.js';
import { isNumber, known, numberAt, objectAt } from './members.js';

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

/**
 * Tokens of a call as OpenAI's interfaces count them: chat completions, responses, embeddings, evals.
 *
 * @returns `{usage_metadata}`, or `{}` if nothing is told.
 * @see https://platform.openai.com/docs/api-reference/chat/object, usage
 */
export function readOpenAiUsage(usage: JsonValue | undefined): JsonObject {
  const input = objectAt(usage, 'prompt_tokens_details') ?? objectAt(usage, 'input_tokens_details');
  const output =
    objectAt(usage, 'completion_tokens_details') ?? objectAt(usage, 'output_tokens_details');
  return known({
    usage_metadata: known({
      input_tokens: numberAt(usage, 'prompt_tokens') ?? numberAt(usage, 'input_tokens'),
      output_tokens: numberAt(usage, 'completion_tokens') ?? numberAt(usage, 'output_tokens'),
      total_tokens: numberAt(usage, 'total_tokens'),
      input_token_details: known({
        cache_read: numberAt(input, 'cached_tokens') ?? numberAt(usage, 'cached_tokens'),
        audio: numberAt(input, 'audio_tokens'),
      }),
      output_token_details: known({
        reasoning: numberAt(output, 'reasoning_tokens'),
        audio: numberAt(output, 'audio_tokens'),
      }),
    }),
  });
}

/**
 * `{usage_metadata}` of calls together as Inspect counts them, or `{}`. Its `input_tokens` leaves out what was read from or written to a
 * cache if the total says so; LangSmith's has it.
 *
 * @see https://inspect.aisi.org.uk/reference/inspect_ai.model.html#modelusage
 */
export function readUsage(usages: readonly (JsonValue | undefined)[]): JsonObject {
  const sum = (name: string) => {
    const counts = usages.map((usage) => numberAt(usage, name)).filter(isNumber);
    return counts.length > 0 ? counts.reduce<number>((all, n) => all + Number(n), 0) : undefined;
  };
  const [input, output, total] = [sum('input_tokens'), sum('output_tokens'), sum('total_tokens')];
  const [read, written] = [sum('input_tokens_cache_read'), sum('input_tokens_cache_write')];
  const cached = (read ?? 0) + (written ?? 0);
  const isBeside = input !== undefined && input + cached + (output ?? 0) === total;
  return known({
    usage_metadata: known({
      input_tokens: isBeside ? input + cached : input,
      output_tokens: output,
      total_tokens: total,
      input_token_details: known({ cache_read: read, cache_creation: written }),
      output_token_details: known({ reasoning: sum('reasoning_tokens') }),
      total_cost: sum('total_cost'),
    }),
  });
}
