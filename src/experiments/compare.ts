import { type Answers, experimentOf, type Reading, readAnswers } from './answers.js';
import { firstInput, latencyOf, rowIdOf } from './row-head.js';
import { scoresOf, type ValueCount, ValueCounts } from './scores.js';
import { meanOf, percentile } from './statistics.js';
import { Top } from './top.js';

/** Two experiments of one dataset, example by example. */
export interface Comparison {
  readonly examples: { readonly both: number; readonly onlyA: number; readonly onlyB: number };
  readonly a: SideFigures;
  readonly b: SideFigures;
  readonly scores: readonly ScoreComparison[];
  /** Examples whose scores changed most, as a part of what the key ranges over. */
  readonly changed: readonly ChangedRow[];
  /** Some of the examples that only one of the two answers. */
  readonly lone: readonly LoneRow[];
}

export interface SideFigures {
  readonly rows: number;
  readonly errors: number;
  /** Seconds. */
  readonly latencyP50: number | undefined;
}

export interface ScoreComparison {
  readonly key: string;
  readonly lowerIsBetter: boolean;
  readonly a: SideScore;
  readonly b: SideScore;
  /** Mean of B less mean of A, over all rows of each. */
  readonly difference: number | undefined;
  /** Examples that have the score in both; repetitions count as their mean. */
  readonly matched: {
    readonly n: number;
    readonly difference: number | undefined;
    readonly improved: number;
    readonly regressed: number;
    readonly same: number;
  };
}

export interface SideScore {
  /** Rows that the mean is of; without a mean, rows that were scored in words. */
  readonly n: number;
  readonly mean: number | undefined;
  readonly values: readonly ValueCount[];
}

/** What tells a compared row from others. */
interface ComparedRow {
  readonly exampleId: string;
  /** Its own id, where the file of either gave one. */
  readonly rowId: string | undefined;
  /** The start of its first input. */
  readonly input: string;
}

export interface ChangedRow extends ComparedRow {
  readonly key: string;
  readonly a: number;
  readonly b: number;
  readonly better: boolean;
}

export interface LoneRow extends ComparedRow {
  readonly side: 'a' | 'b';
}

export interface CompareOptions {
  /** Keys of scores of which less is better. */
  readonly lowerIsBetter: ReadonlySet<string>;
  /** How many rows to name. */
  readonly named: number;
}

/** Scores differ if they do so in the fourth decimal, which is all that LangSmith keeps. */
const SAME = 0.00005;

/** Reads two experiments, the same examples side by side. @param reading its experiments are A and B. */
export async function compare(reading: Reading, options: CompareOptions): Promise<Comparison> {
  const ids = reading.experiments.map(({ id }) => id);
  const tally = new Tally(options);
  for await (const answers of readAnswers(reading)) tally.add(answers, ids);
  return tally.comparison();
}

class SideTally {
  rows = 0;
  errors = 0;
  readonly #latencies: number[] = [];

  add(runs: Answers['runs']): void {
    for (const run of runs) {
      this.rows++;
      if (run.error !== undefined) this.errors++;
      const latency = latencyOf(run);
      if (latency !== undefined) this.#latencies.push(latency);
    }
  }

  figures(): SideFigures {
    const sorted = this.#latencies.sort((a, b) => a - b);
    const latencyP50 = sorted.length === 0 ? undefined : percentile(sorted, 0.5);
    return { rows: this.rows, errors: this.errors, latencyP50 };
  }
}

class ScoreTally {
  readonly a = { numbers: [] as number[], values: new ValueCounts(), rows: 0 };
  readonly b = { numbers: [] as number[], values: new ValueCounts(), rows: 0 };
  readonly #differences: number[] = [];
  readonly changed: Top<ChangedRow>;
  improved = 0;
  regressed = 0;

  constructor(named: number) {
    this.changed = new Top(named);
  }

  match(a: number, b: number, better: boolean, describe: () => ChangedRow): void {
    this.#differences.push(b - a);
    if (Math.abs(b - a) < SAME) return;
    if (better) this.improved++;
    else this.regressed++;
    this.changed.add(Math.abs(b - a), describe);
  }

