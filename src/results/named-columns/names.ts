/** No known name is longer. */
const MAX_NAME = 200;

/** `expectedOutput`, `Latency (ms)` and `RunID` as `expected_output`, `latency_ms` and `run_id`. */
export function toSnake(name: string): string {
  return name
    .slice(0, MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** `latency_ms` is latency, in milliseconds. */
const UNIT = /_(ms|msec|msecs|millis|milliseconds|s|sec|secs|seconds)$/;

/** The unit that a name ends with. */
export function unitOf(snake: string): 'ms' | 's' | undefined {
  const unit = UNIT.exec(snake)?.[1];
  return unit === undefined ? undefined : unit.startsWith('m') ? 'ms' : 's';
}

export function withoutUnit(snake: string): string {
  return snake.replace(UNIT, '');
}

/** Names of counts and costs, by their place in usage_metadata. @see https://docs.smith.langchain.com, log-llm-trace */
const USAGE: Readonly<Record<string, string>> = {
  input_tokens: 'input_tokens prompt_tokens input_token_count prompt_token_count',
  output_tokens: 'output_tokens completion_tokens output_token_count completion_token_count',
  total_tokens: 'total_tokens total_token_count token_count tokens',
  'input_token_details.cache_read': 'cache_read_tokens cache_read_input_tokens',
  'input_token_details.cache_creation': 'cache_write_tokens cache_creation_input_tokens',
  'output_token_details.reasoning': 'reasoning_tokens',
  total_cost: 'total_cost cost cost_usd total_cost_usd estimated_cost price_per_example',
  input_cost: 'input_cost',
  output_cost: 'output_cost',
};

/** All names of counts and costs, in order of preference. */
export const USAGE_NAMES = Object.values(USAGE).join(' ');

const USAGE_PATHS = new Map(
  Object.entries(USAGE).flatMap(([path, names]) =>
    names.split(' ').map((name) => [squeeze(name), path.split('.')] as const),
  ),
);

/** Where in usage_metadata a count or a cost goes. */
export function usagePathOf(name: string): readonly string[] | undefined {
  return USAGE_PATHS.get(squeeze(toSnake(name)));
}

/** Names are compared without underscores. */
export function squeeze(snake: string): string {
  return snake.replaceAll('_', '');
}

/** The `--map` value that puts a column below a head. A name in a target has no dots and no =, as they end it. */
export function mapTo(head: string, column: string): string {
  const name = column.trim().replace(/[.=]+/g, '_');
  return /^_*$/.test(name) ? `${head}=${column}` : `${head}.${name}=${column}`;
}
