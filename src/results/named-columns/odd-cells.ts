import { describeOrigin, type Origin } from '../../input/row.js';
import type { JsonValue } from '../../json/value.js';
import { describeFound, shorten } from '../found.js';

/** A value that is not what its column holds; metadata has it. */
export interface OddCell {
  readonly column: string;
  readonly value: JsonValue;
}

/** Lists so many odd cells of a column; the others are counted. */
const MAX_LISTED = 5;

/** Says what odd cells there are, each with its place. */
export class OddCells {
  readonly #counts = new Map<string, number>();

  /** @returns a note for each. */
  describe(cells: readonly OddCell[], origin: Origin): string[] {
    return cells.map(({ column, value }) => {
      const count = (this.#counts.get(column) ?? 0) + 1;
      this.#counts.set(column, count);
      return count > MAX_LISTED
        ? `${shorten(column)} has more values that do not fit: they are kept in metadata`
        : `${describeOrigin(origin)}: ${shorten(column)} is ${describeFound(value)}, which does not fit: it is kept in metadata`;
    });
  }
}
