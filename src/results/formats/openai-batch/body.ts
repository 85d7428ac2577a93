import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { isPlain, readAnswer } from '../../format-kit/messages.js';

/**
 * What a model gave, from the body of an answer of OpenAI's API: a chat completion, a completion, a response, or
 * embeddings. Any other body is the output as it is.
 */
export function readOpenAiBody(body: JsonObject): JsonObject {
  const choices = listAt(body, 'choices');
  if (choices) return readChoices(choices);
  const items = listAt(body, 'output');
  if (items) return readItems(items);
  const embeddings = (listAt(body, 'data') ?? []).map((one) => memberAt(one, 'embedding'));
  const [only, ...others] = embeddings;
  if (only === undefined) return body;
  return others.length === 0
    ? { embedding: only }
    : { embeddings: embeddings.map((one) => one ?? null) };
}

/** The first choice; all of them where more than one was asked for. */
function readChoices(choices: readonly JsonValue[]): JsonObject {
  const [first = null, ...others] = choices;
  const message = objectAt(first, 'message');
  return {
    ...(message ? readAnswer(message) : { output: memberAt(first, 'text') ?? null }),
    ...known({ choices: others.length > 0 ? [...choices] : [] }),
  };
}

/** The text of a response; beside it whatever is more than text: calls of tools, reasoning, refusals. */
function readItems(items: readonly JsonValue[]): JsonObject {
  const texts: string[] = [];
  const others: JsonValue[] = [];
  for (const item of items) {
    const parts = listAt(item, 'content') ?? [];
    const isText =
      parts.length > 0 && parts.every((part) => isJsonObject(part) && part.type === 'output_text');
    if (isText) for (const part of parts) texts.push(textAt(part, 'text') ?? '');
    if (!isText || !isPlain(item)) others.push(item);
  }
  return { output: texts.length > 0 ? texts.join('') : null, ...known({ items: others }) };
}
