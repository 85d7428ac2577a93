import type { JsonObject, JsonValue } from '../../json/value.js';
import { memberAt, saysNothing, textAt } from './members.js';
import { feedbackOf, RecordReader } from './reader.js';

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
