import type { JsonObject } from '../json/value.js';
import { percentile } from '../percentile.js';
import { type RunScore, type ValueCount, ValueCounts } from './scores.js';
import { MEASURES, type Measure, restrict, type Side, type Value } from './statistics.js';

/** What one run came to, wherever it was read. */
export interface RunOutcome {
  readonly exampleId: string | undefined;
  readonly isFailed: boolean;
  readonly scores: readonly RunScore[];
  /** Seconds, tokens and US dollars; 0 is as good as unknown. */
  readonly measures: Readonly<Partial<Record<Measure, number | undefined>>>;
  /** Read where examples are grouped or chosen by it. */
  readonly metadata?: JsonObject | undefined;
}

/** An experiment or a file, as it is compared: numbers by example, some 40 bytes each. */
export interface Subject extends Side {
  readonly name: string;
  readonly runs: number;
  readonly errors: number;
  /** Runs that answer no example pair with none, and are in no other figure. */
  readonly withoutExample: number;
  /** Seconds. */
  readonly latencyP50: number | undefined;
  readonly totalTokens: number | undefined;
  /** US dollars. */
  readonly totalCost: number | undefined;
  /** What was said in words, the most frequent first. */
  readonly categories: ReadonlyMap<string, readonly ValueCount[]>;
  /** The examples of which a run says one of the words that were asked for; by `tone=kind`. */
  readonly said: ReadonlyMap<string, ReadonlySet<string>>;
  /** The metadata of each example's first run that has any. */
  readonly metadata: ReadonlyMap<string, JsonObject>;
}

/** A word that runs say under a key. */
export interface Category {
  readonly key: string;
  readonly value: string;
  /** It is a score of its own: 1 where a run says it. */
  readonly isScore: boolean;
}

/** `tone=kind`. */
export function nameOf({ key, value }: Pick<Category, 'key' | 'value'>): string {
  return `${key}=${value}`;
}

/** The part of a subject that is about these examples; its figures are theirs, repetitions as their mean. */
export function restrictSubject(subject: Subject, ids: ReadonlySet<string>): Subject {
  const side = restrict(subject, ids);
  const rows = [...side.rows.values()];
  const valuesOf = (name: Measure) => [...(side.measures.get(name)?.values() ?? [])];
  const totalOf = (name: Measure) => addUp(valuesOf(name).map(({ mean, n }) => mean * n));
  const latencies = valuesOf('latency').map(({ mean }) => mean);
  return {
    ...subject,
    ...side,
    runs: addUp(rows.map(({ runs }) => runs)),
    errors: addUp(rows.map(({ errors }) => errors)),
    withoutExample: 0,
    latencyP50: medianOf(latencies),
    totalTokens: totalOf('tokens') || undefined,
    totalCost: totalOf('cost') || undefined,
    categories: new Map(),
  };
}

function addUp(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length === 0 ? undefined : percentile(sorted, 0.5);
}

type ValuesByExample = Map<string, { -readonly [Name in keyof Value]: Value[Name] }>;

/** Adds up runs. */
export class SubjectBuilder {
  readonly #rows = new Map<string, { runs: number; errors: number }>();
  readonly #scores = new Map<string, ValuesByExample>();
  readonly #measures = new Map<Measure, ValuesByExample>();
  readonly #categories = new Map<string, ValueCounts>();
  readonly #said = new Map<string, Set<string>>();
  readonly #metadata = new Map<string, JsonObject>();
  readonly #latencies: number[] = [];
  #runs = 0;
  #errors = 0;
  #withoutExample = 0;
  #tokens = 0;
  #cost = 0;

  constructor(private readonly asked: readonly Category[] = []) {}

  add({ exampleId, isFailed, scores, measures, metadata }: RunOutcome): void {
    this.#runs++;
    if (exampleId === undefined) {
      this.#withoutExample++;
      return;
    }
    const known = this.#rows.get(exampleId);
    const row = known ?? { runs: 0, errors: 0 };
    if (!known) this.#rows.set(exampleId, row);
    row.runs++;
    if (isFailed) {
      row.errors++;
      this.#errors++;
    }
    for (const score of scores) this.#addScore(exampleId, score);
    for (const name of MEASURES) {
      const value = measures[name];
      if (value) addTo(this.#measures, name, exampleId, value);
    }
    if (measures.latency) this.#latencies.push(measures.latency);
    this.#tokens += measures.tokens ?? 0;
    this.#cost += measures.cost ?? 0;
    if (metadata && !this.#metadata.has(exampleId)) this.#metadata.set(exampleId, metadata);
  }

  #addScore(exampleId: string, { key, number, values }: RunScore): void {
    if (number !== undefined) addTo(this.#scores, key, exampleId, number);
    if (values.length === 0) return;
    const counts = this.#categories.get(key) ?? new ValueCounts();
    this.#categories.set(key, counts);
    counts.add(values);
    for (const category of this.asked) {
      if (category.key !== key) continue;
      const name = nameOf(category);
      const total = values.reduce((sum, { n }) => sum + n, 0);
      const hits = values.find(({ value }) => value === category.value)?.n ?? 0;
      if (category.isScore) addTo(this.#scores, name, exampleId, hits / total);
      if (hits > 0) this.#said.set(name, (this.#said.get(name) ?? new Set()).add(exampleId));
    }
  }

  build(named: Pick<Subject, 'id' | 'name' | 'isFinished'>): Subject {
    return {
      ...named,
      rows: this.#rows,
      scores: this.#scores,
      measures: this.#measures,
      runs: this.#runs,
      errors: this.#errors,
      withoutExample: this.#withoutExample,
      latencyP50: medianOf(this.#latencies),
      totalTokens: this.#tokens || undefined,
      totalCost: this.#cost || undefined,
      categories: new Map([...this.#categories].map(([key, counts]) => [key, counts.list()])),
      said: this.#said,
      metadata: this.#metadata,
    };
  }
}

function addTo<K>(all: Map<K, ValuesByExample>, key: K, exampleId: string, value: number): void {
  const values = all.get(key) ?? new Map();
  all.set(key, values);
  const isBit = value === 0 || value === 1;
  const known = values.get(exampleId);
  if (!known) {
    values.set(exampleId, { mean: value, n: 1, passed: isBit ? value : undefined });
    return;
  }
  known.n++;
  known.mean += (value - known.mean) / known.n;
  known.passed = isBit && known.passed !== undefined ? known.passed + value : undefined;
}
