import type { JsonObject, JsonValue } from '../../json/value.js';
import { isNumber, known, numberAt } from './known.js';

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
