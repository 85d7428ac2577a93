import { isJsonObject, type JsonValue } from '../../../json/value.js';
import { indentJson } from './indent-json.js';

/** What one side of a conversation said. */
export interface Turn {
  readonly role: string;
  readonly text: string;
}

/** A list of chat messages as turns, in OpenAI's spelling or LangChain's; undefined if it is something else. */
export function turnsOf(value: JsonValue): Turn[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const turns = value.map(turnOf);
  return turns.every((turn) => turn !== undefined) ? turns : undefined;
}

function turnOf(message: JsonValue): Turn | undefined {
  if (!isJsonObject(message)) return undefined;
  const { role = message.type, content, ...rest } = message;
  if (typeof role !== 'string' || content === undefined) return undefined;

  const { type, ...others } = rest;
  const said = typeof content === 'string' ? content : content === null ? '' : saidIn(content);
  const remarks = Object.keys(others).length > 0 ? indentJson(others) : '';
  return { role, text: [said, remarks].filter((text) => text !== '').join('\n') };
}

/** Content that comes in parts: the texts as texts, pictures and the like as JSON. */
function saidIn(content: JsonValue): string {
  if (!Array.isArray(content)) return indentJson(content);
  return content
    .map((part) =>
      isJsonObject(part) && typeof part.text === 'string' ? part.text : indentJson(part),
    )
    .join('\n');
}
