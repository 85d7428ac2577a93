/** Random numbers in [0, 1), the same ones for the same seed. @see https://pracrand.sourceforge.net, a multiply-and-add generator */
export function seededRandom(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
}

/** Standard normal, by Box and Muller. */
export function normalFrom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` differences of one pair each. */
export function draw(count: number, one: () => number): number[] {
  return Array.from({ length: count }, one);
}
