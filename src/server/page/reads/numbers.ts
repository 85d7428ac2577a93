import { createHash } from 'node:crypto';
import type { RunScore, ValueCount } from '../../../experiments/scores.js';
import {
  describeNumbers,
  type Histogram,
  histogramOf,
  type Measure,
  type NumberFigures,
  type RowCount,
  type Value,
  type Values,
} from '../../../experiments/statistics.js';
import { type Subject, SubjectBuilder } from '../../../experiments/subject.js';
import type { KeyFigures, RunFigures } from '../../store/figures.js';
import { wordOf } from '../../store/stats.js';

/** All that is counted of an experiment's runs. */
export interface Numbers {
  readonly subject: Omit<Subject, 'id' | 'name' | 'isFinished'>;
  /** By example, a hash of what its runs answered. */
  readonly answers: ReadonlyMap<string, string>;
}

/** What the examples of an experiment come to under one key, repetitions as their mean. */
export interface Distribution extends NumberFigures {
  readonly histogram: Histogram | undefined;
}

export function distributionsOf<Key>(all: ReadonlyMap<Key, Values>): Map<Key, Distribution> {
  const distributions = new Map<Key, Distribution>();
  for (const [key, values] of all) {
    const means = [...values.values()].map(({ mean }) => mean);
    const figures = describeNumbers(means);
    if (figures) distributions.set(key, { ...figures, histogram: histogramOf(means) });
  }
  return distributions;
}

const US_PER_SECOND = 1_000_000;

export function countNumbers(runs: readonly RunFigures[], keys: readonly KeyFigures[]): Numbers {
  const builder = new SubjectBuilder();
  const answers = new Map<string, string>();
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
    if (exampleId !== null) answers.set(exampleId, hash(`${answers.get(exampleId) ?? ''}${said}`));
  }
  return { subject: builder.build({ id: '', name: '', isFinished: false }), answers };
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('base64').slice(0, 12);
}

/** Of several scores of a run under one key, the mean. */
export function scoresByRun(keys: readonly KeyFigures[]): Map<string, RunScore[]> {
  const byRun = new Map<string, RunScore[]>();
  for (const { key, runIds, scores, values } of keys) {
    const places = new Map<string, number[]>();
    for (const [at, runId] of runIds.entries()) {
      const known = places.get(runId);
      if (known) known.push(at);
      else places.set(runId, [at]);
    }
    for (const [runId, ats] of places) {
      const numbers = ats.flatMap((at) => scores[at] ?? []);
      const words = ats.flatMap((at) => wordOf(values[at] ?? 'null'));
      const score = {
        key,
        number: numbers.length === 0 ? undefined : meanOf(numbers),
        values: words.map((value) => ({ value, n: 1 })),
      };
      const ofRun = byRun.get(runId);
      if (ofRun) ofRun.push(score);
      else byRun.set(runId, [score]);
    }
  }
  return byRun;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** A value of one run is its number; else mean, number of runs and passes. Null where an example has none. */
type Cell = number | null | readonly [mean: number, n: number, passed: number | null];
type Column<Key> = readonly [Key, readonly Cell[]];

/** What is stored: columns over one list of examples, since their ids are long. */
interface Stored {
  readonly ids: readonly string[];
  readonly rows: readonly RowCount[];
  readonly answers: readonly string[];
  readonly scores: readonly Column<string>[];
  readonly measures: readonly Column<Measure>[];
  readonly categories: readonly (readonly [string, readonly ValueCount[]])[];
  readonly totals: Totals;
}

type Totals = Omit<
  Numbers['subject'],
  'rows' | 'scores' | 'measures' | 'categories' | 'said' | 'metadata'
>;

export function printNumbers({ subject, answers }: Numbers): string {
  const { rows, scores, measures, categories, said: _, metadata: __, ...totals } = subject;
  const ids = [...rows.keys()].sort();
  const column = <Key>([key, values]: readonly [Key, Values]): Column<Key> => [
    key,
    ids.map((id) => cellOf(values.get(id))),
  ];
  const stored: Stored = {
    ids,
    rows: ids.map((id) => rows.get(id) ?? { runs: 0, errors: 0 }),
    answers: ids.map((id) => answers.get(id) ?? ''),
    scores: [...scores].map(column),
    measures: [...measures].map(column),
    categories: [...categories],
    totals,
  };
  return JSON.stringify(stored);
}

export function parseNumbers(text: string): Numbers {
  const { ids, rows, answers, scores, measures, categories, totals }: Stored = JSON.parse(text);
  const byExample = <T>(list: readonly T[]) => new Map(ids.map((id, at) => [id, list[at] as T]));
  const values = <Key>([key, cells]: Column<Key>): [Key, Values] => {
    const ofKey = new Map<string, Value>();
    for (const [at, id] of ids.entries()) {
      const value = readCell(cells[at] ?? null);
      if (value) ofKey.set(id, value);
    }
    return [key, ofKey];
  };
  return {
    subject: {
      ...totals,
      rows: byExample(rows),
      scores: new Map(scores.map(values)),
      measures: new Map(measures.map(values)),
      categories: new Map(categories),
      said: new Map(),
      metadata: new Map(),
    },
    answers: byExample(answers),
  };
}

function cellOf(value: Value | undefined): Cell {
  if (!value) return null;
  const { mean, n, passed = null } = value;
  return n === 1 ? mean : [mean, n, passed];
}

function readCell(cell: Cell): Value | undefined {
  if (cell === null) return undefined;
  if (typeof cell === 'number')
    return { mean: cell, n: 1, passed: cell === 0 || cell === 1 ? cell : undefined };
  const [mean, n, passed] = cell;
  return { mean, n, passed: passed ?? undefined };
}
