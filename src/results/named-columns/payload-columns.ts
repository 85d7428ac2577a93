import { shorten } from '../found.js';
import type { ColumnBoard } from './column-board.js';
import { type ColumnFacts, holdsOnly } from './column-facts.js';
import { isAnswerOfOne, roleOf, TIER_OF_IDS, TIER_OF_TEXTS, toSnake } from './column-roles.js';
import { isVerdict } from './score-columns.js';

/** Payload names whose objects are the payload itself. */
const WHOLE =
  /^(?:inputs?|outputs?|actual_outputs?|reference_outputs?|expected(?:_outputs?)?|reference)$/;

/** What only a run leaves behind. */
const EVIDENCE: ReadonlySet<string> = new Set(
  `reference_outputs scores feedback latency latency_ms start_time end_time error experiment model provider usage
  child_runs run_type`.split(/\s+/),
);

/** @returns columns of which only one can be it: they are left, to be asked about. */
export function placeOutputs(board: ColumnBoard): readonly string[] {
  if (board.settled.has('outputs')) return [];
  const named = board.candidates('outputs').filter((column) => !isVerdict(column));
  const answers = board.left.filter(
    (column) =>
      isAnswerOfOne(column.name) &&
      !named.some(({ name }) => name === column.name) &&
      roleOf(column.name) === undefined &&
      !holdsOnly(column, 'number', 'boolean', 'pass', 'yes', 'list', 'object') &&
      column.count > 0,
  );
  const native = named.find(({ name }) => name.trim() === 'outputs');
  const all = native ? [native] : [...named, ...answers];
  const filled = all.filter(({ count }) => count > 0);
  const candidates = withoutWeak(filled.length > 0 ? filled : all.slice(0, 1));
  const [only, ...others] = candidates;
  if (others.length > 0) return candidates.map(({ name }) => name);
  if (only) placePayload(board, 'outputs', only);
  return [];
}

function placePayload(
  board: ColumnBoard,
  payload: 'inputs' | 'outputs' | 'reference_outputs',
  column: ColumnFacts,
): void {
  const isWhole =
    WHOLE.test(toSnake(column.name)) &&
    (toSnake(column.name) === payload || holdsOnly(column, 'object') || holdsOnly(column, 'list'));
  board.place(column, isWhole ? [payload] : [payload, column.name.trim()], { isWhole });
}

/** @param rivals columns that may yet be outputs. */
export function placeReference(board: ColumnBoard, rivals: readonly string[]): void {
  if (board.settled.has('reference_outputs')) return;
  const candidates = board.candidates('reference').filter((column) => !isVerdict(column));
  const native = candidates.find(({ name }) => name.trim() === 'reference_outputs');
  for (const column of native ? [native] : candidates)
    placePayload(board, 'reference_outputs', column);
  // In a question bank `answer` is the right one; that it is no output was said, or is plain.
  const answer = board.left.find(({ name }) => toSnake(name) === 'answer');
  if (candidates.length === 0 && answer && rivals.length === 0)
    placePayload(board, 'reference_outputs', answer);
}

/** Places what the app was given, and context. */
export function placeInputs(board: ColumnBoard): void {
  const isSettled = board.settled.has('inputs');
  const named = board.candidates('inputs');
  const native = named.find(({ name }) => name.trim() === 'inputs');
  const first = named.find(({ count }) => count > 0) ?? named[0];
  const tier = tierOf(first?.rank ?? 0);
  const best = native ? [native] : named.filter(({ rank }) => tierOf(rank) === tier);
  const texts = named.filter(
    ({ name, rank }) =>
      rank >= TIER_OF_TEXTS && rank < TIER_OF_IDS && /^(?:text|ctx|doc)$/.test(toSnake(name)),
  );
  if (!isSettled) for (const column of best) placePayload(board, 'inputs', column);
  if (!isSettled && best.some(({ rank }) => rank >= TIER_OF_IDS))
    board.assumptions.push(
      `${best.map(({ name }) => shorten(name)).join(', ')} stands for what the app was given: no column has the question itself`,
    );
  if (board.settled.has('context')) return;
  for (const column of [...texts, ...board.candidates('context')]) {
    if (board.has(column)) board.place(column, ['inputs', column.name.trim()]);
  }
}

/**
 * Questions with answers and nothing that a run leaves behind may be a question bank.
 *
 * @returns the column whose answers may be the right ones.
 */
export function findDatasetAnswer(board: ColumnBoard): string | undefined {
  const [only, ...others] = board.placements.filter(({ target }) => target[0] === 'outputs');
  const heads = [...board.settled, ...board.placements.map(({ target: [head = ''] }) => head)];
  const hasUsage = board.placements.some(({ target }) => target[1] === 'usage_metadata');
  const isResult = hasUsage || heads.some((head) => EVIDENCE.has(head));
  if (!only || others.length > 0 || isResult) return undefined;
  const name = toSnake(only.column);
  if (name === 'output')
    board.assumptions.push(
      `${shorten(only.column)} is what the app gave; if this is a dataset, it is the right answer, and there is nothing to record`,
    );
  return name === 'answer' ? only.column : undefined;
}

function tierOf(rank: number): number {
  return Math.floor(rank / TIER_OF_TEXTS);
}

/** `result` is an output only where there is no other. */
function withoutWeak<Column extends ColumnFacts>(columns: readonly Column[]): readonly Column[] {
  const strong = columns.filter(({ name }) => toSnake(name) !== 'result');
  return strong.length > 0 ? strong : columns;
}
