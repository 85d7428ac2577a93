/** One of several equal shares of the rows: of every `of` rows, the one at this place, from 1. */
export interface RowShare {
  readonly number: number;
  readonly of: number;
}

/** @param row its number, from 0. */
export function isInShare(row: number, share: RowShare | undefined): boolean {
  return share === undefined || row % share.of === share.number - 1;
}
