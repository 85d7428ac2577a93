import type { JsonObject, JsonValue } from '../../../json/value.js';
import { memberAt, textAt } from '../../format-kit/members.js';
import { contentOf } from '../../format-kit/messages.js';
import { baseName } from '../../format-kit/model.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { usageOf } from '../../format-kit/usage.js';

/** Names of the exit status of a run that ended as it should: `submitted`, `submitted (exit_cost)`, `Submitted`. */
const SUBMITTED = /^submitted/i;
const PATCH = /^\s*(?:diff --git |--- )/;

/** What came out of a run. One that broke off has no submission, or in its place what mini-SWE-agent was told. */
export function readOutcome(info: RecordReader): JsonObject {
  const status = info.text('exit_status');
  const submission = info.take('submission');
  const isSubmitted = status !== undefined && SUBMITTED.test(status);
  const isPatch = typeof submission === 'string' && PATCH.test(submission);
  const told = isPatch || !submission ? [] : [submission];
  return {
    outputs: isSubmitted || isPatch ? { submission } : null,
    error: isSubmitted ? null : [status ?? 'there is no exit_status', ...told].join(': '),
    feedback: status === undefined ? [] : [{ key: 'exit_status', value: status }],
    run_type: 'chain',
  };
}

/** `total_cost` is that of all instances so far. */
export function readStats(info: RecordReader): JsonObject {
  const stats = info.open('model_stats');
  return usageOf({
    input_tokens: stats.number('tokens_sent'),
    output_tokens: stats.number('tokens_received'),
    total_cost: stats.number('instance_cost'),
  });
}

/** A file is named for its instance. */
export function instanceOf(path: string): string {
  return baseName(path).replace(/\.traj(?:\.json)?(?:\.gz|\.zst)?$/, '');
}

/** Whether a message was shown to the model as an example of how it is done. */
export function isDemo(message: JsonValue): boolean {
  return memberAt(message, 'is_demo') === true;
}

/** The first message of the user that is no example. */
export function findTask(messages: readonly JsonValue[]): JsonValue {
  const isAsked = (message: JsonValue) => textAt(message, 'role') === 'user' && !isDemo(message);
  return contentOf(messages.find(isAsked));
}
