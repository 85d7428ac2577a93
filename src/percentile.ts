/**
 * The value that this share of the values are below; between two neighbours, as numpy does it.
 *
 * @param sorted one value or more, the smallest first.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