  /** From the lowest to the highest score of either. */
  range(): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { numbers } of [this.a, this.b]) {
      for (const number of numbers) {
        low = Math.min(low, number);
        high = Math.max(high, number);
      }
    }
    return high - low;
  }

  comparison(key: string, lowerIsBetter: boolean): ScoreComparison {
    const [a, b] = [sideScore(this.a), sideScore(this.b)];
    const n = this.#differences.length;
    const { improved, regressed } = this;
    return {
      key,
      lowerIsBetter,
      a,
      b,
      difference: a.mean === undefined || b.mean === undefined ? undefined : b.mean - a.mean,
      matched: {
        n,
        difference: n === 0 ? undefined : meanOf(this.#differences),
        improved,
        regressed,
        same: n - improved - regressed,
      },
    };
  }
}

function sideScore({ numbers, values, rows }: ScoreTally['a']): SideScore {
  return {
    n: numbers.length || rows,
    mean: numbers.length === 0 ? undefined : meanOf(numbers),
    values: values.list(),
  };
}

class Tally {
  readonly #options: CompareOptions;
  readonly #a = new SideTally();
  readonly #b = new SideTally();
  readonly #scores = new Map<string, ScoreTally>();
  readonly #lone: { readonly a: Top<LoneRow>; readonly b: Top<LoneRow> };
  #both = 0;
  #onlyA = 0;
  #onlyB = 0;

  constructor(options: CompareOptions) {
    this.#options = options;
    const some = Math.ceil(options.named / 2);
    this.#lone = { a: new Top(some), b: new Top(some) };
  }

  add(answers: Answers, ids: readonly string[]): void {
    const { exampleId, runs } = answers;
    const ofA = runs.filter((run) => experimentOf(run, ids) === ids[0]);
    const ofB = runs.filter((run) => experimentOf(run, ids) === ids[1]);
    this.#a.add(ofA);
    this.#b.add(ofB);
    const a = this.#collect(ofA, 'a');
    const b = this.#collect(ofB, 'b');
    if (exampleId === undefined) return;

    const named = () => ({
      exampleId,
      rowId: [...ofA, ...ofB].map(rowIdOf).find((id) => id !== undefined),
      input: firstInput(answers.example?.inputs ?? runs[0]?.inputs ?? {}),
    });
    if (ofA.length === 0 || ofB.length === 0) {
      const side = ofB.length === 0 ? 'a' : 'b';
      if (side === 'a') this.#onlyA++;
      else this.#onlyB++;
      this.#lone[side].add(0, () => ({ side, ...named() }));
      return;
    }
    this.#both++;
    for (const [key, numbers] of a) {
      const others = b.get(key);
      if (!others) continue;
      const [from, to] = [meanOf(numbers), meanOf(others)];
      const better = this.#options.lowerIsBetter.has(key) ? to < from : to > from;
      const describe = () => ({ ...named(), key, a: from, b: to, better });
      this.#score(key).match(from, to, better, describe);
    }
  }

  /** Counts the scores of one side. @returns the numbers by key. */
  #collect(runs: Answers['runs'], side: 'a' | 'b'): Map<string, number[]> {
    const found = new Map<string, number[]>();
    for (const { key, number, values } of runs.flatMap(scoresOf)) {
      const tally = this.#score(key)[side];
      tally.rows++;
      tally.values.add(values);
      if (number === undefined) continue;
      tally.numbers.push(number);
      found.set(key, [...(found.get(key) ?? []), number]);
    }
    return found;
  }

  #score(key: string): ScoreTally {
    const known = this.#scores.get(key);
    if (known) return known;
    const score = new ScoreTally(this.#options.named);
    this.#scores.set(key, score);
    return score;
  }

  comparison(): Comparison {
    const scores = [...this.#scores].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      examples: { both: this.#both, onlyA: this.#onlyA, onlyB: this.#onlyB },
      a: this.#a.figures(),
      b: this.#b.figures(),
      scores: scores.map(([key, score]) =>
        score.comparison(key, this.#options.lowerIsBetter.has(key)),
      ),
      changed: this.#mostChanged(),
      lone: [...this.#lone.a.items(), ...this.#lone.b.items()],
    };
  }

  /** Keys have ranges of their own: a change is weighed by that of its key. What got worse comes first. */
  #mostChanged(): readonly ChangedRow[] {
    const changed = new Top<ChangedRow>(this.#options.named);
    for (const better of [false, true]) {
      for (const score of this.#scores.values()) {
        const range = score.range();
        for (const row of score.changed.items())
          if (row.better === better) changed.add(Math.abs(row.b - row.a) / range, () => row);
      }
    }
    return changed.items();
  }
}
