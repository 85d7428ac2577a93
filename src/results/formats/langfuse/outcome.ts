import type { JsonObject } from '../../../json/value.js';
import { known, memberAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { sumCounts } from '../../format-kit/usage.js';

/** What came out of an item, a trace or an observation: its level tells whether it failed. */
export function readOutcome(record: RecordReader): JsonObject {
  const output = record.take('output');
  if (memberAt(record.record, 'level') !== 'ERROR') return { outputs: output ?? { output: null } };
  return { outputs: output, error: record.text('statusMessage') ?? 'the level is ERROR' };
}

/** A duration in seconds, or a cost in US dollars. What was not asked for, the API gives as -1. */
export function takeAmount(record: RecordReader, name: string) {
  return Number(record.record[name]) < 0 ? undefined : record.figure(name);
}

/**
 * Tokens and costs of an observation. Kinds of input, such as what was read from a cache, are counted one by one:
 * together they are the input.
 *
 * @see https://langfuse.com/docs/observability/features/token-and-cost-tracking
 */
export function readUsage(observation: RecordReader): JsonObject {
  const hasDetails = memberAt(observation.record, 'usageDetails') !== undefined;
  const tokens = observation.open(hasDetails ? 'usageDetails' : 'usage');
  const costs = observation.open('costDetails');
  const cached = Object.keys(tokens.record).filter((name) => /cache_?read|cached/i.test(name));
  const cache_read = sumCounts(cached.map((name) => tokens.record[name]));
  return known({
    usage_metadata: known({
      input_tokens: takeSum(tokens, /^(?!.*cost).*input/i),
      output_tokens: takeSum(tokens, /^(?!.*cost).*output/i),
      total_tokens: tokens.number('total'),
      input_token_details: known({ cache_read }),
      input_cost: takeSum(costs, /input/i),
      output_cost: takeSum(costs, /output/i),
      total_cost: costs.number('total') ?? observation.number('calculatedTotalCost'),
    }),
  });
}

function takeSum(counts: RecordReader, kind: RegExp): number | undefined {
  const names = Object.keys(counts.record).filter((name) => kind.test(name));
  return sumCounts(names.map((name) => counts.number(name)));
}
