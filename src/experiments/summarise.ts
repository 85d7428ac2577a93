import { percentile } from '../percentile.js';
import { type Answers, type AnswersQuery, readAnswers } from './answers.js';
import { latencyOf, previewOf, type RunPreview } from './row-head.js';
import { scoresOf, type ValueCount, ValueCounts } from './scores.js';
import { describeNumbers, type Histogram, histogramOf, type NumberFigures } from './statistics.js';
import { Top } from './top.js';

/** What an experiment comes to, counted from its rows. */
export interface ExperimentFigures {
  readonly rows: number;
  readonly examples: number;
  readonly errors: number;
  /** Rows whose example is not there any more. */
  readonly withoutExample: number;
  readonly scores: readonly ScoreFigures[];
  /** Seconds. */
  readonly latency: (NumberFigures & { readonly p50: number; readonly p95: number }) | undefined;
  readonly slowest: readonly RunPreview[];
  readonly failed: readonly RunPreview[];
}

export interface ScoreFigures {
  readonly key: string;
  /** Rows that have it. */
  readonly rows: number;
  readonly numbers: NumberFigures | undefined;
  readonly histogram: Histogram | undefined;
  /** What was said in words, the most frequent first. */
  readonly values: readonly ValueCount[];
  /** How many more there were, too many to tell apart. */
  readonly otherValues: number;
}

/** Rows that are named. */
const NAMED = 5;

/** Reads an experiment and counts. Of each row only numbers are kept: some 8 bytes a score. */
export async function summarise(reading: AnswersQuery): Promise<ExperimentFigures> {
  const tally = new FigureTally();
  for await (const answers of readAnswers(reading)) tally.add(answers);
  return tally.figures();
}

interface KeyTally {
  rows: number;
  readonly numbers: number[];
  readonly values: ValueCounts;
}

class FigureTally {
  #rows = 0;
  #examples = 0;
  #errors = 0;
  #withoutExample = 0;
  readonly #scores = new Map<string, KeyTally>();
  readonly #latencies: number[] = [];
  readonly #slowest = new Top<RunPreview>(NAMED);
  readonly #failed = new Top<RunPreview>(NAMED);

  add({ exampleId, example, runs }: Answers): void {
    if (exampleId !== undefined) this.#examples++;
    for (const run of runs) {
      this.#rows++;
      if (!example) this.#withoutExample++;
      const head = () => previewOf(run, example?.inputs ?? run.inputs);
      const latency = latencyOf(run);
      if (latency !== undefined) {
        this.#latencies.push(latency);
        this.#slowest.add(latency, head);
      }
      if (run.error !== undefined) {
        this.#errors++;
        this.#failed.add(0, head);
      }
      for (const { key, number, values } of scoresOf(run)) {
        const score = this.#score(key);
        score.rows++;
        if (number !== undefined) score.numbers.push(number);
        score.values.add(values);
      }
    }
  }

  #score(key: string): KeyTally {
    const known = this.#scores.get(key);
    if (known) return known;
    const score = { rows: 0, numbers: [], values: new ValueCounts() };
    this.#scores.set(key, score);
    return score;
  }

  figures(): ExperimentFigures {
    const keys = [...this.#scores].sort(([a], [b]) => (a < b ? -1 : 1));
    const latency = describeNumbers(this.#latencies);
    const sorted = this.#latencies.sort((a, b) => a - b);
    return {
      rows: this.#rows,
      examples: this.#examples,
      errors: this.#errors,
      withoutExample: this.#withoutExample,
      scores: keys.map(([key, { rows, numbers, values }]) => ({
        key,
        rows,
        numbers: describeNumbers(numbers),
        histogram: histogramOf(numbers),
        values: values.list(),
        otherValues: values.others,
      })),
      latency: latency && {
        ...latency,
        p50: percentile(sorted, 0.5),
        p95: percentile(sorted, 0.95),
      },
      slowest: this.#slowest.items(),
      failed: this.#failed.items(),
    };
  }
}
