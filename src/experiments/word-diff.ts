import { diffLines, diffWordsWithSpace } from 'diff';
import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';

/** A stretch of two texts: in both, or in one of them. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Longer texts are compared by lines. */
const WORDS_UP_TO = 20_000;
const TIMEOUT_MS = 200;

/** Where two texts differ, by words. Texts that have next to nothing in common are one removed, one added. */
export function diffWords(before: string, after: string): DiffPart[] {
  const isLong = before.length + after.length > WORDS_UP_TO;
  const changes = isLong
    ? diffLines(before, after, { timeout: TIMEOUT_MS })
    : diffWordsWithSpace(before, after, { timeout: TIMEOUT_MS });
  if (!changes)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}

/** Outputs as a person reads them: a single text as it is, all else as JSON. */
export function textOf(payload: JsonObject | undefined): string {
  if (!payload) return '';
  const values = Object.values(payload);
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? only : printJson(payload);
}
