import { ColumnBoard } from './column-board.js';
import type { ColumnFacts } from './column-facts.js';
import type { Placement } from './column-row.js';
import {
  placeError,
  placeExperiments,
  placeId,
  placeTimes,
  placeUsage,
} from './measure-columns.js';
import { findNative } from './native-columns.js';
import { findDatasetAnswer, placeInputs, placeOutputs, placeReference } from './payload-columns.js';
import { placeScores } from './score-columns.js';

/** What was made of the columns that nobody said anything of. */
export interface Guesses {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
  /** Columns of which only one can be the outputs. */
  readonly rivals: readonly string[];
  /** The only output may as well be the right answer of a question bank. */
  readonly maybeDataset: string | undefined;
}

/**
 * Tells by name, and by all sampled values together, what columns mean.
 *
 * @param settled first words of targets that were told: these roles are not guessed; `context` may be one.
 * @param scores keys of scores that were told, instead of any that could be guessed.
 */
export function guess(
  columns: readonly ColumnFacts[],
  settled: ReadonlySet<string>,
  scores: readonly string[],
): Guesses {
  const board = new ColumnBoard(columns, settled);
  placeNative(board);
  const rivals = placeOutputs(board);
  placeReference(board, rivals);
  placeInputs(board);
  placeExperiments(board);
  placeTimes(board);
  placeUsage(board);
  placeError(board);
  placeId(board);
  placeScores(board, scores);
  const maybeDataset = findDatasetAnswer(board);
  for (const column of board.left) board.place(column, ['kept']);
  const { placements, assumptions } = board;
  return { placements, assumptions, rivals, maybeDataset };
}

function placeNative(board: ColumnBoard): void {
  for (const column of board.left) {
    const target = findNative(column);
    if (!target) continue;
    board.place(column, target);
    if (target.length > 1) board.settled.add(target[0] as string);
  }
}
