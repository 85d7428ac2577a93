/** Levenshtein's: how many characters have to be inserted, removed or replaced. */
export function editDistance(from: readonly string[], to: readonly string[]): number {
  let above = Uint32Array.from({ length: to.length + 1 }, (_, at) => at);
  let row = new Uint32Array(to.length + 1);
  for (const [i, character] of from.entries()) {
    row[0] = i + 1;
    for (let j = 0; j < to.length; j++) {
      const replaced = (above[j] ?? 0) + (character === to[j] ? 0 : 1);
      row[j + 1] = Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1);
    }
    [above, row] = [row, above];
  }
  return above[to.length] ?? 0;
}
