import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';

const ROLES = new Map<JsonValue, string>([
  ['HUMAN', 'user'],
  ['BOT', 'assistant'],
  ['SYSTEM', 'system'],
]);

/** Turns of `{role, prompt}` are messages; what was not asked in turns is the input as it stands. */
export function readPrompt(prompt: JsonValue): JsonObject {
  const turns = Array.isArray(prompt) ? prompt.filter(isJsonObject) : [];
  const isChat = turns.length > 0 && turns.every(({ role }) => typeof role === 'string');
  if (!Array.isArray(prompt) || !isChat || turns.length < prompt.length) return { input: prompt };
  return { messages: turns.map(readTurn) };
}

function readTurn(turn: JsonObject): JsonObject {
  const { role = null, prompt, ...others } = turn;
  const renamed = ROLES.get(role) ?? role;
  return { ...others, role: renamed, ...(prompt !== undefined && { content: prompt }) };
}
