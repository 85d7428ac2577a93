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

/** Names are compared without underscores. */
export function squeeze(snake: string): string {
  return snake.replaceAll('_', '');
}

/**
 * The `--map` value that puts a column below a head. A name in a target has no dots and no =, as they end it.
 *
 * @param name in the target.
 */
export function mapTo(head: string, column: string, name = column): string {
  const plain = name.trim().replace(/[.=]+/g, '_');
  return /^_*$/.test(plain) ? `${head}=${column}` : `${head}.${plain}=${column}`;
}
