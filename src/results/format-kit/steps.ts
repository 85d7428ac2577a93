import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, saysNothing, textAt } from './members.js';
import { feedbackOf, RecordReader, withRest } from './reader.js';
import { readCell } from './values.js';

/** What a message says, apart from what a harness adds to it: the run that said it, with its times and its metadata. */
export interface Step {
  readonly said: JsonObject;
  readonly run: JsonObject;
}

/** What the assistant said last; its last messages may only call tools. */
export function lastAnswer(messages: readonly JsonValue[]): JsonValue {
  const answers = messages.filter((message) => textAt(message, 'role') === 'assistant');
  return answers.map(contentOf).findLast((content) => content !== null && content !== '') ?? null;
}

/**
 * The steps of a conversation as child runs: what the model said, given what came since it last spoke; each tool with
 * its arguments; and the user, whom another model may play. What is said last, by someone else, is a step too.
 */
export function readSteps(
  messages: readonly JsonValue[],
  readStep: (message: JsonObject) => Step,
): JsonObject[] {
  const steps: JsonObject[] = [];
  const calls = new Map<string, JsonObject>();
  let heard: Step[] = [];
  for (const message of messages) {
    if (!isJsonObject(message)) continue;
    for (const call of listAt(message, 'tool_calls') ?? [])
      if (isJsonObject(call)) calls.set(textAt(call, 'id') ?? '', call);
    const step = readStep(message);
    const { said, run } = step;
    const role = textAt(message, 'role');
    if (role === 'assistant') {
      const inputs = known({ messages: heard.map((one) => one.said) });
      steps.push({ ...run, run_type: 'llm', inputs, outputs: readAnswer(said) });
      heard = [];
      continue;
    }
    heard.push(step);
    if (role === 'user') steps.push(readOther(step));
    if (role === 'tool') {
      const call = calls.get(textAt(message, 'tool_call_id') ?? textAt(message, 'id') ?? '');
      steps.push(readTool(step, call));
    }
  }
  const isStep = ({ said }: Step) => said.role === 'user' || said.role === 'tool';
  return [...steps, ...heard.filter((one) => !isStep(one)).map(readOther)];
}

/** What someone else than the model said. */
function readOther({ said, run }: Step): JsonObject {
  return { ...run, run_type: 'chain', outputs: readAnswer(said) };
}

/** OpenAI's calls have arguments as text, others as objects. */
function readTool({ said, run }: Step, call: JsonObject | undefined): JsonObject {
  const result = new RecordReader(said);
  result.leaveOut('role');
  const called = objectAt(call, 'function') ?? call;
  const given = memberAt(called, 'arguments') ?? null;
  const tool = {
    ...run,
    name: textAt(called, 'name') ?? result.text('name') ?? 'tool',
    run_type: 'tool',
    ...known({ inputs: typeof given === 'string' ? readCell(given) : given }),
    outputs: { output: result.take('content') },
  };
  return withRest(tool, result);
}

/** What a chat message says: its text, with several parts joined; parts of other kinds are left as they are. */
export function contentOf(message: JsonValue | undefined): JsonValue {
  const content = memberAt(message, 'content') ?? null;
  if (!Array.isArray(content) || content.length === 0) return content;
  const texts = content.map((part) => textAt(part, 'text'));
  return texts.every((text) => text !== undefined) ? texts.join('') : content;
}

/** Whether the parts of a message are text and nothing more, such as what is cited. */
export function isPlain(message: JsonValue): boolean {
  const content = memberAt(message, 'content');
  if (!Array.isArray(content)) return true;
  return content.every((part) => {
    const reader = new RecordReader(part);
    reader.leaveOut('type');
    return reader.text('text') !== undefined && saysNothing(reader.rest());
  });
}

/** An answer in the words of a chat message: its text, and what else it has, such as tool calls or a refusal. */
export function readAnswer(message: JsonObject): JsonObject {
  const output = contentOf(message);
  const isWhole = output === message.content || isPlain(message);
  return feedbackOf(message, (said) => {
    said.leaveOut('role', isWhole ? 'content' : []);
    return { output };
  });
}
