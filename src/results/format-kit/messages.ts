import type { JsonObject, JsonValue } from '../../json/value.js';
import { known, memberAt, textAt } from './members.js';
import { without } from './reader.js';

/** What a chat message says: its text, with several parts joined; parts of other kinds are left as they are. */
export function contentOf(message: JsonValue | undefined): JsonValue {
  const content = memberAt(message, 'content') ?? null;
  if (!Array.isArray(content) || content.length === 0) return content;
  const texts = content.map((part) => textAt(part, 'text'));
  return texts.every((text) => text !== undefined) ? texts.join('') : content;
}

/** An answer in the words of a chat message: its text, and what else it has, such as tool calls or a refusal. */
export function readAnswer(message: JsonObject): JsonObject {
  return { output: contentOf(message), ...known(without(message, 'role', 'content')) };
}
