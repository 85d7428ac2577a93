import type { Row } from '../../../input/row.js';
import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { isNumber, listAt, textAt } from '../../format-kit/members.js';
import type { ModelName } from '../../format-kit/model.js';
import { RecordReader, readRun } from '../../format-kit/reader.js';
import type { FormatRow } from '../format.js';

/** What was scanned. */
export interface Target {
  readonly name?: string | undefined;
  readonly model: Partial<ModelName>;
}

/** Several outputs are repetitions. A generator that failed gives null. */
export function* readAttempt(
  origin: Row['origin'],
  line: JsonObject,
  target: Target,
): Generator<FormatRow> {
  const outputs = listAt(line, 'outputs') ?? [];
  const count = Math.max(outputs.length, 1);
  const probe = textAt(line, 'probe_classname');
  for (let n = 0; n < count; n++) {
    const value = readRun(line, (attempt) => {
      const prompt = attempt.take('prompt');
      const output = attempt.own('outputs', n, count);
      const { inputs, rest } = readPrompt(prompt);
      attempt.leaveOut('entry_type');
      for (const name of ['conversations', 'messages'])
        attempt.keep({ [name]: withoutCopy(attempt.own(name, n, count), prompt, output) });
      attempt.keep({
        prompt: rest,
        output: restAfter(output, 'text'),
        reverse_translation_outputs: attempt.own('reverse_translation_outputs', n, count),
      });
      const text = textOf(output);
      return {
        id: isNumber(line.seq) ? `${probe} ${line.seq}` : (probe ?? null),
        inputs,
        outputs: text === null ? null : { output: text },
        error: text === null ? 'the generator gave no output' : null,
        feedback: readDetectors(attempt, n),
        metadata: { ...target.model },
      };
    });
    yield { origin, value, experiment: labelExperiment(target.name, probe) };
  }
}

function readDetectors(attempt: RecordReader, n: number): JsonObject[] {
  const results = attempt.object('detector_results') ?? {};
  return Object.entries(results).map(
    ([key, scores]): JsonObject =>
      Array.isArray(scores) ? { key, score: scores[n] ?? null } : { key, value: scores },
  );
}

/** A text, until version 0.11; then a message, or turns of several. */
function readPrompt(prompt: JsonValue): { inputs: JsonObject; rest: JsonObject } {
  const turns = listAt(prompt, 'turns');
  const messages = (turns ?? [{ role: 'user', content: prompt }]).map((turn): JsonObject => {
    if (!isJsonObject(turn)) return { content: turn };
    const { content = null } = turn;
    return { ...restAfter(content, 'text'), ...turn, content: textOf(content) };
  });
  const rest = turns ? restAfter(prompt, 'turns') : {};
  const [only, ...others] = messages;
  if (only?.role !== 'user' || others.length > 0) return { inputs: { messages }, rest };
  const { role: _, content = null, ...about } = only;
  return { inputs: { input: content }, rest: { ...rest, ...about } };
}

/** What an object says besides the member that was read. */
function restAfter(value: JsonValue, read: string): JsonObject {
  const reader = new RecordReader(value);
  reader.leaveOut(read);
  return reader.rest();
}

function textOf(message: JsonValue): JsonValue {
  return isJsonObject(message) ? (message.text ?? null) : message;
}

/** A conversation without its turns, if they are the prompt and the output once more. */
function withoutCopy(conversation: JsonValue, prompt: JsonValue, output: JsonValue): JsonValue {
  const turns = listAt(conversation, 'turns') ?? null;
  const copied = [...(listAt(prompt, 'turns') ?? []), { role: 'assistant', content: output }];
  const isCopy = isJsonObject(conversation) && printJson(turns) === printJson(copied);
  return isCopy ? restAfter(conversation, 'turns') : conversation;
}
