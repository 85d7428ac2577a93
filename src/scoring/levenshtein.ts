/** Two texts of ten thousand characters take a good part of a second. */
const MOST_STEPS = 100_000_000;

/** How alike two texts are: 1 for equal ones, 0 where every character differs; undefined if they are too long. */
export function similarity(one: string, other: string): number | undefined {
  if (one === other) return 1;
  const [a, b] = [[...one], [...other]];
  if (a.length * b.length > MOST_STEPS) return undefined;
  return 1 - distance(a, b) / Math.max(a.length, b.length);
}

/** How many characters have to be inserted, removed or replaced. */
function distance(a: readonly string[], b: readonly string[]): number {
  let above = Uint32Array.from({ length: b.length + 1 }, (_, at) => at);
  let row = new Uint32Array(b.length + 1);
  for (const [i, character] of a.entries()) {
    row[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const replaced = (above[j] ?? 0) + (character === b[j] ? 0 : 1);
      row[j + 1] = Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1);
    }
    [above, row] = [row, above];
  }
  return above[b.length] ?? 0;
}
