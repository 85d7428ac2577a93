import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';

/**
 * Makes an object of what an app was given or gave, since LangSmith takes nothing else. An object passes
 * as it came, not copied; a list of chat messages is named so; all else is wrapped.
 */
export function wrapPayload(value: JsonValue, wrapper: 'input' | 'output'): JsonObject {
  if (isJsonObject(value)) return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isMessage))
    return { messages: value };
  return { [wrapper]: value };
}

function isMessage(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const isNamed = typeof value.role === 'string' || typeof value.type === 'string';
  // One that only calls tools may have no content.
  return isNamed && ('content' in value || Array.isArray(value.tool_calls));
}
