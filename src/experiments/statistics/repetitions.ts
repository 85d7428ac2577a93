/** How many repetitions of an example have the score, and how many of them passed. */
export interface PassCounts {
  readonly n: number;
  readonly passed: number;
}

export interface PassFigures {
  readonly k: number;
  /** How likely at least one of k repetitions passes, as a mean over examples. */
  readonly any: number;
  /** How likely all of k repetitions pass. */
  readonly all: number;
  /** Examples with k repetitions or more. */
  readonly examples: number;
}

export interface RepetitionFigures {
  /** The fewest and the most repetitions of an example. */
  readonly fewest: number;
  readonly most: number;
  /** Examples whose repetitions disagree. */
  readonly flaky: number;
  readonly passes: readonly PassFigures[];
}

/**
 * What repetitions of a score of 0 or 1 say: pass@k and pass^k for k = 1, 2, 4, 8 … and the number that most examples have.
 *
 * @see Chen et al., Evaluating large language models trained on code, 2021: pass@k
 * @see Yao et al., τ-bench, 2024: pass^k
 */
export function repetitionFigures(examples: readonly PassCounts[]): RepetitionFigures | undefined {
  const counts = examples.map(({ n }) => n).sort((a, b) => a - b);
  const [fewest, most] = [counts[0], counts.at(-1)];
  if (fewest === undefined || most === undefined || most < 2) return undefined;
  // Nine in ten examples have as many.
  const common = counts[Math.floor(counts.length / 10)] ?? fewest;
  const ks = new Set([common]);
  for (let k = 1; k < common; k *= 2) ks.add(k);
  return {
    fewest,
    most,
    flaky: examples.filter(({ n, passed }) => passed > 0 && passed < n).length,
    passes: [...ks].sort((a, b) => a - b).flatMap((k) => passFigures(examples, k) ?? []),
  };
}

/** Undefined where fewer than nine in ten examples have k repetitions. */
export function passFigures(examples: readonly PassCounts[], k: number): PassFigures | undefined {
  const enough = examples.filter(({ n }) => n >= k);
  if (enough.length === 0 || 10 * enough.length < 9 * examples.length) return undefined;
  let any = 0;
  let all = 0;
  for (const { n, passed } of enough) {
    any += 1 - choices(n - passed, k) / choices(n, k);
    all += choices(passed, k) / choices(n, k);
  }
  return { k, any: any / enough.length, all: all / enough.length, examples: enough.length };
}

/** C(n, k). */
function choices(n: number, k: number): number {
  let product = 1;
  for (let step = 0; step < k; step++) product *= (n - step) / (k - step);
  return product;
}
