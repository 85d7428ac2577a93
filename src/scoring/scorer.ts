import { hash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import type { JsonObject } from '../json/value.js';
import type { Feedback, ScoreSource } from '../results/feedback.js';

/** A row as scorers see it, whether it is a run that is recorded or a row of a file. */
export interface RowToScore {
  /** Counts from 0; answers name the row by it. */
  readonly row: number;
  /** The row's own id, where its file gave one. */
  readonly id: string | undefined;
  readonly exampleId: string | undefined;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject | undefined;
  readonly referenceOutputs: JsonObject | undefined;
  /** Why the app failed on this row. */
  readonly error: string | undefined;
  readonly metadata: JsonObject;
}

/** A score for a row, or what is wrong with an answer that names no row. */
export type Answer =
  | { readonly row: number; readonly feedback: Feedback }
  | { readonly problem: string };

/**
 * Gives scores to rows. Where it works is its own affair: in this process, in a program, in a model.
 *
 * Answers may come in any order, several for a row or none. A scorer that fails on a row answers with feedback whose
 * `isError` is set; it throws only where it cannot score at all.
 */
export interface Scorer {
  /** Part of the ids of its feedback: scoring again under this name and the same key replaces the score. */
  readonly name: string;
  /** All that its scores depend on besides the rows. */
  readonly definition: JsonObject;
  /** Rows that it scored before are not given to it again, unless that is asked for. */
  readonly scoresOnce?: true;
  /** Pulls rows as it can take them. */
  score(rows: AsyncIterable<RowToScore>, signal: AbortSignal): AsyncIterable<Answer>;
}

/** An answer that says why there is no score. */
export function failedOn(row: number, key: string, why: string): Answer {
  return { row, feedback: { key, comment: why, isError: true } };
}

/** What feedback says of the scorer that gave it. */
export function sourceOf({ name, definition }: Scorer): ScoreSource {
  const digest = hash('sha256', pythonJson(definition), 'hex').slice(0, 16);
  return { scorer: name, definition: digest };
}
