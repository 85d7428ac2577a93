import { addTo } from '../group-by.js';
import { printJson } from '../json/print.js';
import { chunksOf } from '../recorder/batches.js';
import type { Comparison } from './compare.js';
import { isZero } from './statistics.js';
import type { Answer, Compared } from './texts.js';

/** Which rows are wanted. `different` are those whose outputs differ. */
export const ROW_FILTERS = ['worse', 'failed', 'better', 'different'] as const;
export type RowFilter = (typeof ROW_FILTERS)[number];

/** What became of an example. `mixed`: better by one score, worse by another. */
export type RowStatus =
  | 'failed'
  | 'absent'
  | 'worse'
  | 'mixed'
  | 'better'
  | 'fixed'
  | 'changed'
  | 'new'
  | 'same';

export interface ComparedRow {
  readonly status: RowStatus;
  readonly exampleId: string;
  /** In the baseline, where that is another: it was edited. */
  readonly baselineExampleId: string;
  /** Scores that either has; errors are shares of runs. */
  readonly scores: readonly RowScore[];
}

export interface RowScore {
  readonly key: string;
  readonly a: number | undefined;
  readonly b: number | undefined;
  /** Positive is better; undefined where one has none. */
  readonly gain: number | undefined;
}

const ORDER: readonly RowStatus[] = [
  ...(['failed', 'absent', 'mixed', 'worse', 'better', 'fixed'] as const),
  ...(['changed', 'new', 'same'] as const),
];
const WANTED: { readonly [filter in RowFilter]: readonly RowStatus[] } = {
  worse: ['failed', 'absent', 'worse', 'mixed'],
  failed: ['failed', 'absent'],
  better: ['better', 'mixed', 'fixed'],
  different: ORDER,
};

/** The rows of a comparison: failed and absent ones first, then what got worst, then what got best. */
export function rowsOf(comparison: Comparison, filter?: RowFilter): ComparedRow[] {
  const scores = scoresByExample(comparison);
  const statuses = statusesOf(comparison, scores);
  const wanted = filter ? WANTED[filter] : ORDER;
  const ranges = rangesOf(comparison);
  // Of rows that got worse, the loss counts; of all others, the gain.
  const weigh = (ofRow: readonly RowScore[], isWorse: boolean) => {
    let most = 0;
    for (const { key, gain = 0 } of ofRow)
      most = Math.max(most, (isWorse ? -gain : gain) / (ranges.get(key) || 1));
    return most;
  };
  const rows = [...statuses]
    .filter(([, { status }]) => wanted.includes(status))
    .map(([exampleId, { status, baselineExampleId = exampleId }]) => {
      const row = { status, exampleId, baselineExampleId, scores: scores.get(exampleId) ?? [] };
      const isWorse = status === 'worse' || status === 'mixed';
      const rank = ORDER.indexOf(isWorse ? 'worse' : status);
      return { row, rank, weight: weigh(row.scores, isWorse) };
    });
  return rows
    .sort((one, other) => one.rank - other.rank || other.weight - one.weight)
    .map(({ row }) => row);
}

function scoresByExample({ scores, a, b, alignment }: Comparison): Map<string, RowScore[]> {
  const all = new Map<string, RowScore[]>();
  const edited = new Map(alignment.changed.map((pair) => [pair.b, pair.a]));
  const alone = [...alignment.absent, ...alignment.added, ...edited.keys()];
  for (const { key, kind, pairs } of scores) {
    for (const [at, id] of pairs.ids.entries()) {
      const gain = pairs.gains[at] ?? 0;
      if (kind === 'score' || !isZero(gain))
        addTo(all, id, {
          key,
          a: pairs.a[at],
          b: pairs.b[at],
          gain: isZero(gain) ? 0 : gain,
        });
    }
    for (const id of [...pairs.failed, ...pairs.fixed, ...alone]) {
      const before = a.scores.get(key)?.get(edited.get(id) ?? id)?.mean;
      const after = b.scores.get(key)?.get(id)?.mean;
      if (before !== undefined || after !== undefined)
        addTo(all, id, { key, a: before, b: after, gain: undefined });
    }
  }
  return all;
}

interface Status {
  readonly status: RowStatus;
  readonly baselineExampleId?: string;
}

function statusesOf(
  { alignment, failed, fixed }: Comparison,
  scores: ReadonlyMap<string, readonly RowScore[]>,
): Map<string, Status> {
  const statuses = new Map<string, Status>();
  for (const id of alignment.both) {
    const gains = (scores.get(id) ?? []).map(({ gain = 0 }) => gain);
    const [isWorse, isBetter] = [gains.some((gain) => gain < 0), gains.some((gain) => gain > 0)];
    const status = isWorse ? (isBetter ? 'mixed' : 'worse') : isBetter ? 'better' : 'same';
    statuses.set(id, { status });
  }
  for (const id of fixed)
    if (statuses.get(id)?.status === 'same') statuses.set(id, { status: 'fixed' });
  for (const id of failed) statuses.set(id, { status: 'failed' });
  for (const id of alignment.absent) statuses.set(id, { status: 'absent' });
  for (const id of alignment.added) statuses.set(id, { status: 'new' });
  for (const { a, b } of alignment.changed)
    statuses.set(b, { status: 'changed', baselineExampleId: a });
  return statuses;
}

/** A change is weighed by what its key ranges over. */
function rangesOf({ scores }: Comparison): Map<string, number> {
  return new Map(
    scores.map(({ key, pairs }) => {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const values of [pairs.a, pairs.b]) {
        for (const value of values) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      return [key, high - low];
    }),
  );
}

/** A row with the words of both. */
export interface RowTexts extends ComparedRow {
  readonly a: Answer | undefined;
  readonly b: Answer | undefined;
}

/** Rows that are read at once. */
const CHUNK = 100;

/** Reads the words of rows, in their order; of `different` ones, only those whose outputs differ are given. */
export async function* readTexts(
  rows: readonly ComparedRow[],
  [a, b]: readonly [Compared, Compared],
  filter?: RowFilter,
): AsyncGenerator<RowTexts> {
  for (const chunk of chunksOf(rows, CHUNK)) {
    const [ofA, ofB] = await Promise.all([
      answersOf(
        a,
        chunk.map(({ baselineExampleId }) => baselineExampleId),
      ),
      answersOf(
        b,
        chunk.map(({ exampleId }) => exampleId),
      ),
    ]);
    for (const row of chunk) {
      const texts = { ...row, a: ofA.get(row.baselineExampleId), b: ofB.get(row.exampleId) };
      if (filter !== 'different' || isDifferent(texts)) yield texts;
    }
  }
}

async function answersOf(
  { subject, texts }: Compared,
  exampleIds: readonly string[],
): Promise<Map<string, Answer>> {
  const wanted = exampleIds.filter((id) => subject.rows.has(id));
  const answers = new Map<string, Answer>();
  if (wanted.length === 0) return answers;
  for await (const answer of texts.answers(wanted)) answers.set(answer.exampleId, answer);
  return answers;
}

function isDifferent({ a, b }: RowTexts): boolean {
  const outputs = (answer: Answer | undefined) =>
    answer?.runs.map((run) => run.error ?? printJson(run.outputs ?? null)).join('\n');
  return outputs(a) !== outputs(b);
}
