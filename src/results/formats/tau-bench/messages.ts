import type { JsonNumber, JsonObject, JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, textAt } from '../../format-kit/members.js';
import { RecordReader, readRun } from '../../format-kit/reader.js';
import { readSteps } from '../../format-kit/steps.js';
import { readLooseUsage, readUsage } from '../../format-kit/usage.js';
import { readWhen } from '../../when.js';

/** What tau2 adds to a message, beside what was said. */
const ADDED = ['timestamp', 'turn_idx', 'cost', 'usage', 'generation_time_seconds'];

/** The steps of a conversation. `raw_data`, a copy of a provider's answer, is left out. */
export function readConversation(messages: readonly JsonValue[]): JsonObject[] {
  const single = messages.flatMap((one) => listAt(one, 'tool_messages') ?? one);
  return readSteps(single, (message) => {
    const said = new RecordReader(message);
    said.leaveOut('raw_data');
    const run = readAdded(said.pick(...ADDED), textAt(message, 'role') ?? '');
    return { said: said.rest(), run };
  });
}

/** Tokens of what a model said, one message or many, and its cost in US dollars. */
export function sumUsage(
  messages: readonly JsonValue[],
  total_cost: number | JsonNumber | undefined,
): JsonObject {
  const usages = messages.map((one) => new RecordReader(memberAt(one, 'usage')));
  return readUsage(usages, new RecordReader(known({ total_cost })));
}

/** What tau2 adds is of the step; the user's tokens and cost are another model's. */
function readAdded(members: JsonObject, role: string): JsonObject {
  return readRun(members, (added) => {
    const { timestamp = null } = added.record;
    const isTime = readWhen(timestamp) !== undefined;
    if (isTime) added.leaveOut('timestamp');
    const run = { name: role, start_time: isTime ? timestamp : null };
    if (role !== 'assistant') return run;
    return { ...run, metadata: readLooseUsage(added) };
  });
}
