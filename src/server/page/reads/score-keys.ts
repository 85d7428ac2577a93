type Keyed = ReadonlyMap<string, unknown>;

/** The keys of scores and categories of several experiments together. */
export function scoreKeysOf(
  experiments: readonly { readonly scores: Keyed; readonly categories: Keyed }[],
): string[] {
  const keys = experiments.flatMap(({ scores, categories }) => [
    ...scores.keys(),
    ...categories.keys(),
  ]);
  return [...new Set(keys)].sort();
}
