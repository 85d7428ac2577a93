import { sampleOf } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { memberAt, textAt, without } from '../format-kit/members.js';
import { readAnswer } from '../format-kit/steps.js';
import { shorten } from '../found.js';
import { lookAtColumns } from '../named-columns/facts.js';
import { named } from './facts.js';

/** A column of chats of which the last message is the answer. */
export interface Chat {
  readonly column: string;
  readonly note: string;
  /** Takes the answer out of a row's chat. */
  split(row: JsonObject): JsonObject;
}

/** Names of lists of messages, the plainest first. */
const NAMES = [
  'messages',
  'conversation',
  'conversations',
  'chat',
  'dialog',
  'dialogue',
  'turns',
  'transcript',
  'trajectory',
  'chat_history',
  'history',
];
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  bot: 'assistant',
  chatgpt: 'assistant',
  model: 'assistant',
};

/** Finds the chat whose end is what the app gave, if no column has that. */
export function findChat(rows: readonly JsonObject[]): Chat | undefined {
  const columns = lookAtColumns(sampleOf(rows));
  if (named(columns, 'outputs').length > 0) return undefined;
  const chats = columns.filter(
    ({ snake, count, values }) =>
      NAMES.includes(snake) && values.filter(endsWithAnswer).length * 2 > count,
  );
  const [chat] = chats.sort((one, other) => NAMES.indexOf(one.snake) - NAMES.indexOf(other.snake));
  if (!chat) return undefined;
  const { name } = chat;
  return {
    column: name,
    note: `the last message of ${shorten(name)} is what the app gave, the messages before it are what it was given`,
    split: (row) => {
      const messages = Object.hasOwn(row, name) ? readMessages(row[name] ?? null) : undefined;
      const answer = messages?.at(-1);
      if (!messages || answer?.role !== 'assistant') return row;
      const split: JsonObject = {};
      for (const key of Object.keys(row)) {
        if (key === name) setKey(split, 'messages', messages.slice(0, -1));
        else setKey(split, key, row[key] ?? null);
      }
      return { ...split, outputs: readAnswer(answer) };
    },
  };
}

function endsWithAnswer(value: JsonValue): boolean {
  const messages = readMessages(value);
  return messages !== undefined && messages.length > 1 && messages.at(-1)?.role === 'assistant';
}

/** Messages as LangSmith shows them; those of ShareGPT are `{from, value}`. */
function readMessages(value: JsonValue): JsonObject[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages = value.map(readMessage);
  return messages.every((message) => message !== undefined) ? messages : undefined;
}

function readMessage(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const from = textAt(value, 'from');
  if (from !== undefined && 'value' in value)
    return {
      role: ROLES[from] ?? from,
      content: memberAt(value, 'value') ?? null,
      ...without(value, 'from', 'value'),
    };
  const role = textAt(value, 'role');
  const hasContent = 'content' in value || Array.isArray(value.tool_calls);
  return role !== undefined && hasContent ? value : undefined;
}
