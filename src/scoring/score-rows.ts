import { LsRecordError } from '../errors.js';
import type { NumberedResult, RowScoring } from '../prepare/prepared.js';
import { RowSet } from '../prepare/row-set.js';
import type { Feedback } from '../results/feedback.js';
import { type RowToScore, type Scorer, sourceOf } from './scorer.js';

/**
 * Scores rows that are to be recorded, one scorer after the other.
 *
 * @param onProblem called with each answer that names no row.
 */
export function scoringOf(
  scorers: readonly Scorer[],
  signal: AbortSignal,
  onProblem: (problem: string) => void,
): RowScoring {
  return {
    definition: { scorers: scorers.map(({ name, definition }) => ({ name, definition })) },
    score: (readResults, onScored) =>
      scoreAll(scorers, { readResults, onScored, onProblem, signal }).catch((error: unknown) => {
        throw signal.aborted ? interrupted(error) : error;
      }),
  };
}

interface Work {
  readonly readResults: Parameters<RowScoring['score']>[0];
  readonly onScored: Parameters<RowScoring['score']>[1];
  readonly onProblem: (problem: string) => void;
  readonly signal: AbortSignal;
}

async function scoreAll(
  scorers: readonly Scorer[],
  { readResults, onScored, onProblem, signal }: Work,
): ReturnType<RowScoring['score']> {
  const scores = new Map<number, Feedback[]>();
  for (const scorer of scorers) {
    const source = sourceOf(scorer);
    const numbers: number[] = [];
    const scored = new RowSet();
    for await (const answer of scorer.score(rowsOf(readResults(), numbers), signal)) {
      const number = 'row' in answer ? numbers[answer.row] : undefined;
      if ('problem' in answer) onProblem(answer.problem);
      if (!('row' in answer) || number === undefined) continue;
      scored.add(answer.row);
      onScored(scored.size);
      scores.set(number, [...(scores.get(number) ?? []), { ...answer.feedback, source }]);
    }
  }
  return scores;
}

function interrupted(cause: unknown): LsRecordError {
  return new LsRecordError('STOPPED', 'interrupted while rows were scored; nothing is recorded', {
    hint: 'The same command scores all rows again. To keep each score as it comes, record first, then ls-record score.',
    cause,
  });
}

/** @param numbers takes the number of each row. */
async function* rowsOf(
  results: AsyncIterable<NumberedResult>,
  numbers: number[],
): AsyncGenerator<RowToScore> {
  for await (const { number, result } of results) {
    const { id, exampleId, inputs = {}, outputs, referenceOutputs, error, metadata } = result;
    const row = numbers.push(number) - 1;
    yield { row, id, exampleId, inputs, outputs, referenceOutputs, error, metadata };
  }
}
