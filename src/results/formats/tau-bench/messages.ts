import {
  isJsonObject,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { contentOf, readAnswer } from '../../format-kit/messages.js';
import { RecordReader, readRun, without } from '../../format-kit/reader.js';
import { readLooseUsage, readUsage } from '../../format-kit/usage.js';
import { readCell } from '../../format-kit/values.js';
import { readWhen } from '../../when.js';

/** What tau2 adds to a message, beside what was said. */
const ADDED = ['timestamp', 'turn_idx', 'cost', 'usage', 'generation_time_seconds'];

/** What the assistant said last; its last messages may only call tools. */
export function lastAnswer(messages: readonly JsonValue[]): JsonValue {
  const answers = messages.filter((message) => textAt(message, 'role') === 'assistant');
  return answers.map(contentOf).findLast((content) => content !== null && content !== '') ?? null;
}

/**
 * The steps of a conversation as child runs: what the model said, given what came since it last spoke; each tool with
 * its arguments; and the user, whom another model plays. `raw_data`, a copy of a provider's answer, is left out.
 */
export function readSteps(messages: readonly JsonValue[]): JsonObject[] {
  const steps: JsonObject[] = [];
  const calls = new Map<string, JsonObject>();
  let heard: JsonValue[] = [];
  for (const message of messages.flatMap((one) => listAt(one, 'tool_messages') ?? one)) {
    if (!isJsonObject(message)) continue;
    for (const call of listAt(message, 'tool_calls') ?? [])
      if (isJsonObject(call)) calls.set(textAt(call, 'id') ?? '', call);
    const said = known(without(message, 'raw_data', ...ADDED));
    const role = textAt(message, 'role');
    if (role === 'assistant') {
      const inputs = known({ messages: heard });
      steps.push({ ...stepOf(message), run_type: 'llm', inputs, outputs: readAnswer(said) });
      heard = [];
      continue;
    }
    heard.push(said);
    if (role === 'user') {
      steps.push({ ...stepOf(message), run_type: 'chain', outputs: readAnswer(said) });
    } else if (role === 'tool') {
      const call = calls.get(textAt(message, 'tool_call_id') ?? textAt(message, 'id') ?? '');
      const outputs = { output: memberAt(message, 'content') ?? null };
      steps.push({ ...stepOf(message), ...readCall(message, call), run_type: 'tool', outputs });
    }
  }
  return steps;
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
function stepOf(message: JsonObject): JsonObject {
  return readRun(new RecordReader(message).pick(...ADDED), (added) => {
    const role = textAt(message, 'role') ?? '';
    const { timestamp = null } = added.record;
    const isTime = readWhen(timestamp) !== undefined;
    if (isTime) added.leaveOut('timestamp');
    const run = { name: role, start_time: isTime ? timestamp : null };
    if (role !== 'assistant') return run;
    return { ...run, metadata: readLooseUsage(added) };
  });
}

/** tau-bench has OpenAI's calls with arguments as text, tau2 calls of its own. */
function readCall(message: JsonObject, call: JsonObject | undefined): JsonObject {
  const called = objectAt(call, 'function') ?? call;
  const given = memberAt(called, 'arguments') ?? null;
  const name = textAt(called, 'name') ?? textAt(message, 'name') ?? 'tool';
  return { name, ...known({ inputs: typeof given === 'string' ? readCell(given) : given }) };
}
