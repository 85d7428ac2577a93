import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known } from '../format-kit/members.js';
import type { Placement } from './placement.js';
import { findScores } from './score-objects.js';

/** The keys of the scores that a column gives. */
export function scoreKeysOf({ target: [head, key, part], spread }: Placement): readonly string[] {
  if (spread) return spread.keys;
  return head === 'scores' && key !== undefined && part !== 'comment' ? [key] : [];
}

/** The name of the object that holds scores. */
export function nameOfSpread({ column, below = [] }: Placement): string {
  return below.at(-1) ?? column.trim();
}

/** The key of a score in the row: that of several columns has its own column's name before it. */
export function tellKey(placement: Placement, key: string): string {
  return placement.spread?.shared?.has(key) ? `${nameOfSpread(placement)}.${key}` : key;
}

/** Scores of one name in several objects, or in an object and a column, are distinguished. */
export function tellScoresApart(placements: readonly Placement[]): Placement[] {
  const counts = new Map<string, number>();
  for (const key of placements.flatMap((one) => [...new Set(scoreKeysOf(one))]))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  const shared = new Set([...counts.keys()].filter((key) => (counts.get(key) ?? 0) > 1));
  return placements.map((one) =>
    one.spread ? { ...one, spread: { ...one.spread, shared } } : one,
  );
}

/** What the objects and lists of one row hold. */
export interface SpreadScores {
  readonly scores: ReadonlyMap<string, JsonObject>;
  /** Further scores under a key, as elements of `feedback`. */
  readonly repeated: readonly JsonObject[];
  /** What is no score, by its column. */
  readonly rest: readonly [column: string, value: JsonValue][];
}

/** @param flat the row's other scores. */
export function spreadScores(
  nested: readonly [Placement, JsonValue][],
  flat: JsonValue | undefined,
): SpreadScores {
  const scores = new Map<string, JsonObject>();
  const repeated: JsonObject[] = [];
  const rest: [string, JsonValue][] = [];
  for (const [placement, value] of nested) {
    const name = nameOfSpread(placement);
    const found = findScores(name, value, placement.spread?.rules);
    const own = new Set<string>();
    for (const { key, score } of found.scores) {
      const stated = tellKey(placement, key);
      const free =
        !own.has(stated) && (scores.has(stated) || isScored(flat, stated))
          ? `${name}.${stated}`
          : stated;
      if (scores.has(free)) repeated.push({ key: free, ...score });
      else scores.set(free, known(score));
      own.add(free);
    }
    if (found.rest !== undefined && !placement.below?.length)
      rest.push([placement.column, found.rest]);
  }
  return { scores, repeated, rest };
}

/** A comment may be there before its score is. */
function isScored(flat: JsonValue | undefined, key: string): boolean {
  const there = isJsonObject(flat) && Object.hasOwn(flat, key) ? flat[key] : undefined;
  return isJsonObject(there) ? 'score' in there || 'value' in there : there !== undefined;
}
