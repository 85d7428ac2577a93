import type { Comparison } from '../../experiments/compare.js';
import type { RowTexts } from '../../experiments/compared-rows.js';
import type { OpenedSide } from './read-compared.js';

/** One experiment or file against the baseline, and all that is shown of the two. */
export interface ComparedPair {
  readonly comparison: Comparison;
  readonly sides: readonly [baseline: OpenedSide, judged: OpenedSide];
  readonly baselineReason: string;
  /** The rows that are worth a look. */
  readonly named: readonly RowTexts[];
  /** By what examples are grouped. */
  readonly by: string | undefined;
  /** The page of the two; undefined where one is a file. */
  readonly url: string | undefined;
}
