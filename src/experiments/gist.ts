import { printJson } from '../json/print.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { plainText, turnsOf } from './chat.js';

/** What a payload comes to in a line or two: of a chat what was said last, else its texts with their names. */
export function gistOf(payload: JsonObject | null, speaker?: RegExp): string {
  const entries = Object.entries(payload ?? {});
  const said = lastSaid(payload ?? {}, speaker);
  if (said !== undefined) return said;
  const texts = entries.map(([key, value]) =>
    entries.length === 1 ? textOf(value) : `${key}: ${textOf(value)}`,
  );
  return texts.join(' · ');
}

/** Who asks in a chat. */
export const ASKER = /^(?:user|human)\b/i;

const SHOWN = 300;

/** What inputs are recognised by: the last message of the user in a chat, else the start of the first input. */
export function firstInput(inputs: JsonObject): string {
  const [first = null] = Object.values(inputs);
  return previewChat(inputs) ?? (first === null ? '' : textOf(first).slice(0, SHOWN));
}

/** The start of the last message of the user, which tells one chat from another; undefined of anything else. */
export function previewChat(inputs: JsonObject): string | undefined {
  return lastSaid(inputs, ASKER)?.slice(0, SHOWN);
}

function lastSaid(payload: JsonObject, speaker?: RegExp): string | undefined {
  for (const value of Object.values(payload)) {
    const turns = turnsOf(value);
    const last = speaker ? turns?.findLast(({ role }) => speaker.test(role)) : turns?.at(-1);
    if (last) return last.pieces.map(plainText).join(' ');
  }
  return undefined;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : printJson(value);
}
