import type { Commas, Unit } from './amounts.js';
import type { ScoreRules } from './score-objects.js';

/** Where the values of a column go. */
export interface Placement {
  readonly column: string;
  /** Keys and places within the value. */
  readonly below?: readonly string[];
  /**
   * A path in a row; or `kept`, which is metadata under the column's own name, `experiment`, `model`, `provider`,
   * `usage`; nowhere if it is empty.
   */
  readonly target: readonly string[];
  /** A person said so: what then does not fit is for the schema to tell. */
  readonly isExplicit?: boolean;
  /** It is an input only because no column has what was asked. */
  readonly isStandIn?: boolean;
  /** An object is the payload itself, and so is a list of messages. */
  readonly isWhole?: boolean;
  /** PASS and yes are true. */
  readonly hasWords?: boolean;
  /** Text does not fit. */
  readonly isNumeric?: boolean;
  /** What commas in its numbers are for. */
  readonly commas?: Commas;
  /** The unit of a time; without one it is that of the target. */
  readonly unit?: Unit | undefined;
  /** False, or ERROR, is why there are no outputs. */
  readonly tellsFailure?: boolean;
  /** The score is named by what this column has in the same row, or that stands before its own name. */
  readonly key?: { readonly column: string; readonly isPrefix: boolean };
  /** It is an object or a list of scores. */
  readonly spread?: Spread;
}

/** How the scores within an object or a list are written. */
export interface Spread {
  readonly rules: ScoreRules;
  /** Keys that the sampled rows have. */
  readonly keys: readonly string[];
  /** Keys that another column has too. */
  readonly shared?: ReadonlySet<string>;
}
