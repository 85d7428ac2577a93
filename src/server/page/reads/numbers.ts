import { hash } from 'node:crypto';
import type { RunScore, ValueCount } from '../../../experiments/scores.js';
import {
  type ByExample,
  describeNumbers,
  type Histogram,
  histogramOf,
  type Measure,
  type NumberFigures,
  type Value,
  type Values,
} from '../../../experiments/statistics.js';
import { type Subject, SubjectBuilder } from '../../../experiments/subject.js';
import type { KeyFigures, RunFigures } from '../../store/figures.js';
import { wordOf } from '../../store/stats.js';
import { Columns } from './columns.js';

/** All that is counted of an experiment's runs. */
export interface Numbers {
  readonly subject: Omit<Subject, 'id' | 'name' | 'isFinished'>;
  /** A hash of what the runs of an example answered. */
  readonly answers: ByExample<number>;
}

/** What the values under each key come to. */
export interface Distributions {
  readonly scores: ReadonlyMap<string, Distribution>;
  readonly measures: ReadonlyMap<Measure, Distribution>;
}

/** What the examples of an experiment come to under one key, repetitions as their mean. */
export interface Distribution extends NumberFigures {
  readonly histogram: Histogram | undefined;
}

const US_PER_SECOND = 1_000_000;

export function countNumbers(runs: readonly RunFigures[], keys: readonly KeyFigures[]): Numbers {
  const builder = new SubjectBuilder();
  const answers = new Map<string, number>();
  const scores = scoresByRun(keys);
  for (const { id, exampleId, latency, tokens, cost, isFailed, said } of runs) {
    builder.add({
      exampleId: exampleId ?? undefined,
      isFailed,
      scores: scores.get(id) ?? [],
      measures: {
        latency: latency === null ? undefined : Math.max(0, latency) / US_PER_SECOND,
        tokens: tokens ?? undefined,
        cost: cost ?? undefined,
      },
    });
    if (exampleId !== null)
      answers.set(exampleId, shortHash(`${answers.get(exampleId) ?? ''}${said}`));
  }
  return { subject: builder.build({ id: '', name: '', isFinished: false }), answers };
}

/** As many bits of a hash as a double holds, in whole bytes. */
function shortHash(text: string): number {
  return Number.parseInt(hash('sha1', text, 'hex').slice(0, 12), 16);
}

/** The scores of each run; several under one key become their mean. */
export function scoresByRun(keys: readonly KeyFigures[]): Map<string, readonly RunScore[]> {
  const byRun = new Map<string, RunMean[]>();
  for (const { key, runIds, scores, values } of keys) {
    for (const [at, runId] of runIds.entries()) {
      const ofRun = byRun.get(runId) ?? [];
      if (ofRun.length === 0) byRun.set(runId, ofRun);
      if (ofRun.at(-1)?.key !== key) ofRun.push(new RunMean(key));
      ofRun.at(-1)?.add(scores[at] ?? null, values[at] ?? null);
    }
  }
  return byRun;
}

class RunMean implements RunScore {
  readonly values: ValueCount[] = [];
  number: number | undefined;
  #n = 0;
  #total = 0;

  constructor(readonly key: string) {}

  add(score: number | null, value: string | null): void {
    if (score !== null) {
      this.#total += score;
      this.#n++;
      this.number = this.#total / this.#n;
    }
    if (value !== null) for (const word of wordOf(value)) this.values.push({ value: word, n: 1 });
  }
}

/** The figures of an experiment as they are kept: what is in columns, and all else as JSON. */
export interface PackedNumbers {
  /** JSON text: the examples, sorted. */
  readonly ids: string;
  readonly head: string;
  /**
   * Doubles, a column after the other: runs, errors and answers; then of each key its figures and its values. NaN is
   * none, and what overflows stays what it is: JSON could keep neither.
   */
  readonly columns: Buffer;
}

