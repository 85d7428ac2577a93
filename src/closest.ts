import { editDistance } from './edit-distance.js';

/** The word that was probably meant: a third of its letters may be wrong, missing or too many. */
export function closest(typed: string, words: readonly string[]): string | undefined {
  const distances = words.map((word) => ({
    word,
    distance:
      editDistance([...typed.toLowerCase()], [...word.toLowerCase()]) /
      Math.max(typed.length, word.length),
  }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= 1 / 3 ? best.word : undefined;
}
