/**
 * Φ(z): the share of a standard normal below z. Its series near the middle, its continued fraction in the tails, so that a
 * small share keeps its digits.
 *
 * @see Marsaglia, Evaluating the normal distribution, J. Stat. Software 11(4), 2004
 * @see https://dlmf.nist.gov/7.9#E1
 */
export function normalBelow(z: number): number {
  if (Math.abs(z) > 38) return z > 0 ? 1 : 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(z) > 4) {
    let fraction = Math.abs(z);
    for (let n = 60; n > 0; n--) fraction = Math.abs(z) + n / fraction;
    return z > 0 ? 1 - density / fraction : density / fraction;
  }
  let sum = z;
  let term = z;
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** The z that this share of a standard normal is below. */
export function normalQuantile(share: number): number {
  return invert(normalBelow, share);
}

/** The t that this share of Student's distribution is below. */
export function tQuantile(share: number, degrees: number): number {
  return invert((t) => tBelow(t, degrees), share);
}

/** @see https://dlmf.nist.gov/8.17: Student's t as an incomplete beta function */
function tBelow(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** How likely a fair coin shows heads this often or more. */
export function headsAtLeast(heads: number, tosses: number): number {
  if (heads <= 0) return 1;
  if (heads > tosses) return 0;
  return incompleteBeta(0.5, heads, tosses - heads + 1);
}

/** Finds where a rising function reaches a value; both distributions lie within ±1e9 at any share that is asked for. */
function invert(below: (x: number) => number, share: number): number {
  if (share === 0.5) return 0;
  if (share < 0.5) return -invert((x) => 1 - below(-x), 1 - share);
  let [low, high] = [0, 1];
  while (below(high) < share && high < 1e9) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The regularised incomplete beta function by Lentz's continued fraction.
 *
 * @see https://dlmf.nist.gov/8.17#E22
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x > 0, by Stirling's series above 15. @see https://dlmf.nist.gov/5.11#E1 */
function logGamma(x: number): number {
  let shift = 0;
  let above = x;
  for (; above < 15; above++) shift += Math.log(above);
  const inverse = 1 / above;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680))));
  return (above - 0.5) * Math.log(above) - above + Math.log(2 * Math.PI) / 2 + series - shift;
}