interface Head {
  readonly totals: Omit<
    Numbers['subject'],
    'rows' | 'scores' | 'measures' | 'categories' | 'said' | 'metadata'
  >;
  readonly categories: readonly (readonly [string, readonly ValueCount[]])[];
  readonly scores: readonly (readonly [string, Histogram | undefined])[];
  readonly measures: readonly (readonly [Measure, Histogram | undefined])[];
  /** Whether a key has columns for how many repetitions there are, and how many passed. */
  readonly areRepeated: boolean;
}

export function packNumbers({ subject, answers }: Numbers): PackedNumbers {
  const { rows, scores, measures, categories, said: _, metadata: __, ...totals } = subject;
  const ids = [...rows.keys()].sort();
  const areRepeated = totals.runs > rows.size;
  const column = (of: (id: string) => number | undefined) =>
    Float64Array.from(ids, (id) => of(id) ?? Number.NaN);
  const columns = [
    column((id) => rows.get(id)?.runs),
    column((id) => rows.get(id)?.errors),
    column((id) => answers.get(id)),
  ];
  const add = <Key>([key, values]: readonly [Key, Values]): [Key, Histogram | undefined] => {
    const means = Array.from(values.values(), ({ mean }) => mean);
    const { n = 0, mean = 0, stdev = Number.NaN, min = 0, max = 0 } = describeNumbers(means) ?? {};
    columns.push(Float64Array.of(n, mean, stdev, min, max));
    columns.push(column((id) => values.get(id)?.mean));
    if (areRepeated) columns.push(column((id) => values.get(id)?.n));
    if (areRepeated) columns.push(column((id) => values.get(id)?.passed));
    return [key, histogramOf(means)];
  };
  const head: Head = {
    totals,
    categories: [...categories],
    scores: [...scores].map(add),
    measures: [...measures].map(add),
    areRepeated,
  };
  return {
    ids: JSON.stringify(ids),
    head: JSON.stringify(head),
    columns: Buffer.concat(columns.map(({ buffer }) => new Uint8Array(buffer))),
  };
}

/** @param places of the examples in the columns: the same map for all experiments that have the same. */
export function unpackNumbers(
  { head, columns }: Omit<PackedNumbers, 'ids'>,
  places: ReadonlyMap<string, number>,
): Numbers & Distributions {
  const { totals, categories, areRepeated, ...keys }: Head = JSON.parse(head);
  const all = new Float64Array(new Uint8Array(columns).buffer);
  let end = 0;
  const next = (size = places.size) => {
    const column = all.subarray(end, end + size);
    end += size;
    return (at: number) => column[at] ?? Number.NaN;
  };
  const read = <Key>(keys: readonly (readonly [Key, Histogram | undefined])[]) => {
    const values = new Map<Key, Values>();
    const distributions = new Map<Key, Distribution>();
    for (const [key, histogram] of keys) {
      const of = next(5);
      const stdev = of(0) > 1 ? of(2) : undefined;
      const figures = { n: of(0), mean: of(1), stdev, min: of(3), max: of(4), histogram };
      const [mean, n, passed] = areRepeated ? [next(), next(), next()] : [next()];
      const valueAt = (at: number): Value | undefined => {
        const value = mean(at);
        if (Number.isNaN(value)) return undefined;
        const isBit = value === 0 || value === 1;
        if (!n || !passed) return { mean: value, n: 1, passed: isBit ? value : undefined };
        return { mean: value, n: n(at), passed: Number.isNaN(passed(at)) ? undefined : passed(at) };
      };
      values.set(key, new Columns(places, valueAt, figures));
      distributions.set(key, figures);
    }
    return { values, distributions };
  };
  const [runs, errors, answers] = [next(), next(), next()];
  const [scores, measures] = [read(keys.scores), read(keys.measures)];
  return {
    subject: {
      ...totals,
      rows: new Columns(places, (at) => ({ runs: runs(at), errors: errors(at) })),
      scores: scores.values,
      measures: measures.values,
      categories: new Map(categories),
      said: new Map(),
      metadata: new Map(),
    },
    answers: new Columns(places, answers),
    scores: scores.distributions,
    measures: measures.distributions,
  };
}
