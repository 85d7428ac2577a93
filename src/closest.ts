/** The word that was probably meant: a third of its letters may be wrong, missing or too many. */
export function closest(typed: string, words: readonly string[]): string | undefined {
  const distances = words.map((word) => ({
    word,
    distance:
      editDistance(typed.toLowerCase(), word.toLowerCase()) / Math.max(typed.length, word.length),
  }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= 1 / 3 ? best.word : undefined;
}

/** Levenshtein's: letters to change, add or take away. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const line = [row + 1];
    for (let column = 1; column <= to.length; column++) {
      const [left = 0, up = 0, corner = 0] = [line[column - 1], above[column], above[column - 1]];
      const changed = corner + (letter === to.charAt(column - 1) ? 0 : 1);
      line.push(Math.min(left + 1, up + 1, changed));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
