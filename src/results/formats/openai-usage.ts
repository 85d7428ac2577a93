import type { JsonObject, JsonValue } from '../../json/value.js';
import { known, numberAt } from './known.js';
import { objectAt } from './members.js';

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
