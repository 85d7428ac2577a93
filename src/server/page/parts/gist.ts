import { printJson } from '../../../json/print.js';
import type { JsonObject } from '../../../json/value.js';
import { plainText, turnsOf } from './chat.js';

/** What a payload comes to in a line or two: of a chat what was said last, else its texts with their names. */
export function gistOf(payload: JsonObject | null, speaker?: RegExp): string {
  const entries = Object.entries(payload ?? {});
  for (const [, value] of entries) {
    const turns = turnsOf(value);
    const last = speaker ? turns?.findLast(({ role }) => speaker.test(role)) : turns?.at(-1);
    if (last) return last.pieces.map(plainText).join(' ');
  }
  const texts = entries.map(([key, value]) => {
    const text = typeof value === 'string' ? value : printJson(value);
    return entries.length === 1 ? text : `${key}: ${text}`;
  });
  return texts.join(' · ');
}

/** Who asks in a chat. */
export const ASKER = /^(?:user|human)\b/i;
