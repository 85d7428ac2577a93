import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from './members.js';
import { contentOf, readAnswer } from './messages.js';
import { RecordReader, withRest } from './reader.js';
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
