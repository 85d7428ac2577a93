/** The least and the greatest of values; both 0 if there are none. */
export function extentOf(values: readonly number[]): readonly [low: number, high: number] {
  const [first = 0] = values;
  let low = first;
  let high = first;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
