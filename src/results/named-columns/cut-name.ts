/** What is left of a column's name without a system's. */
interface Cut {
  readonly rest: string;
  readonly isAtStart: boolean;
}

/**
 * Takes a system's name off the beginning or the end of a column's: `baseAnswer`, `base.answer` and `answer (base)` are
 * the `answer` of `base`, and `base` alone is all of it.
 *
 * @returns undefined if the name does not begin or end so.
 */
export function cutName(column: string, system: string): Cut | undefined {
  const letters = [...column.matchAll(LETTER)];
  const wanted = [...system.matchAll(LETTER)].map(([letter]) => letter.toLowerCase());
  const isHere = (from: number) =>
    wanted.every((letter, n) => letters[from + n]?.[0].toLowerCase() === letter);
  if (wanted.length === 0 || wanted.length > letters.length) return undefined;

  const next = letters[wanted.length]?.index ?? column.length;
  if (isHere(0) && isBoundary(column, letters[wanted.length - 1]?.index ?? 0, next))
    return { rest: uncap(column.slice(next)), isAtStart: true };
  const last = letters.length - wanted.length;
  const start = letters[last]?.index ?? 0;
  if (!isHere(last) || !isBoundary(column, letters[last - 1]?.index ?? 0, start)) return undefined;
  return { rest: column.slice(0, start).replace(/[^\p{L}\p{N}]+$/u, ''), isAtStart: false };
}

const LETTER = /[\p{L}\p{N}]/gu;

/** Words are parted by a sign between two letters, or by the second one's being a capital. */
function isBoundary(name: string, before: number, after: number): boolean {
  if (name.slice(before, after).length > 1 || after >= name.length) return true;
  return /^(?:[^\p{Lu}]\p{Lu}|\p{Lu}\p{Lu}\p{Ll})/u.test(name.slice(before));
}

/** `Answer` of `baseAnswer` is `answer`; `RAG` stays. */
function uncap(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
