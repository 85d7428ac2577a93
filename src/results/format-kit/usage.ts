import type { JsonObject, JsonValue } from '../../json/value.js';
import { isNumber, known } from './members.js';
import type { RecordReader } from './reader.js';

/** Counts of tokens as JavaScript's SDKs name them, and as LangSmith does. @see npm ai, LanguageModelUsage */
const NAMES = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  total_tokens: 'totalTokens',
};

/** The sum of those counts that are told; undefined if none is. */
export function sumCounts(counts: readonly (JsonValue | undefined)[]): number | undefined {
  const told = counts.filter(isNumber);
  return told.length > 0 ? told.reduce<number>((sum, count) => sum + Number(count), 0) : undefined;
}

/** `{usage_metadata}`, or `{}` if nothing is told; in total input and output together. */
export function usageOf(usage: { readonly [kind: string]: JsonValue | undefined }): JsonObject {
  const { input_tokens: input, output_tokens: output } = usage;
  const total = isNumber(input) && isNumber(output) ? Number(input) + Number(output) : undefined;
  return known({ usage_metadata: known({ ...usage, total_tokens: total }) });
}

/** `{usage_metadata}` of one or more calls together; `{}` if none of them tells its tokens. */
export function sumTokens(...given: readonly (RecordReader | RecordReader[])[]): JsonObject {
  const calls = given.flat();
  const sums: { [kind: string]: number | undefined } = {};
  for (const [kind, name] of Object.entries(NAMES))
    sums[kind] = sumCounts(calls.map((call) => call.number(name)));
  return known({ usage_metadata: known(sums) });
}

/**
 * Tokens of a call as OpenAI's interfaces count them: chat completions, responses, embeddings, evals.
 *
 * @returns `{usage_metadata}`, or `{}` if nothing is told.
 * @see https://platform.openai.com/docs/api-reference/chat/object, usage
 */
export function readOpenAiUsage(usage: RecordReader): JsonObject {
  const details = (kind: string, other: string) => {
    const name = `${kind}_tokens_details`;
    return usage.open(Object.hasOwn(usage.record, name) ? name : `${other}_tokens_details`);
  };
  const input = details('prompt', 'input');
  const output = details('completion', 'output');
  return known({
    usage_metadata: known({
      input_tokens: usage.number('prompt_tokens') ?? usage.number('input_tokens'),
      output_tokens: usage.number('completion_tokens') ?? usage.number('output_tokens'),
      total_tokens: usage.number('total_tokens'),
      input_token_details: known({
        cache_read: input.number('cached_tokens') ?? usage.number('cached_tokens'),
        audio: input.number('audio_tokens'),
      }),
      output_token_details: known({
        reasoning: output.number('reasoning_tokens'),
        audio: output.number('audio_tokens'),
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
export function readUsage(...given: readonly (RecordReader | RecordReader[])[]): JsonObject {
  const usages = given.flat();
  const sum = (name: string) => sumCounts(usages.map((usage) => usage.number(name)));
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
