import { shorten } from '../found.js';
import { readWhen } from '../when.js';
import type { ColumnBoard } from './column-board.js';
import { type ColumnFacts, countDistinct, holdsOnly, median } from './column-facts.js';
import { rankAsId, unitOf, usagePathOf } from './column-roles.js';

const MAX_SYSTEMS = 20;
const MAX_LABEL = 100;
/** From so many rows on, names of systems repeat. */
const MIN_ROWS = 10;
/** A median of more than a quarter of an hour is of milliseconds. */
const MS_FROM = 1000;
/** Smaller numbers are seconds of a clock that began with the machine. */
const FROM_1973_US = 1e14;

/** Places models and systems under test; what is different in nearly every row is none. */
export function placeExperiments(board: ColumnBoard): void {
  if (!board.settled.has('model')) {
    const model = board.candidates('model').find((column) => holdsOnly(column, 'text', 'number'));
    if (model) board.place(model, ['model']);
  }
  if (!board.settled.has('provider')) {
    const provider = board.candidates('provider').find((column) => holdsOnly(column, 'text'));
    const isModel = provider?.values.some((value) => /[:/]/.test(String(value)));
    const hasModel = board.placements.some(({ target }) => target[0] === 'model');
    if (provider)
      board.place(provider, [
        isModel && !hasModel && !board.settled.has('model') ? 'model' : 'provider',
      ]);
  }
  if (board.settled.has('experiment')) return;
  for (const column of board.candidates('system')) {
    if (isLabel(column)) {
      board.place(column, ['experiment']);
    } else if (column.count > 0) {
      board.assumptions.push(
        `${shorten(column.name)} is not what rows are told apart by: it has too many values, or long ones`,
      );
    }
  }
}

export function placeTimes(board: ColumnBoard): void {
  for (const role of ['start_time', 'end_time'] as const) {
    const when = placeOne(board, role, ({ values }) =>
      values.every((value) => (readWhen(value) ?? 0) >= FROM_1973_US),
    );
    if (when && !/start/i.test(when.name) && role === 'start_time')
      board.assumptions.push(`${shorten(when.name)} is when a row started`);
  }
  if (board.settled.has('latency') || board.settled.has('latency_ms')) return;
  const latency = board.candidates('latency').find((column) => holdsOnly(column, 'number'));
  if (!latency) return;
  const unit =
    unitOf(latency.name) ?? (isOurs(board, latency.name) ? 's' : assumeUnit(board, latency));
  board.place(latency, [unit === 'ms' ? 'latency_ms' : 'latency']);
}

/** Beside our own payloads, a name that is also ours means what we mean. */
function isOurs(board: ColumnBoard, name: string): boolean {
  const has = (payload: string) =>
    board.placements.some(
      ({ column, target: [head] }) =>
        head === payload && (column === payload || column.startsWith(`${payload}.`)),
    );
  return name === 'latency' && has('inputs') && has('outputs');
}

function assumeUnit(board: ColumnBoard, { name, numbers }: ColumnFacts): 'ms' | 's' {
  const middle = median(numbers);
  const unit = middle > MS_FROM ? 'ms' : 's';
  const words = unit === 'ms' ? 'milliseconds' : 'seconds';
  board.assumptions.push(
    `${shorten(name)} is in ${words}: its median is ${middle}, and no unit is named`,
  );
  return unit;
}

export function placeUsage(board: ColumnBoard): void {
  const taken = new Set<string>();
  for (const role of ['tokens', 'cost'] as const) {
    for (const column of board.candidates(role)) {
      const path = usagePathOf(column.name, role);
      const fits = path ? holdsOnly(column, 'number') : holdsOnly(column, 'object');
      const target = path ? ['metadata', 'usage_metadata', ...path] : ['usage'];
      if (!fits || taken.has(target.join())) continue;
      taken.add(target.join());
      board.place(column, target);
    }
  }
}

/** Places the best of the columns named for a role that fit it. */
function placeOne(
  board: ColumnBoard,
  role: 'error' | 'start_time' | 'end_time',
  fits: (column: ColumnFacts) => boolean,
): ColumnFacts | undefined {
  if (board.settled.has(role)) return undefined;
  const candidates = board.candidates(role);
  const column =
    candidates.find((one) => one.count > 0 && fits(one)) ??
    (role === 'error' ? candidates[0] : undefined);
  if (column) board.place(column, [role]);
  return column;
}

export function placeError(board: ColumnBoard): void {
  placeOne(board, 'error', ({ kinds }) => kinds.has('text') || kinds.has('object'));
}

export function placeId(board: ColumnBoard): void {
  if (board.settled.has('id')) return;
  const [id] = board.left
    .flatMap((column) => {
      const rank = rankAsId(column.name);
      const fits = rank !== undefined && holdsOnly(column, 'number', 'text');
      return fits ? [{ column, rank }] : [];
    })
    .sort((one, other) => one.rank - other.rank);
  if (id) board.place(id.column, ['id']);
}

function isLabel(column: ColumnFacts): boolean {
  if (!holdsOnly(column, 'text', 'number', 'boolean')) return false;
  const distinct = countDistinct(column);
  const isShort = column.values.every((value) => String(value).length <= MAX_LABEL);
  const repeats = column.count < MIN_ROWS || distinct <= column.count / 2;
  return isShort && distinct <= MAX_SYSTEMS && repeats;
}
